"""One story over time: every day that was given, and parcels whose place another one took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
from sqlalchemy import select

from carriers import Estimate, Milestone
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.orders import queries
from portal.orders.sync import import_order
from portal.orders.threads import Threads, changes, threads
from portal.orders.view import order_view
from portal.orders.viewmodels import DateView, OrderView, ShopView
from portal.tracking.merge import merge
from portal.tracking.models import ESTIMATE, REPLACEMENT, SHIPMENT, TRACKER
from tests.support.context import NOW, order, parcel, rows
from tests.support.parcels import report, scan

A, B, C = "6A12345678901", "6A12345678902", "6A12345678903"
ALL = {"mug": 2, "bowl": 1}
EARLY, LATE, LATER = date(2026, 11, 24), date(2026, 11, 26), date(2026, 11, 27)


async def told(context: Context, version: int, **members: Any) -> OrderView:
    """The page after the shop has told the order once more."""
    await import_order(context, order(version=version, updated_at=None, **members))
    view = await page(context)
    later(context, timedelta(minutes=1))
    return view


def later(context: Context, span: timedelta) -> None:
    assert isinstance(context.clock, ManualClock)
    context.clock.advance(span)


async def page(context: Context) -> OrderView:
    async with context.db.read() as reader:
        found = await queries.load(reader, 1)
    assert found is not None
    now = context.clock.now()
    shop, zone = ShopView("Atelier Lune", None, None), ZoneInfo("Europe/Paris")
    return order_view(found, shop=shop, now=now, zone=zone, polled=frozenset({"laposte"}))


async def says(context: Context, number: str, *scans: Any, day: date | None = None) -> None:
    """The carrier tells of a number."""
    estimate = Estimate(day) if day else None
    (row,) = await rows(context, select(SHIPMENT.c.id, SHIPMENT.c.topic).where(SHIPMENT.c.number == number))

    async def unit(tx: Tx) -> None:
        await merge(tx, context.clock.now(), row.id, row.topic, report(number, *scans, estimate=estimate))

    await context.db.write(unit)


def promised(day: date) -> dict[str, Any]:
    return {"deliveries": [{"id": "d", "method": "shipping", "promise": {"latest": f"{day}T18:00:00Z"}}]}


def days(said: Sequence[DateView]) -> list[tuple[date, str]]:
    return [(date.day, date.said_by) for date in said]


async def test_each_promise_stays_with_when_it_was_made(any_context: Context) -> None:
    view = await told(any_context, 1, **promised(EARLY))
    assert days(view.dates) == [(EARLY, "shop")]
    later(any_context, timedelta(hours=5))
    await told(any_context, 2, **promised(EARLY))
    view = await told(any_context, 3, **promised(LATE))
    assert days(view.dates) == [(EARLY, "shop"), (LATE, "shop")]
    assert [date.said_at for date in view.dates] == [NOW, NOW + timedelta(hours=5, minutes=2)]


async def test_the_carriers_days_follow_the_shops(any_context: Context) -> None:
    await told(any_context, 1, **promised(EARLY), parcels=[parcel("p", A, ALL)])
    for hours, day in ((9, EARLY), (10, LATE), (11, LATE), (12, LATER), (13, LATE)):
        later(any_context, timedelta(hours=1))
        await says(any_context, A, scan(Milestone.IN_TRANSIT, hours), day=day)
    (sent,) = (await page(any_context)).parcels
    assert days(sent.dates) == [(EARLY, "shop"), (LATE, "carrier"), (LATER, "carrier"), (LATE, "carrier")]
    assert sent.arrival is not None
    assert sent.arrival.day == LATE
    assert len(await rows(any_context, select(ESTIMATE.c.id))) == 4  # what agrees with the shop is kept all the same


async def test_another_number_keeps_the_journey_of_the_old_one(any_context: Context) -> None:
    await told(any_context, 1, parcels=[parcel("p", A, ALL)])
    await says(any_context, A, scan(Milestone.HANDED_OVER, 1), scan(Milestone.IN_TRANSIT, 9), day=EARLY)
    (sent,) = (await told(any_context, 2, parcels=[parcel("p", B, ALL)])).parcels
    assert (sent.number, sent.milestone, sent.timeline) == (B, "handed_over", ())
    (old,) = sent.former
    assert (old.number, old.carrier, old.replaced_at) == (A, "Colissimo", NOW + timedelta(minutes=1))
    assert [entry.milestone for day in old.timeline for entry in day.entries] == ["in_transit", "handed_over"]
    assert days(sent.dates) == [(EARLY, "carrier")]
    asked = await rows(any_context, select(SHIPMENT.c.number).join(TRACKER))
    assert [row.number for row in asked] == [B]
    await says(any_context, B, scan(Milestone.IN_TRANSIT, 20))
    (sent,) = (await told(any_context, 3, parcels=[parcel("p", C, ALL)])).parcels
    assert [old.number for old in sent.former] == [B, A]
    # The first number comes back: its own history is that of the parcel again.
    (sent,) = (await told(any_context, 4, parcels=[parcel("p", A, ALL)])).parcels
    assert (sent.number, [old.number for old in sent.former]) == (A, [B])


async def test_a_number_that_was_a_slip_leaves_nothing(any_context: Context) -> None:
    await told(any_context, 1, parcels=[parcel("p", A, ALL)])
    (sent,) = (await told(any_context, 2, parcels=[parcel("p", B, ALL)])).parcels
    assert (sent.number, sent.former) == (B, ())
    assert len(await rows(any_context, select(SHIPMENT.c.id))) == 1


async def test_a_parcel_that_was_sent_anew_keeps_its_thread(any_context: Context) -> None:
    first = parcel("p", A, ALL)
    await told(any_context, 1, parcels=[first])
    await says(any_context, A, scan(Milestone.EXCEPTION, 9))
    view = await told(any_context, 2, parcels=[{**first, "state": "cancelled"}])
    assert view.parcels == ()
    again = [{**first, "state": "cancelled"}, parcel("q", B, {"mug": 2}), parcel("r", C, {"bowl": 1})]
    view = await told(any_context, 3, parcels=again)
    assert [(sent.number, [old.number for old in sent.former]) for sent in view.parcels] == [(B, [A]), (C, [])]
    view = await told(any_context, 4, parcels=[first])  # it was not lost after all
    assert [(sent.number, sent.former) for sent in view.parcels] == [(A, ())]
    assert [row.by_id for row in await rows(any_context, select(REPLACEMENT.c.by_id))] == []


async def test_a_parcel_that_the_shop_no_longer_names_is_replaced_by_what_holds_the_same(any_context: Context) -> None:
    await told(any_context, 1, parcels=[parcel("p", A, {"mug": 2})])
    view = await told(any_context, 2, parcels=[parcel("q", B, {"mug": 2}), parcel("r", C, {"bowl": 1})])
    assert [(sent.number, [old.number for old in sent.former]) for sent in view.parcels] == [(B, [A]), (C, [])]


async def test_a_parcel_that_is_taken_away_is_not_replaced_by_what_was_there(any_context: Context) -> None:
    both = [parcel("p", A, {"mug": 1}), parcel("q", B, {"mug": 1})]
    await told(any_context, 1, parcels=both)
    view = await told(any_context, 2, parcels=both[1:])
    assert [(sent.number, sent.former) for sent in view.parcels] == [(B, ())]


async def test_what_the_customer_asked_and_what_the_shop_says(any_context: Context) -> None:
    deliveries = [
        {"id": "1", "method": "shipping", "instructions": "Behind the blue door"},
        {"id": "2", "method": "shipping", "instructions": "Behind the blue door"},
        {"id": "3", "method": "shipping", "instructions": "Not any more", "state": "cancelled"},
    ]
    view = await told(any_context, 1, deliveries=deliveries, shop_note="With a sample of tea.", note="difficult")
    assert (view.instructions, view.note) == ("Behind the blue door", "With a sample of tea.")
    view = await told(any_context, 2)
    assert (view.instructions, view.note) == (None, None)


SAID = st.builds(
    DateView,
    st.dates(EARLY, LATER),
    st.sampled_from(["shop", "carrier"]),
    st.datetimes(datetime(2026, 11, 1), datetime(2026, 11, 20), timezones=st.just(UTC)),  # noqa: DTZ001 - made aware
)


@given(st.lists(SAID))
def test_no_day_is_told_twice_in_a_row_and_none_is_invented(said: list[DateView]) -> None:
    shown = changes(said)
    assert all(one.day != other.day for one, other in pairwise(shown))
    assert [date.said_at for date in shown] == sorted(date.said_at for date in shown)
    assert set(shown) <= set(said)
    assert {date.day for date in shown} == {date.day for date in said}


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6))))
def test_threads_end_whatever_replaces_what(pairs: list[tuple[int, int]]) -> None:
    shipments = [SimpleNamespace(id=old, replaced_by=new, replaced_at=NOW) for old, new in dict(pairs).items()]
    known: Threads = threads((), (), shipments)
    for shipment in range(1, 7):
        before = [old.id for old in known.before(shipment)]
        assert len(before) == len(set(before))
        assert shipment not in before
