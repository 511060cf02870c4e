"""Where an order stands, from its lines, deliveries and parcels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from carriers import TERMINAL, Milestone
from portal.orders.viewmodels import OrderState
from portal.progress.state import Collect, Line, Pack, Whole, order_state, unshipped

M, S = Milestone, OrderState
MUG, BOWL = 1, 2
THEN = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
ANNOUNCED, READY, COLLECTED = Collect(None, None, False), Collect(THEN, None, False), Collect(THEN, THEN, False)


def line(id_: int, current: int = 1, **members: Any) -> Line:
    """A line of so many units."""
    known = {"ordered": max(current, 1), "fulfilled": 0, "kind": "physical", "requires_shipping": True, **members}
    return Line(id_, "Mug", "", current=current, **known)


def pack(milestone: Milestone, mug: int = 0, bowl: int = 0, allocation: str = "exact") -> Pack:
    """A parcel with so many units in it."""
    return Pack(7, milestone, allocation, {line: count for line, count in ((MUG, mug), (BOWL, bowl)) if count})


def whole(
    *packs: Pack, lines: tuple[Line, ...] = (line(MUG, 2), line(BOWL)), fetched: tuple[int, ...] = (), **members: Any
) -> Whole:
    """An order of two mugs and a bowl; lines in `fetched` are collected at the shop."""
    left = {line: count for line, count in unshipped(lines, packs).items() if line not in fetched}
    return Whole(lines, packs, unshipped=left, **members)


BOTH = (MUG, BOWL)
DIGITAL = (line(MUG, kind="digital"), line(BOWL, kind="gift_card"))
STORIES: list[tuple[str, Whole, OrderState]] = [
    ("just placed", whole(), S.PLACED),
    ("not paid yet", whole(payment="pending"), S.PLACED),
    ("paid", whole(payment="paid"), S.CONFIRMED),
    ("payment promised", whole(payment="authorized"), S.CONFIRMED),
    ("a part was given back", whole(payment="partially_refunded"), S.CONFIRMED),
    ("being packed", whole(payment="paid", fulfilment="in_progress"), S.PREPARING),
    ("a label was made", whole(pack(M.LABEL_CREATED, mug=2, bowl=1)), S.PREPARING),
    ("nothing known of the parcel", whole(pack(M.UNKNOWN, mug=2, bowl=1)), S.PREPARING),
    ("handed over", whole(pack(M.HANDED_OVER, mug=2, bowl=1)), S.SHIPPED),
    ("in transit", whole(pack(M.IN_TRANSIT, mug=2, bowl=1)), S.SHIPPED),
    ("out for delivery", whole(pack(M.OUT_FOR_DELIVERY, mug=2, bowl=1)), S.SHIPPED),
    ("tried in vain", whole(pack(M.ATTEMPTED, mug=2, bowl=1)), S.SHIPPED),
    ("split, one line not sent", whole(pack(M.IN_TRANSIT, mug=2)), S.PARTLY_SHIPPED),
    ("split, one unit not sent", whole(pack(M.IN_TRANSIT, mug=1, bowl=1)), S.PARTLY_SHIPPED),
    ("split in two", whole(pack(M.IN_TRANSIT, mug=2), pack(M.HANDED_OVER, bowl=1)), S.SHIPPED),
    ("one has arrived", whole(pack(M.DELIVERED, mug=2), pack(M.IN_TRANSIT, bowl=1)), S.PARTLY_DELIVERED),
    ("all have arrived, one line not sent", whole(pack(M.DELIVERED, mug=2)), S.PARTLY_DELIVERED),
    ("delivered", whole(pack(M.DELIVERED, mug=2, bowl=1)), S.COMPLETED),
    ("delivered and collected", whole(pack(M.DELIVERED, mug=2), pack(M.COLLECTED, bowl=1)), S.COMPLETED),
    ("whole order in one parcel", whole(pack(M.DELIVERED, allocation="whole_order")), S.COMPLETED),
    ("waiting at a point", whole(pack(M.READY_FOR_PICKUP, mug=2, bowl=1)), S.READY_TO_COLLECT),
    ("waiting at a point, one line not sent", whole(pack(M.READY_FOR_PICKUP, mug=2)), S.PARTLY_SHIPPED),
    ("held", whole(pack(M.ACTION_REQUIRED, mug=2, bowl=1)), S.PROBLEM),
    ("damaged", whole(pack(M.EXCEPTION, mug=2, bowl=1)), S.PROBLEM),
    ("going back", whole(pack(M.RETURNING, mug=2, bowl=1)), S.PROBLEM),
    ("back", whole(pack(M.RETURNED, mug=2, bowl=1)), S.PROBLEM),
    ("lost", whole(pack(M.LOST, mug=2, bowl=1)), S.PROBLEM),
    ("no more news", whole(pack(M.EXPIRED, mug=2, bowl=1)), S.PROBLEM),
    ("one of two is lost", whole(pack(M.DELIVERED, mug=2), pack(M.LOST, bowl=1)), S.PROBLEM),
    ("cancelled", whole(cancelled=True, payment="paid"), S.CANCELLED),
    ("cancelled on its way", whole(pack(M.EXCEPTION, mug=2, bowl=1), cancelled=True), S.CANCELLED),
    ("every line taken off", whole(lines=(line(MUG, 0), line(BOWL, 0))), S.CANCELLED),
    ("a line taken off", whole(pack(M.DELIVERED, mug=2), lines=(line(MUG, 2), line(BOWL, 0))), S.COMPLETED),
    ("digital only, not handed out", whole(lines=DIGITAL, payment="paid"), S.CONFIRMED),
    ("digital only, not paid", whole(lines=DIGITAL), S.PLACED),
    ("digital only, says the shop", whole(lines=DIGITAL, payment="paid", fulfilment="fulfilled"), S.COMPLETED),
    ("digital only, unit by unit", whole(lines=(line(MUG, kind="digital", fulfilled=1),)), S.COMPLETED),
    ("digital only, one is missing", whole(lines=(line(MUG, 2, kind="digital", fulfilled=1),)), S.PLACED),
    ("a fee alone", whole(lines=(line(MUG, kind="fee"),)), S.COMPLETED),
    (
        "digital and a parcel",
        whole(pack(M.IN_TRANSIT, mug=1), lines=(line(MUG), line(BOWL, kind="digital"))),
        S.SHIPPED,
    ),
    ("sent, says the shop, and not how", whole(lines=(line(MUG, 2, fulfilled=2),)), S.SHIPPED),
    ("to collect, announced", whole(collect=ANNOUNCED, fetched=BOTH), S.PREPARING),
    ("to collect, ready", whole(collect=READY, fetched=BOTH), S.READY_TO_COLLECT),
    ("to collect, collected", whole(collect=COLLECTED, fetched=BOTH), S.COMPLETED),
    ("to collect, closed by the shop", whole(collect=Collect(None, None, True), fetched=BOTH), S.COMPLETED),
    ("mixed, announced", whole(collect=ANNOUNCED, fetched=(BOWL,), payment="paid"), S.CONFIRMED),
    ("mixed, ready", whole(collect=READY, fetched=(BOWL,)), S.READY_TO_COLLECT),
    ("mixed, collected, the rest not sent", whole(collect=COLLECTED, fetched=(BOWL,)), S.PARTLY_DELIVERED),
    ("mixed, on its way", whole(pack(M.IN_TRANSIT, mug=2), collect=READY, fetched=(BOWL,)), S.PARTLY_SHIPPED),
    ("mixed, all sent", whole(pack(M.IN_TRANSIT, mug=2), collect=COLLECTED, fetched=(BOWL,)), S.SHIPPED),
    ("mixed, there", whole(pack(M.DELIVERED, mug=2), collect=READY, fetched=(BOWL,)), S.PARTLY_DELIVERED),
    ("mixed, both there", whole(pack(M.DELIVERED, mug=2), collect=COLLECTED, fetched=(BOWL,)), S.COMPLETED),
    ("nothing in it", whole(lines=()), S.PLACED),
]


@pytest.mark.parametrize(("order", "state"), [row[1:] for row in STORIES], ids=[row[0] for row in STORIES])
def test_the_state_of_an_order(order: Whole, state: OrderState) -> None:
    assert order_state(order) is state


PACKS = st.lists(st.builds(pack, st.sampled_from(M), mug=st.integers(0, 2), bowl=st.integers(0, 1)), max_size=4)


@given(PACKS, st.randoms(use_true_random=False))
def test_the_order_of_parcels_does_not_matter(packs: list[Pack], chance: Any) -> None:
    before = order_state(whole(*packs))
    chance.shuffle(packs)
    assert order_state(whole(*packs)) is before


@given(PACKS)
def test_an_order_is_complete_only_when_everything_is_over(packs: list[Pack]) -> None:
    order = whole(*packs)
    if order_state(order) is S.COMPLETED:
        assert not order.unshipped
        assert packs
        assert all(pack.milestone in TERMINAL for pack in packs)


LEFT: list[tuple[str, tuple[Line, ...], tuple[Pack, ...], Mapping[int, int]]] = [
    ("nothing sent", (line(MUG, 2), line(BOWL)), (), {MUG: 2, BOWL: 1}),
    ("a part sent", (line(MUG, 2), line(BOWL)), (pack(M.IN_TRANSIT, mug=1),), {MUG: 1, BOWL: 1}),
    ("over two parcels", (line(MUG, 2),), (pack(M.IN_TRANSIT, mug=1), pack(M.DELIVERED, mug=1)), {}),
    ("more sent than wanted", (line(MUG, 1),), (pack(M.IN_TRANSIT, mug=2),), {}),
    ("one parcel for all", (line(MUG, 2), line(BOWL)), (pack(M.IN_TRANSIT, allocation="whole_order"),), {}),
    ("contents unknown", (line(MUG, 2, fulfilled=1),), (pack(M.IN_TRANSIT, mug=2, allocation="unknown"),), {MUG: 1}),
    ("the shop counts more", (line(MUG, 2, fulfilled=2),), (pack(M.IN_TRANSIT, mug=1),), {}),
    ("its label given up", (line(MUG, 2, fulfilled=2),), (pack(M.CANCELLED, mug=2),), {MUG: 2}),
    (
        "one of two labels given up",
        (line(MUG, 2, fulfilled=2),),
        (pack(M.CANCELLED, mug=1), pack(M.IN_TRANSIT, mug=1)),
        {MUG: 1},
    ),
    ("given up and made anew", (line(MUG, 2, fulfilled=2),), (pack(M.CANCELLED, mug=2), pack(M.IN_TRANSIT, mug=2)), {}),
    ("the only label given up", (line(MUG, 2, fulfilled=2),), (pack(M.CANCELLED, allocation="whole_order"),), {MUG: 2}),
    (
        "all given up and sent anew",
        (line(MUG, 2, fulfilled=2),),
        (pack(M.CANCELLED, allocation="whole_order"), pack(M.IN_TRANSIT, allocation="whole_order")),
        {},
    ),
    ("given up twice over", (line(MUG, 2, fulfilled=1),), (pack(M.CANCELLED, mug=2),), {MUG: 2}),
    ("taken off", (line(MUG, 0, ordered=2),), (), {}),
    ("does not travel", (line(MUG, kind="digital"), line(BOWL, requires_shipping=False)), (), {}),
]


@pytest.mark.parametrize(("lines", "packs", "left"), [row[1:] for row in LEFT], ids=[row[0] for row in LEFT])
def test_what_still_has_to_leave_the_shop(
    lines: tuple[Line, ...], packs: tuple[Pack, ...], left: Mapping[int, int]
) -> None:
    assert unshipped(lines, packs) == left
