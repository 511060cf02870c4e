"""How many units of each line can still be changed, from what the order's document says. Pure.

Platforms are no guard: some let shipped units be removed. So this is asked before an edit is offered, again on the
order read just before the edit is made, and by adapters on what their platform answers.
"""

from __future__ import annotations

from collections.abc import Mapping

from portal.platforms.neutral.parts import Delivery, Line, NeutralOrder

_WITH_THE_WAREHOUSE = frozenset({"in_progress", "closed", "unknown"})


def editable_units(order: NeutralOrder) -> Mapping[str, int]:
    """Units by line id that have not shipped and are not in the warehouse's hands; all 0 on an order that is over.

    Where some parcel does not say what is in it, any unit may be: then nothing can be changed line by line.
    """
    if order.cancelled_at or order.closed_at or is_vague(order):
        return {line.id: 0 for line in order.lines}
    open_units, others = _open_units(order), 0 if any(map(_is_all_begun, order.deliveries)) else None
    return {line.id: _left(line, open_units.get(line.id, others)) for line in order.lines}


def unshipped_units(order: NeutralOrder) -> Mapping[str, int]:
    """Units by line id that are still in the shop, in whosever hands: whoever works there can take them back. All 0
    where some parcel does not say what is in it."""
    vague = is_vague(order)
    return {line.id: 0 if vague else max(0, line.quantity.current - line.quantity.fulfilled) for line in order.lines}


def nothing_left(order: NeutralOrder) -> bool:
    """Whether nothing has shipped, and nothing is with the warehouse: then the whole order can be changed."""
    return (
        nothing_shipped(order)
        and all(line.quantity.in_progress == 0 for line in order.lines)
        and not any(map(is_out_of_reach, order.deliveries))
    )


def nothing_shipped(order: NeutralOrder) -> bool:
    """Whether every unit is still in the shop."""
    shipped = any(line.quantity.fulfilled for line in order.lines)
    collected = any(delivery.pickup.collected_at is not None for delivery in order.deliveries)
    return not shipped and not collected and not any(parcel.state == "ok" for parcel in order.parcels)


def is_vague(order: NeutralOrder) -> bool:
    """Whether something left of which nobody says what was in it."""
    return any(parcel.state == "ok" and parcel.allocation != "exact" for parcel in order.parcels)


def _left(line: Line, open_units: int | None) -> int:
    quantity = line.quantity
    left = quantity.current - quantity.fulfilled - quantity.in_progress
    if quantity.editable is not None and quantity.editable < left:
        left = quantity.editable
    if open_units is not None and open_units < left:
        left = open_units
    return max(0, left)


def _open_units(order: NeutralOrder) -> Mapping[str, int]:
    """Units by line id in deliveries that the warehouse has not begun; lines that no delivery names are not in it."""
    units: dict[str, int] = {}
    for delivery in order.deliveries:
        if delivery.state == "cancelled":
            continue
        for part in delivery.lines:
            remaining = part.quantity if part.remaining is None else part.remaining
            units[part.line_id] = units.get(part.line_id, 0) + (0 if is_out_of_reach(delivery) else remaining)
    return units


def is_out_of_reach(delivery: Delivery) -> bool:
    """Whether the warehouse has begun with a delivery, or is done with it."""
    if delivery.handed_to_warehouse or delivery.pickup.ready_at is not None:
        return True
    return delivery.state in _WITH_THE_WAREHOUSE


def _is_all_begun(delivery: Delivery) -> bool:
    """Whether somebody has begun with a delivery that does not say what is in it: it is all that no other one has."""
    begun = delivery.handed_to_warehouse or delivery.state == "in_progress" or delivery.pickup.ready_at is not None
    return begun and not delivery.lines and delivery.state not in ("closed", "cancelled")
