"""From rows to the visitor's page: what each scope shows, and in which words."""

from __future__ import annotations

from dataclasses import astuple
from datetime import UTC, date, datetime
from types import SimpleNamespace as Row
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from carriers import Milestone
from portal.progress.values import OrderState, Tone
from portal.sharing.public.reads import SharedRows
from portal.sharing.public.values import Scope, SharedView
from portal.sharing.public.view import shared_view

NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
ITEMS = {1: Row(id=1, title="Mug", options="sage"), 2: Row(id=2, title="Bowl", options="")}


NOWHERE = dict.fromkeys(("town", "town_country", "town_lat", "town_lon"))


def line(line_id: int, current: int = 1, **more: Any) -> Row:
    """An order line that travels."""
    about = {"kind": "physical", "requires_shipping": True, "ordered": current, "current": current, "fulfilled": 0}
    return Row(id=line_id, **{**about, **more})


def shipment(milestone: str, **more: Any) -> Row:
    """A parcel of a carrier that answers."""
    about: dict[str, Any] = {"reason": None, "delayed": False, "estimate_day": None, "estimate_from": None}
    about |= {"estimate_to": None, "finished_at": None, "answered_at": NOW, "carrier": "laposte"}
    return Row(id=7, milestone=milestone, **{**about, **more})


def step(milestone: str | None, day: int, town: str | None = None, **more: Any) -> Row:
    """A scan of November."""
    about = {"wall": datetime(2026, 11, day, 9, 30), "offset_minutes": 60, "date_only": False}  # noqa: DTZ001 - a wall clock
    place = {"town": town, "town_country": "FR", "town_lat": 48.0 + day / 10, "town_lon": 2.0} if town else NOWHERE
    return Row(shipment_id=7, milestone=milestone, **{**about, **place, **more})


def rows(*, parcels: bool = True, items: dict[int, Row] | None = None, **more: Any) -> SharedRows:
    """An order of two lines, the first of which is in a parcel."""
    about: dict[str, Any] = {
        "order": Row(fulfilment="partial", cancelled_at=None, promise_from=None, promise_to=None),
        "lines": [line(1, 2), line(2)],
        "items": ITEMS if items is None else items,
        "deliveries": (),
        "parcels": [Row(id=3, shipment_id=7, allocation="exact", line_id=1, quantity=2)] if parcels else (),
        "shipments": [shipment("in_transit")] if parcels else (),
        "steps": (),
    }
    return SharedRows(**{**about, **more})


def seen(given_rows: SharedRows, scope: Scope = Scope(items=True, towns=True)) -> SharedView:  # noqa: B008 - frozen
    """What visitors see of it."""
    return shared_view(given_rows, scope, now=NOW, zone=PARIS, polled=frozenset())


def test_items_are_where_they_travel() -> None:
    view = seen(rows())
    assert [(item.title, item.options, item.quantity) for item in view.parcels[0].items] == [("Mug", "sage", 2)]
    assert [(item.title, item.quantity) for item in view.waiting] == [("Bowl", 1)]


def test_without_titles_there_are_no_items() -> None:
    view = seen(rows(items={}), Scope())
    assert view.parcels[0].items == view.waiting == view.shop_items == ()


def test_steps_are_told_once_a_day_newest_first_and_in_our_words() -> None:
    steps = [
        step("in_transit", 23),
        step("in_transit", 23),
        step("handed_over", 22),
        step(None, 21),
        step("unknown", 21),
    ]
    told = seen(rows(steps=steps)).parcels[0].steps
    assert [(one.milestone, one.day) for one in told] == [
        ("in_transit", date(2026, 11, 23)),
        ("handed_over", date(2026, 11, 22)),
    ]


def test_a_day_is_the_shops() -> None:
    late = step("in_transit", 23, wall=datetime(2026, 11, 23, 23, 30), offset_minutes=0)  # noqa: DTZ001 - a wall clock
    assert seen(rows(steps=[late])).parcels[0].steps[0].day == date(2026, 11, 24)


