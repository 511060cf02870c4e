"""Where a shop's software sends its deliveries in the tests: they are kept, and the test hands them on as it likes.

So each can be dropped, doubled, delayed or sent in another order than it came.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request as it came. Names of headers are in lower case."""

    headers: Mapping[str, str]
    body: bytes


class Relay:
    """Takes every delivery and says 200 to it."""

    def __init__(self) -> None:
        self._kept: list[Delivery] = []
        self._came = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """The address to deliver to."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def keep(self, delivery: Delivery) -> None:
        """Put a delivery with the others."""
        with self._came:
            self._kept.append(delivery)
            self._came.notify_all()

    def take(self, least: int = 1, within: float = 20) -> list[Delivery]:
        """All that came since the last time, once there are so many; those of other orders among them."""
        with self._came:
            enough = self._came.wait_for(lambda: len(self._kept) >= least, within)
            assert enough, f"{len(self._kept)} deliveries, not {least}"
            taken, self._kept = self._kept, []
            return taken

    def serve(self) -> None:
        """Serve until `close`."""
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def relaying() -> Iterator[Relay]:
    """A relay that listens for as long as the block lasts."""
    relay = Relay()
    thread = threading.Thread(target=relay.serve, name="relay", daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        relay.close()
        thread.join(10)


def _handler(relay: Relay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            relay.keep(Delivery({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
