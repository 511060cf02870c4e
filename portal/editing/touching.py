"""Which items a change touches, and how many of them, as an order is now. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from portal.editing.values import Touched
from portal.platforms.changes import CancelOrder, CancelUnits, Change, SetQuantity, SwapVariant, Variant
from portal.platforms.neutral.parts import Line, NeutralOrder


def touched(order: NeutralOrder, change: Change, variant: Variant | None = None) -> tuple[Touched, ...]:
    """The items of a change that the order allows, in the order's order; none for one that is about no item."""
    after = _wanted(order, change)
    units = change.quantity if isinstance(change, SwapVariant) else None
    becomes = _label(variant) if variant is not None else None
    return tuple(
        _item(line, after[line.id], units, becomes)
        for line in order.lines
        if line.id in after and line.quantity.current
    )


def _wanted(order: NeutralOrder, change: Change) -> Mapping[str, int]:
    """Units of each touched line that are wanted afterwards."""
    current = {line.id: line.quantity.current for line in order.lines}
    match change:
        case SwapVariant():
            return {change.line_id: current.get(change.line_id, 0) - change.quantity}
        case SetQuantity():
            return {change.line_id: change.quantity}
        case CancelUnits():
            left = dict(current)
            for line, quantity in change.units:
                left[line] = left.get(line, 0) - quantity
            return {line: left[line] for line, _ in change.units}
        case CancelOrder():
            return dict.fromkeys(current, 0)
        case _:
            return {}


def _item(line: Line, after: int, units: int | None, becomes: str | None) -> Touched:
    before = line.quantity.current
    options = ", ".join(option.value for option in line.options if option.value)
    title = line.title or line.sku or line.id
    return Touched(line.id, title, options, before, after, abs(before - after) if units is None else units, becomes)


def _label(variant: Variant) -> str:
    return ", ".join(value for _, value in variant.options if value) or variant.title
