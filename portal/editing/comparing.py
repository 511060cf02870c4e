"""What another policy would have answered to past orders, beside the one in force. Pure.

Asked are two things. What was really changed: each change, cancellation and return that the order's document or the
portal's own record knows of, at its moment, on the order as it was just before. And what could have been wished: every
action, at certain ages of the order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from portal.editing.answers import OF_LINES, RANK, Action, Answer, Verdict
from portal.editing.facts import facts_of
from portal.editing.past import as_at
from portal.editing.policy.rules import Policy
from portal.editing.resolver import answers_of
from portal.platforms.changes import Can
from portal.platforms.neutral.parts import Adjustment, NeutralOrder

REALLY: Final = "changed"
_SAME_CHANGE: Final = timedelta(minutes=10)
_A_MOMENT: Final = timedelta(microseconds=1)
_NOT_THE_CUSTOMERS: Final = frozenset({"inventory", "fraud", "sold_in_store", "out_of_stock", "declined", "staff"})
_WISHES: Final = tuple(action for action in Action if action is not Action.ADD)


@dataclass(frozen=True, slots=True)
class Question:
    """Something asked of an order at a moment. `group`: REALLY, or the age as it was written; `lines`: of which lines,
    where that is known."""

    group: str
    at: datetime
    action: Action
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What both policies answer to a question."""

    order: str
    question: Question
    would: Answer
    is_now: Answer

    @property
    def differs(self) -> bool:
        """Whether the customer would have been answered otherwise."""
        return self.would.verdict is not self.is_now.verdict


@dataclass(slots=True)
class Tally:
    """How often what was answered, by group and action, and why not more; how many cases differ from what is in force,
    how many are worth a look, and the first of those."""

    most: int = 20
    orders: int = 0
    would: dict[tuple[str, Action], Counter[Verdict]] = field(default_factory=lambda: defaultdict(Counter))
    is_now: dict[tuple[str, Action], Counter[Verdict]] = field(default_factory=lambda: defaultdict(Counter))
    codes: dict[tuple[str, Action], Counter[tuple[Verdict, str]]] = field(default_factory=lambda: defaultdict(Counter))
    differing: Counter[str] = field(default_factory=Counter)
    worth: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[Case]] = field(default_factory=lambda: defaultdict(list))

    def add(self, case: Case) -> None:
        """Count one case."""
        key = (case.question.group, case.question.action)
        self.would[key][case.would.verdict] += 1
        self.is_now[key][case.is_now.verdict] += 1
        if case.would.verdict is not Verdict.ALLOWED:
            self.codes[key][case.would.verdict, case.would.code] += 1
        self.differing[case.question.group] += case.differs
        if case.differs or case.question.group == REALLY:
            self.worth[case.question.group] += 1
            if len(self.shown[case.question.group]) < self.most:
                self.shown[case.question.group].append(case)


def cases(
    order: NeutralOrder,
    policies: tuple[Policy, Policy],
    can: frozenset[Can],
    ages: Mapping[str, timedelta],
    known: Sequence[tuple[Action, datetime]],
    now: datetime,
) -> Iterator[Case]:
    """Every question about an order with the answers of both policies, the new one first. `known`: what the portal
    itself was asked for, and when."""
    asked: dict[datetime, list[Question]] = defaultdict(list)
    for question in questions(order, ages, known, now):
        asked[question.at].append(question)
    for at, some in asked.items():
        facts = facts_of(as_at(order, at))
        would, is_now = (answers_of(facts, policy, can, at) for policy in policies)
        for question in some:
            both = (_answer(answers.order, answers.lines, question) for answers in (would, is_now))
            yield Case(order.number, question, *both)


def questions(
    order: NeutralOrder, ages: Mapping[str, timedelta], known: Sequence[tuple[Action, datetime]], now: datetime
) -> Iterator[Question]:
    """What was really changed, then every action at each age that the order has reached."""
    yield from _changes(order, known)
    for name, age in ages.items():
        at = order.placed_at + age if order.placed_at else None
        if at is not None and at <= now:
            yield from (Question(name, at, action) for action in _WISHES)


def _changes(order: NeutralOrder, known: Sequence[tuple[Action, datetime]]) -> Iterator[Question]:
    told = list(known)
    yield from (Question(REALLY, at, action) for action, at in told)
    for question in [*_adjusted(order), *_cancelled(order)]:
        if not any(_is_same(question, action, at) for action, at in told):
            yield question
            told.append((question.action, question.at))


def _is_same(question: Question, action: Action, at: datetime) -> bool:
    """The platform's record of what the portal was asked for comes a little later."""
    return question.action is action and abs(question.at - at) <= _SAME_CHANGE


def _cancelled(order: NeutralOrder) -> Iterator[Question]:
    by_customer = (order.cancel_reason or "customer").casefold() not in _NOT_THE_CUSTOMERS
    if order.cancelled_at is not None and by_customer:
        yield Question(REALLY, order.cancelled_at - _A_MOMENT, Action.CANCEL_ORDER)


def _adjusted(order: NeutralOrder) -> Iterator[Question]:
    for change in order.adjustments:
        if change.at is None or change.status == "failed" or change.at == order.cancelled_at:
            continue
        action = _action(order, change)
        if action is not None and not _pays_for_a_return(order, change):
            lines = tuple(part.line_id for part in change.lines if part.quantity < 0)
            yield Question(REALLY, change.at - _A_MOMENT, action, lines)


def _pays_for_a_return(order: NeutralOrder, change: Adjustment) -> bool:
    """Whether it is the money for units whose return is a change of its own."""
    lines = {part.line_id for part in change.lines}
    returns = (other for other in order.adjustments if other.type in ("return", "exchange"))
    return change.type == "refund" and any(part.line_id in lines for other in returns for part in other.lines)


def _action(order: NeutralOrder, change: Adjustment) -> Action | None:
    """What a customer would have asked for to have this change; None for what is no change of an order."""
    fewer = [part for part in change.lines if part.quantity < 0]
    more = [part for part in change.lines if part.quantity > 0]
    match change.type:
        case "address_change":
            return Action.ADDRESS
        case "return" | "exchange":
            return Action.RETURN
        case "cancel":
            return Action.CANCEL_LINE if fewer else Action.CANCEL_ORDER
        case "edit" | "refund" if fewer and more:
            return Action.SWAP
        case "edit" | "refund" if fewer:
            return Action.RETURN if change.type == "refund" and _has_left(order, change) else Action.CANCEL_LINE
        case "edit" if more:
            return Action.QUANTITY
        case _:
            return None


def _has_left(order: NeutralOrder, change: Adjustment) -> bool:
    """Whether the units that were paid for had left by then."""
    then = as_at(order, change.at - _A_MOMENT) if change.at else order
    shipped = {line.id: line.quantity.fulfilled for line in then.lines}
    open_ = {line.id: line.quantity.current - line.quantity.fulfilled for line in then.lines}
    return all(-part.quantity > open_.get(part.line_id, 0) and shipped.get(part.line_id) for part in change.lines)


def _answer(whole: Mapping[Action, Answer], lines: Mapping[str, Mapping[Action, Answer]], question: Question) -> Answer:
    """The answer about the lines that it was about, the narrowest of them; else the order's."""
    found: Iterable[Answer] = ()
    if question.action in OF_LINES:
        found = [lines[line][question.action] for line in question.lines if line in lines]
    return min(found, key=lambda answer: RANK[answer.verdict], default=whole[question.action])
