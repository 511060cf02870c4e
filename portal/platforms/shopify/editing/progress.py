"""How far an edit has come, from what the order bears and is: nothing of it, some steps, or all. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from portal.platforms.changes import (
    CancelOrder,
    CancelUnits,
    Edit,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.guards import cancelled
from portal.platforms.marks import mark_in, mark_of
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.shopify.editing.marks import Mark, mark_on
from portal.platforms.shopify.editing.places import has_followed
from portal.platforms.shopify.editing.refunds import refund_marked
from portal.platforms.shopify.reading.whole import Whole
from portal.platforms.shopify.shape import part, text

Progress = Literal["nothing", "begun", "done"]


def progress_of(whole: Whole, edit: Edit, before: NeutralOrder) -> Progress:
    """How far it has come. `before`: the order as it was before the first step, or as it is when there was none."""
    if isinstance(edit.change, CancelOrder):
        return _of_cancel(whole, edit)
    if refund_marked(whole.body, edit) or _changes_nothing(before, edit):
        return "done"
    mark = mark_on(whole.body, "edit")
    if mark is None or mark.mark != mark_of(edit.key):
        return "nothing"
    if isinstance(edit.change, SetInstructions):  # written together with the mark
        return "done"
    if isinstance(edit.change, SetAddress):
        return "done" if has_followed(whole.body, before.address.shipping) else "begun"
    if not is_committed(whole.order, edit, mark):
        return "nothing"
    return "begun" if still_owed(whole.order, mark) else "done"


def is_committed(order: NeutralOrder, edit: Edit, mark: Mark) -> bool:
    """Whether the order's lines are what the edit makes of those that it had when it was begun."""
    now = {line.id: line.quantity.current for line in order.lines}
    fresh = [line for line in order.lines if line.id not in mark.lines]
    match edit.change:
        case SwapVariant(line_id, variant_id, quantity):
            added = sum(line.quantity.current for line in fresh if line.variant_id == variant_id)
            return now.get(line_id) == mark.lines.get(line_id, 0) - quantity and added == quantity
        case SetQuantity(line_id, quantity):
            variant = next((line.variant_id for line in order.lines if line.id == line_id), None)
            more = sum(line.quantity.current for line in fresh if variant and line.variant_id == variant)
            return mark.lines.get(line_id) != quantity and now.get(line_id, 0) + more == quantity
        case CancelUnits():
            return all(now.get(own) == mark.lines.get(own, 0) - gone for own, gone in cancelled(edit.change).items())
        case _:
            return False


def _changes_nothing(before: NeutralOrder, edit: Edit) -> bool:
    wanted = edit.change
    if not isinstance(wanted, SetQuantity) or before.cancelled_at or before.closed_at:
        return False
    return any(line.id == wanted.line_id and line.quantity.current == wanted.quantity for line in before.lines)


def still_owed(order: NeutralOrder, mark: Mark) -> int:
    """What has to go back to the customer because of the edit, in the buyer's currency: by what the order is paid too
    much since it was begun."""
    now, before = order.totals.outstanding.buyer or 0, mark.outstanding.buyer or 0
    return max(0, min(before, 0) - min(now, 0))


def _of_cancel(whole: Whole, edit: Edit) -> Progress:
    note = text(part(whole.body, "cancellation"), "staffNote")
    refunded = refund_marked(whole.body, edit) is not None
    if whole.order.cancelled_at is not None:
        return "done" if refunded or mark_in(note) == mark_of(edit.key) else "nothing"
    if refunded:
        return "begun"
    return "nothing"


def units_left(order: NeutralOrder) -> Mapping[str, int]:
    """Units by line that are still wanted."""
    return {line.id: line.quantity.current for line in order.lines if line.quantity.current}
