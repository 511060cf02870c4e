"""Whole stories: an order comes in, the carrier speaks, and this is what the page shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import select

from carriers import CarrierTime, Checkpoint, Estimate, Milestone, Place, Report
from portal.context import Context
from portal.kit.db import Tx
from portal.orders import queries
from portal.orders.parcelview import timeline
from portal.orders.sync import import_order
from portal.orders.view import finished, order_view
from portal.orders.viewmodels import ItemView, OrderView, ShopView, StepState
from portal.tracking.merge import merge
from portal.tracking.models import SHIPMENT
from portal.tracking.scan import Scan
from tests.support.context import NOW, order, parcel, rows
from tests.support.parcels import report, scan

PARIS = ZoneInfo("Europe/Paris")
SHOP = ShopView("Atelier Lune", None, None)
A, B = "6A12345678901", "6A12345678902"
MUGS, BOWL = ItemView("Mug", "sage", 2), ItemView("Bowl", "", 1)
ON_THE_ROAD = report(A, scan(Milestone.HANDED_OVER, 1), scan(Milestone.IN_TRANSIT, 9))
AT_HOME = report(A, scan(Milestone.IN_TRANSIT, 1), scan(Milestone.DELIVERED, 20))


async def shown(
    context: Context, *news: Report, now: datetime = NOW, polled: str = "laposte", **members: Any
) -> OrderView:
    """The page of an order with these members, after these reports."""
    await import_order(context, order(**members))
    for said in news:
        (shipment,) = await rows(
            context, select(SHIPMENT.c.id, SHIPMENT.c.topic).where(SHIPMENT.c.number == said.number)
        )

        async def unit(tx: Tx, shipment: Any = shipment, said: Report = said) -> None:
            await merge(tx, NOW, shipment.id, shipment.topic, said)

        await context.db.write(unit)
    async with context.db.read() as reader:
        found = await queries.load(reader, 1)
    assert found is not None
    return order_view(found, shop=SHOP, now=now, zone=PARIS, polled=frozenset(polled.split()))


def summary(view: OrderView) -> tuple[str, str, str | None]:
    """State, headline, and the step of the rail that is current."""
    current = next((step.key for step in view.rail if step.state is StepState.CURRENT), None)
    return view.state.value, view.headline, current


async def test_an_order_that_was_not_sent_lists_what_is_to_come(any_context: Context) -> None:
    view = await shown(any_context)
    assert summary(view) == ("confirmed", "confirmed", "ordered")
    assert (view.unshipped, view.parcels, view.cancelled, view.collect) == ((MUGS, BOWL), (), (), None)
    assert view.number == "#1001"
    assert view.total is not None
    assert (view.total.minor, view.total.currency) == (4500, "EUR")
    assert not finished(view)


async def test_in_transit(any_context: Context) -> None:
    view = await shown(any_context, ON_THE_ROAD, parcels=[parcel("p", A, {"mug": 2, "bowl": 1})])
    assert summary(view) == ("shipped", "in_transit", "in_transit")
    (sent,) = view.parcels
    assert (sent.carrier, sent.number, sent.tracked, sent.items_exact) == ("Colissimo", A, True, True)
    assert set(sent.items) == {MUGS, BOWL}
    assert [(day.day, [entry.milestone for entry in day.entries]) for day in sent.timeline] == [
        (date(2026, 11, 19), ["in_transit", "handed_over"])
    ]
    assert [entry.clock for entry in sent.timeline[0].entries] == ["18:00", "10:00"]
    assert sent.freshness is not None
    assert sent.freshness.last_scan_at == datetime(2026, 11, 19, 17, tzinfo=UTC)


async def test_a_split_order_shows_each_parcel_and_what_is_still_to_come(any_context: Context) -> None:
    view = await shown(any_context, AT_HOME, parcels=[parcel("p", A, {"mug": 1}), parcel("q", B, {"mug": 1})])
    assert summary(view) == ("partly_delivered", "in_transit", "in_transit")
    assert [(p.position, p.total, p.milestone) for p in view.parcels] == [(1, 2, "delivered"), (2, 2, "handed_over")]
    assert (view.unshipped, view.parcels_done) == ((BOWL,), 1)
    assert len({p.dom_id for p in view.parcels}) == 2


async def test_delivered(any_context: Context) -> None:
    view = await shown(any_context, AT_HOME, parcels=[parcel("p", A, {"mug": 2, "bowl": 1})])
    assert summary(view) == ("completed", "delivered", None)
    (sent,) = view.parcels
    assert (sent.finished_at, sent.freshness, sent.arrival) == (datetime(2026, 11, 20, 4, tzinfo=UTC), None, None)
    assert finished(view)


async def test_waiting_at_a_point(any_context: Context) -> None:
    news = report(A, scan(Milestone.READY_FOR_PICKUP, 9), pickup_point=Place(text="Tabac du Port"))
    view = await shown(any_context, news, parcels=[parcel("p", A, {"mug": 2, "bowl": 1})])
    assert summary(view) == ("ready_to_collect", "ready_for_pickup", "ready_to_collect")
    assert view.parcels[0].pickup_point == "Tabac du Port"
    assert not finished(view)


async def test_a_problem(any_context: Context) -> None:
    news = report(A, scan(Milestone.EXCEPTION, 9, code="dam"))
    view = await shown(any_context, news, parcels=[parcel("p", A, {"mug": 2, "bowl": 1})])
    assert summary(view) == ("problem", "exception", "in_transit")


async def test_only_a_link(any_context: Context) -> None:
    tracking = [{"carrier_raw": "Swiss Post", "number": "9934"}]
    view = await shown(any_context, parcels=[parcel("p", None, {"mug": 2, "bowl": 1}, tracking=tracking)])
    assert summary(view) == ("shipped", "link_only", "in_transit")
    (sent,) = view.parcels
    assert (sent.tracked, sent.timeline, sent.freshness) == (False, (), None)
    assert sent.tracking_url is not None


async def test_a_carrier_without_credentials_is_only_linked_until_it_has_answered(any_context: Context) -> None:
    view = await shown(any_context, ON_THE_ROAD, polled="", parcels=[parcel("p", A, {"mug": 2, "bowl": 1})])
    assert (view.headline, view.parcels[0].tracked, view.parcels[0].timeline) == ("link_only", False, ())


async def test_cancelled(any_context: Context) -> None:
    gone = {"quantity": {"ordered": 2, "current": 0, "removed": 2}}
    view = await shown(
        any_context,
        cancelled_at="2026-11-19T10:00:00Z",
        cancel_reason="customer",
        lines=[{"id": "mug", "title": "Mug", **gone}, {"id": "bowl", "title": "Bowl", "quantity": 1}],
    )
    assert summary(view) == ("cancelled", "cancelled", None)
    assert (view.unshipped, view.rail, view.cancel_reason) == ((), (), "customer")
    assert [(item.title, item.quantity, item.cancelled) for item in view.cancelled] == [
        ("Mug", 2, True),
        ("Bowl", 1, True),
    ]
    assert finished(view)


async def test_partly_cancelled(any_context: Context) -> None:
    lines = [
        {"id": "mug", "title": "Mug", "quantity": {"ordered": 3, "current": 1, "removed": 2}},
        {"id": "bowl", "title": "Bowl", "quantity": 1},
    ]
    view = await shown(any_context, lines=lines)
    assert summary(view) == ("confirmed", "confirmed", "ordered")
    assert [(item.title, item.quantity) for item in view.unshipped] == [("Mug", 1), ("Bowl", 1)]
    assert [(item.title, item.quantity) for item in view.cancelled] == [("Mug", 2)]


async def test_digital_only(any_context: Context) -> None:
    pattern = [{"id": "pdf", "title": "Pattern", "quantity": 1, "kind": "digital"}]
    view = await shown(any_context, lines=pattern)
    assert summary(view) == ("confirmed", "confirmed", "ordered")
    assert [(item.title, item.quantity) for item in view.digital] == [("Pattern", 1)]
    assert (view.unshipped, [step.key for step in view.rail]) == ((), ["ordered", "prepared", "available"])
    assert not finished(view)
    view = await shown(any_context, lines=pattern, state={"payment": "paid", "fulfilment": "fulfilled"})
    assert summary(view) == ("completed", "available", None)
    assert {step.state for step in view.rail} == {StepState.DONE}
    assert finished(view)


PICKUP = {"id": "d", "method": "pickup", "location": {"name": "Boutique Lune"}, "pickup": {"code": "K7"}}


@pytest.mark.parametrize(
    ("pickup", "state", "headline", "code"),
    [
        ({}, "preparing", "preparing", None),
        ({"ready_at": "2026-11-19T12:00:00Z"}, "ready_to_collect", "ready_to_collect", "K7"),
        ({"ready_at": "2026-11-19T12:00:00Z", "collected_at": "2026-11-20T08:00:00Z"}, "completed", "collected", None),
    ],
    ids=["announced", "ready", "collected"],
)
async def test_collecting_at_the_shop(
    any_context: Context, pickup: dict[str, str], state: str, headline: str, code: str | None
) -> None:
    delivery = {**PICKUP, "pickup": {"code": "K7", **pickup}}
    view = await shown(any_context, deliveries=[delivery])
    assert (view.state.value, view.headline) == (state, headline)
    assert view.collect is not None
    assert (view.collect.location, view.collect.code) == ("Boutique Lune", code)
    assert view.collect.items == (MUGS, BOWL)
    assert view.unshipped == ()
    assert finished(view) is (state == "completed")


async def test_mixed_lists_nothing_twice(any_context: Context) -> None:
    ready = {
        **PICKUP,
        "pickup": {"ready_at": "2026-11-19T12:00:00Z"},
        "lines": [{"line_id": "bowl", "quantity": 1}],
    }
    deliveries = [{"id": "s", "method": "shipping", "lines": [{"line_id": "mug", "quantity": 2}]}, ready]
    view = await shown(
        any_context, ON_THE_ROAD, deliveries=deliveries, parcels=[parcel("p", A, {"mug": 1}, delivery_id="s")]
    )
    assert view.headline == "in_transit"
    assert view.collect is not None
    assert (view.collect.state, view.collect.items) == ("ready", (BOWL,))
    assert view.unshipped == (replace(MUGS, quantity=1),)


async def test_mixed_and_nothing_sent_yet_lists_both(any_context: Context) -> None:
    announced = {**PICKUP, "lines": [{"line_id": "bowl", "quantity": 1}]}
    view = await shown(any_context, deliveries=[announced])
    assert view.headline == "confirmed"
    assert view.collect is not None
    assert (view.collect.items, view.unshipped) == ((BOWL,), (MUGS,))


async def test_a_cancelled_order_has_nothing_to_collect(any_context: Context) -> None:
    view = await shown(any_context, cancelled_at="2026-11-19T10:00:00Z", deliveries=[PICKUP])
    assert (view.collect, view.unshipped) == (None, ())
    assert [(item.title, item.quantity) for item in view.cancelled] == [("Mug", 2), ("Bowl", 1)]


async def test_a_label_that_was_given_up_is_no_parcel(any_context: Context) -> None:
    news = report(A, scan(Milestone.CANCELLED, 2))
    view = await shown(any_context, news, parcels=[parcel("p", A, {"mug": 2, "bowl": 1})])
    assert summary(view) == ("confirmed", "confirmed", "ordered")
    assert (view.parcels, view.unshipped) == ((), (MUGS, BOWL))


LATE = [
    ("before its day", {"estimate": Estimate(date(2026, 11, 21))}, NOW, False),
    ("on its day", {"estimate": Estimate(date(2026, 11, 20))}, NOW, False),
    ("after its day", {"estimate": Estimate(date(2026, 11, 19))}, NOW, True),
    ("its day ends by the shop's clock", {"estimate": Estimate(date(2026, 11, 20))}, NOW.replace(hour=23), True),
    ("the carrier says so", {"delayed": True, "milestone": Milestone.IN_TRANSIT}, NOW, True),
]


@pytest.mark.parametrize(("said", "now", "late"), [row[1:] for row in LATE], ids=[row[0] for row in LATE])
async def test_late(any_context: Context, said: dict[str, Any], now: datetime, late: bool) -> None:
    news = report(A, scan(Milestone.IN_TRANSIT, 9), **said)
    view = await shown(any_context, news, now=now, parcels=[parcel("p", A, {"mug": 2, "bowl": 1})])
    assert (view.delayed, view.parcels[0].delayed) == (late, late)


@pytest.mark.parametrize(("news", "late"), [(ON_THE_ROAD, True), (AT_HOME, False)], ids=["on the road", "at home"])
async def test_late_by_what_the_shop_promised(any_context: Context, news: Report, late: bool) -> None:
    promised = [{"id": "d", "method": "shipping", "promise": {"latest": "2026-11-19T18:00:00+01:00"}}]
    sent = parcel("p", A, {"mug": 2, "bowl": 1}, delivery_id="d")
    view = await shown(any_context, news, deliveries=promised, parcels=[sent])
    assert view.parcels[0].delayed is late


@pytest.mark.parametrize(("news", "late"), [(ON_THE_ROAD, True), (AT_HOME, False)], ids=["on the road", "at home"])
async def test_late_because_the_shop_says_so(any_context: Context, news: Report, late: bool) -> None:
    view = await shown(any_context, news, parcels=[parcel("p", A, {"mug": 2, "bowl": 1}, status_raw="Delayed")])
    assert view.parcels[0].delayed is late


async def test_what_has_arrived_is_not_late_any_more(any_context: Context) -> None:
    late = replace(AT_HOME, delayed=True, estimate=Estimate(date(2026, 11, 18)), milestone=Milestone.DELIVERED)
    view = await shown(any_context, late, parcels=[parcel("p", A, {"mug": 2, "bowl": 1})])
    assert (view.delayed, view.headline) == (False, "delivered")


def at(wall: str, offset: float | None = None, *, day_only: bool = False, **members: Any) -> Scan:
    """A checkpoint as it is stored."""
    minutes = None if offset is None else int(offset * 60)
    known: dict[str, Any] = {
        "shipment_id": 1,
        "milestone": "in_transit",
        "reason": None,
        "country": None,
        "text": None,
        "city": None,
        "region": None,
        "place": None,
        **members,
    }
    return Scan(wall=datetime.fromisoformat(wall), offset_minutes=minutes, date_only=day_only, **known)


CLOCKS = [
    (at("2026-11-19T23:30", -5), "2026-11-20", "05:30", True),
    (at("2026-11-19T23:30", 1), "2026-11-19", "23:30", True),
    (at("2026-11-19T23:30"), "2026-11-19", "23:30", False),
    (at("2026-11-19T00:00", day_only=True), "2026-11-19", None, True),
    (at("2026-11-19T00:00", 14, day_only=True), "2026-11-19", None, True),
    (at("2026-10-25T00:30", 0), "2026-10-25", "02:30", True),
    (at("2026-10-25T01:30", 0), "2026-10-25", "02:30", True),
    (at("2026-11-19T12:00", 14), "2026-11-18", "23:00", True),
    (at("2026-11-19T12:00", -11), "2026-11-20", "00:00", True),
]


@pytest.mark.parametrize(("scan_", "day", "clock", "known"), CLOCKS, ids=[str(n) for n in range(len(CLOCKS))])
def test_a_checkpoint_is_read_on_the_customers_clock_where_its_zone_is_known(
    scan_: Scan, day: str, clock: str | None, known: bool
) -> None:
    ((shown_day, (entry,)),) = [(d.day, d.entries) for d in timeline([scan_], PARIS)]
    assert (shown_day.isoformat(), entry.clock, entry.zone_known) == (day, clock, known)


def test_days_are_shown_newest_first_whatever_their_clocks() -> None:
    on_the_19th, on_the_20th = at("2026-11-19T23:40"), at("2026-11-19T23:30", 0)
    assert [day.day.day for day in timeline([on_the_19th, on_the_20th, on_the_19th], PARIS)] == [20, 19]


def test_both_hours_of_an_autumn_night_stay_apart() -> None:
    (day,) = timeline([at("2026-10-25T01:30", 0), at("2026-10-25T00:30", 0)], PARIS)
    assert [entry.iso for entry in day.entries] == ["2026-10-25T02:30+01:00", "2026-10-25T02:30+02:00"]


MIDNIGHT = datetime.fromisoformat("2026-11-19")
SCANS = st.lists(
    st.builds(
        lambda hours, offset, day_only: at(
            (MIDNIGHT + timedelta(hours=hours)).isoformat(),
            offset,
            day_only=day_only,
        ),
        st.integers(0, 72),
        st.sampled_from([None, -11, 0, 1, 14]),
        st.booleans(),
    ),
    max_size=8,
)


@given(SCANS)
def test_no_day_is_shown_twice_and_no_checkpoint_lost(scans: list[Scan]) -> None:
    def key(scan_: Scan) -> datetime:
        assert scan_.wall is not None
        return scan_.wall - timedelta(minutes=scan_.offset_minutes or 0)

    days = [day.day for day in timeline(sorted(scans, key=key, reverse=True), PARIS)]
    assert days == sorted(set(days), reverse=True)
    assert sum(len(day.entries) for day in timeline(scans, PARIS)) == len(scans)


async def test_what_has_no_date_is_left_out_of_the_timeline(any_context: Context) -> None:
    undated = Checkpoint("x", "Somewhere", None, milestone=Milestone.IN_TRANSIT)
    dated = Checkpoint("y", "Sorted", CarrierTime(MIDNIGHT), Place("Lyon"), Milestone.IN_TRANSIT)
    view = await shown(any_context, report(A, undated, dated), parcels=[parcel("p", A, {"mug": 2})])
    assert [entry.text for day in view.parcels[0].timeline for entry in day.entries] == ["Sorted"]
