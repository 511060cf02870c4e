"""What is asked about one order at one moment, and how the parts of an answer are put together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from portal.editing.answers import ALLOWED, ASK, NO, NO_WORDS, RANK, Action, Answer, Code, Limits, Verdict
from portal.editing.deciding import Deciding, Decision
from portal.editing.facts import OrderFacts
from portal.editing.fees import NO_FEE, NOT_CAPTURED, NOTHING_PAID, Due, Part, fee_of
from portal.editing.policy.rules import Policy
from portal.platforms.changes import Can

NEEDS: Final = {
    Action.SWAP: Can.SWAP,
    Action.QUANTITY: Can.QUANTITY,
    Action.ADDRESS: Can.ADDRESS,
    Action.INSTRUCTIONS: Can.INSTRUCTIONS,
    Action.CANCEL_LINE: Can.CANCEL_LINES,
    Action.CANCEL_ORDER: Can.CANCEL_ORDER,
}
_SOME: Final = Code.SOME
_NOT_ON_THE_WAY_ANY_MORE: Final = frozenset({"voided", "expired"})
_SAID_BY_RULES: Final = frozenset(
    {
        Code.ALLOWED, Code.SOME, Code.RETURN_REQUEST, Code.RETURN_LINK, Code.POLICY, Code.EXCEPTION, Code.PERSONALISED,
        Code.PREORDER, Code.FINAL_SALE, Code.DIGITAL, Code.GIFT_CARD, Code.SERVICE, Code.WINDOW_OVER, Code.RETURN_OVER,
    }
)  # fmt: skip


class State(NamedTuple):
    """How far what has happened lets something be done, why not further, and of how many units that is true."""

    cap: Verdict
    code: Code
    units: int = 0


class Asking:
    """One question: an order, a policy, a platform, a moment. `blocked`: why nothing can be changed at all. `says`:
    what the policy says of each line; of lines that the same exceptions fit, the very same."""

    __slots__ = ("blocked", "can", "deciding", "facts", "now", "payment", "policy", "says")

    def __init__(
        self, facts: OrderFacts, policy: Policy, can: frozenset[Can], now: datetime, *, open_edit: bool
    ) -> None:
        self.facts, self.policy, self.can, self.now = facts, policy, can, now
        self.blocked = facts.over or (Code.EDIT_OPEN if open_edit else None)
        self.payment = Code.PAYMENT if facts.payment in _NOT_ON_THE_WAY_ANY_MORE else None
        self.deciding = Deciding(policy, facts, now)
        self.says = {line.id: self.deciding.decisions(line) for line in facts.lines}

    def answer(
        self, action: Action, state: State, decision: Decision, parts: Sequence[Part] = (), limits: Limits | None = None
    ) -> Answer:
        """The answer, where what has happened does not forbid it. `parts`: what is given up, for the fee."""
        verdict, code, until, then, rule, text, over = decision
        if verdict is NO:
            return Answer(verdict, code, None, None, 0, None, None, rule.name, text)
        cap, why, units = state
        if verdict is ASK or cap is ASK:
            verdict = ASK
            code = why if cap is ASK else code
        elif action in NEEDS and NEEDS[action] not in self.can:
            verdict, code = ASK, Code.PLATFORM
        elif why is _SOME:
            code = why
        if then is not None and RANK[then] >= RANK[verdict]:
            until, then = _over_at(over)
        if text and code not in _SAID_BY_RULES:
            text = NO_WORDS
        if not parts:
            return Answer(verdict, code, until, then, units, None, None, rule.name, text, None, limits, None, over)
        due = self.due(decision, parts)
        fee, free_until = due.amount, due.free_until
        answer = Answer(verdict, code, until, then, units, fee, free_until, rule.name, text, None, limits, None, over)
        return self._with_trouble(action, answer, decision, parts, due)

    def due(self, says: Decision, parts: Sequence[Part]) -> Due:
        """The fee for what is given up, now."""
        return self._fee(parts, self.deciding.since(says.rule), self.now)

    def _with_trouble(
        self, action: Action, answer: Answer, decision: Decision, parts: Sequence[Part], due: Due
    ) -> Answer:
        """The answer as far as this fee can be kept back, now and from when on it is asked."""
        if trouble := self._trouble(action, due):
            return asked_of_shop(answer, trouble)
        end = due.free_until
        if end is None or answer.verdict is not ALLOWED or _ends_before(answer, end):
            return answer
        later = self._trouble(action, self._fee(parts, self.deciding.since(decision.rule), end))
        return answer._replace(until=end, then=ASK) if later else answer

    def _fee(self, parts: Sequence[Part], since: datetime | None, now: datetime) -> Due:
        if self.facts.payment in NOTHING_PAID:
            return NO_FEE
        return fee_of(parts, since, now, self.facts.currency)

    def _trouble(self, action: Action, due: Due) -> Code | None:
        """Why this fee cannot be kept back from here. Of a return it is once the goods are there, by whoever looks at
        them."""
        if not due.known:
            return Code.FEE_UNKNOWN
        by_hand = Can.FEE not in self.can or self.facts.payment in NOT_CAPTURED
        return Code.FEE_BY_SHOP if due.amount and by_hand and action is not Action.RETURN else None


def narrowed(answer: Answer, verdict: Verdict, code: Code) -> Answer:
    """The answer, narrowed to this verdict for this reason."""
    if RANK[verdict] >= RANK[answer.verdict]:
        return answer
    if verdict is NO:
        return Answer(verdict, code, rule=answer.rule, limits=answer.limits)
    return asked_of_shop(answer, code)


def asked_of_shop(answer: Answer, code: Code) -> Answer:
    """What would have been allowed needs somebody at the shop, for this reason."""
    if answer.verdict is not ALLOWED:
        return answer
    until, then = _over_at(answer.over)
    return answer._replace(verdict=ASK, code=code, until=until, then=then, text=NO_WORDS)


def _over_at(moment: datetime | None) -> tuple[datetime | None, Verdict | None]:
    """How what has to be asked for anyway ends."""
    return (moment, NO) if moment else (None, None)


def _ends_before(answer: Answer, moment: datetime) -> bool:
    return answer.until is not None and answer.until <= moment
