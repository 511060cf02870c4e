"""From a scan handed to the portal until its page has it: committed, found in the log, rendered, written out."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.kit.writer import WINDOW
from tests.benchmarks import seed, servers
from tests.benchmarks.plan import Plan
from tests.benchmarks.report import Goal, Row, compared
from tests.benchmarks.servers import Fed
from tests.benchmarks.subscribers import Subscribers, Turned

NAMES = ("event_to_socket_p99_ms",)
_LIMIT_MS = WINDOW * 1000 + 5
_RATE = 2_000
_ONE_IN = 100  # of the events, one concerns a page that is open
_EACH = 3
_PATIENCE_S = 5


@dataclass(slots=True)
class _Watch:
    """Open pages, as descriptors: those of each order, and since when each waits for a frame."""

    pages_of: dict[int, list[int]]
    waiting: dict[int, int] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)

    def hand(self, order: int) -> None:
        now = time.monotonic_ns()
        for descriptor in self.pages_of.get(order, ()):
            self.waiting[descriptor] = now

    def take(self, moments: list[tuple[int, int]]) -> None:
        for descriptor, at in moments:
            if (since := self.waiting.pop(descriptor, None)) is not None:
                self.delays.append((at - since) / 1e6)
        moments.clear()


def measure(plan: Plan) -> Iterator[Row]:
    """The one row."""
    if NAMES[0] not in plan.wanted:
        return
    file = plan.folder / "latency.db"
    shutil.copy(servers.orders(plan), file)
    tails: list[float] = []
    everything: list[float] = []
    flushes: list[float] = []
    with servers.portal(plan, f"sqlite:///{file}") as server:
        for _ in range(plan.rounds):
            flushes += _flushes(plan)
            delays = _round(plan, server)
            everything += delays
            tails.append(_quantile(delays, 0.99))
    pages = _watched(plan) * _EACH
    note = (
        f"{_RATE} scans/s committed to SQLite through the writer, one in {_ONE_IN} of an order with open pages "
        f"({pages} open), each rendered from the database; measured from handing over; "
        f"p50 {_quantile(everything, 0.5):.1f} ms; a flush of this disk took {_quantile(flushes, 0.5):.2f} ms (p50), "
        f"{_quantile(flushes, 0.99):.2f} ms (p99)"
    )
    goals = (Goal("ours", "at most", _LIMIT_MS),)
    yield compared(NAMES[0], tails, [_LIMIT_MS], "commit window + 5 ms", "ms", goals, note)


def _watched(plan: Plan) -> int:
    return 100 if plan.quick else 333


def _round(plan: Plan, server: Fed) -> list[float]:
    watched = _watched(plan)
    with Subscribers(server.process.port) as subscribers:
        subscribers.open(watched * _EACH, lambda number: f"/o/{seed.token(number % watched + 1)}/events")
        while subscribers.drain(0.5) or subscribers.arrivals.moments:
            subscribers.arrivals.moments.clear()
        watch = _Watch({order: subscribers.descriptors[order - 1 :: watched] for order in range(1, watched + 1)})
        _load(server, subscribers, watch, 2 * plan.seconds)
        if watch.waiting:
            raise Turned(f"{len(watch.waiting)} pages were not told")
    return watch.delays


def _load(server: Fed, subscribers: Subscribers, watch: _Watch, seconds: float) -> None:
    began, sent, watched = time.monotonic(), 0, len(watch.pages_of)
    while (passed := time.monotonic() - began) < seconds:
        due = int(passed * _RATE)
        for number in range(sent, due):
            order = _order(number, watched)
            watch.hand(order)
            server.tell(b"scan\t%d" % order)
        sent = due
        subscribers.drain(0.001)
        watch.take(subscribers.arrivals.moments)
    end = time.monotonic() + _PATIENCE_S
    while watch.waiting and time.monotonic() < end:
        subscribers.drain(0.1)
        watch.take(subscribers.arrivals.moments)


def _flushes(plan: Plan) -> list[float]:
    """Milliseconds that the disk takes to make a small write durable: what no commit can be faster than."""
    took = []
    with (plan.folder / "flushes").open("wb", buffering=0) as file:
        for _ in range(200):
            file.write(bytes(4096))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
            time.sleep(WINDOW)
    return took


def _order(number: int, watched: int) -> int:
    """One in `_ONE_IN` goes to the watched orders in turn, the others to the rest."""
    if number % _ONE_IN == 0:
        return number // _ONE_IN % watched + 1
    return watched + 1 + number * 7919 % (servers.ORDERS - watched)


def _quantile(values: list[float], part: float) -> float:
    return sorted(values)[int(len(values) * part)]
