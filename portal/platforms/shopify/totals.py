"""The order's sums as they stand now, after edits and refunds."""

from __future__ import annotations

from portal.platforms.shopify.amounts import Currencies, Sides, added, sides
from portal.platforms.shopify.ledger import refunded
from portal.platforms.shopify.shape import Node, nodes, part, stated


def totals_of(order: Node, currencies: Currencies) -> dict[str, Sides]:
    """Every sum of the document; what the body does not have is not known. Old bodies have the first sums alone:
    they hold for as long as nothing went back."""
    first_sums_hold = stated(order, "refunds") and not nodes(order, "refunds")

    def sums(name: str) -> Sides:
        if first_sums_hold and name not in order and f"{name}_set" not in order:
            name = name.removeprefix("current_")
        return sides(order, f"{name}_set", currencies, name)

    return {
        "lines": sums("current_subtotal_price"),
        "shipping": _shipping(order, currencies),
        "tax": sums("current_total_tax"),
        "discount": sums("current_total_discounts"),
        "fees": _fees(order, currencies),
        "total": sums("current_total_price"),
        "refunded": _refunded(order, currencies),
        "outstanding": sums("total_outstanding"),
    }


def _shipping(order: Node, currencies: Currencies) -> Sides:
    for name in ("current_shipping_price_set", "total_shipping_price_set"):
        if part(order, name):
            return sides(order, name, currencies)
    rates = [rate for rate in nodes(order, "shipping_lines") if rate.get("is_removed") is not True]
    if not stated(order, "shipping_lines"):
        return {"shop": None, "buyer": None}
    return added((sides(rate, _rate_set(rate), currencies, "discounted_price", "price") for rate in rates), currencies)


def _rate_set(rate: Node) -> str:
    names = ("current_discounted_price_set", "discounted_price_set", "price_set")
    return next((name for name in names if part(rate, name)), names[0])


def _fees(order: Node, currencies: Currencies) -> Sides:
    """Additional fees and duties; null means none, a missing member that nobody asked."""
    names = [n for n in ("current_total_additional_fees_set", "current_total_duties_set") if n in order]
    if not names:
        return {"shop": None, "buyer": None}
    return added((sides(order, name, currencies) for name in names if part(order, name)), currencies)


def _refunded(order: Node, currencies: Currencies) -> Sides:
    if part(order, "total_refunded_set"):
        return sides(order, "total_refunded_set", currencies)
    if not stated(order, "refunds"):
        return {"shop": None, "buyer": None}
    return added((refunded(refund, currencies) for refund in nodes(order, "refunds")), currencies)
