"""The deliveries of an order after a change of its lines: work that is not wanted any more is taken off. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from portal.platforms.changes import Edit, SwapVariant
from portal.platforms.neutral.parts import Delivery, DeliveryLine, NeutralOrder
from portal.platforms.neutral.relining import new_line_id
from portal.platforms.repricing import leaves_nothing, units_after
from portal.platforms.units import is_out_of_reach


def replanned(order: NeutralOrder, edit: Edit) -> tuple[Delivery, ...]:
    """All deliveries. One of which nothing is wanted any more is cancelled."""
    current = {line.id: line.quantity.current for line in order.lines}
    deliveries = list(order.deliveries)
    for line, wanted in units_after(order, edit.change).items():
        if isinstance(edit.change, SwapVariant):
            deliveries = _swapped(deliveries, line, new_line_id(line, edit.key), current[line] - wanted)
        elif wanted < current[line]:
            deliveries = _less(deliveries, line, current[line] - wanted)
        else:
            deliveries = _more(deliveries, line, wanted - current[line])
    whole = leaves_nothing(order, edit.change)
    return tuple(_cancelled(delivery) if whole or _is_empty(delivery) else delivery for delivery in deliveries)


def to_do(part: DeliveryLine) -> int:
    """Units that have not left yet."""
    return part.quantity if part.remaining is None else part.remaining


def _less(deliveries: Sequence[Delivery], line: str, units: int) -> list[Delivery]:
    """Fewer units of a line are to be delivered; those that nobody has begun with go first."""
    changed = list(deliveries)
    for index in sorted(range(len(changed)), key=lambda at: is_out_of_reach(changed[at])):
        changed[index], units = _taken(changed[index], line, units)
    return changed


def _taken(delivery: Delivery, line: str, units: int) -> tuple[Delivery, int]:
    """The delivery without as many of these units as it has, and those that are still to be taken elsewhere."""
    parts = []
    for part in delivery.lines:
        fewer = min(to_do(part), units) if part.line_id == line and delivery.state != "cancelled" else 0
        units -= fewer
        parts.append(_with(part, -fewer) if fewer else part)
    return delivery.model_copy(update={"lines": tuple(parts)}), units


def _more(deliveries: Sequence[Delivery], line: str, units: int) -> list[Delivery]:
    """More units go with the others of their line."""
    changed, left = [], units
    for delivery in deliveries:
        parts = list(delivery.lines)
        for index, part in enumerate(parts):
            if left and part.line_id == line and not is_out_of_reach(delivery) and delivery.state != "cancelled":
                parts[index], left = _with(part, left), 0
        changed.append(delivery.model_copy(update={"lines": tuple(parts)}))
    return changed


def _swapped(deliveries: Sequence[Delivery], old: str, new: str, units: int) -> list[Delivery]:
    """Units of one line become units of another, in the deliveries where they are."""
    before = {delivery.id: _units(delivery, old) for delivery in deliveries}
    changed = []
    for delivery in _less(deliveries, old, units):
        moved = before[delivery.id] - _units(delivery, old)
        added = (DeliveryLine(line_id=new, quantity=moved, remaining=moved),) if moved else ()
        changed.append(delivery.model_copy(update={"lines": (*delivery.lines, *added)}))
    return changed


def _with(part: DeliveryLine, more: int) -> DeliveryLine:
    return part.model_copy(update={"quantity": part.quantity + more, "remaining": to_do(part) + more})


def _units(delivery: Delivery, line: str) -> int:
    return sum(part.quantity for part in delivery.lines if part.line_id == line)


def _is_empty(delivery: Delivery) -> bool:
    return bool(delivery.lines) and not any(part.quantity for part in delivery.lines)


def _cancelled(delivery: Delivery) -> Delivery:
    return delivery.model_copy(update={"state": "cancelled"})
