"""The order page: rendered anew on each engine, from the cache, and unchanged, against bare Starlette and Jinja."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from tests.benchmarks import requests, seed, servers
from tests.benchmarks.plan import Plan
from tests.benchmarks.process import Process
from tests.benchmarks.report import Goal, Row, compared, unmeasured
from tests.machine.postgres import find_postgres, run_cluster

NAMES = ("page_cold_sqlite", "page_cold_postgres", "page_warm", "page_304")
_GOALS = {
    "page_cold_sqlite": (Goal("ratio", "at least", 0.5),),
    "page_cold_postgres": (Goal("ratio", "at least", 0.33),),
    "page_warm": (Goal("ratio", "at least", 3),),
    "page_304": (Goal("ratio", "at least", 6),),
}
_BASELINE = "Starlette + Jinja, same templates, views made beforehand"
_UNIT = "pages/s"
_ORDERS = 2_000  # twice what the page cache keeps: in turn, every one is a miss
_WARM = 500
_CONNECTIONS = 32
_SHAPE = (
    "order with 3 shipments, 30 checkpoints, 5 items; 32 connections asking for gzip, which the baseline never sends"
)


@dataclass(slots=True)
class _Figures:
    """Pages a second by variant, and processor microseconds a page, round by round."""

    rate: dict[str, list[float]] = field(default_factory=dict)
    cost: dict[str, list[float]] = field(default_factory=dict)

    def add(self, variant: str, load: requests.Load, cpu_s: float) -> None:
        self.rate.setdefault(variant, []).append(load.per_second)
        self.cost.setdefault(variant, []).append(cpu_s / load.answers * 1e6)


def measure(plan: Plan) -> Iterator[Row]:
    """The rows asked for."""
    names = [name for name in NAMES if name in plan.wanted]
    if not names:
        return
    figures, lacking = _Figures(), ""
    with ExitStack() as stack:
        sqlite = f"sqlite:///{servers.orders(plan)}"
        plain = stack.enter_context(servers.plain(plan, sqlite, _ORDERS))
        ours = stack.enter_context(servers.portal(plan, sqlite)).process
        shared, lacking = _on_postgres(plan, stack) if "page_cold_postgres" in names else (None, "")
        for _ in range(plan.rounds):
            _round(plan, figures, plain, ours, shared)
    for name in names:
        yield _row(name, figures) if name in figures.rate else unmeasured(name, _BASELINE, _UNIT, _GOALS[name], lacking)


def _row(name: str, figures: _Figures) -> Row:
    costs = {variant: sorted(some)[len(some) // 2] for variant, some in figures.cost.items()}
    note = f"{_SHAPE}; processor time a page {costs[name]:.0f} µs, baseline {costs['plain']:.0f} µs"
    return compared(name, figures.rate[name], figures.rate["plain"], _BASELINE, _UNIT, _GOALS[name], note)


def _round(plan: Plan, figures: _Figures, plain: Process, ours: Process, shared: Process | None) -> None:
    _load(plan, figures, "plain", plain, _ORDERS)
    if "page_cold_sqlite" in plan.wanted:
        _load(plan, figures, "page_cold_sqlite", ours, _ORDERS)
    if shared is not None:
        _load(plan, figures, "page_cold_postgres", shared, _ORDERS)
    if plan.wanted & {"page_warm", "page_304"}:
        _await_room_in_the_minute(2 * plan.seconds + 4)
        etags = requests.run(ours.port, _path_of(_WARM), {}, b"200", connections=_CONNECTIONS, answers=_WARM + 50).etags
        _load(plan, figures, "page_warm", ours, _WARM)
        _load(plan, figures, "page_304", ours, _WARM, etags, b"304")


def _load(
    plan: Plan,
    figures: _Figures,
    variant: str,
    server: Process,
    orders: int,
    etags: Mapping[str, bytes] | None = None,
    status: bytes = b"200",
) -> None:
    before = server.cpu_s()
    load = requests.run(
        server.port, _path_of(orders), etags or {}, status, connections=_CONNECTIONS, seconds=plan.seconds
    )
    figures.add(variant, load, server.cpu_s() - before)


def _path_of(orders: int) -> Callable[[int], str]:
    """The orders in turn."""
    return lambda number: f"/o/{seed.token(number % orders + 1)}"


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