@pytest.mark.parametrize("milestone", Milestone)
def test_no_town_is_told_where_the_parcel_ends(milestone: Milestone) -> None:
    told = seen(rows(steps=[step(milestone.value, 23, "Brest")])).parcels[0].steps
    towns = [one.town for one in told]
    near = {"out_for_delivery", "attempted", "ready_for_pickup", "delivered", "collected", "action_required"}
    assert not (milestone.value in near and "Brest" in towns)
    if milestone.value in ("label_created", "handed_over", "in_transit"):
        assert towns == ["Brest"]


def test_the_map_shows_the_towns_on_the_way_and_ends_before_the_door() -> None:
    steps = [step("delivered", 24, "Dinard"), step("out_for_delivery", 24, "Dinard"), step("in_transit", 23, "Rennes")]
    steps += [step("in_transit", 22, None), step("handed_over", 21, "Lyon")]
    journey = seen(rows(shipments=[shipment("delivered", finished_at=NOW)], steps=steps)).parcels[0].journey
    assert journey is not None
    assert [stop.name for stop in journey.stops] == ["Lyon", "Rennes"]
    assert (journey.destination, journey.stand) == (None, "last_seen")
    assert seen(rows(steps=[step("in_transit", 23)])).parcels[0].journey is None


def test_a_depot_in_the_town_where_it_ends_is_not_told_either() -> None:
    steps = [step("out_for_delivery", 24, "Dinard"), step("in_transit", 24, "Dinard"), step("in_transit", 23, "Rennes")]
    parcel = seen(rows(shipments=[shipment("out_for_delivery")], steps=steps)).parcels[0]
    assert [one.town for one in parcel.steps] == [None, None, "Rennes"]
    assert parcel.journey is not None
    assert [stop.name for stop in parcel.journey.stops] == ["Rennes"]


def test_what_needs_the_customer_is_a_hold_up_to_others() -> None:
    view = seen(rows(shipments=[shipment("action_required")], steps=[step("action_required", 23)]))
    assert view.parcels[0].milestone == "exception"
    assert view.headline == "exception"
    assert view.parcels[0].steps[0].milestone == "exception"
    assert view.tone is Tone.WAIT


def test_an_arrival_is_a_day() -> None:
    view = seen(rows(shipments=[shipment("in_transit", estimate_day=date(2026, 11, 25))]))
    assert view.arrival is not None
    assert (view.arrival.day, view.arrival.earliest, view.arrival.latest) == (date(2026, 11, 25), None, None)


def test_a_carrier_is_named_by_us_or_not_at_all() -> None:
    assert seen(rows()).parcels[0].carrier == "La Poste"
    assert seen(rows(shipments=[shipment("handed_over", carrier=None)])).parcels[0].carrier is None
    assert seen(rows(shipments=[shipment("handed_over", carrier="somebody's")])).parcels[0].carrier is None
    assert seen(rows(), Scope(gift=True)).parcels[0].carrier is None


def test_whether_it_is_paid_shows_nowhere() -> None:
    assert seen(rows(parcels=False)).state is OrderState.CONFIRMED


def test_it_is_over_when_everything_is() -> None:
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    there = shipment("delivered", finished_at=at)
    assert seen(rows(shipments=[there])).over_at is None  # the bowl is still to come
    assert seen(rows(shipments=[there], lines=[line(1, 2)])).over_at == at
    gone = Row(fulfilment="none", cancelled_at=at, promise_from=None, promise_to=None)
    assert seen(rows(order=gone)).over_at == at


@given(
    st.sampled_from(Milestone),
    st.lists(st.tuples(st.sampled_from([*Milestone, None]), st.integers(1, 24)), max_size=8),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_whatever_happens_a_gift_tells_nothing(
    milestone: Milestone, scans: list[tuple[Milestone | None, int]], items: bool, towns: bool, delayed: bool
) -> None:
    steps = [step(one.value if one else None, day, "Lyon" if towns else None) for one, day in scans]
    scope = Scope(items, towns, gift=True)
    given_rows = rows(items={}, shipments=[shipment(milestone.value, delayed=delayed)], steps=steps)
    told = str(astuple(seen(given_rows, scope)))
    assert not scope.shows_items
    assert "Mug" not in told
    assert "Bowl" not in told
    assert "La Poste" not in told
