"""The document of an order after a change, for orders that are kept here and nowhere else. Pure.

Lines stay for ever: one of which nothing is wanted any more has `quantity.current` 0, another variant is a line of its
own that names the one it replaces. Every change is an adjustment that bears the edit's key, by which it is found again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from portal.platforms.changes import (
    CancelOrder,
    CancelUnits,
    Edit,
    NotApplied,
    Quote,
    SetAddress,
    SetInstructions,
    SwapVariant,
    Variant,
)
from portal.platforms.neutral.bumping import following
from portal.platforms.neutral.parts import (
    Address,
    Adjustment,
    AdjustmentLine,
    AdjustmentType,
    Amount,
    Delivery,
    NeutralOrder,
    Totals,
)
from portal.platforms.neutral.relining import new_line_id, relined
from portal.platforms.neutral.replanning import replanned
from portal.platforms.pricing import paid, quote
from portal.platforms.repricing import Side, leaves_nothing, of_side, units_after

_SIDES: Final[tuple[Side, Side]] = ("shop", "buyer")
_AT_THE_DOOR: Final = frozenset({"shipping", "local", "unknown"})


def made(order: NeutralOrder, key: str) -> bool:
    """Whether the order bears the change with this key."""
    return any(part.external_id == key for part in order.adjustments)


def amended(
    order: NeutralOrder, edit: Edit, at: datetime, variant: Variant | None = None, *, keep_shipping: bool = False
) -> NeutralOrder | NotApplied:
    """The order after the edit, or why it does not allow it; made once, however often. `variant` is what a line is
    swapped for."""
    if made(order, edit.key):
        return order
    quoted = quote(order, edit, variant, keep_shipping=keep_shipping)
    if isinstance(quoted, NotApplied):
        return quoted
    log = (*order.adjustments, _adjustment(order, edit, at, quoted, variant))
    match edit.change:
        case SetAddress(address):
            return following(order, at, adjustments=log, **_readdressed(order, address))
        case SetInstructions(text):
            return following(order, at, adjustments=log, deliveries=_instructed(order, text))
        case _:
            return following(order, at, adjustments=log, **_changed(order, edit, at, quoted, variant))


def _changed(
    order: NeutralOrder, edit: Edit, at: datetime, quoted: Quote, variant: Variant | None
) -> Mapping[str, Any]:
    """The members that a change of lines changes."""
    members: dict[str, Any] = {
        "lines": relined(order, edit, variant, paid_back=_goes_back(quoted)),
        "deliveries": replanned(order, edit),
        "totals": _totals(order, quoted),
    }
    state = {"edited": True, "payment": _payment(order, quoted)}
    if leaves_nothing(order, edit.change):
        members |= {"cancelled_at": at, "cancel_reason": _reason(edit)}
        state |= {"fulfilment": "cancelled"}
    return {**members, "state": order.state.model_copy(update=state)}


def _totals(order: NeutralOrder, quoted: Quote) -> Totals:
    """The sums afterwards: what goes back counts as refunded, what is still to be paid as outstanding."""
    after = quoted.after
    shop, buyer = (_settled(order, quoted, side) for side in _SIDES)
    return order.totals.model_copy(
        update={
            "lines": after.lines,
            "shipping": after.shipping,
            "tax": after.tax,
            "discount": after.discount,
            "fees": after.fees,
            "total": after.total,
            "refunded": Amount(shop=shop[0], buyer=buyer[0]),
            "outstanding": Amount(shop=shop[1], buyer=buyer[1]),
        }
    )


def _settled(order: NeutralOrder, quoted: Quote, side: Side) -> tuple[int | None, int | None]:
    """(refunded, outstanding) in one currency; not known where the sums are not."""
    total, (has, _) = of_side(quoted.after.total, side), paid(order, side)
    before, back = of_side(order.totals.refunded, side), _refund(quoted, side)
    if total is None or has is None:
        return before, None
    return (before or 0) + back, max(0, total - has)


def _refund(quoted: Quote, side: Side) -> int:
    return max(0, -(of_side(quoted.due, side) or 0))


def _payment(order: NeutralOrder, quoted: Quote) -> str:
    """The word for the payment, as far as the change says something of it."""
    side: Side = "buyer" if quoted.due.shop is None else "shop"
    due, (has, _) = of_side(quoted.due, side), paid(order, side)
    if due is None or has is None or (has == 0 and due <= 0):
        return order.state.payment
    if due < 0:
        return "refunded" if has + due <= 0 else "partially_refunded"
    return "partially_paid" if due > 0 and has > 0 else order.state.payment


def _adjustment(order: NeutralOrder, edit: Edit, at: datetime, quoted: Quote, variant: Variant | None) -> Adjustment:
    """What is noted of the change. One that pays money back is pending until somebody did."""
    change = edit.change
    current = {line.id: line.quantity.current for line in order.lines}
    units = {line: wanted - current[line] for line, wanted in units_after(order, change).items()}
    lines = [AdjustmentLine(line_id=line, quantity=quantity) for line, quantity in units.items() if quantity]
    if isinstance(change, SwapVariant) and variant is not None:
        lines.append(AdjustmentLine(line_id=new_line_id(change.line_id, edit.key), quantity=change.quantity))
    return Adjustment(
        id=edit.key,
        type=_type(edit),
        at=at,
        status="pending" if _goes_back(quoted) else "completed",
        by=edit.by,
        lines=tuple(lines),
        amount=quoted.due,
        restocking_fee=quoted.fee if quoted.fee.shop or quoted.fee.buyer else None,
        reason=_reason(edit),
        note=edit.note or None,
        external_id=edit.key,
    )


def _type(edit: Edit) -> AdjustmentType:
    match edit.change:
        case SetAddress() | SetInstructions():
            return "address_change"
        case CancelOrder() | CancelUnits():
            return "cancel"
        case _:
            return "edit"


def _reason(edit: Edit) -> str | None:
    return edit.change.reason if isinstance(edit.change, CancelOrder | CancelUnits) else None


def _goes_back(quoted: Quote) -> bool:
    return any(_refund(quoted, side) for side in _SIDES)


def _readdressed(order: NeutralOrder, address: Address) -> Mapping[str, Any]:
    """The order's address and those of its deliveries. What the new one does not say of the country stays."""
    before = order.address.shipping
    country = address.country or (before.country if before else None)
    there = address.model_copy(update={"country": country})
    deliveries = [
        delivery.model_copy(update={"destination": there}) if delivery.destination is not None else delivery
        for delivery in order.deliveries
    ]
    addresses = order.address.model_copy(update={"shipping": there})
    return {"address": addresses, "deliveries": tuple(deliveries)}


def _instructed(order: NeutralOrder, text: str | None) -> tuple[Delivery, ...]:
    """The deliveries with what whoever brings them is asked to do; an order without any gets one to hold it."""
    if not order.deliveries:
        return (Delivery(id="door", method="shipping", instructions=text),)
    return tuple(
        delivery.model_copy(update={"instructions": text}) if delivery.method in _AT_THE_DOOR else delivery
        for delivery in order.deliveries
    )
