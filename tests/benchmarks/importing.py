"""Orders imported a second against the same rows written by SQLAlchemy Core in batches, and what many of them cost in
memory."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import uvloop
from sqlalchemy import insert, select
from sqlmodel import SQLModel

from portal import schema
from portal.context import Context, opened
from portal.kit.sqlite import sqlite_engine
from portal.orders.sync import import_batch, import_documents
from portal.settings import Settings
from tests.benchmarks.orders_in import order_in
from tests.benchmarks.plan import Plan
from tests.benchmarks.report import Goal, Row, compared

NAMES = ("import_orders_per_s", "import_memory_kib")
_TOGETHER = 100  # orders in one transaction, on both sides
_GOALS = {
    "import_orders_per_s": (Goal("ratio", "at least", 0.5),),
    "import_memory_kib": (Goal("ours", "at most", 16_384),),
}


def measure(plan: Plan) -> Iterator[Row]:
    """The rows asked for."""
    if "import_orders_per_s" in plan.wanted:
        yield _speed(plan)
    if "import_memory_kib" in plan.wanted:
        yield _memory(plan)


def _speed(plan: Plan) -> Row:
    orders = 2_000 if plan.quick else 10_000
    ours, core, ours_cpu, core_cpu = [], [], [], []
    for turn in range(plan.rounds):
        path = _database(plan, f"import{turn}")
        wall, cpu = uvloop.run(_import(path, orders))
        ours.append(orders / wall)
        ours_cpu.append(cpu * 1e6 / orders)
        wall, cpu = _by_core(path, _database(plan, f"core{turn}"), orders + 1)
        core.append(orders / wall)
        core_cpu.append(cpu * 1e6 / orders)
    note = (
        f"{orders} new orders of 3 lines and a parcel, from validated documents to committed rows, {_TOGETHER} a "
        f"transaction; SQLite, WAL, synchronous FULL; processor time an order: ours {min(ours_cpu):.0f} µs, "
        f"Core {min(core_cpu):.0f} µs"
    )
    name = "import_orders_per_s"
    return compared(name, ours, core, "SQLAlchemy Core, the same rows", "orders/s", _GOALS[name], note)


def _database(plan: Plan, name: str) -> Path:
    path = plan.folder / f"importing-{name}.db"
    schema.migrate(f"sqlite:///{path}")
    return path


async def _import(path: Path, orders: int) -> tuple[float, float]:
    documents = [order_in(number) for number in range(orders)]
    async with _open(path) as context:
        await import_batch(context, [order_in(orders)])  # what is compiled once is compiled
        wall, cpu = time.perf_counter(), time.process_time()
        await import_documents(context, documents)
        return time.perf_counter() - wall, time.process_time() - cpu


def _open(path: Path) -> Any:
    settings = Settings.model_validate({"database_url": f"sqlite:///{path}"})
    return opened(settings, accounts={}, environ={})


def _by_core(source: Path, target: Path, orders: int) -> tuple[float, float]:
    tables = [table for table in SQLModel.metadata.sorted_tables if table.name != "alembic_version"]
    engine = sqlite_engine(f"sqlite:///{source}")
    with engine.connect() as connection:
        rows = {t: [dict(row._mapping) for row in connection.execute(select(t))] for t in tables}
    engine.dispose()
    filled = [(table, some) for table, some in rows.items() if len(some) >= orders]
    engine = sqlite_engine(f"sqlite:///{target}")
    wall, cpu = time.perf_counter(), time.process_time()
    with engine.connect() as connection:
        for begin in range(0, orders, _TOGETHER):
            with connection.begin():
                for table, some in filled:
                    connection.execute(insert(table), _part(some, begin, orders))
    taken = time.perf_counter() - wall, time.process_time() - cpu
    engine.dispose()
    return taken


def _part(rows: Sequence[dict[str, Any]], begin: int, orders: int) -> Sequence[dict[str, Any]]:
    """The rows of `_TOGETHER` orders: each table has the same number of rows for each."""
    each = len(rows) / orders
    return rows[int(begin * each) : int((begin + _TOGETHER) * each)]


def _memory(plan: Plan) -> Row:
    orders = 20_000 if plan.quick else 100_000
    gc.enable()
    try:
        first, last, rate = uvloop.run(_growth(_database(plan, "memory"), orders))
    finally:
        gc.disable()
    note = (
        f"memory of the process's own after {orders:,} orders less that after {orders // 10:,}; it was "
        f"{first:,.0f} KiB then; {rate:.0f} orders/s, documents made on the way included"
    )
    return compared("import_memory_kib", [last - first], [], "none", "KiB", _GOALS["import_memory_kib"], note)


async def _growth(path: Path, orders: int) -> tuple[float, float, float]:
    async with _open(path) as context:
        began = time.perf_counter()
        await _some(context, 0, orders // 10)
        gc.collect()
        first = _own_kib()
        await _some(context, orders // 10, orders)
        gc.collect()
        return first, _own_kib(), orders / (time.perf_counter() - began)


async def _some(context: Context, begin: int, end: int) -> None:
    await import_documents(context, (order_in(number) for number in range(begin, end)))


def _own_kib() -> float:
    """What the process has allocated: the pages of files that it looks into are not its own."""
    (line,) = (row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("RssAnon"))
    return float(line.split()[1])
