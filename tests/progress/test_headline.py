"""The sentence that comes first, its colour, and the rail of the parcel it speaks of."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from carriers import Milestone
from portal.orders.viewmodels import ArrivalView, OrderState, ParcelView, StepState, Tone
from portal.progress.headline import Facts, headline, rail_of, tone_of
from portal.progress.state import Collect
from tests.progress.test_state import ANNOUNCED, COLLECTED, READY

M, S = Milestone, OrderState
TODAY = date(2026, 11, 20)
TOMORROW, LATER = ArrivalView(date(2026, 11, 21)), ArrivalView(date(2026, 11, 24))
HOME = "ordered prepared in_transit out_for_delivery delivered"
POINT = "ordered prepared in_transit ready_to_collect collected"
SHOP = "ordered prepared ready_to_collect collected"
BACK = "ordered prepared in_transit returning returned"
DIGITAL = "ordered prepared available"


def parcel(
    milestone: Milestone, arrival: ArrivalView | None = None, *, tracked: bool = True, delayed: bool = False
) -> ParcelView:
    """A parcel's section, as far as the headline looks at it."""
    nothing: dict[str, Any] = dict.fromkeys(("carrier", "number", "tracking_url", "reason", "finished_at", "freshness"))
    return ParcelView(
        dom_id="parcel-1",
        position=1,
        total=1,
        tracked=tracked,
        milestone=milestone.value,
        tone=Tone.CALM,
        delayed=delayed,
        arrival=arrival,
        items=(),
        items_exact=True,
        timeline=(),
        shipped_at=None,
        **nothing,
    )


def facts(
    *parcels: ParcelView,
    state: OrderState = S.SHIPPED,
    collect: Collect | None = None,
    left: int = 0,
    promise: ArrivalView | None = None,
    digital: bool = False,
) -> Facts:
    """What the sentence depends on; `left` units still have to leave the shop."""
    return Facts(state, parcels, collect, {1: left} if left else {}, promise, state is S.CANCELLED, TODAY, digital)


