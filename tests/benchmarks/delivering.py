"""How long a shop's platform waits for its delivery to be acknowledged, beside a thousand open live pages."""

from __future__ import annotations

import json
import select
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.benchmarks import process, seed, servers
from tests.benchmarks.plan import Plan
from tests.benchmarks.report import Goal, Row, compared
from tests.benchmarks.requests import UnexpectedAnswer, is_whole
from tests.benchmarks.subscribers import Subscribers
from tests.machine.postgres import free_port
from tests.support.shops import HOOK
from tests.support.teashop import signed

NAMES = ("webhook_ack_p99",)
_LIMIT_MS = 50.0
_RATE = 200
_PAGES = 1_000
_CONNECTIONS = 32
_ORDERS = 100  # that are told of in turn: each is read again once a second at most
_PATIENCE_S = 10


@dataclass(slots=True)
class _Platform:
    """The platform's connections: those that are free, and since when the others wait for their answer."""

    port: int
    free: list[socket.socket] = field(default_factory=list)
    waiting: dict[int, tuple[socket.socket, float]] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    sent: int = 0
    epoll: select.epoll = field(default_factory=select.epoll)

    def connect(self) -> None:
        for _ in range(_CONNECTIONS):
            sock = socket.create_connection(("127.0.0.1", self.port))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.epoll.register(sock.fileno(), select.EPOLLIN)
            self.free.append(sock)

    def deliver(self, since: float) -> bool:
        """Send the next delivery, which was due at `since`; False while every connection waits."""
        if not self.free:
            return False
        sock = self.free.pop()
        self.waiting[sock.fileno()] = (sock, since)
        sock.sendall(_delivery(self.sent))
        self.sent += 1
        return True

    def take(self, timeout: float) -> None:
        for descriptor, _ in self.epoll.poll(timeout):
            sock, since = self.waiting.pop(descriptor)
            data = sock.recv(65_536)
            if not (data.startswith(b"HTTP/1.1 200") and is_whole(data)):
                raise UnexpectedAnswer(data[:300].decode("latin-1") or "closed")
            self.delays.append((time.monotonic() - since) * 1000)
            self.free.append(sock)

    def close(self) -> None:
        for sock in [*self.free, *(sock for sock, _ in self.waiting.values())]:
            sock.close()
        self.epoll.close()


def measure(plan: Plan) -> Iterator[Row]:
    """The one row."""
    if NAMES[0] not in plan.wanted:
        return
    file = plan.folder / "delivering.db"
    shutil.copy(servers.orders(plan), file)
    tails, everything = [], []
    with process.python("shop_server", free_port(), plan.folder / "shop.log") as shop:
        address = f"http://127.0.0.1:{shop.port}"
        with servers.portal(plan, f"sqlite:///{file}", "--shop", address) as server:
            for _ in range(plan.rounds):
                delays = _round(plan, server.process.port)
                tails.append(_quantile(delays, 0.99))
                everything += delays
    note = (
        f"{_RATE} signed deliveries/s of {_ORDERS} orders beside {_PAGES} open live pages, from when each was due to "
        f"when its 200 is read, while what they tell is read from the shop and stored; SQLite, synchronous FULL; "
        f"p50 {_quantile(everything, 0.5):.1f} ms, worst {max(everything):.0f} ms"
    )
    goals = (Goal("ours", "at most", _LIMIT_MS),)
    yield compared(NAMES[0], tails, [_LIMIT_MS], "a limit", "ms", goals, note)


def _round(plan: Plan, port: int) -> list[float]:
    platform = _Platform(port, sent=time.monotonic_ns())  # events of one round are not those of another
    with Subscribers(port) as pages:
        pages.open(_PAGES, lambda number: f"/o/{seed.token(number % servers.ORDERS + 1)}/events")
        try:
            platform.connect()
            _load(platform, pages, 2 * plan.seconds)
        finally:
            platform.close()
    return platform.delays


def _load(platform: _Platform, pages: Subscribers, seconds: float) -> None:
    began, due = time.monotonic(), 0
    while due < seconds * _RATE:
        while due < (time.monotonic() - began) * _RATE and platform.deliver(began + due / _RATE):
            due += 1
        platform.take(0.001)
        pages.drain(0)
    end = time.monotonic() + _PATIENCE_S
    while platform.waiting and time.monotonic() < end:
        platform.take(0.1)
    if platform.waiting:
        raise UnexpectedAnswer(f"{len(platform.waiting)} deliveries were not acknowledged")


def _delivery(number: int) -> bytes:
    told = {"event": f"e{number}", "topic": "order", "orders": [f"order-{number % _ORDERS}"]}
    made = signed(json.dumps(told, indent=1).encode())
    lines = [f"POST {HOOK} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(made.body)}"]
    lines += [f"{name}: {value}" for name, value in made.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + made.body


def _quantile(values: list[float], part: float) -> float:
    return sorted(values)[int(len(values) * part)]
