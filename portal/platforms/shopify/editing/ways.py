"""In which of Shopify's ways an edit is made. Pure.

Units of an order that is paid are refunded, which takes them off in the same step; of one that is not, and where
something is added, the order is edited; what leaves nothing is a cancellation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from portal.platforms.changes import CancelOrder, CancelUnits, Edit, SetAddress, SetInstructions, SetQuantity
from portal.platforms.guards import cancelled
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.repricing import leaves_nothing

Way = Literal["update", "refund", "session", "cancel"]

_PAID = frozenset({"paid", "partially_refunded"})
_HAS_MONEY = _PAID | {"partially_paid"}


def whole_or_part(order: NeutralOrder, edit: Edit) -> Edit:
    """The edit; one that would leave nothing of the order cancels it."""
    known = {line.id for line in order.lines}
    change = edit.change
    if isinstance(change, CancelUnits) and known >= cancelled(change).keys() and leaves_nothing(order, change):
        return replace(edit, change=CancelOrder())
    return edit


def way_of(order: NeutralOrder, edit: Edit) -> Way:
    """How it is made, of the order as it was before the first step."""
    match edit.change:
        case SetAddress() | SetInstructions():
            return "update"
        case CancelOrder():
            return "cancel"
        case CancelUnits() | SetQuantity():
            return "refund" if is_paid(order) and taken(order, edit) else "session"
        case _:
            return "session"


def is_paid(order: NeutralOrder) -> bool:
    """Whether all that the order costs was paid, so that money goes back."""
    outstanding = order.totals.outstanding
    open_ = outstanding.buyer if outstanding.buyer is not None else outstanding.shop
    return order.state.payment in _PAID and not (open_ or 0) > 0


def has_money(order: NeutralOrder) -> bool:
    """Whether anything was paid that could go back."""
    return order.state.payment in _HAS_MONEY


def taken(order: NeutralOrder, edit: Edit) -> dict[str, int]:
    """Units by line that the edit takes off; none where it adds."""
    if isinstance(edit.change, CancelUnits):
        return dict(cancelled(edit.change))
    if not isinstance(edit.change, SetQuantity):
        return {}
    current = {line.id: line.quantity.current for line in order.lines}
    fewer = current.get(edit.change.line_id, 0) - edit.change.quantity
    return {edit.change.line_id: fewer} if fewer > 0 else {}
