"""Money in Shopify's answers about edits, and back into its questions: minor units in both currencies. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.platforms.neutral.money import exponent
from portal.platforms.neutral.parts import Amount, NeutralOrder
from portal.platforms.shopify.amounts import Currencies, sides
from portal.platforms.shopify.shape import folded, nodes

ZERO = Amount(shop=0, buyer=0)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """An order's sums in an edit session, or what Shopify reckons them to be after one."""

    lines: Amount
    shipping: Amount
    tax: Amount
    total: Amount
    outstanding: Amount


def currencies_of(order: NeutralOrder) -> Currencies:
    """The order's two currencies."""
    return Currencies(order.currency.shop, order.currency.buyer)


def amount(node: Mapping[str, Any], name: str, currencies: Currencies) -> Amount:
    """The MoneyBag in a member of an answer."""
    return Amount(**sides({"bag": folded(node.get(name))}, "bag", currencies))


def reckoned(calculated: Mapping[str, Any], currencies: Currencies) -> Reckoned:
    """The sums of a calculated order."""
    shipping = (amount(rate, "price", currencies) for rate in nodes(calculated, "shippingLines"))
    tax = (amount(line, "priceSet", currencies) for line in nodes(calculated, "taxLines"))
    return Reckoned(
        amount(calculated, "subtotalPriceSet", currencies),
        total_of(shipping),
        total_of(tax),
        amount(calculated, "totalPriceSet", currencies),
        amount(calculated, "totalOutstandingSet", currencies),
    )


def total_of(amounts: Iterable[Amount]) -> Amount:
    """The sum; of nothing it is zero."""
    total = ZERO
    for one in amounts:
        total = plus(total, one)
    return total


def both(way: Callable[..., int], *amounts: Amount) -> Amount:
    """`way` in each currency; a side with an amount that is not known is not known."""
    shops, buyers = [one.shop for one in amounts], [one.buyer for one in amounts]
    return Amount(
        shop=None if None in shops else way(*shops),
        buyer=None if None in buyers else way(*buyers),
    )


def plus(one: Amount, other: Amount) -> Amount:
    """Their sum."""
    return both(lambda a, b: a + b, one, other)


def minus(one: Amount, other: Amount) -> Amount:
    """Their difference."""
    return both(lambda a, b: a - b, one, other)


def least(one: Amount, other: Amount) -> Amount:
    """The smaller on each side, and nothing below zero."""
    return both(lambda a, b: max(0, min(a, b)), one, other)


def negative(one: Amount) -> Amount:
    """What goes the other way."""
    return both(lambda a: -a, one)


def flow(before: Amount, after: Amount) -> Amount:
    """What is to be paid (positive) or goes back (negative) when what is outstanding becomes another. What was open
    before stays open, and is no part of it."""
    return both(_flow, before, after)


def _flow(before: int, after: int) -> int:
    back = min(after, 0) - min(before, 0)
    return back + max(0, max(after, 0) - max(before, 0))


def priced(fee: Amount, rate: Amount) -> Amount:
    """A fee in both currencies: where one side is not given, as an amount that is known in both has it."""
    if fee.shop is None and fee.buyer is None:
        return ZERO
    shop, buyer = fee.shop, fee.buyer
    if rate.shop and rate.buyer:
        shop = shop if shop is not None else _part(buyer or 0, rate.shop, rate.buyer)
        buyer = buyer if buyer is not None else _part(shop, rate.buyer, rate.shop)
    return Amount(shop=shop, buyer=buyer)


def decimal(minor: int, currency: str) -> str:
    """Minor units as decimal text: (2500, "EUR") is "25.00"."""
    return f"{Decimal(minor).scaleb(-exponent(currency)):f}"


def _part(value: int, numerator: int, denominator: int) -> int:
    rounded = (2 * abs(value) * abs(numerator) + abs(denominator)) // (2 * abs(denominator))
    return rounded if value >= 0 else -rounded
