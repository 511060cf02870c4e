"""Whether a change may be made, by the policy for customers and by what the order itself allows. Pure.

Asked before an edit is offered, when it is confirmed, and again on the order as the platform tells it in the moment
before it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from portal.editing.answers import Answer, Code, Verdict
from portal.editing.engine import Rules, able, makes
from portal.editing.who import Who
from portal.platforms.changes import Change, Edit, SwapVariant, Variant
from portal.platforms.guards import refusal
from portal.platforms.live import Shop
from portal.platforms.neutral.parts import Amount, NeutralOrder

By = Literal["customer", "staff"]
NO_FEE: Final = Amount()


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict and why; `fee` is kept back, `rule` decided. `answer` is the policy's, where it was asked."""

    verdict: Verdict
    code: str
    fee: Amount = NO_FEE
    rule: str | None = None
    answer: Answer | None = None


def judge(
    rules: Rules,
    who: Who,
    shop: Shop | None,
    order: NeutralOrder,
    change: Change,
    variant: Variant | None,
    now: datetime,
) -> Judged:
    """What is answered to `who` at the moment `now` about the order as it is told."""
    return _shops(shop, order, change, variant) if who.is_shop else _customers(rules, shop, order, change, variant, now)


def forbidden(order: NeutralOrder, change: Change, variant: Variant | None, by: By) -> str | None:
    """Why the order itself does not let this be done; None when it does."""
    known = variant if variant is not None or not isinstance(change, SwapVariant) else _unseen(change)
    found = refusal(order, Edit(key="", change=change, by=by), known)
    return None if found is None else found.why


def _shops(shop: Shop | None, order: NeutralOrder, change: Change, variant: Variant | None) -> Judged:
    if not makes(shop, change, NO_FEE):
        return Judged(Verdict.NO, "unsupported")
    why = forbidden(order, change, variant, "staff")
    return Judged(Verdict.ALLOWED, Code.ALLOWED) if why is None else Judged(Verdict.NO, why)


def _customers(
    rules: Rules, shop: Shop | None, order: NeutralOrder, change: Change, variant: Variant | None, now: datetime
) -> Judged:
    answer = rules.decide(order, able(shop), now, change, variant)
    fee = answer.fee or NO_FEE
    judged = Judged(answer.verdict, answer.code, fee, answer.rule, answer)
    if answer.verdict is Verdict.NO:
        return judged
    allowed = answer.verdict is Verdict.ALLOWED
    if why := forbidden(order, change, variant, "customer" if allowed else "staff"):
        return Judged(Verdict.NO, why, answer=answer)
    if allowed and not makes(shop, change, fee):
        return Judged(Verdict.ASK, Code.PLATFORM, fee, answer.rule, answer)
    return judged


def _unseen(change: SwapVariant) -> Variant:
    """The wanted variant where its platform's word about it is not at hand: only the units are looked at."""
    return Variant(change.variant_id, "", (), Amount())
