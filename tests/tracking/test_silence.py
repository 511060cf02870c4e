"""Parcels whose carrier has no account here: given up like the others, if they were ever followed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from carriers import Account, Milestone
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.tracking.merge import merge
from portal.tracking.models import SHIPMENT, TRACKER
from portal.tracking.schedule import SILENCE
from portal.tracking.silence import give_up
from portal.wiring import JOBS, SCHEDULE
from tests.support.context import kinds, rows
from tests.support.parcels import facts, registered, report, scan


async def followed(context: Context, number: str, carrier: str) -> int:
    """A parcel of which a scan was heard once."""
    given = facts(number, source=number, topic=f"order:{number}", carrier=carrier)
    shipment_id = await registered(context, given)
    heard = replace(report(number, scan(Milestone.IN_TRANSIT, 3)), carrier=carrier)

    async def unit(tx: Tx) -> None:
        await merge(tx, context.clock.now(), shipment_id, f"order:{number}", heard)

    await context.db.write(unit)
    return shipment_id


async def milestones(context: Context) -> dict[str, tuple[str, str | None]]:
    found = await rows(context, select(SHIPMENT.c.number, SHIPMENT.c.milestone, TRACKER.c.problem).join(TRACKER))
    return {row.number: (row.milestone, row.problem) for row in found}


async def test_what_nobody_can_ask_about_is_given_up_in_time(any_context: Context, clock: ManualClock) -> None:
    context = replace(any_context, accounts={"ups": Account("ups", {})})
    await followed(context, "G1", "gls")
    await followed(context, "U1", "ups")  # the poller's own
    await registered(context, facts("G2", source="never", topic="order:never", carrier="gls"))
    clock.advance(SILENCE - timedelta(days=1))
    await give_up(context, {})
    assert {said for said, _ in (await milestones(context)).values()} == {"in_transit", "handed_over"}
    clock.advance(timedelta(days=3))
    for _ in range(2):
        await give_up(context, {})
    assert await milestones(context) == {
        "G1": ("expired", "silent"),
        "U1": ("in_transit", None),
        "G2": ("handed_over", None),  # we never knew more than the shop said, and do not now
    }
    assert (await kinds(context, "order:G1")).count("shipment.expired") == 1


async def test_news_bring_it_back(any_context: Context, clock: ManualClock) -> None:
    shipment_id = await followed(any_context, "G1", "gls")
    clock.advance(SILENCE + timedelta(days=3))
    await give_up(any_context, {})
    hours = (SILENCE + timedelta(days=2)) / timedelta(hours=1)

    async def unit(tx: Tx) -> None:
        heard = replace(report("G1", scan(Milestone.DELIVERED, int(hours))), carrier="gls")
        await merge(tx, clock.now(), shipment_id, "order:G1", heard)

    await any_context.db.write(unit)
    assert (await milestones(any_context))["G1"][0] == "delivered"


def test_it_is_looked_after_by_the_clock() -> None:
    assert JOBS["silence"] is give_up
    assert "silence" in SCHEDULE
