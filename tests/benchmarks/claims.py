"""Claiming 50 of 1,000,000 due trackers on each database, with what is needed to ask about them, committed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

import pytest
import uvloop
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from portal import schema
from portal.kit.clock import SystemClock
from portal.kit.db import Tx, open_database
from portal.tracking.asking import claim_due, queues_of
from tests.benchmarks import trackers
from tests.benchmarks.plan import Plan
from tests.benchmarks.report import Goal, Row, compared, unmeasured
from tests.machine.postgres import find_postgres, run_cluster

NAMES = ("claim_1m_sqlite", "claim_1m_postgres")
_GOALS = (Goal("ours", "at most", 0.05),)
_TOGETHER = 50
_CLAIMS = 60
_UNIT = "ms a tracker"
_NOTE = "{:,} due; median of {} claims of {}, each a committed write unit of its own, shipment and hints read"


def measure(plan: Plan) -> Iterator[Row]:
    """The rows asked for."""
    due = 100_000 if plan.quick else 1_000_000
    note = _NOTE.format(due, _CLAIMS, _TOGETHER)
    if "claim_1m_sqlite" in plan.wanted:
        path = plan.folder / "claims.db"
        schema.migrate(f"sqlite:///{path}")
        trackers.fill_sqlite(path, {"ups": due})
        ours = [uvloop.run(_claim(f"sqlite:///{path}")) for _ in range(plan.rounds)]
        yield compared("claim_1m_sqlite", ours, [], "none", _UNIT, _GOALS, note)
        path.unlink()
    if "claim_1m_postgres" in plan.wanted:
        yield _postgres(plan, due, note)


def _postgres(plan: Plan, due: int, note: str) -> Row:
    try:
        programs = find_postgres()
    except pytest.skip.Exception as missing:
        return unmeasured("claim_1m_postgres", "none", _UNIT, _GOALS, str(missing))
    with run_cluster(programs) as cluster, cluster.database() as url:
        schema.migrate(url)
        uvloop.run(_fill(url, due))
        ours = [uvloop.run(_claim(url)) for _ in range(plan.rounds)]
    return compared("claim_1m_postgres", ours, [], "none", _UNIT, _GOALS, note)


async def _fill(url: str, due: int) -> None:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in (trackers.SHIPMENTS, trackers.PRIVATE, trackers.TRACKERS):
            values = {
                "first": 0,
                "carrier": "ups",
                "now": "now()",
                "due": "timestamptz '2026-11-20 10:00:00+00' + n * interval '1 microsecond'",
            }
            source = f"from generate_series(1, {due}) as numbers(n)"
            await connection.execute(text(statement.replace("from numbers", source).format(**values)))
        await connection.execute(text("vacuum analyze"))
    await engine.dispose()


async def _claim(url: str) -> float:
    db = open_database(url, SystemClock())
    took = []
    for _ in range(_CLAIMS):
        now = datetime.now(UTC)

        async def unit(tx: Tx, now: datetime = now) -> int:
            return len(await claim_due(tx, now, queues_of(["ups"]), _TOGETHER))

        began = time.perf_counter()
        claimed = await db.write(unit)
        took.append((time.perf_counter() - began) * 1000 / claimed)
        await asyncio.sleep(0.006)  # past the commit window
    await db.close()
    return median(took)
