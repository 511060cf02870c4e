"""Shipments that come in by the hundred are what they would be one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from carriers import Milestone
from portal.context import Context
from portal.kit.db import Tx
from portal.kit.jobs import JOB
from portal.tracking.intake import register
from portal.tracking.intake_many import register_many
from portal.tracking.models import ESTIMATE, SHIPMENT, TRACKER
from portal.tracking.private import SHIPMENT_PRIVATE
from tests.support.context import rows
from tests.support.parcels import facts

DELIVERED = datetime.fromisoformat("2026-11-19T11:00:00Z")
VARIED = [
    facts("A1", source="a"),
    facts(None, source="b", milestone=None, milestone_at=None),
    facts("C1", source="c", milestone=Milestone.CANCELLED),
    facts("D1", source="d", milestone=Milestone.DELIVERED, milestone_at=DELIVERED, estimate_day=date(2026, 11, 19)),
    facts("E1", source="e", carrier=None, carrier_label=None, carrier_open=True),
    facts("F1", source="f", carrier=None, carrier_label="Somebody", tracking_url="https://somebody.example/F1"),
    facts("G1", source="g", postcode="69003", country="FR", delayed=True, topic="order:2"),
]


async def state(context: Context) -> list[list[tuple[Any, ...]]]:
    """All that there is of shipments."""
    jobs = select(JOB.c.kind, JOB.c.unique_key, JOB.c.payload).order_by(JOB.c.id)
    tables: Sequence[Any] = [table.select() for table in (SHIPMENT, SHIPMENT_PRIVATE, TRACKER, ESTIMATE)]
    return [[tuple(row) for row in await rows(context, asked)] for asked in (*tables, jobs)]


async def test_many_at_once_are_what_they_are_one_by_one(any_context: Context) -> None:
    now = any_context.clock.now()

    async def one_by_one(tx: Tx) -> list[int]:
        return [await register(tx, now, one) for one in VARIED]

    async def away(tx: Tx) -> None:
        for table in (JOB, SHIPMENT):
            await tx.run(table.delete())

    ids = await any_context.db.write(one_by_one)
    expected = await state(any_context)
    await any_context.db.write(away)
    again = await any_context.db.write(lambda tx: register_many(tx, now, VARIED))
    found = await state(any_context)
    moved = dict(zip(again, ids, strict=True))
    assert _numbered(found, moved) == _numbered(expected, {shipment_id: shipment_id for shipment_id in ids})


async def test_those_that_are_known_are_brought_up_to_date(any_context: Context) -> None:
    now = any_context.clock.now()
    known = facts("A1", source="a", milestone=Milestone.IN_TRANSIT)
    (first,) = await any_context.db.write(lambda tx: register_many(tx, now, VARIED[:1]))
    ids = await any_context.db.write(lambda tx: register_many(tx, now, [VARIED[3], known, VARIED[6]]))
    assert ids[1] == first
    assert len(set(ids)) == 3
    asked = select(SHIPMENT.c.source, SHIPMENT.c.milestone).order_by(SHIPMENT.c.source)
    found = {row.source: row.milestone for row in await rows(any_context, asked)}
    assert found == {"a": "in_transit", "d": "delivered", "g": "handed_over"}
    assert await any_context.db.write(lambda tx: register_many(tx, now, [])) == []


def _numbered(found: list[list[tuple[Any, ...]]], ids: dict[int, int]) -> list[list[tuple[Any, ...]]]:
    """With the shipments numbered alike, and without the numbers of other rows."""
    shipments, private, trackers, estimates, jobs = found
    return [
        sorted((ids[row[0]], *row[1:]) for row in shipments),
        sorted((ids[row[0]], *map(str, row[1:])) for row in private),
        sorted((ids[row[0]], *map(str, row[1:])) for row in trackers),
        sorted((ids[row[1]], *row[2:]) for row in estimates),
        sorted((row[0], str(sorted(ids.values()).index(ids[int(row[1].split()[1])]))) for row in jobs),
    ]
