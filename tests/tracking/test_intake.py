"""Shipments coming in from whoever sold them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from carriers import CarrierTime, Estimate, Milestone, Place
from carriers.core.model import ProofOfDelivery
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.tracking.merge import merge
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.private import CHECKPOINT_PRIVATE, SHIPMENT_PRIVATE
from portal.tracking.queries import shipments
from tests.support.context import NOW, kinds, rows
from tests.support.parcels import START, TOPIC, facts, registered, report, scan

SHOP = facts()


async def told(context: Context, shipment_id: int, number: str = "S1") -> None:
    """The carrier knows a good deal about the parcel."""
    news = report(
        number,
        scan(Milestone.IN_TRANSIT, 1, text="Arrived in Lyon"),
        scan(Milestone.READY_FOR_PICKUP, 2),
        milestone=Milestone.READY_FOR_PICKUP,
        estimate=Estimate(date(2026, 11, 21), CarrierTime(START), CarrierTime(START)),
        pickup_point=Place(text="Tabac du Port"),
        proof=ProofOfDelivery(signed_by="M. Brun"),
    )

    async def unit(tx: Tx) -> None:
        await merge(tx, context.clock.now(), shipment_id, TOPIC, news)

    await context.db.write(unit)


async def everything(context: Context) -> list[Any]:
    """All rows of tracking."""
    tables = (SHIPMENT, TRACKER, SHIPMENT_PRIVATE, CHECKPOINT, CHECKPOINT_PRIVATE)
    return [list(await rows(context, select(table))) for table in tables]


async def test_a_new_shipment_is_kept_and_asked_about_at_once(any_context: Context) -> None:
    await registered(any_context, facts(postcode="69002", country="FR"))
    (shipment,) = await rows(any_context, select(SHIPMENT))
    (tracker,) = await rows(any_context, select(TRACKER))
    (private,) = await rows(any_context, select(SHIPMENT_PRIVATE))
    assert (shipment.milestone, shipment.created_at, shipment.finished_at) == ("handed_over", NOW, None)
    assert (tracker.next_poll_at, tracker.failures, tracker.known) == (NOW, 0, False)
    assert (private.postcode, private.country) == ("69002", "FR")


async def test_the_same_facts_again_change_nothing(any_context: Context, clock: ManualClock) -> None:
    first = await registered(any_context, SHOP)
    await told(any_context, first)
    before, log = await everything(any_context), await kinds(any_context)
    clock.advance(timedelta(hours=1))
    assert await registered(any_context, SHOP) == first
    assert await everything(any_context) == before
    assert await kinds(any_context) == log


async def test_what_changed_is_replaced_and_what_the_carrier_said_stays(
    any_context: Context, clock: ManualClock
) -> None:
    shipment_id = await registered(any_context, SHOP)
    await told(any_context, shipment_id)
    clock.advance(timedelta(hours=1))
    await registered(any_context, replace(SHOP, tracking_url="https://snail.example/S1", postcode="69003"))
    (shipment,) = await rows(any_context, select(SHIPMENT))
    (private,) = await rows(any_context, select(SHIPMENT_PRIVATE))
    assert (shipment.tracking_url, shipment.updated_at) == ("https://snail.example/S1", NOW + timedelta(hours=1))
    assert (shipment.milestone, private.postcode, private.pickup_point) == (
        "ready_for_pickup",
        "69003",
        "Tabac du Port",
    )
    assert len(await rows(any_context, select(CHECKPOINT))) == 2


async def test_what_left_goes_where_it_was_sent(any_context: Context) -> None:
    async def destination() -> str | None:
        (private,) = await rows(any_context, SHIPMENT_PRIVATE.select())
        return str(private.postcode)

    await registered(any_context, facts(postcode="69002"))
    await registered(any_context, facts(postcode="75011"))
    assert await destination() == "69002"
    await registered(any_context, facts("S9", postcode="75011"))
    assert await destination() == "75011"


async def test_another_number_starts_over_and_what_was_heard_of_the_old_one_stays(
    any_context: Context, clock: ManualClock
) -> None:
    shipment_id = await registered(any_context, SHOP)
    await told(any_context, shipment_id)
    clock.advance(timedelta(hours=1))
    assert await registered(any_context, replace(SHOP, number="S2")) == shipment_id
    shipments, trackers, private, checkpoints, words = await everything(any_context)
    new, old = sorted(shipments, key=lambda row: row.id != shipment_id)
    assert (new.number, new.milestone, new.last_scan_at, new.estimate_day) == ("S2", "handed_over", None, None)
    assert (old.number, old.milestone) == ("S1", "ready_for_pickup")
    assert {row.shipment_id for row in checkpoints} == {old.id}
    assert len(checkpoints) == len(words) == 2
    assert {row.shipment_id: row.pickup_point for row in private} == {new.id: None, old.id: "Tabac du Port"}
    assert [(row.shipment_id, row.known) for row in trackers] == [(shipment_id, False)]


@pytest.mark.parametrize("changed", [{"carrier": "tortoise"}])
async def test_another_carrier_starts_over(any_context: Context, clock: ManualClock, changed: dict[str, str]) -> None:
    shipment_id = await registered(any_context, SHOP)
    await told(any_context, shipment_id)
    clock.advance(timedelta(hours=1))
    assert await registered(any_context, replace(SHOP, **changed)) == shipment_id  # type: ignore[arg-type]  # members of ShipmentFacts
    shipments, trackers, private, checkpoints, words = await everything(any_context)
    (shipment,), (tracker,), (kept,) = shipments, trackers, private
    assert (checkpoints, words) == ([], [])
    assert (shipment.milestone, shipment.carrier_milestone, shipment.carrier_at) == ("handed_over", None, None)
    assert (shipment.estimate_day, shipment.estimate_from, shipment.estimate_to) == (None, None, None)
    assert (shipment.reason, shipment.last_scan_at) == (None, None)
    assert (kept.pickup_point, kept.signed_by) == (None, None)
    assert (tracker.next_poll_at, tracker.known, tracker.carrier) == (NOW + timedelta(hours=1), False, shipment.carrier)


NOTHING_TO_ASK = [
    facts(None),
    facts(carrier=None),
    facts(milestone=Milestone.CANCELLED),
]


@pytest.mark.parametrize("hopeless", NOTHING_TO_ASK, ids=["no number", "no adapter", "cancelled"])
async def test_a_tracker_is_there_exactly_while_there_is_something_to_ask(any_context: Context, hopeless: Any) -> None:
    for given, asked in ((hopeless, 0), (SHOP, 1), (hopeless, 0), (SHOP, 1)):
        await registered(any_context, given)
        assert len(await rows(any_context, select(TRACKER))) == asked


async def test_the_shops_estimate_may_change_until_the_carrier_gives_one(any_context: Context) -> None:
    for day in (24, 26):
        shipment_id = await registered(any_context, replace(SHOP, estimate_day=date(2026, 11, day)))
        assert await estimated(any_context) == date(2026, 11, day)
    await told(any_context, shipment_id)
    await registered(any_context, replace(SHOP, estimate_day=date(2026, 11, 27)))
    assert await estimated(any_context) == date(2026, 11, 21)


async def estimated(context: Context) -> date | None:
    """The day that the page shows."""
    async with context.db.read() as reader:
        (row,), _ = await shipments(reader, TOPIC)
    day: date | None = row.estimate_day
    return day


async def test_shipments_are_told_apart_by_their_source(any_context: Context) -> None:
    one = await registered(any_context, SHOP)
    other = await registered(any_context, replace(SHOP, source="neutral\x1f\x1f1002\x1fp"))
    assert one != other
    assert len(await rows(any_context, select(TRACKER))) == 2
