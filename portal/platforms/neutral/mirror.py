"""Where the buyer pays in the shop's currency, one side of an amount tells both.

Works on the plain value before it is validated; what is of a strange type is left as it is.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def mirrored(order: Json) -> Json:
    """The order with both sides of every amount, when its two currencies are one."""
    currency = order.get("currency")
    if not isinstance(currency, dict) or currency.get("shop") is None or currency.get("shop") != currency.get("buyer"):
        return order
    changes: Json = {}
    if isinstance(order.get("totals"), dict):
        changes["totals"] = _each(order["totals"])
    if isinstance(order.get("lines"), list):
        changes["lines"] = [_line(line) for line in order["lines"]]
    if isinstance(order.get("adjustments"), list):
        changes["adjustments"] = [_held(item, "amount", "restocking_fee") for item in order["adjustments"]]
    return {**order, **changes}


def _line(line: Any) -> Any:
    if not isinstance(line, dict):
        return line
    changes: Json = {}
    if isinstance(line.get("price"), dict):
        changes["price"] = _each(line["price"])
    if isinstance(line.get("discounts"), list):
        changes["discounts"] = [_held(item, "amount") for item in line["discounts"]]
    return {**line, **changes}


def _each(amounts: Json) -> Json:
    return {name: _both(amount) for name, amount in amounts.items()}


def _held(item: Any, *names: str) -> Any:
    if not isinstance(item, dict):
        return item
    return {**item, **{name: _both(item[name]) for name in names if name in item}}


def _both(amount: Any) -> Any:
    if not isinstance(amount, dict):
        return amount
    shop, buyer = amount.get("shop"), amount.get("buyer")
    if (shop is None) == (buyer is None):
        return amount
    return {**amount, "shop": buyer if shop is None else shop, "buyer": shop if buyer is None else buyer}
