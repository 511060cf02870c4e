"""The order's sums as they stand now, and how far it is paid."""

from __future__ import annotations

from portal.platforms.vendure import words
from portal.platforms.vendure.ledger import refunds_of
from portal.platforms.vendure.money import Money, Sides
from portal.platforms.vendure.shape import Node, nodes, number, stated, text

_PAID_BY_STATE = {
    "PaymentAuthorized": "authorized",
    "PaymentSettled": "paid",
    "PartiallyShipped": "paid",
    "Shipped": "paid",
    "PartiallyDelivered": "paid",
    "Delivered": "paid",
    words.ARRANGING: "partially_paid",
}


def totals_of(order: Node, money: Money) -> dict[str, Sides]:
    """Every sum of the document; what the body does not have is not known. Vendure counts surcharges among the
    lines."""
    suffix = "WithTax" if money.with_tax else ""
    fees = _sum(order, "surcharges", f"price{suffix}")
    subtotal = number(order, f"subTotal{suffix}")
    net, gross = number(order, "total"), number(order, "totalWithTax")
    discounts = _sum(order, "discounts", f"amount{suffix}")
    refunded = refunded_of(order) if stated(order, "payments") else None
    return {
        "lines": money.amount(None if subtotal is None or fees is None else subtotal - fees),
        "shipping": money.shown(order, "shipping"),
        "tax": money.amount(None if net is None or gross is None else gross - net),
        "discount": money.amount(None if discounts is None else abs(discounts)),
        "fees": money.amount(fees),
        "total": money.amount(gross),
        "refunded": money.amount(refunded),
        "outstanding": money.amount(None if gross is None or refunded is None else gross - paid_of(order) + refunded),
    }


def paid_of(order: Node) -> int:
    """What customers have paid or have had reserved, in Vendure's units; refunds are not taken off."""
    return sum(_of_state(order, state) for state in ("Settled", "Authorized"))


def refunded_of(order: Node) -> int:
    """What went back, or is on its way back."""
    return sum(number(refund, "total") or 0 for refund in refunds_of(order) if text(refund, "state") != "Failed")


def payment_of(order: Node) -> str:
    """The state of the payment, in one word."""
    if not stated(order, "payments"):
        state = text(order, "state") or ""
        return _PAID_BY_STATE.get(state, "pending" if state in words.UNPAID else words.UNKNOWN)
    settled, refunded = _of_state(order, "Settled"), refunded_of(order)
    if refunded > 0:
        return "refunded" if refunded >= settled else "partially_refunded"
    if settled > 0:
        return "paid" if settled >= (number(order, "totalWithTax") or 0) else "partially_paid"
    if _of_state(order, "Authorized"):
        return "authorized"
    states = {text(payment, "state") for payment in nodes(order, "payments")}
    return "voided" if "Cancelled" in states or text(order, "state") == words.CANCELLED else "pending"


def _of_state(order: Node, state: str) -> int:
    return sum(number(p, "amount") or 0 for p in nodes(order, "payments") if text(p, "state") == state)


def _sum(order: Node, name: str, member: str) -> int | None:
    """The sum over a list; None when the list, or an amount in it, was not asked for."""
    amounts = [number(item, member) for item in nodes(order, name)]
    return None if not stated(order, name) or None in amounts else sum(amount or 0 for amount in amounts)
