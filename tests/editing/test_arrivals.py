"""The time for a return counts from what the carrier says, where the shop's document does not say when it arrived."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from portal.context import Context
from portal.editing import policies
from portal.editing.answers import Action, Answer, Code, Verdict
from portal.editing.look import look
from portal.kit.db import Tx
from portal.orders.models import ORDER
from portal.orders.sync import import_order
from portal.tracking.models import SHIPMENT
from portal.wiring import open_engine
from tests.support.context import NOW, order, parcel, rows

FORTNIGHT = """\
schema = "policy/1"
[return]
verdict = "allowed"
page = "https://shop.example/returns"
window = "14d"
counts_from = "arrival"
"""


async def returning(context: Context, arrived: datetime | None, milestone: str = "delivered") -> Answer:
    """What is answered to a return of the mugs, which left 25 days ago."""
    left = NOW - timedelta(days=25)
    sent = parcel("p1", "6A12345678901", {"mug": 2, "bowl": 1}, created_at=left.isoformat())
    placed = (left - timedelta(days=1)).isoformat()
    await import_order(context, order(parcels=[sent], placed_at=placed))

    async def unit(tx: Tx) -> None:
        await tx.run(update(SHIPMENT).values(milestone=milestone, finished_at=arrived))
        await policies.publish(tx, NOW, FORTNIGHT, "toml")

    await context.db.write(unit)
    (row,) = await rows(context, select(ORDER.c.id))
    return (await look(open_engine(context), row.id)).answers.lines["mug"][Action.RETURN]


async def test_it_is_over_when_the_carrier_brought_it_long_ago(any_context: Context) -> None:
    answer = await returning(any_context, NOW - timedelta(days=15))
    assert (answer.verdict, answer.code) == (Verdict.NO, Code.RETURN_OVER)


async def test_it_runs_from_the_day_that_the_carrier_says(any_context: Context) -> None:
    answer = await returning(any_context, NOW - timedelta(days=3), "collected")
    assert (answer.verdict, answer.until) == (Verdict.ALLOWED, NOW + timedelta(days=11))


async def test_a_parcel_that_went_back_never_arrived(any_context: Context) -> None:
    answer = await returning(any_context, NOW - timedelta(days=15), "returned")
    assert (answer.verdict, answer.until) == (Verdict.ALLOWED, NOW + timedelta(days=30 - 25 + 14))
