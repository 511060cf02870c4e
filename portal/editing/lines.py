"""What may be done with one line of an order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from portal.editing.answers import OF_LINES, RANK, Action, Answer, Code, QuantityLimits, Verdict
from portal.editing.asking import Asking, State, asked_of_shop
from portal.editing.deciding import Decision, strictest
from portal.editing.facts import LineFacts
from portal.editing.fees import Part
from portal.platforms.changes import Can

MOST: Final = 2**31 - 1  # units of a line, where the policy names no maximum
_WITH_FEES: Final = (Action.QUANTITY, Action.CANCEL_LINE, Action.RETURN)
_IN_HAND: Final = frozenset({Code.PREPARING, Code.READY})
_NO_ITEM: Final = {action: Answer(Verdict.NO, Code.NOT_AN_ITEM) for action in OF_LINES}
_CANCEL_INSTEAD: Final = Answer(Verdict.NO, Code.NOT_SHIPPED, instead=Action.CANCEL_LINE)


def all_lines(asking: Asking) -> Mapping[str, Mapping[Action, Answer]]:
    """The answers by line id. Lines of one kind share theirs, unless a fee depends on what they cost."""
    known: dict[object, Mapping[Action, Answer]] = {}
    answers: dict[str, Mapping[Action, Answer]] = {}
    for line in asking.facts.lines:
        says = asking.decisions(line)
        kind = (id(says), line.kind)
        found = known.get(kind)
        if found is None:
            found = line_answers(asking, line, says)
            if not any(says[action].rule.fee for action in _WITH_FEES):
                known[kind] = found
        answers[line.id] = found
    return answers


def line_answers(asking: Asking, line: LineFacts, says: Mapping[Action, Decision]) -> Mapping[Action, Answer]:
    """The answer to each action about a line. `says`: what the policy has to say of it."""
    if not line.is_item:
        return _NO_ITEM
    back = _return(asking, line, says[Action.RETURN])
    state = _state(asking, line)
    if state.cap is Verdict.NO:
        instead = Action.RETURN if state.code is Code.SHIPPED and back.verdict is not Verdict.NO else None
        swap = quantity = cancel = Answer(Verdict.NO, state.code, instead=instead)
    else:
        swap = _swap(asking, line, state, says[Action.SWAP])
        quantity = _quantity(asking, line, state, says[Action.QUANTITY])
        cancel = _cancel(asking, line, state, says[Action.CANCEL_LINE])
    if back.code is Code.NOT_SHIPPED and cancel.verdict is not Verdict.NO:
        back = _CANCEL_INSTEAD
    return {
        Action.SWAP: swap,
        Action.QUANTITY: quantity,
        Action.CANCEL_LINE: cancel,
        Action.RETURN: back,
        Action.PROBLEM: _problem(asking, line, says[Action.PROBLEM]),
    }


def of_units(asking: Asking, action: Action, wanted: Sequence[tuple[str, int]]) -> Answer:
    """The answer about giving up these units (by line id) together: to cancel or to return them, or to want fewer."""
    known = {line.id: line for line in asking.facts.lines}
    if any(line_id not in known for line_id, _ in wanted):
        return Answer(Verdict.NO, Code.NOT_THERE)
    if not wanted or any(units < 1 for _, units in wanted):
        return Answer(Verdict.NO, Code.NOTHING_NEW)
    lines = [(known[line_id], units) for line_id, units in wanted]
    states = [_to_return(asking, line) if action is Action.RETURN else _state(asking, line) for line, _ in lines]
    for (_, units), state in zip(lines, states, strict=True):
        if state.cap is Verdict.NO or units > state.units:
            code = state.code if state.cap is Verdict.NO else Code.TOO_MANY
            return Answer(Verdict.NO, code, units=state.units)
    decisions = [asking.decisions(line)[action] for line, _ in lines]
    fees = zip(lines, decisions, strict=True)
    parts = [Part(line, units, says.rule.fee) for (line, units), says in fees if says.rule.fee]
    strict = min(states, key=lambda state: RANK[state.cap])
    code = Code.ALLOWED if strict.cap is Verdict.ALLOWED else strict.code
    state = State(strict.cap, code, sum(units for _, units in wanted))
    answer = asking.answer(action, state, strictest(decisions), parts=parts)
    return _at_the_right_place(asking, answer) if action is Action.RETURN else answer


def more_of(asking: Asking, line: LineFacts, units: int) -> Answer:
    """The answer about more units of a line: nothing is given up, so no fee is due."""
    state = _state(asking, line)
    code = Code.ALLOWED if state.cap is Verdict.ALLOWED else state.code
    return asking.answer(Action.QUANTITY, State(state.cap, code, units), asking.decisions(line)[Action.QUANTITY])


def in_hand(asking: Asking, code: Code) -> Verdict:
    """What is answered about units that have not left and cannot be changed any more."""
    return asking.policy.preparing if code in _IN_HAND else Verdict.ASK


def _state(asking: Asking, line: LineFacts) -> State:
    if not line.is_item:
        return State(Verdict.NO, Code.NOT_AN_ITEM)
    left = line.current - line.shipped
    if asking.blocked is not None:
        return State(Verdict.NO, asking.blocked)
    if line.current <= 0:
        return State(Verdict.NO, Code.REMOVED)
    if left <= 0:
        return State(Verdict.NO, Code.SHIPPED)
    if line.editable <= 0:
        return State(in_hand(asking, line.waiting), line.waiting, left)
    if asking.payment is not None:
        return State(Verdict.ASK, asking.payment, line.editable)
    return State(Verdict.ALLOWED, Code.ALLOWED if line.editable == line.current else Code.SOME, line.editable)


def _swap(asking: Asking, line: LineFacts, state: State, says: Decision) -> Answer:
    limits = asking.policy.swap_limits
    if not line.options:
        return Answer(Verdict.NO, Code.NO_OPTIONS)
    if limits.options is not None and not any(name is None or name in limits.options for name in line.options):
        return Answer(Verdict.NO, Code.OPTION_FIXED)
    return asking.answer(Action.SWAP, state, says, limits=limits)


def _quantity(asking: Asking, line: LineFacts, state: State, says: Decision) -> Answer:
    limits = _limits(asking, line, state)
    down, up = limits.least < line.current, limits.most > line.current
    if not down and not up:
        return Answer(Verdict.NO, Code.SINGLE)
    widest = limits.up if not down or (up and RANK[limits.up] > RANK[limits.down]) else limits.down
    if RANK[widest] < RANK[says.verdict]:
        says = says._replace(verdict=widest, code=Code.POLICY)
    fee = says.rule.fee
    parts = [Part(line, line.current - limits.least, fee)] if fee and down else ()
    if not up or limits.up is not widest:
        return asking.answer(Action.QUANTITY, state, says, parts=parts, limits=limits)
    answer = asking.answer(Action.QUANTITY, state, says, limits=limits)  # more units cost no fee
    if not parts or answer.verdict is Verdict.NO:
        return answer
    due = asking.due(says, parts)
    return answer._replace(fee=due.amount, free_until=due.free_until)


def _limits(asking: Asking, line: LineFacts, state: State) -> QuantityLimits:
    rules = asking.policy.quantity_limits
    most = max(line.current, rules.maximum or MOST) if rules.up is not Verdict.NO else line.current
    least = max(1, line.current - state.units) if rules.down is not Verdict.NO else line.current
    return QuantityLimits(least, most, rules.up, rules.down)


def _cancel(asking: Asking, line: LineFacts, state: State, says: Decision) -> Answer:
    fee = says.rule.fee
    parts = [Part(line, state.units, fee)] if fee else ()
    return asking.answer(Action.CANCEL_LINE, state, says, parts=parts)


def _to_return(asking: Asking, line: LineFacts) -> State:
    if not line.is_item:
        return State(Verdict.NO, Code.NOT_AN_ITEM)
    if asking.facts.over is Code.REFUNDED:
        return State(Verdict.NO, Code.REFUNDED)
    if line.returnable > 0:
        return State(Verdict.ALLOWED, Code.ALLOWED, line.returnable)
    if line.left_once:
        return State(Verdict.NO, Code.RETURNED)
    if line.current <= 0:
        return State(Verdict.NO, Code.REMOVED)
    if line.waiting is Code.UNCLEAR:
        return State(Verdict.ASK, Code.UNCLEAR, line.current)
    return State(Verdict.NO, Code.NOT_SHIPPED)


def _return(asking: Asking, line: LineFacts, says: Decision) -> Answer:
    state = _to_return(asking, line)
    if state.cap is Verdict.NO:
        return Answer(Verdict.NO, state.code)
    fee = says.rule.fee
    parts = [Part(line, state.units, fee)] if fee else ()
    return _at_the_right_place(asking, asking.answer(Action.RETURN, state, says, parts=parts))


def _at_the_right_place(asking: Asking, answer: Answer) -> Answer:
    """A return is a request on the platform, else made on the shop's own page, else asked of the shop."""
    if answer.verdict is not Verdict.ALLOWED:
        return answer
    if Can.RETURN in asking.can:
        return answer._replace(code=Code.RETURN_REQUEST)
    if asking.policy.returns_at is not None:
        return answer._replace(code=Code.RETURN_LINK, link=asking.policy.returns_at)
    return asked_of_shop(answer, Code.PLATFORM)


def _problem(asking: Asking, line: LineFacts, says: Decision) -> Answer:
    if line.current <= 0 and not line.left_once:
        return Answer(Verdict.NO, Code.REMOVED)
    return asking.answer(Action.PROBLEM, State(Verdict.ALLOWED, Code.ALLOWED, line.current), says)
