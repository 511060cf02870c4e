"""The order page: rendered anew on each engine, from the cache, and unchanged, against bare Starlette and Jinja."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

import pytest

from portal.kit import cookies
from tests.benchmarks import requests, seed, servers
from tests.benchmarks.plan import Plan
from tests.benchmarks.process import Process
from tests.benchmarks.report import Goal, Row, compared, unmeasured
from tests.machine.postgres import find_postgres, run_cluster

NAMES = ("page_cold_sqlite", "page_cold_postgres", "page_warm", "page_304", "page_304_session")
_GOALS = {
    "page_cold_sqlite": (Goal("ratio", "at least", 0.5),),
    "page_cold_postgres": (Goal("ratio", "at least", 0.33),),
    "page_warm": (Goal("ratio", "at least", 3),),
    "page_304": (Goal("ratio", "at least", 6),),
    "page_304_session": (Goal("ratio", "at least", 5),),
}
_BASELINE = "Starlette + Jinja, same templates, views made beforehand"
_UNIT = "pages/s"
_ORDERS = 2_000  # twice what the page cache keeps: in turn, every one is a miss
_WARM = 500
_CONNECTIONS = 32
_TURNS = 5
_SHAPE = (
    "order with 3 shipments, 30 checkpoints, 5 items; 32 connections asking for gzip, which the baseline never sends"
)


@dataclass(slots=True)
class _Variant:
    """One of the servers, asked for its orders in turn, going on where the last time ended."""

    server: Process
    orders: int
    status: bytes = b"200"
    etags: Mapping[str, bytes] = field(default_factory=dict)
    signed_in: bool = False
    asked: int = 0
    answers: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    def load(self, seconds: float) -> None:
        before = self.server.cpu_s()
        load = requests.run(
            self.server.port,
            self._next,
            self.etags,
            self.status,
            connections=_CONNECTIONS,
            seconds=seconds,
            cookie=self._cookie,
        )
        self.cpu_s += self.server.cpu_s() - before
        self.answers += load.answers
        self.seconds += load.seconds

    def fetch_all(self) -> Mapping[str, bytes]:
        """Have every page made; returns the etags."""
        several = self.orders + _CONNECTIONS
        made = requests.run(
            self.server.port,
            self._next,
            {},
            b"200",
            connections=_CONNECTIONS,
            answers=several,
            cookie=self._cookie,
        )
        return made.etags

    def end_round(self) -> None:
        self.rates.append(self.answers / self.seconds)
        self.costs.append(self.cpu_s / self.answers * 1e6)
        self.answers, self.seconds, self.cpu_s = 0, 0.0, 0.0

    def _next(self, _: int) -> str:
        self.asked += 1
        order = self.asked % self.orders + 1
        return f"/orders/{seed.ref(order)}" if self.signed_in else f"/o/{seed.token(order)}"

    @property
    def _cookie(self) -> bytes:
        return f"{cookies.SESSION}={seed.SESSION}".encode() if self.signed_in else b""


def measure(plan: Plan) -> Iterator[Row]:
    """The rows asked for."""
    names = [name for name in NAMES if name in plan.wanted]
    if not names:
        return
    lacking = ""
    with ExitStack() as stack:
        sqlite = f"sqlite:///{servers.orders(plan)}"
        variants = {"plain": _Variant(stack.enter_context(servers.plain(plan, sqlite, _ORDERS)), _ORDERS)}
        if "page_cold_sqlite" in names:
            variants["page_cold_sqlite"] = _Variant(stack.enter_context(servers.portal(plan, sqlite)).process, _ORDERS)
        if "page_cold_postgres" in names:
            shared, lacking = _on_postgres(plan, stack)
            variants |= {"page_cold_postgres": _Variant(shared, _ORDERS)} if shared else {}
        if plan.wanted & {"page_warm", "page_304", "page_304_session"}:
            keeping = stack.enter_context(servers.portal(plan, sqlite)).process
            variants |= {"page_warm": _Variant(keeping, _WARM), "page_304": _Variant(keeping, _WARM, b"304")}
            variants["page_304_session"] = _Variant(keeping, _WARM, b"304", signed_in=True)
        for _ in range(plan.rounds):
            _round(plan, variants)
    for name in names:
        if name in variants:
            yield _row(name, variants[name], variants["plain"])
        else:
            yield unmeasured(name, _BASELINE, _UNIT, _GOALS[name], lacking)


def _row(name: str, ours: _Variant, plain: _Variant) -> Row:
    note = f"{_SHAPE}; processor time a page {median(ours.costs):.0f} µs, baseline {median(plain.costs):.0f} µs"
    return compared(name, ours.rates, plain.rates, _BASELINE, _UNIT, _GOALS[name], note)


def _round(plan: Plan, variants: Mapping[str, _Variant]) -> None:
    """Short turns, so that whatever else the machine does meets all of them."""
    for _ in range(_TURNS):
        _await_room_in_the_minute(len(variants) * plan.seconds / _TURNS + 2)
        if "page_304" in variants:
            variants["page_304"].etags = variants["page_warm"].fetch_all()
            variants["page_304_session"].etags = variants["page_304_session"].fetch_all()
        for variant in variants.values():
            variant.load(plan.seconds / _TURNS)
    for variant in variants.values():
        variant.end_round()


def _await_room_in_the_minute(seconds: float) -> None:
    """A page says how many minutes ago: at each full minute it is another one."""
    left = 60 - time.time() % 60
    if left < seconds:
        time.sleep(left + 0.1)


def _on_postgres(plan: Plan, stack: ExitStack) -> tuple[Process | None, str]:
    """The real server over a PostgreSQL of our own; or None and what is lacking."""
    try:
        cluster = stack.enter_context(run_cluster(find_postgres()))
    except (pytest.skip.Exception, pytest.fail.Exception) as absent:
        return None, str(absent)
    url = stack.enter_context(cluster.database()).replace("+asyncpg", "")
    seed.fill(url, _ORDERS)
    return stack.enter_context(servers.portal(plan, url)).process, ""
