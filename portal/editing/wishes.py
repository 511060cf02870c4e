"""Whether one wish in particular may be fulfilled: this variant, that address, so many units. Pure.

The resolver says how far wishes may go; here one is measured against that, with its own fee. Asked when the customer
previews a change, when they confirm it, and again on the order as it is read just before it is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from portal.editing import distances
from portal.editing.answers import Action, AddressLimits, Answer, Code, QuantityLimits, SwapLimits, Verdict
from portal.editing.asking import Asking, narrowed
from portal.editing.facts import NOWHERE, LineFacts, facts_of
from portal.editing.lines import all_lines, more_of, of_units
from portal.editing.policy.rules import Policy
from portal.editing.resolver import answers_for
from portal.platforms.changes import (
    Can,
    CancelOrder,
    CancelUnits,
    Change,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
    Variant,
)
from portal.platforms.neutral.parts import NeutralOrder

_ACTIONS: Final[Mapping[type[Change], Action]] = {
    SwapVariant: Action.SWAP,
    SetQuantity: Action.QUANTITY,
    SetAddress: Action.ADDRESS,
    SetInstructions: Action.INSTRUCTIONS,
    CancelUnits: Action.CANCEL_LINE,
    CancelOrder: Action.CANCEL_ORDER,
}


def action_of(change: Change) -> Action:
    """What the customer wants with it."""
    return _ACTIONS[type(change)]


def decide(
    order: NeutralOrder,
    change: Change,
    policy: Policy,
    can: frozenset[Can],
    now: datetime,
    *,
    open_edit: bool = False,
    delivered: Mapping[str, datetime] = NOWHERE,
    variant: Variant | None = None,
) -> Answer:
    """Whether this change may be made, with its own fee. As `resolve`; `open_edit` means another edit than this one.
    `variant` is what a line is swapped for, as the platform tells it."""
    asking = Asking(facts_of(order, delivered), policy, can, now, open_edit=open_edit)
    match change:
        case SwapVariant():
            return _swap(asking, order, change, variant)
        case SetQuantity():
            return _quantity(asking, change)
        case CancelUnits():
            return _cancel(asking, change)
        case SetAddress():
            return _address(asking, order, change)
        case SetInstructions():
            return _instructions(asking, order, change)
        case CancelOrder():
            return answers_for(asking).order[Action.CANCEL_ORDER]


def decide_return(
    order: NeutralOrder,
    units: Sequence[tuple[str, int]],
    policy: Policy,
    can: frozenset[Can],
    now: datetime,
    *,
    delivered: Mapping[str, datetime] = NOWHERE,
) -> Answer:
    """Whether these units (by line id) may be returned together, with the fee for them."""
    asking = Asking(facts_of(order, delivered), policy, can, now, open_edit=False)
    return of_units(asking, Action.RETURN, units)


def _swap(asking: Asking, order: NeutralOrder, change: SwapVariant, variant: Variant | None) -> Answer:
    line = next((line for line in order.lines if line.id == change.line_id), None)
    if line is None:
        return Answer(Verdict.NO, Code.NOT_THERE)
    answer = all_lines(asking)[line.id][Action.SWAP]
    if answer.verdict is Verdict.NO or not isinstance(answer.limits, SwapLimits):
        return answer
    if not 1 <= change.quantity <= answer.units:
        return Answer(Verdict.NO, Code.TOO_MANY, units=answer.units)
    if change.variant_id == line.variant_id:
        return Answer(Verdict.NO, Code.NOTHING_NEW)
    if variant is None or (variant.available is not None and variant.available < change.quantity):
        return Answer(Verdict.NO, Code.UNAVAILABLE)
    if distances.touches_fixed_options(line, variant, answer.limits):
        return Answer(Verdict.NO, Code.OPTION_FIXED)
    return narrowed(answer._replace(units=change.quantity), *distances.in_price(line, variant, answer.limits))


def _quantity(asking: Asking, change: SetQuantity) -> Answer:
    line = _line(asking, change.line_id)
    if line is None:
        return Answer(Verdict.NO, Code.NOT_THERE)
    answer = all_lines(asking)[line.id][Action.QUANTITY]
    limits = answer.limits
    if answer.verdict is Verdict.NO or not isinstance(limits, QuantityLimits):
        return answer
    wanted, current = change.quantity, line.current
    if wanted == current:
        return Answer(Verdict.NO, Code.NOTHING_NEW)
    if wanted < 1:
        return Answer(Verdict.NO, Code.SINGLE, instead=Action.CANCEL_LINE)
    way, code = (limits.up, Code.MORE) if wanted > current else (limits.down, Code.FEWER)
    if way is Verdict.NO or not limits.least <= wanted <= limits.most:
        return Answer(Verdict.NO, code if way is Verdict.NO else Code.TOO_MANY, limits=limits)
    if wanted > current:
        return narrowed(more_of(asking, line, wanted - current), way, code)
    return narrowed(of_units(asking, Action.QUANTITY, [(line.id, current - wanted)]), way, code)


def _cancel(asking: Asking, change: CancelUnits) -> Answer:
    wanted: Counter[str] = Counter()
    for line_id, units in change.units:
        wanted[line_id] += units
    facts = asking.facts
    items = {line.id: line.current for line in facts.lines if line.is_item and line.current > 0}
    if not facts.moved and items and all(wanted[line_id] == current for line_id, current in items.items()):
        whole = answers_for(asking).order[Action.CANCEL_ORDER]
        return Answer(
            Verdict.NO, Code.WHOLE_ORDER, instead=Action.CANCEL_ORDER if whole.verdict is not Verdict.NO else None
        )
    return of_units(asking, Action.CANCEL_LINE, list(wanted.items()))


def _address(asking: Asking, order: NeutralOrder, change: SetAddress) -> Answer:
    answer = answers_for(asking).order[Action.ADDRESS]
    if answer.verdict is Verdict.NO or not isinstance(answer.limits, AddressLimits):
        return answer
    before = order.address.shipping
    if distances.is_same_place(before, change.address):
        return Answer(Verdict.NO, Code.NOTHING_NEW)
    return narrowed(answer, *distances.on_the_map(before, change.address, answer.limits))


def _instructions(asking: Asking, order: NeutralOrder, change: SetInstructions) -> Answer:
    answer = answers_for(asking).order[Action.INSTRUCTIONS]
    told = {delivery.instructions for delivery in order.deliveries if delivery.state not in ("cancelled", "closed")}
    same = told == {change.text} and answer.verdict is not Verdict.NO
    return Answer(Verdict.NO, Code.NOTHING_NEW) if same else answer


def _line(asking: Asking, line_id: str) -> LineFacts | None:
    return next((line for line in asking.facts.lines if line.id == line_id), None)
