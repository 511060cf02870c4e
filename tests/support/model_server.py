"""The model platform behind HTTP: each call is a POST of JSON, and done whether or not anybody still waits for it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.model_platform import Platform

_THINKS_S = 0.004  # before and after it does something: time for whoever asked to be gone


class PlatformServer:
    """Serves one platform. `served` counts the calls that it was asked."""

    def __init__(self, platform: Platform) -> None:
        self.platform, self.served = platform, 0
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Serve."""
        self._thread.start()

    def close(self) -> None:
        """Stop, and wait for what is under way."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def answer(self, name: str, given: dict[str, Any]) -> Any:
        """Do what is asked."""
        self.served += 1
        time.sleep(_THINKS_S)
        with self.lock:
            told = self.platform.call(name, **given)
        time.sleep(_THINKS_S)
        return told


@contextmanager
def serving(platform: Platform) -> Iterator[PlatformServer]:
    """A server for as long as the block lasts."""
    server = PlatformServer(platform)
    server.start()
    try:
        yield server
    finally:
        server.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, address: tuple[str, int], platform: PlatformServer) -> None:
        super().__init__(address, _Handler)
        self.platform = platform

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is killed in mid-question is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"  # a connection for each call, so that none outlives its client
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        """Answer a call."""
        given = json.loads(self.rfile.read(int(self.headers["content-length"])))
        body = json.dumps(self.server.platform.answer(self.path.strip("/"), given)).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
