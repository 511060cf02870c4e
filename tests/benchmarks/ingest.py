"""Scans taken in per second: the portal's writer against the bare driver at the same batch, on the same tables."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import uvloop

from carriers import CarrierTime, Checkpoint, Milestone, Place, Report
from portal.kit.clock import SystemClock
from portal.kit.db import Database, Tx, Unit, open_database
from portal.kit.events import Happened
from portal.kit.tail import Tail
from portal.kit.writer import BATCH
from portal.orders.queries import topic_of
from portal.tracking.merge import merge
from tests.benchmarks import scans, seed
from tests.benchmarks.plan import Plan
from tests.benchmarks.report import Goal, Row, compared

NAMES = ("ingest_sqlite_full", "ingest_merge")
_GOALS = {"ingest_sqlite_full": (Goal("ratio", "at least", 0.5),), "ingest_merge": ()}
_BASELINE = f"sqlite3 driver, executemany, {BATCH} a transaction"
_ORDERS = 1_000
_SHIPMENTS = _ORDERS * seed.PARCELS
_GENERATIONS = 3  # batches under way at once, so that the writer always finds a full one
_NOTES = {
    "ingest_sqlite_full": "checkpoint, shipment and event, one unit of the writer each; WAL, synchronous FULL; "
    "ours includes reading the event log and telling the process",
    "ingest_merge": "a report with one new checkpoint merged into a shipment that has ten and folded anew; "
    "the baseline is the driver's three statements, which know none of that",
}
_numbers = count(1)


def measure(plan: Plan) -> Iterator[Row]:
    """The rows asked for."""
    names = [name for name in NAMES if name in plan.wanted]
    if not names:
        return
    path = plan.folder / "ingest.db"
    seed.fill(f"sqlite:///{path}", _ORDERS)
    makers = {"ingest_sqlite_full": _scan, "ingest_merge": _merge}
    ours: dict[str, list[float]] = {name: [] for name in names}
    baseline: list[float] = []
    for _ in range(plan.rounds):
        baseline.append(_driver(path, plan.seconds))
        for name in names:
            ours[name].append(uvloop.run(_portal(path, plan.seconds, makers[name])))
    for name in names:
        yield compared(name, ours[name], baseline, _BASELINE, "events/s", _GOALS[name], _NOTES[name])


def _driver(path: Path, seconds: float) -> float:
    told: list[object] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        began = time.perf_counter()
        while (took := time.perf_counter() - began) < seconds:
            numbers = [next(_numbers) for _ in range(BATCH)]
            told += scans.by_driver(connection, [(_shipment(n), n) for n in numbers], datetime.now(UTC))
    return len(told) / took


async def _portal(path: Path, seconds: float, make: Callable[[int], Unit[object]]) -> float:
    db = open_database(f"sqlite:///{path}", SystemClock())
    told, expected = 0, 0
    all_told = asyncio.Event()

    def tell(events: Sequence[Happened]) -> None:
        nonlocal told
        told += len(events)
        if 0 < expected <= told:
            all_told.set()

    tail = Tail(db, tell)
    await tail.begin()
    following = asyncio.create_task(tail.run())
    await asyncio.sleep(0.1)
    began = time.perf_counter()
    expected = sum(await asyncio.gather(*(_write(db, make, began + seconds) for _ in range(_GENERATIONS))))
    tell(())
    await all_told.wait()
    took = time.perf_counter() - began
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    await db.close()
    return expected / took


async def _write(db: Database, make: Callable[[int], Unit[object]], end: float) -> int:
    written = 0
    while time.perf_counter() < end:
        await asyncio.gather(*(db.write(make(next(_numbers))) for _ in range(BATCH)))
        written += BATCH
    return written


def _shipment(number: int) -> int:
    return number * 7919 % _SHIPMENTS + 1


def _scan(number: int) -> Unit[object]:
    return scans.unit(_shipment(number), number, datetime.now(UTC))


def _merge(number: int) -> Unit[object]:
    shipment, now = _shipment(number), datetime.now(UTC)
    topic = topic_of(scans.order_of(shipment))
    at = CarrierTime(now.replace(tzinfo=None), timedelta(0))
    checkpoint = Checkpoint(
        f"M{number}", "Sorted at the regional centre", at, Place(city="Lille"), Milestone.IN_TRANSIT
    )
    report = Report("dhl", str(shipment), Milestone.IN_TRANSIT, (checkpoint,))

    async def act(tx: Tx) -> bool:
        return await merge(tx, now, shipment, topic, report)

    return act