MOVING = parcel(M.IN_TRANSIT)
THERE = parcel(M.DELIVERED)
FETCHED = parcel(M.COLLECTED)
# name, facts, headline, arrival, tone, the rail and the step that is current (None: all done)
STORIES: list[tuple[str, Facts, str, ArrivalView | None, Tone, str, str | None]] = [
    ("placed", facts(state=S.PLACED, left=1), "confirmed", None, Tone.CALM, HOME, "ordered"),
    ("promised", facts(state=S.CONFIRMED, left=1, promise=LATER), "confirmed", LATER, Tone.CALM, HOME, "ordered"),
    ("being packed", facts(state=S.PREPARING, left=1), "preparing", None, Tone.CALM, HOME, "prepared"),
    ("label made", facts(parcel(M.LABEL_CREATED), state=S.PREPARING), "preparing", None, Tone.CALM, HOME, "prepared"),
    ("on its way", facts(MOVING), "in_transit", None, Tone.CALM, HOME, "in_transit"),
    ("handed over", facts(parcel(M.HANDED_OVER)), "in_transit", None, Tone.CALM, HOME, "in_transit"),
    ("with a day", facts(parcel(M.IN_TRANSIT, TOMORROW)), "arriving", TOMORROW, Tone.CALM, HOME, "in_transit"),
    (
        "today",
        facts(parcel(M.IN_TRANSIT, ArrivalView(TODAY))),
        "arriving_today",
        ArrivalView(TODAY),
        Tone.CALM,
        HOME,
        "in_transit",
    ),
    (
        "the sooner of two",
        facts(parcel(M.IN_TRANSIT, LATER), parcel(M.IN_TRANSIT, TOMORROW)),
        "arriving",
        TOMORROW,
        Tone.CALM,
        HOME,
        "in_transit",
    ),
    (
        "late with a day",
        facts(parcel(M.IN_TRANSIT, LATER, delayed=True)),
        "arriving_late",
        LATER,
        Tone.WAIT,
        HOME,
        "in_transit",
    ),
    (
        "out for delivery",
        facts(parcel(M.OUT_FOR_DELIVERY, ArrivalView(TODAY))),
        "out_for_delivery",
        ArrivalView(TODAY),
        Tone.CALM,
        HOME,
        "out_for_delivery",
    ),
    ("tried in vain", facts(parcel(M.ATTEMPTED)), "attempted", None, Tone.WAIT, HOME, "out_for_delivery"),
    ("at a point", facts(parcel(M.READY_FOR_PICKUP)), "ready_for_pickup", None, Tone.WAIT, POINT, "ready_to_collect"),
    ("held", facts(parcel(M.ACTION_REQUIRED)), "action_required", None, Tone.ALERT, HOME, "in_transit"),
    ("damaged", facts(parcel(M.EXCEPTION)), "exception", None, Tone.ALERT, HOME, "in_transit"),
    ("going back", facts(parcel(M.RETURNING)), "returning", None, Tone.ALERT, BACK, "returning"),
    ("back", facts(parcel(M.RETURNED)), "returned", None, Tone.ALERT, BACK, None),
    ("lost", facts(parcel(M.LOST)), "lost", None, Tone.ALERT, "", None),
    ("no more news", facts(parcel(M.EXPIRED)), "expired", None, Tone.OFF, "", None),
    ("delivered", facts(THERE, state=S.COMPLETED), "delivered", None, Tone.GOOD, HOME, None),
    ("collected at a point", facts(FETCHED, state=S.COMPLETED), "collected", None, Tone.GOOD, POINT, None),
    ("collected, then delivered", facts(FETCHED, THERE, state=S.COMPLETED), "delivered", None, Tone.GOOD, HOME, None),
    ("delivered, then collected", facts(THERE, FETCHED, state=S.COMPLETED), "collected", None, Tone.GOOD, POINT, None),
    ("one there, one coming", facts(THERE, MOVING), "in_transit", None, Tone.CALM, HOME, "in_transit"),
    ("one fetched, one coming", facts(FETCHED, MOVING), "in_transit", None, Tone.CALM, HOME, "in_transit"),
    (
        "one fetched, one at the door",
        facts(FETCHED, parcel(M.OUT_FOR_DELIVERY)),
        "out_for_delivery",
        None,
        Tone.CALM,
        HOME,
        "out_for_delivery",
    ),
    ("one there, one unsent", facts(THERE, left=1), "partly_delivered", None, Tone.CALM, HOME, "in_transit"),
    ("one there, one lost", facts(THERE, parcel(M.LOST)), "lost", None, Tone.ALERT, "", None),
    (
        "what needs the customer comes first",
        facts(parcel(M.OUT_FOR_DELIVERY), parcel(M.ACTION_REQUIRED)),
        "action_required",
        None,
        Tone.ALERT,
        HOME,
        "in_transit",
    ),
    (
        "only a link",
        facts(parcel(M.HANDED_OVER, tracked=False)),
        "link_only",
        None,
        Tone.CALM,
        HOME,
        "in_transit",
    ),
    ("sent, and not how", facts(state=S.SHIPPED), "link_only", None, Tone.CALM, "", None),
    ("cancelled", facts(MOVING, state=S.CANCELLED), "cancelled", None, Tone.OFF, "", None),
    ("over without a parcel", facts(state=S.COMPLETED), "delivered", None, Tone.GOOD, "", None),
    ("digital", facts(state=S.COMPLETED, digital=True), "available", None, Tone.GOOD, DIGITAL, None),
    ("digital, paid", facts(state=S.CONFIRMED, digital=True), "confirmed", None, Tone.CALM, DIGITAL, "ordered"),
    ("digital, at work", facts(state=S.PREPARING, digital=True), "preparing", None, Tone.CALM, DIGITAL, "prepared"),
    ("to collect", facts(state=S.PREPARING, collect=ANNOUNCED), "preparing", None, Tone.CALM, SHOP, "prepared"),
    (
        "ready at the shop",
        facts(state=S.READY_TO_COLLECT, collect=READY),
        "ready_to_collect",
        None,
        Tone.WAIT,
        SHOP,
        "ready_to_collect",
    ),
    ("fetched at the shop", facts(state=S.COMPLETED, collect=COLLECTED), "collected", None, Tone.GOOD, SHOP, None),
    (
        "mixed, announced",
        facts(state=S.CONFIRMED, collect=ANNOUNCED, left=1),
        "confirmed",
        None,
        Tone.CALM,
        HOME,
        "ordered",
    ),
    (
        "mixed, ready",
        facts(state=S.READY_TO_COLLECT, collect=READY, left=1),
        "ready_to_collect",
        None,
        Tone.WAIT,
        SHOP,
        "ready_to_collect",
    ),
    ("mixed, on its way", facts(MOVING, collect=READY), "in_transit", None, Tone.CALM, HOME, "in_transit"),
    ("mixed, there", facts(THERE, collect=READY), "ready_to_collect", None, Tone.WAIT, SHOP, "ready_to_collect"),
    ("mixed, more to come", facts(THERE, collect=ANNOUNCED), "partly_delivered", None, Tone.CALM, HOME, "in_transit"),
    ("mixed, both there", facts(THERE, collect=COLLECTED), "delivered", None, Tone.GOOD, HOME, None),
]


@pytest.mark.parametrize(
    ("given", "key", "arrival", "tone", "keys", "current"),
    [row[1:] for row in STORIES],
    ids=[row[0] for row in STORIES],
)
def test_the_first_sentence(
    given: Facts, key: str, arrival: ArrivalView | None, tone: Tone, keys: str, current: str | None
) -> None:
    assert headline(given) == (key, arrival)
    assert tone_of(key, given) is tone
    rail = rail_of(key, given)
    assert [step.key for step in rail] == keys.split()
    assert [step.key for step in rail if step.state is StepState.CURRENT] == ([current] if current else [])
    states = [step.state for step in rail]
    assert states == sorted(states, key=[StepState.DONE, StepState.CURRENT, StepState.TODO].index)


def test_what_we_cannot_follow_is_never_urgent() -> None:
    given = facts(parcel(M.EXCEPTION, tracked=False), parcel(M.IN_TRANSIT, TOMORROW))
    assert headline(given) == ("arriving", TOMORROW)


def test_a_parcel_that_is_late_colours_the_sentence_until_it_is_there() -> None:
    assert tone_of("in_transit", facts(parcel(M.IN_TRANSIT, delayed=True))) is Tone.WAIT
    assert tone_of("in_transit", facts(MOVING, parcel(M.DELIVERED, delayed=True))) is Tone.CALM
