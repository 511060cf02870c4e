"""What a change stands on: the part of an order that must still be as it was when the change was asked for. Pure.

What else happens to the order meanwhile does not matter to the change: a parcel of other items leaves, a note is
written. Whether units can still be had is not asked here (`platforms.guards`), nor what it costs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from portal.editing.packing import as_json
from portal.kit.secrets import Keys
from portal.platforms.changes import (
    CancelOrder,
    CancelUnits,
    Change,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.neutral.parts import Line, NeutralOrder

_PURPOSE: Final = "edit"


def stake(order: NeutralOrder, change: Change) -> Any:
    """That part, as plain values."""
    match change:
        case SwapVariant() | SetQuantity():
            return _lines(order, (change.line_id,))
        case CancelUnits():
            return _lines(order, (line for line, _ in change.units))
        case CancelOrder():
            return _lines(order, (line.id for line in order.lines if line.quantity.current))
        case SetAddress():
            address = order.address.shipping
            return None if address is None else address.model_dump(mode="json", exclude_none=True)
        case SetInstructions():
            return sorted({d.instructions for d in order.deliveries if d.instructions and d.state != "cancelled"})


def sealed(keys: Keys, order: NeutralOrder, change: Change) -> str:
    """A hash of it that says nothing to who has the database alone."""
    return keys.keyed_hash(_PURPOSE, as_json(stake(order, change)))


def still_stands(keys: Keys, seal: str, order: NeutralOrder, change: Change) -> bool:
    """Whether that part of the order is as it was when it was sealed."""
    return seal in keys.hashes(_PURPOSE, as_json(stake(order, change)))


def _lines(order: NeutralOrder, wanted: Iterable[str]) -> list[Any]:
    ids = set(wanted)
    return [_line(line) for line in sorted(order.lines, key=lambda line: line.id) if line.id in ids]


def _line(line: Line) -> dict[str, Any]:
    options = [option.value for option in line.options if option.value]
    return {"line": line.id, "variant": line.variant_id, "options": options, "quantity": line.quantity.current}
