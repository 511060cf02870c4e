"""The played Shopify on a real port: tokens, the Admin API, and files of bulk operations."""

from __future__ import annotations

import json
import sys
import threading
import traceback
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from portal.kit.clock import ManualClock
from portal.platforms.live import Account
from portal.platforms.shopify.admin.address import API_VERSION
from tests.support.shopify.executing import Executor
from tests.support.shopify.shop import Shop

CLIENT_ID, CLIENT_SECRET, STATIC = "invented-client", "hush-invented-secret", "shpat_invented"


@dataclass(frozen=True)
class Fault:
    """What happens to one question instead. `after`: it is carried out first; without a status, the line is cut."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    after: bool = False


class ShopifyServer:
    """The counterparty. `asked` are the questions that came: (token, operation); `faults` meet the next ones, None
    meaning nothing happens to it."""

    def __init__(self, clock: ManualClock) -> None:
        self.shop = Shop(clock)
        self.version = API_VERSION
        self.tokens: set[str] = {STATIC}
        self.token_requests = 0
        self.asked: list[tuple[str, str]] = []
        self.paths: list[str] = []
        self.wrong: list[str] = []
        self.file_headers: list[dict[str, str]] = []
        self.faults: deque[Fault | None] = deque()
        self._server = _Server(("127.0.0.1", 0), self)
        self.executor = Executor(self.shop, self.url)

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def account(self, **credentials: str) -> Account:
        """An account of an app with id and secret, or with what is given."""
        given = credentials or {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        return Account("shopify", {"domain": self.shop.domain, **given}, self.url)

    def grant(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """A new token, for who has the secret."""
        self.token_requests += 1
        if form.get("grant_type") != "client_credentials" or form.get("client_secret") != CLIENT_SECRET:
            return 400, {"error": "invalid_client"}
        token = f"shpat_granted_{self.token_requests}"
        self.tokens.add(token)
        return 200, {"access_token": token, "scope": ",".join(sorted(self.shop.scopes)), "expires_in": 86399}

    def serve(self) -> None:
        """Serve until `close`."""
        self._server.serve_forever(poll_interval=0.02)

    def close(self) -> None:
        """Let go of the port."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def playing_shopify(clock: ManualClock) -> Iterator[ShopifyServer]:
    """A shop that answers for as long as the block lasts."""
    server = ShopifyServer(clock)
    thread = threading.Thread(target=server.serve, name="played Shopify", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(10)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], played: ShopifyServer) -> None:
        super().__init__(address, _Handler)
        self.played = played

    def handle_error(self, *_: object) -> None:
        """A line that is cut is part of the play; anything else is a fault of the played shop."""
        wrong = sys.exc_info()[1]
        if not isinstance(wrong, OSError | ValueError) or "closed file" not in str(wrong):
            self.played.wrong.append("".join(traceback.format_exception(wrong)))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the one who asked to say that the head came
    server: _Server

    def do_POST(self) -> None:
        """A token, or an operation."""
        played = self.server.played
        content = self.rfile.read(int(self.headers.get("content-length", "0")))
        played.paths.append(self.path)
        if self.path == "/admin/oauth/access_token":
            form = {name: values[0] for name, values in parse_qs(content.decode()).items()}
            status, body = played.grant(form)
            self._send(status, json.dumps(body).encode())
            return
        token = self.headers.get("x-shopify-access-token", "")
        if token not in played.tokens:
            self._send(401, b'{"errors":"[API] Invalid API key or access token"}')
            return
        if self.path != f"/admin/api/{API_VERSION}/graphql.json":
            self._send(404, b'{"errors":"Not Found"}')
            return
        self._operation(token, json.loads(content))

    def do_GET(self) -> None:
        """The file of a bulk operation, from a byte on."""
        played = self.server.played
        played.file_headers.append({name.lower(): value for name, value in self.headers.items()})
        bulk = next((b for b in played.shop.bulks.values() if self.path == f"/bulk/{b.id[-17:]}.jsonl"), None)
        if bulk is None:
            self._send(404, b"")
            return
        start = int(self.headers["range"].removeprefix("bytes=").rstrip("-"))
        if start >= len(bulk.lines):
            self._send(416, b"")
            return
        self._send(206, bulk.lines[start:], media_type="application/jsonl")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _operation(self, token: str, asked: dict[str, Any]) -> None:
        played = self.server.played
        name = asked["query"].split("(")[0].split("{")[0].split()[-1]
        played.asked.append((token, name))
        fault = played.faults.popleft() if played.faults else None
        body = b""
        if fault is None or fault.after:
            body = json.dumps(played.executor.answer(asked["query"], asked.get("variables") or {})).encode()
        if fault is None:
            self._send(200, body, {"x-shopify-api-version": played.version})
        elif fault.status is None:
            self.close_connection = True
            self.connection.close()
        else:
            self._send(fault.status, fault.body, fault.headers)

    def _send(
        self, status: int, body: bytes, headers: Mapping[str, str] | None = None, media_type: str = "application/json"
    ) -> None:
        self.send_response(status)
        for name, value in {"content-type": media_type, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
