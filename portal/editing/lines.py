"""What may be done with one line of an order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from portal.editing.answers import (
    ALLOWED,
    ASK,
    NO,
    OF_LINES,
    RANK,
    Action,
    Answer,
    Code,
    QuantityLimits,
    Verdict,
    refusal,
)
from portal.editing.asking import Asking, State, asked_of_shop
from portal.editing.deciding import Decision, strictest
from portal.editing.facts import LineFacts
from portal.editing.fees import Part
from portal.platforms.changes import Can

_SWAP, _QUANTITY, _CANCEL, _RETURN, _PROBLEM = OF_LINES
_FINE, _SOME, _SHIPPED, _NOT_SHIPPED = Code.ALLOWED, Code.SOME, Code.SHIPPED, Code.NOT_SHIPPED
MOST: Final = 2**31 - 1  # units of a line, where the policy names no maximum
_IN_HAND: Final = frozenset({Code.PREPARING, Code.READY})
_NO_ITEM: Final = {action: refusal(Code.NOT_AN_ITEM) for action in OF_LINES}
_CANCEL_INSTEAD: Final = refusal(Code.NOT_SHIPPED, Action.CANCEL_LINE)


def all_lines(asking: Asking) -> Mapping[str, Mapping[Action, Answer]]:
    """The answers by line id. Lines of one kind share theirs, but for fees, which depend on what they cost."""
    known: dict[object, Mapping[Action, Answer]] = {}
    answers: dict[str, Mapping[Action, Answer]] = {}
    for line in asking.facts.lines:
        says = asking.says[line.id]
        kind = (id(says), line.kind)
        found = known.get(kind)
        if found is None:
            found = known[kind] = line_answers(asking, line, says)
        elif _have_fees(says):
            found = _with_own_fees(asking, line, says, found)
        answers[line.id] = found
    return answers


def _have_fees(says: Mapping[Action, Decision]) -> bool:
    fees = (says[_QUANTITY].rule.fee, says[_CANCEL].rule.fee, says[_RETURN].rule.fee)
    return fees != (None, None, None)


def _with_own_fees(
    asking: Asking, line: LineFacts, says: Mapping[Action, Decision], alike: Mapping[Action, Answer]
) -> Mapping[Action, Answer]:
    """The answers about a line like another, with what a fee makes different."""
    own: dict[Action, Answer] = {}
    state = _state(asking, line)
    if state.cap is not NO and says[_QUANTITY].rule.fee:
        own[_QUANTITY] = _quantity(asking, line, state, says[_QUANTITY])
    if state.cap is not NO and says[_CANCEL].rule.fee:
        own[_CANCEL] = _cancel(asking, line, state, says[_CANCEL])
    if alike[_RETURN].verdict is not NO and says[_RETURN].rule.fee:
        own[_RETURN] = _return(asking, line, says[_RETURN])
    return {**alike, **own}


def line_answers(asking: Asking, line: LineFacts, says: Mapping[Action, Decision]) -> Mapping[Action, Answer]:
    """The answer to each action about a line. `says`: what the policy has to say of it."""
    if not line.is_item:
        return _NO_ITEM
    back = _return(asking, line, says[_RETURN])
    state = _state(asking, line)
    if state.cap is NO:
        instead = _RETURN if state.code is _SHIPPED and back.verdict is not NO else None
        swap = quantity = cancel = refusal(state.code, instead)
    else:
        swap = _swap(asking, line, state, says[_SWAP])
        quantity = _quantity(asking, line, state, says[_QUANTITY])
        cancel = _cancel(asking, line, state, says[_CANCEL])
    if back.code is _NOT_SHIPPED and cancel.verdict is not NO:
        back = _CANCEL_INSTEAD
    return {
        _SWAP: swap,
        _QUANTITY: quantity,
        _CANCEL: cancel,
        _RETURN: back,
        _PROBLEM: _problem(asking, line, says[_PROBLEM]),
    }


def of_units(asking: Asking, action: Action, wanted: Sequence[tuple[str, int]]) -> Answer:
    """The answer about giving up these units (by line id) together: to cancel or to return them, or to want fewer."""
    known = {line.id: line for line in asking.facts.lines}
    if any(line_id not in known for line_id, _ in wanted):
        return refusal(Code.NOT_THERE)
    if not wanted or any(units < 1 for _, units in wanted):
        return refusal(Code.NOTHING_NEW)
    lines = [(known[line_id], units) for line_id, units in wanted]
    states = [_to_return(asking, line) if action is _RETURN else _state(asking, line) for line, _ in lines]
    for (_, units), state in zip(lines, states, strict=True):
        if state.cap is NO or units > state.units:
            code = state.code if state.cap is NO else Code.TOO_MANY
            return Answer(NO, code, units=state.units)
    decisions = [asking.says[line.id][action] for line, _ in lines]
    fees = zip(lines, decisions, strict=True)
    parts = [Part(line, units, says.rule.fee) for (line, units), says in fees if says.rule.fee]
    strict = min(states, key=lambda state: RANK[state.cap])
    code = _FINE if strict.cap is ALLOWED else strict.code
    state = State(strict.cap, code, sum(units for _, units in wanted))
    answer = asking.answer(action, state, strictest(decisions), parts)
    return _at_the_right_place(asking, answer) if action is _RETURN else answer


def more_of(asking: Asking, line: LineFacts, units: int) -> Answer:
    """The answer about more units of a line: nothing is given up, so no fee is due."""
    state = _state(asking, line)
    code = _FINE if state.cap is ALLOWED else state.code
    return asking.answer(_QUANTITY, State(state.cap, code, units), asking.says[line.id][_QUANTITY])


def in_hand(asking: Asking, code: Code) -> Verdict:
    """What is answered about units that have not left and cannot be changed any more."""
    return asking.policy.preparing if code in _IN_HAND else ASK


def _state(asking: Asking, line: LineFacts) -> State:
    if not line.is_item:
        return State(NO, Code.NOT_AN_ITEM)
    left = line.current - line.shipped
    if asking.blocked is not None:
        return State(NO, asking.blocked)
    if line.current <= 0:
        return State(NO, Code.REMOVED)
    if left <= 0:
        return State(NO, _SHIPPED)
    if line.editable <= 0:
        return State(in_hand(asking, line.waiting), line.waiting, left)
    if asking.payment is not None:
        return State(ASK, asking.payment, line.editable)
    return State(ALLOWED, _FINE if line.editable == line.current else _SOME, line.editable)


def _swap(asking: Asking, line: LineFacts, state: State, says: Decision) -> Answer:
    limits = asking.policy.swap_limits
    if not line.options:
        return refusal(Code.NO_OPTIONS)
    if limits.options is not None and not any(name is None or name in limits.options for name in line.options):
        return refusal(Code.OPTION_FIXED)
    return asking.answer(_SWAP, state, says, (), limits)


def _quantity(asking: Asking, line: LineFacts, state: State, says: Decision) -> Answer:
    limits = _limits(asking, line, state)
    down, up = limits.least < line.current, limits.most > line.current
    if not down and not up:
        return refusal(Code.SINGLE)
    widest = limits.up if not down or (up and RANK[limits.up] > RANK[limits.down]) else limits.down
    if RANK[widest] < RANK[says.verdict]:
        says = says._replace(verdict=widest, code=Code.POLICY)
    fee = says.rule.fee
    parts = [Part(line, line.current - limits.least, fee)] if fee and down else ()
    if not up or limits.up is not widest:
        return asking.answer(_QUANTITY, state, says, parts, limits)
    answer = asking.answer(_QUANTITY, state, says, (), limits)  # more units cost no fee
    if not parts or answer.verdict is NO:
        return answer
    due = asking.due(says, parts)
    return answer._replace(fee=due.amount, free_until=due.free_until)


def _limits(asking: Asking, line: LineFacts, state: State) -> QuantityLimits:
    rules = asking.policy.quantity_limits
    most = max(line.current, rules.maximum or MOST) if rules.up is not NO else line.current
    least = max(1, line.current - state.units) if rules.down is not NO else line.current
    return QuantityLimits(least, most, rules.up, rules.down)


def _cancel(asking: Asking, line: LineFacts, state: State, says: Decision) -> Answer:
    fee = says.rule.fee
    parts = [Part(line, state.units, fee)] if fee else ()
    return asking.answer(_CANCEL, state, says, parts)


def _to_return(asking: Asking, line: LineFacts) -> State:
    if not line.is_item:
        return State(NO, Code.NOT_AN_ITEM)
    if asking.facts.over is Code.REFUNDED:
        return State(NO, Code.REFUNDED)
    if line.returnable > 0:
        return State(ALLOWED, _FINE, line.returnable)
    if line.left_once:
        return State(NO, Code.RETURNED)
    if line.current <= 0:
        return State(NO, Code.REMOVED)
    if line.waiting is Code.UNCLEAR:
        return State(ASK, Code.UNCLEAR, line.current)
    return State(NO, _NOT_SHIPPED)


def _return(asking: Asking, line: LineFacts, says: Decision) -> Answer:
    state = _to_return(asking, line)
    if state.cap is NO:
        return refusal(state.code)
    fee = says.rule.fee
    parts = [Part(line, state.units, fee)] if fee else ()
    return _at_the_right_place(asking, asking.answer(_RETURN, state, says, parts))


def _at_the_right_place(asking: Asking, answer: Answer) -> Answer:
    """A return is a request on the platform, else made on the shop's own page, else asked of the shop."""
    if answer.verdict is not ALLOWED:
        return answer
    if Can.RETURN in asking.can:
        return answer._replace(code=Code.RETURN_REQUEST)
    if asking.policy.returns_at is not None:
        return answer._replace(code=Code.RETURN_LINK, link=asking.policy.returns_at)
    return asked_of_shop(answer, Code.PLATFORM)


def _problem(asking: Asking, line: LineFacts, says: Decision) -> Answer:
    if line.current <= 0 and not line.left_once:
        return refusal(Code.REMOVED)
    return asking.answer(_PROBLEM, State(ALLOWED, _FINE, line.current), says)
