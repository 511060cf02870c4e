"""An edit as Vendure's `ModifyOrderInput`, and the money that goes with it. Pure; amounts are Vendure's units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from portal.platforms.changes import CancelUnits, Change, SetAddress, SetQuantity, SwapVariant
from portal.platforms.guards import cancelled
from portal.platforms.neutral.parts import Address
from portal.platforms.vendure import people
from portal.platforms.vendure.shape import Node, count, nodes, number, part, text

Input = dict[str, Any]

FEE: Final = "Restocking fee"


@dataclass(frozen=True, slots=True)
class Refundable:
    """A payment of which so much has not gone back yet."""

    payment: str
    amount: int


def input_of(order: Node, change: Change, line_fields: Sequence[str]) -> Input:
    """The change alone, without a fee and refunds. Lines must be there: guards have looked."""
    match change:
        case SwapVariant():
            return _swap(order, change, line_fields)
        case SetQuantity():
            return {"adjustOrderLines": [_line(change.line_id, change.quantity)]}
        case CancelUnits():
            have = {text(line, "id"): count(line, "quantity") for line in nodes(order, "lines")}
            taken = cancelled(change)
            return {"adjustOrderLines": [_line(line, have.get(line, 0) - units) for line, units in taken.items()]}
        case SetAddress():
            return {"updateShippingAddress": people.as_vendure(change.address)}
        case _:
            raise TypeError(type(change).__name__)


def with_fee(change: Input, fee: int) -> Input:
    """The change with a fee kept back. It bears no tax: what is kept is what is said."""
    if not fee:
        return change
    return {**change, "surcharges": [{"description": FEE, "price": fee, "priceIncludesTax": True}]}


def with_refunds(change: Input, shares: Sequence[Refundable], reason: str) -> Input:
    """The change with what goes back, by payment."""
    if not shares:
        return change
    refunds = [{"paymentId": share.payment, "amount": share.amount, "reason": reason} for share in shares]
    return {**change, "refunds": refunds}


def refundable(order: Node) -> list[Refundable]:
    """Payments that were made and of which something can go back, in the order they were made."""
    found = []
    for payment in nodes(order, "payments"):
        gone = sum(number(r, "total") or 0 for r in nodes(payment, "refunds") if text(r, "state") != "Failed")
        left = (number(payment, "amount") or 0) - gone
        if text(payment, "state") == "Settled" and left > 0:
            found.append(Refundable(text(payment, "id") or "", left))
    return found


def shared_out(amount: int, payments: Sequence[Refundable]) -> list[Refundable] | None:
    """`amount` over these payments, the first first; None when they do not have it."""
    shares, left = [], amount
    for payment in payments:
        share = min(left, payment.amount)
        if share > 0:
            shares.append(Refundable(payment.payment, share))
            left -= share
    return None if left > 0 else shares


def touched(change: Change) -> frozenset[str]:
    """The lines of which a change may take units."""
    match change:
        case SwapVariant() | SetQuantity():
            return frozenset({change.line_id})
        case CancelUnits():
            return frozenset(cancelled(change))
        case _:
            return frozenset()


def inverse(before: Node, after: Node, change: Change) -> Input:
    """What puts an order back as it was: every line's units, or the address."""
    if isinstance(change, SetAddress):
        old = people.address(part(before, "shippingAddress")) or {}
        return {"updateShippingAddress": people.as_vendure(Address.model_validate(old))}
    had = {text(line, "id") or "": count(line, "quantity") for line in nodes(before, "lines")}
    now = {text(line, "id") or "": count(line, "quantity") for line in nodes(after, "lines")}
    moved = [line for line, quantity in now.items() if quantity != had.get(line, 0)]
    return {"adjustOrderLines": [_line(line, had.get(line, 0)) for line in moved]}


def _swap(order: Node, change: SwapVariant, line_fields: Sequence[str]) -> Input:
    """Units go from a line to another one with the wanted variant, or to a new one. What was asked for on the line goes
    with them."""
    old = next((line for line in nodes(order, "lines") if text(line, "id") == change.line_id), {})
    wishes = _wishes(old, line_fields)
    adjusted = [_line(change.line_id, count(old, "quantity") - change.quantity)]
    for line in nodes(order, "lines"):
        same = text(part(line, "productVariant"), "id") == change.variant_id and _wishes(line, line_fields) == wishes
        if same and text(line, "id") != change.line_id:
            grown = _line(text(line, "id") or "", count(line, "quantity") + change.quantity)
            return {"adjustOrderLines": [*adjusted, grown]}
    item: Input = {"productVariantId": change.variant_id, "quantity": change.quantity}
    return {"adjustOrderLines": adjusted, "addItems": [{**item, "customFields": wishes} if wishes else item]}


def _wishes(line: Node, line_fields: Sequence[str]) -> Input:
    stated = part(line, "customFields")
    return {name: stated[name] for name in line_fields if stated.get(name) is not None}


def _line(line: str, quantity: int) -> Input:
    return {"orderLineId": line, "quantity": max(0, quantity)}
