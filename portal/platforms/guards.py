"""Whether an order, as its document is now, lets a change be made at all: before money is reckoned, and before any
platform is asked. Pure. What a shop's policy says is not known here.

Whoever works at the shop may take back what is being prepared or waits to be collected; a customer may not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from portal.platforms.changes import (
    CancelOrder,
    CancelUnits,
    Change,
    Edit,
    NotApplied,
    SetAddress,
    SetQuantity,
    SwapVariant,
    Variant,
)
from portal.platforms.neutral.parts import Line, NeutralOrder
from portal.platforms.units import editable_units, nothing_left, nothing_shipped, unshipped_units

_NO_DOOR: Final = frozenset({"pickup", "digital", "none"})


def refusal(order: NeutralOrder, edit: Edit, variant: Variant | None = None) -> NotApplied | None:
    """Why the order does not allow the edit; None when it does. `variant` is what a line is swapped for."""
    if order.cancelled_at is not None:
        return NotApplied("cancelled")
    if order.closed_at is not None:
        return NotApplied("closed")
    if isinstance(edit.change, CancelOrder):
        whole = nothing_shipped(order) if edit.by == "staff" else nothing_left(order)
        return None if whole else NotApplied("shipped")
    return _of_change(
        order, edit.change, unshipped_units(order) if edit.by == "staff" else editable_units(order), variant
    )


def cancelled(change: CancelUnits) -> Mapping[str, int]:
    """Units by line; a line may be named twice."""
    units: Counter[str] = Counter()
    for line, quantity in change.units:
        units[line] += quantity
    return units


def _of_change(
    order: NeutralOrder, change: Change, units: Mapping[str, int], variant: Variant | None
) -> NotApplied | None:
    """`units` of each line can still be had."""
    match change:
        case CancelUnits():
            return _of_units(order, cancelled(change), units)
        case SetQuantity():
            return _of_quantity(order, change, units)
        case SwapVariant():
            return _of_swap(order, change, units, variant)
        case SetAddress() if _is_abroad(order, change):
            return NotApplied("unsupported", "the address is in another country")
        case SetAddress() if _is_begun(order, units):
            return NotApplied("shipped")
        case _:
            return _of_the_door(order, units)


def _of_units(order: NeutralOrder, wanted: Mapping[str, int], units: Mapping[str, int]) -> NotApplied | None:
    """`wanted` units of each line are to be taken off."""
    lines = {line.id: line for line in order.lines}
    if not wanted or any(quantity < 1 for quantity in wanted.values()):
        return NotApplied("unsupported")
    for line, quantity in wanted.items():
        if line not in lines or quantity > lines[line].quantity.current:
            return NotApplied("changed")
        if quantity > units[line]:
            return NotApplied("shipped")
    return None


def _of_quantity(order: NeutralOrder, change: SetQuantity, units: Mapping[str, int]) -> NotApplied | None:
    line = _line(order, change.line_id)
    if change.quantity < 1:
        return NotApplied("unsupported")
    if line is None or line.quantity.current == 0:
        return NotApplied("changed")
    left = units[line.id]
    if left == 0 and change.quantity != line.quantity.current:
        return NotApplied("shipped")
    return NotApplied("shipped") if change.quantity < line.quantity.current - left else None


def _of_swap(
    order: NeutralOrder, change: SwapVariant, units: Mapping[str, int], variant: Variant | None
) -> NotApplied | None:
    refused = _of_units(order, {change.line_id: change.quantity}, units)
    if refused is not None:
        return refused
    line = _line(order, change.line_id)
    if variant is None or variant.id != change.variant_id or (line and line.variant_id == variant.id):
        return NotApplied("unavailable")
    short = variant.available is not None and variant.available < change.quantity
    return NotApplied("unavailable") if short else None


def _of_the_door(order: NeutralOrder, units: Mapping[str, int]) -> NotApplied | None:
    """Where things go, and what whoever brings them is asked to do."""
    if order.deliveries and all(delivery.method in _NO_DOOR for delivery in order.deliveries):
        return NotApplied("unsupported", "nothing of this order is brought to an address")
    waits = any(units[line.id] for line in order.lines if line.requires_shipping)
    return None if waits else NotApplied("shipped")


def _is_begun(order: NeutralOrder, units: Mapping[str, int]) -> bool:
    """Whether anything is on its way out with the address that it has. What left goes where it was sent."""
    sent = [line for line in order.lines if line.requires_shipping]
    return any(line.quantity.current - line.quantity.fulfilled > units[line.id] for line in sent)


def _is_abroad(order: NeutralOrder, change: SetAddress) -> bool:
    """Another country has other taxes and other ways there: that is a new order."""
    before, after = order.address.shipping, change.address.country
    return before is not None and before.country is not None and after not in (None, before.country)


def _line(order: NeutralOrder, line_id: str) -> Line | None:
    return next((line for line in order.lines if line.id == line_id), None)
