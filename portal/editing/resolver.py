"""The one place that answers what a customer may do with an order and with each of its lines. Pure.

    answers = resolve(order, policy, shop.manifest.can, clock.now(), open_edit=…, delivered=…)
    answers.order[Action.ADDRESS].verdict
    answers.lines[line_id][Action.SWAP].units

Answers what the order's document, the policy, the platform and the moment say, in this order: what has happened
(shipped, cancelled, with the warehouse) beats the policy; the policy is narrowed, never widened, by what the platform
can do; what a platform cannot is asked of the shop, never left out. Never raises, whatever the document says.

An answer holds for the moment `now` and until `Answer.until`, not at it. A wish in particular (this variant, that
address, so many units) is answered by `wishes.decide`. Locks, step-up and the platform's own guard are the editing
engine's to see to, which asks again here on the order as it reads it just before it writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from portal.editing.answers import OF_LINES, Action, Answer, Answers, Code, Verdict
from portal.editing.asking import Asking
from portal.editing.facts import NOWHERE, OrderFacts, facts_of
from portal.editing.lines import all_lines
from portal.editing.policy.rules import Policy
from portal.editing.summing import best
from portal.editing.wholes import order_answers
from portal.platforms.changes import Can
from portal.platforms.neutral.parts import NeutralOrder


def resolve(
    order: NeutralOrder,
    policy: Policy,
    can: frozenset[Can],
    now: datetime,
    *,
    open_edit: bool = False,
    delivered: Mapping[str, datetime] = NOWHERE,
) -> Answers:
    """What may be done. `can`: what the order's platform lets us do (`Manifest.can`; nothing for a shop that is not
    connected). `open_edit`: whether an edit of this order is in one of the states `OPEN`. `delivered`: when parcels
    (by the platform's id) arrived, as carriers say; the document's own dates count too."""
    return answers_of(facts_of(order, delivered), policy, can, now, open_edit=open_edit)


def answers_of(
    facts: OrderFacts, policy: Policy, can: frozenset[Can], now: datetime, *, open_edit: bool = False
) -> Answers:
    """The same for an order that has been read already."""
    return answers_for(Asking(facts, policy, can, now, open_edit=open_edit))


def answers_for(asking: Asking) -> Answers:
    """The same for a question that has been put together already."""
    facts, lines = asking.facts, all_lines(asking)
    items = [lines[line.id] for line in facts.lines if line.is_item and line.current]
    nothing = facts.over or Code.NO_ITEMS
    whole = {action: best([answers[action] for answers in items], nothing) for action in OF_LINES}
    adding = Answer(Verdict.NO, Code.NEW_ORDER, text=asking.policy.add_text)
    return Answers({**whole, **order_answers(asking, whole), Action.ADD: adding}, lines, asking.policy.refund_days)
