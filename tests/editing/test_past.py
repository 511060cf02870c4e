"""An order as it was at an earlier moment, and what another policy would have answered then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from portal.editing.answers import Action, Verdict
from portal.editing.comparing import REALLY, Case, Tally, cases, questions
from portal.editing.past import as_at
from portal.editing.policy.rules import Policy, Rule
from portal.platforms.neutral import NeutralOrder
from tests.editing.made_up import moments, orders
from tests.editing.samples import ALL, HOUR, PLACED, line, order, policy, sent

DAY = timedelta(days=1)
LATER = (PLACED + 10 * DAY).isoformat()


def history() -> NeutralOrder:
    """Two mugs and three bowls: a mug left after an hour, the rest after a day; a bowl was taken off after two hours,
    and a mug came back after a week."""
    units = {"ordered": 3, "current": 2, "fulfilled": 2, "refunded": 1}
    return order(
        line("mug", quantity={"ordered": 2, "current": 1, "fulfilled": 2, "refunded": 1}),
        line("bowl", quantity=units),
        parcels=[sent(("mug", 1)), sent(("mug", 1), ("bowl", 2), at=PLACED + DAY)],
        adjustments=[
            {"type": "edit", "at": (PLACED + 2 * HOUR).isoformat(), "lines": [{"line_id": "bowl", "quantity": -1}]},
            {"type": "return", "at": (PLACED + 7 * DAY).isoformat(), "lines": [{"line_id": "mug", "quantity": -1}]},
            {"type": "refund", "at": (PLACED + 8 * DAY).isoformat(), "lines": [{"line_id": "mug", "quantity": -1}]},
        ],
        updated_at=LATER,
        state={"payment": "partially_refunded"},
    )


@pytest.mark.parametrize(
    ("after", "mug", "bowl", "parcels", "payment"),
    [
        (0 * HOUR, (2, 0), (3, 0), 0, "paid"),
        (HOUR, (2, 1), (3, 0), 1, "paid"),
        (3 * HOUR, (2, 1), (2, 0), 1, "paid"),
        (2 * DAY, (2, 2), (2, 2), 2, "paid"),
        (9 * DAY, (1, 2), (2, 2), 2, "partially_refunded"),
    ],
)
def test_what_came_later_is_taken_back(
    after: timedelta, mug: tuple[int, int], bowl: tuple[int, int], parcels: int, payment: str
) -> None:
    found = as_at(history(), PLACED + after)
    assert [(one.quantity.current, one.quantity.fulfilled) for one in found.lines] == [mug, bowl]
    assert (len(found.parcels), found.state.payment) == (parcels, payment)


def test_from_its_last_change_on_an_order_is_what_its_document_says() -> None:
    document = history()
    assert as_at(document, PLACED + 10 * DAY) is document


def test_a_cancelled_order_was_whole_before() -> None:
    gone = {"ordered": 2, "current": 0, "removed": 2}
    cancelled = {"cancelled_at": (PLACED + HOUR).isoformat(), "updated_at": LATER, "state": {"payment": "refunded"}}
    document = order(line("a", quantity=gone), closed_at=(PLACED + DAY).isoformat(), **cancelled)
    before, after = (as_at(document, PLACED + at) for at in (HOUR - timedelta(seconds=1), 2 * HOUR))
    assert (before.cancelled_at, before.closed_at, before.state.payment) == (None, None, "paid")
    assert before.lines[0].quantity.current == 2
    assert (after.cancelled_at, after.closed_at) == (PLACED + HOUR, None)


def test_what_the_warehouse_had_in_hands_counts_from_the_parcel_on() -> None:
    delivery = {
        "state": "closed",
        "handed_to_warehouse": True,
        "lines": [{"line_id": "a", "quantity": 1, "remaining": 0}],
    }
    document = order(line("a"), deliveries=[delivery], parcels=[sent(("a", 1))], updated_at=LATER)
    assert as_at(document, PLACED).deliveries[0].state == "open"
    undated = order(line("a"), parcels=[{"id": "p", "lines": [{"line_id": "a", "quantity": 1}]}], updated_at=LATER)
    assert as_at(undated, PLACED).lines[0].quantity.fulfilled == 0


@given(orders, moments)
def test_any_order_can_be_taken_back(document: NeutralOrder, moment: datetime) -> None:
    found = as_at(document, moment)
    assert [one.id for one in found.lines] == [one.id for one in document.lines]
    assert all(0 <= one.quantity.current <= one.quantity.ordered for one in found.lines)
    assert as_at(found, moment) == as_at(as_at(found, moment), moment)


def asked(document: NeutralOrder, known: Sequence[tuple[Action, datetime]] = ()) -> list[tuple[str, float]]:
    found = questions(document, {}, known, PLACED + 30 * DAY)
    return [(question.action.value, round((question.at - PLACED) / HOUR, 1)) for question in found]


def changed(kind: str, *units: tuple[str, int], after: timedelta = HOUR, **more: Any) -> dict[str, Any]:
    parts = [{"line_id": name, "quantity": quantity} for name, quantity in units]
    return {"type": kind, "at": (PLACED + after).isoformat(), "lines": parts, **more}


@pytest.mark.parametrize(
    ("adjustment", "action"),
    [
        (changed("address_change"), "address"),
        (changed("edit", ("a", -1), ("b", 1)), "swap"),
        (changed("edit", ("a", -1)), "cancel_line"),
        (changed("edit", ("a", 1)), "quantity"),
        (changed("cancel", ("a", -1)), "cancel_line"),
        (changed("cancel"), "cancel_order"),
        (changed("return", ("a", -1)), "return"),
        (changed("exchange", ("a", -1)), "return"),
        (changed("refund", ("a", -1)), "cancel_line"),
        (changed("refund", ("b", -2)), "return"),
        (changed("refund"), None),
        (changed("fee"), None),
        (changed("edit", ("a", -1), status="failed"), None),
    ],
)
def test_what_was_really_changed_is_asked_at_its_moment(adjustment: dict[str, Any], action: str | None) -> None:
    document = order(adjustments=[adjustment], parcels=[sent(("b", 2), at=PLACED)], updated_at=LATER)
    assert asked(document) == ([] if action is None else [(action, 1.0)])


def test_a_cancellation_is_a_customers_wish_unless_the_shop_says_otherwise() -> None:
    at = (PLACED + HOUR).isoformat()
    assert asked(order(cancelled_at=at)) == [("cancel_order", 1.0)]
    assert asked(order(cancelled_at=at, cancel_reason="customer")) == [("cancel_order", 1.0)]
    assert asked(order(cancelled_at=at, cancel_reason="inventory")) == []


def test_what_the_portal_was_asked_for_is_not_counted_twice() -> None:
    document = order(adjustments=[changed("edit", ("a", -1))], updated_at=LATER)
    mine = (Action.CANCEL_LINE, PLACED + HOUR - timedelta(minutes=2))
    other = (Action.ADDRESS, PLACED + HOUR)
    assert asked(document, [mine, other]) == [("cancel_line", 1.0), ("address", 1.0)]
    assert len(asked(document, [(Action.CANCEL_LINE, PLACED)])) == 2


def tried(document: NeutralOrder, new: Policy, old: Policy, **ages: timedelta) -> list[Case]:
    return list(cases(document, (new, old), ALL, ages, (), PLACED + 30 * DAY))


def test_both_policies_are_asked_about_the_order_as_it_was() -> None:
    strict, wide = policy(cancel_line=Rule(Verdict.NO)), policy(cancel_line=Rule(Verdict.ALLOWED))
    first, second = tried(history(), wide, strict)
    assert (first.question.action, second.question.action) == (Action.CANCEL_LINE, Action.RETURN)
    assert (first.would.verdict, first.is_now.verdict, first.differs) == (Verdict.ALLOWED, Verdict.NO, True)
    assert (second.would.verdict, second.differs) == (Verdict.ALLOWED, False)


def test_ages_are_asked_about_every_action_and_only_when_reached() -> None:
    found = tried(order(updated_at=LATER), policy(), policy(), early=10 * timedelta(minutes=1), late=31 * DAY)
    assert {case.question.group for case in found} == {"early"}
    assert len(found) == len(Action) - 1
    assert tried(order(placed_at=None), policy(), policy(), early=HOUR) == []


def test_sums_count_every_case_and_keep_few() -> None:
    tally = Tally(most=1)
    for case in tried(history(), policy(cancel_line=Rule(Verdict.NO)), policy(), now=HOUR):
        tally.add(case)
    assert tally.would[REALLY, Action.CANCEL_LINE] == {Verdict.NO: 1}
    assert tally.codes["now", Action.CANCEL_LINE] == {(Verdict.NO, "policy"): 1}
    assert tally.differing["now"] == 1
    assert (len(tally.shown[REALLY]), tally.worth[REALLY]) == (1, 2)
