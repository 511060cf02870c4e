"""What may be done with an order: what has happened to it, what the policy says, what its platform can."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.editing.answers import Action, Code, QuantityLimits, SwapLimits, Verdict
from portal.editing.policy.rules import QuantityRules, Rule, When
from portal.platforms.changes import Can
from tests.editing.samples import ALL, HOUR, PLACED, ask, brief, line, order, policy, sent, special, with_specials

NO, ASK, ALLOWED = Verdict.NO, Verdict.ASK, Verdict.ALLOWED
CHANGES = ("swap", "quantity", "cancel_line")


def test_an_order_just_placed_is_open() -> None:
    answers = ask(order())
    assert brief(answers) == {
        "swap": "allowed:allowed",
        "quantity": "allowed:allowed",
        "cancel_line": "allowed:allowed",
        "return": "no:not_shipped",
        "problem": "allowed:allowed",
        "address": "allowed:allowed",
        "instructions": "allowed:allowed",
        "cancel_order": "allowed:allowed",
        "add": "no:new_order",
    }
    swap = answers.lines["b"][Action.SWAP]
    assert (swap.units, swap.until, swap.then) == (2, PLACED + HOUR, ASK)
    assert answers.order[Action.SWAP].units == 3
    assert answers.lines["b"][Action.RETURN].instead is Action.CANCEL_LINE


def test_a_part_shipped_order_is_answered_item_by_item() -> None:
    document = order(line("a"), line("b", 3), line("c"), parcels=[sent(("a", 1), ("b", 1))])
    answers = ask(document)
    assert {brief(answers, "a")[name] for name in CHANGES} == {"no:shipped"}
    assert {brief(answers, "b")[name] for name in CHANGES} == {"allowed:some"}
    assert {brief(answers, "c")[name] for name in CHANGES} == {"allowed:allowed"}
    assert answers.lines["a"][Action.SWAP].instead is Action.RETURN
    assert {line_id: found[Action.CANCEL_LINE].units for line_id, found in answers.lines.items()} == {
        "a": 0,
        "b": 2,
        "c": 1,
    }
    assert {line_id: found[Action.RETURN].units for line_id, found in answers.lines.items()} == {"a": 1, "b": 1, "c": 0}
    whole = answers.order
    assert (whole[Action.SWAP].code, whole[Action.SWAP].units) == (Code.SOME, 3)
    assert (whole[Action.CANCEL_ORDER].code, whole[Action.CANCEL_ORDER].instead) == (
        Code.PARTLY_SHIPPED,
        Action.CANCEL_LINE,
    )
    assert brief(answers)["address"] == "ask:partly_shipped"
    assert brief(answers)["instructions"] == "allowed:some"


PREPARING = {"id": "d", "method": "shipping", "state": "in_progress", "lines": [{"line_id": "a", "quantity": 1}]}
READY = {
    "id": "d",
    "method": "pickup",
    "lines": [{"line_id": "a", "quantity": 1}],
    "pickup": {"ready_at": PLACED.isoformat()},
}
LOCKED = {"ordered": 1, "editable": 0}


@pytest.mark.parametrize(
    ("changes", "of_line", "to_cancel", "to_send"),
    [
        ({"cancelled_at": PLACED.isoformat()}, "no:cancelled", "no:cancelled", "no:cancelled"),
        ({"closed_at": PLACED.isoformat()}, "no:closed", "no:closed", "no:closed"),
        ({"state": {"payment": "refunded"}}, "no:refunded", "no:refunded", "no:refunded"),
        ({"state": {"payment": "voided"}}, "ask:payment", "ask:payment", "ask:payment"),
        ({"state": {"payment": "expired"}}, "ask:payment", "ask:payment", "ask:payment"),
        ({"state": {"payment": "pending"}}, "allowed:allowed", "allowed:allowed", "allowed:allowed"),
        ({"state": {"payment": "authorized"}}, "allowed:allowed", "allowed:allowed", "allowed:allowed"),
        ({"state": {"payment": "partially_refunded"}}, "allowed:allowed", "allowed:allowed", "allowed:allowed"),
        ({"parcels": [sent(("a", 1))]}, "no:shipped", "no:shipped", "no:shipped"),
        ({"parcels": [sent(allocation="unknown", id="p")]}, "ask:unclear", "ask:unclear", "ask:unclear"),
        ({"parcels": [sent(id="p")]}, "no:shipped", "no:shipped", "no:shipped"),
        ({"parcels": [sent(("a", 1), state="cancelled")]}, "allowed:allowed", "allowed:allowed", "allowed:allowed"),
        ({"deliveries": [PREPARING]}, "ask:preparing", "ask:preparing", "ask:preparing"),
        ({"deliveries": [READY]}, "ask:ready", "ask:ready", "no:pickup"),
        ({"lines": [line("a", quantity=LOCKED)]}, "ask:locked", "ask:locked", "ask:locked"),
        ({"lines": [line("a", quantity={"ordered": 1, "removed": 1})]}, "no:removed", "no:no_items", "no:no_items"),
        ({"lines": [line("a", kind="tip")]}, "no:not_an_item", "no:no_items", "no:no_items"),
    ],
)  # fmt: skip
def test_what_has_happened_decides_first(changes: dict[str, Any], of_line: str, to_cancel: str, to_send: str) -> None:
    answers = ask(order(**{"lines": [line("a")], **changes}))
    assert {brief(answers, "a")[name] for name in ("swap", "cancel_line")} == {of_line}
    assert brief(answers)["cancel_order"] == to_cancel
    assert brief(answers)["address"] == to_send


def test_a_change_under_way_lets_no_other_begin() -> None:
    answers = ask(order(parcels=[sent(("a", 1))]), open_edit=True)
    changes = {brief(answers)[name] for name in (*CHANGES, "address", "instructions", "cancel_order")}
    assert changes == {"no:edit_open"}
    assert brief(answers, "a")["return"] == "allowed:return_request"
    assert brief(answers)["problem"] == "allowed:allowed"


def test_a_policy_may_refuse_what_is_being_prepared() -> None:
    answers = ask(order(line("a"), deliveries=[PREPARING]), policy(preparing=NO))
    assert brief(answers, "a")["swap"] == "no:preparing"
    assert brief(answers)["cancel_order"] == "no:preparing"


@pytest.mark.parametrize("action", ["swap", "quantity", "cancel_line", "address", "instructions", "cancel_order"])
def test_an_answer_differs_at_the_deadline_and_not_before(action: str) -> None:
    tick = timedelta(microseconds=1)
    document = order()
    before, at = (ask(document, after=moment).order[Action(action)] for moment in (HOUR - tick, HOUR))
    assert (before.verdict, before.until) == (ALLOWED, PLACED + HOUR)
    assert (at.verdict, at.code, at.until) == (ASK, Code.WINDOW_OVER, None)


@pytest.mark.parametrize(
    ("without", "action"),
    [
        (Can.SWAP, "swap"),
        (Can.QUANTITY, "quantity"),
        (Can.CANCEL_LINES, "cancel_line"),
        (Can.ADDRESS, "address"),
        (Can.INSTRUCTIONS, "instructions"),
        (Can.CANCEL_ORDER, "cancel_order"),
    ],
)
def test_what_a_platform_cannot_is_asked_of_the_shop(without: Can, action: str) -> None:
    answers = ask(order(), can=ALL - {without})
    asked = {name for name, said in brief(answers).items() if said == "ask:platform"}
    assert asked == {action}
    refused = ask(order(), policy(**{action: Rule(NO)}), can=frozenset())
    assert brief(refused)[action] == "no:policy"


def test_what_is_asked_for_anyway_ends_when_the_first_of_its_items_is_refused() -> None:
    personalised = When(item=(frozenset({"flag:personalised"}),))
    refused_later = with_specials(special(personalised, ALLOWED, window=2 * HOUR, afterwards=NO))
    document = order(line("a"), line("b", flags={"personalised": True}))
    told = ask(document, refused_later, can=ALL - {Can.INSTRUCTIONS}).order[Action.INSTRUCTIONS]
    made = ask(document, refused_later).order[Action.INSTRUCTIONS]
    assert (told.verdict, told.until, told.then) == (ASK, PLACED + 2 * HOUR, NO)
    assert (made.verdict, made.until, made.then, made.over) == (ALLOWED, PLACED + HOUR, ASK, PLACED + 2 * HOUR)


def test_nothing_is_allowed_on_a_platform_that_can_nothing() -> None:
    answers = ask(order(parcels=[sent(("a", 1))]), can=frozenset())
    allowed = [name for name, said in brief(answers).items() if said.startswith("allowed")]
    assert allowed == ["problem"]
    assert brief(answers, "a")["return"] == "ask:platform"


def test_a_return_is_made_where_it_can_be() -> None:
    document = order(parcels=[sent(("a", 1))])
    at = "https://shop.example/returns"
    with_page = policy(returns_at=at)
    native = ask(document, with_page).lines["a"][Action.RETURN]
    linked = ask(document, with_page, can=ALL - {Can.RETURN}).lines["a"][Action.RETURN]
    assert (native.code, native.link) == (Code.RETURN_REQUEST, None)
    assert (linked.verdict, linked.code, linked.link) == (ALLOWED, Code.RETURN_LINK, at)


def test_the_time_for_returns_runs_once_the_last_parcel_has_arrived() -> None:
    arrived, days = PLACED + timedelta(days=3), timedelta(days=1)
    parcels = [sent(("a", 1), delivered_at=arrived.isoformat()), sent(("b", 2), at=PLACED + 2 * days)]
    waiting = ask(order(parcels=parcels[:1]), after=100 * days).lines["a"][Action.RETURN]
    assert (waiting.verdict, waiting.until) == (ALLOWED, None)
    document = order(parcels=parcels)
    told = {"p-221000": PLACED + 5 * days}
    after = {day: ask(document, after=day * days, delivered=told).lines["a"][Action.RETURN] for day in (18, 19)}
    assert (after[18].verdict, after[18].until) == (ALLOWED, PLACED + 19 * days)
    assert (after[19].verdict, after[19].code) == (NO, Code.RETURN_OVER)
    untold = ask(document, after=18 * days).lines["a"][Action.RETURN]
    assert untold.until == PLACED + (2 + 30 + 14) * days


def test_what_came_back_is_not_returned_again() -> None:
    back = {"type": "return", "status": "pending", "lines": [{"line_id": "b", "quantity": -1}]}
    parcels = [sent(("a", 1), ("b", 2))]
    assert ask(order(parcels=parcels, adjustments=[back])).lines["b"][Action.RETURN].units == 1
    refused = {**back, "status": "failed"}
    assert ask(order(parcels=parcels, adjustments=[refused])).lines["b"][Action.RETURN].units == 2
    rest = {"type": "return", "lines": [{"line_id": "b", "quantity": -2}]}
    assert brief(ask(order(parcels=parcels, adjustments=[rest])), "b")["return"] == "no:returned"


@pytest.mark.parametrize(
    ("deliveries", "address", "instructions"),
    [
        ([{"method": "shipping"}], "allowed:allowed", "allowed:allowed"),
        ([{"method": "local"}], "allowed:allowed", "allowed:allowed"),
        ([{"method": "pickup"}], "no:pickup", "no:pickup"),
        ([{"method": "pickup_point"}], "ask:pickup_point", "no:pickup_point"),
        ([{"method": "none"}], "no:no_delivery", "no:no_delivery"),
        ([{"method": "digital"}], "no:no_delivery", "no:no_delivery"),
        ([{"method": "pickup"}, {"method": "shipping"}], "allowed:allowed", "allowed:allowed"),
        ([{"method": "pickup"}, {"method": "shipping", "state": "cancelled"}], "no:pickup", "no:pickup"),
        ([], "allowed:allowed", "allowed:allowed"),
    ],
)
def test_where_nothing_is_sent_there_is_no_address_to_change(
    deliveries: list[dict[str, Any]], address: str, instructions: str
) -> None:
    found = brief(ask(order(deliveries=deliveries)))
    assert (found["address"], found["instructions"]) == (address, instructions)


def test_a_policy_may_let_the_address_of_the_rest_be_changed() -> None:
    document = order(parcels=[sent(("a", 1))])
    assert brief(ask(document, policy(part_shipped=ALLOWED)))["address"] == "allowed:some"
    assert brief(ask(document, policy(part_shipped=NO)))["address"] == "no:partly_shipped"


@pytest.mark.parametrize(
    ("rules", "least", "most", "said"),
    [
        (QuantityRules(ALLOWED, ALLOWED), 1, 2**31 - 1, "allowed:allowed"),
        (QuantityRules(ALLOWED, ALLOWED, 5), 1, 5, "allowed:allowed"),
        (QuantityRules(NO, ALLOWED, 5), 1, 2, "allowed:allowed"),
        (QuantityRules(ALLOWED, NO, 5), 2, 5, "allowed:allowed"),
        (QuantityRules(ASK, ALLOWED, 2), 1, 2, "allowed:allowed"),
        (QuantityRules(ASK, NO, 5), 2, 5, "ask:policy"),
        (QuantityRules(ALLOWED, NO, 1), 2, 2, "no:single"),
    ],
)
def test_quantities_go_as_far_as_the_policy_lets_them(rules: QuantityRules, least: int, most: int, said: str) -> None:
    answer = ask(order(), policy(quantity_limits=rules)).lines["b"][Action.QUANTITY]
    assert f"{answer.verdict}:{answer.code}" == said
    if answer.verdict is not NO:
        assert answer.limits == QuantityLimits(least, most, rules.up, rules.down)


def test_units_that_have_left_stay() -> None:
    answer = ask(order(line("b", 3), parcels=[sent(("b", 2))])).lines["b"][Action.QUANTITY]
    assert isinstance(answer.limits, QuantityLimits)
    assert answer.limits.least == 2


def test_an_item_without_choices_is_not_swapped() -> None:
    assert brief(ask(order(line("a", options=[]))))["swap"] == "no:no_options"
    colours = policy(swap_limits=SwapLimits(frozenset({"colour"}), ALLOWED, ALLOWED))
    sizes_only = line("b", options=[{"name": "Size", "value": "S"}])
    answers = ask(order(line("a"), sizes_only, line("c", options=[{"name": None, "value": "S"}])), colours)
    assert [brief(answers, name)["swap"] for name in "abc"] == ["allowed:allowed", "no:option_fixed", "allowed:allowed"]
    assert brief(answers)["swap"] == "allowed:some"


def test_an_order_without_lines_is_answered_as_a_whole() -> None:
    answers = ask(order(lines=[]))
    assert brief(answers)["swap"] == "no:no_items"
    assert (brief(answers)["cancel_order"], brief(answers)["address"]) == ("allowed:allowed", "allowed:allowed")


def test_without_the_time_of_the_order_no_window_is_known() -> None:
    answers = ask(order(placed_at=None))
    assert brief(answers)["swap"] == "ask:time_unknown"
    assert brief(ask(order(placed_at=None), policy(swap=Rule(ALLOWED))))["swap"] == "allowed:allowed"
