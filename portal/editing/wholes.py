"""What may be done with an order as a whole: it is as far as each of the items that it is about. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from portal.editing.answers import ALLOWED, ASK, NO, Action, Answer, Code, narrower, refusal
from portal.editing.asking import Asking, State
from portal.editing.deciding import Decision, strictest
from portal.editing.facts import LineFacts
from portal.editing.fees import Part
from portal.editing.lines import in_hand


def order_answers(asking: Asking, of_lines: Mapping[Action, Answer]) -> Mapping[Action, Answer]:
    """The answers about the whole order. `of_lines`: those about its lines, summed up."""
    items, state = _to_send(asking)
    return {
        Action.ADDRESS: _address(asking, items, state),
        Action.INSTRUCTIONS: _instructions(asking, items, state),
        Action.CANCEL_ORDER: _cancel(asking, of_lines),
    }


def _cancel(asking: Asking, of_lines: Mapping[Action, Answer]) -> Answer:
    items = [line for line in asking.facts.lines if line.is_item and line.current > 0]
    state = _to_cancel(asking, items)
    if state.cap is NO:
        return refusal(state.code, _instead(state.code, of_lines))
    decisions = [asking.says[line.id][Action.CANCEL_ORDER] for line in items]
    parts = [
        Part(line, line.current, decision.rule.fee)
        for line, decision in zip(items, decisions, strict=True)
        if decision.rule.fee
    ]
    return asking.answer(Action.CANCEL_ORDER, state, _together(asking, Action.CANCEL_ORDER, decisions), parts)


def _to_cancel(asking: Asking, items: list[LineFacts]) -> State:
    facts = asking.facts
    if asking.blocked is not None:
        return State(NO, asking.blocked)
    if facts.lines and not items:
        return State(NO, Code.NO_ITEMS)
    units = sum(line.current - line.shipped for line in items)
    if facts.moved:
        if units <= 0:
            return State(NO, Code.SHIPPED)
        if facts.waiting is not Code.UNCLEAR:
            return State(NO, Code.PARTLY_SHIPPED)
    if not facts.whole:
        return State(in_hand(asking, facts.waiting), facts.waiting, units)
    if asking.payment is not None:
        return State(ASK, asking.payment, units)
    return State(ALLOWED, Code.ALLOWED, units)


def _instead(code: Code, of_lines: Mapping[Action, Answer]) -> Action | None:
    other = {Code.SHIPPED: Action.RETURN, Code.PARTLY_SHIPPED: Action.CANCEL_LINE}.get(code)
    return other if other and of_lines[other].verdict is not NO else None


def _address(asking: Asking, items: list[LineFacts], state: State) -> Answer:
    place = asking.facts.place
    if asking.blocked is None and place is not None and place is not Code.PICKUP_POINT:
        return refusal(place)
    if state.cap is not NO and asking.facts.moved:
        cap = narrower(state.cap, asking.policy.part_shipped)
        state = State(cap, state.code if cap is state.cap else Code.PARTLY_SHIPPED, state.units)
    if state.cap is ALLOWED and place is Code.PICKUP_POINT:
        state = state._replace(cap=ASK, code=place)
    return _sent(asking, Action.ADDRESS, items, state)


def _instructions(asking: Asking, items: list[LineFacts], state: State) -> Answer:
    if asking.blocked is None and asking.facts.place is not None:
        return refusal(asking.facts.place)
    return _sent(asking, Action.INSTRUCTIONS, items, state)


def _sent(asking: Asking, action: Action, items: list[LineFacts], state: State) -> Answer:
    if state.cap is NO:
        return refusal(state.code)
    decision = _together(asking, action, [asking.says[line.id][action] for line in items])
    limits = asking.policy.address_limits if action is Action.ADDRESS else None
    return asking.answer(action, state, decision, (), limits)


def _to_send(asking: Asking) -> tuple[list[LineFacts], State]:
    """The lines that are still to be sent somewhere, and how far that can be changed."""
    facts = asking.facts
    sent = [line for line in facts.lines if line.is_item and line.ships and line.current > 0]
    items = [line for line in sent if line.current > line.shipped]
    units = sum(line.editable for line in items)
    if asking.blocked is not None:
        return items, State(NO, asking.blocked)
    if not items and (facts.lines or facts.moved):
        return items, State(NO, Code.SHIPPED if sent or facts.moved else Code.NO_ITEMS)
    behind = next((line.waiting for line in items if line.editable < line.current - line.shipped), None)
    if behind is not None:
        return items, State(in_hand(asking, behind), behind, units)
    if asking.payment is not None:
        return items, State(ASK, asking.payment, units)
    return items, State(ALLOWED, Code.SOME if facts.moved else Code.ALLOWED, units)


def _together(asking: Asking, action: Action, decisions: list[Decision]) -> Decision:
    return strictest(decisions or [asking.deciding.decisions(None)[action]])
