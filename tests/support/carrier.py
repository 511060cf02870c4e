"""A carrier's side of the wire: a local HTTP server that answers as La Poste, DHL and UPS do, with what it is given.

Paths: `/laposte/idships/N[,N…]`, `/dhl/shipments?trackingNumber=N`, `/ups/api/track/v1/details/N` and UPS's token.
What it answers about a number is set by `play` and may change at any time; what it was asked is kept.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.clock import FileClock

PATHS = {"laposte": "/laposte", "dhl_unified": "/dhl", "ups": "/ups/api"}
_UPS_TOKEN = {"access_token": "invented", "token_type": "Bearer", "expires_in": "14399", "status": "approved"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer. `hang`: the whole answer is held back until the server closes or `let_go` is called;
    `half`: the connection is cut in the middle of the body."""

    body: bytes = b"{}"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    hang: bool = False
    half: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about one number, and what the clock showed then."""

    number: str
    at: datetime


class CarrierServer:
    """The played carriers. `together` is the most questions about one number that were open at the same time."""

    def __init__(self, clock: FileClock) -> None:
        self.asked: list[Asked] = []
        self.together: Counter[str] = Counter()
        self._clock = clock
        self._open: Counter[str] = Counter()
        self._replies: dict[str, Reply] = {}
        self._lock = threading.Lock()
        self._let_go = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self)

    @property
    def urls(self) -> dict[str, str]:
        """Base URLs by carrier slug, as accounts take them."""
        return {slug: f"http://127.0.0.1:{self._server.server_port}{path}" for slug, path in PATHS.items()}

    def play(self, number: str, reply: Reply) -> None:
        """Answer so about this number from now on."""
        with self._lock:
            self._replies[number] = reply

    def reply(self, number: str) -> Reply:
        """What is answered about this number now."""
        with self._lock:
            return self._replies[number]

    def let_go(self) -> None:
        """Answer what was held back, and hold nothing back from now on."""
        self._let_go.set()

    def count(self, number: str) -> int:
        """How many times this number was asked about."""
        with self._lock:
            return sum(asked.number == number for asked in self.asked)

    def waiting(self) -> int:
        """How many questions are open right now."""
        with self._lock:
            return sum(self._open.values())

    def answer(self, numbers: list[str]) -> Reply:
        """The reply to one question; waits when it is to be held back."""
        with self._lock:
            now = self._clock.now()
            replies = [self._replies.get(number, Reply(b"", 404)) for number in numbers]
            for number in numbers:
                self.asked.append(Asked(number, now))
                self._open[number] += 1
                self.together[number] = max(self.together[number], self._open[number])
        if any(reply.hang for reply in replies):
            self._let_go.wait(60)
        with self._lock:
            self._open.subtract(numbers)
        return _joined(replies)

    def serve(self) -> None:
        """Serve until `close`."""
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """Let go of everything."""
        self._let_go.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def playing(clock: FileClock) -> Iterator[CarrierServer]:
    """Carriers that answer for as long as the block lasts."""
    server = CarrierServer(clock)
    thread = threading.Thread(target=server.serve, name="played carriers", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(10)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], carrier: CarrierServer) -> None:
        super().__init__(address, _Handler)
        self.carrier = carrier

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is killed in mid-question is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the one who asked to say that the head came
    server: _Server

    def do_GET(self) -> None:
        """Answer about a number."""
        address = urlsplit(self.path)
        last = unquote(address.path.rsplit("/", 1)[-1])
        numbers = parse_qs(address.query)["trackingNumber"] if last == "shipments" else last.split(",")
        self._send(self.server.carrier.answer(numbers))

    def do_POST(self) -> None:
        """Give out a token."""
        self.rfile.read(int(self.headers.get("content-length", "0")))
        self._send(Reply(json.dumps(_UPS_TOKEN).encode()))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in {"content-type": reply.media_type, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(reply.body)))
        self.end_headers()
        if reply.half:
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.close_connection = True
            return
        self.wfile.write(reply.body)


def _joined(replies: list[Reply]) -> Reply:
    """Several numbers in one question get a list; one that goes wrong spoils the whole answer."""
    wrong = next((r for r in replies if r.status != 200 or r.half), None)
    if len(replies) == 1 or wrong is not None:
        return wrong or replies[0]
    items = [item for reply in replies for item in _items(json.loads(reply.body))]
    return Reply(json.dumps(items).encode(), 207)


def _items(body: object) -> list[object]:
    return body if isinstance(body, list) else [body]
