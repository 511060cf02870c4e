"""Shopify's money: decimal text in the shop's and in the buyer's currency, as minor units."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portal.platforms.neutral.money import MoneyError, to_minor
from portal.platforms.shopify.shape import Node, first, part

Sides = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Currencies:
    """The order's two currencies; None where the body does not say or says nonsense."""

    shop: str | None
    buyer: str | None


def sides(node: Node, name: str, currencies: Currencies, *bare: str) -> Sides:
    """The amount in the set `name`, else in a bare decimal member in the shop's currency. An amount that
    cannot be read is not known."""
    held = part(node, name)
    if held:
        return {
            "shop": _minor(part(held, "shop_money"), currencies.shop),
            "buyer": _minor(part(held, "presentment_money"), currencies.buyer),
        }
    return shop_side(first(node, *bare), currencies) if bare else {"shop": None, "buyer": None}


def shop_side(amount: object, currencies: Currencies) -> Sides:
    """A bare amount in the shop's currency; the buyer's is known where the currencies are one."""
    shop = _read(amount, currencies.shop)
    return {"shop": shop, "buyer": shop if currencies.shop == currencies.buyer else None}


def in_currency(amount: object, currency: object, currencies: Currencies) -> Sides:
    """A bare amount in a named currency, which is one of the order's, or the shop's when not named."""
    code = currency if isinstance(currency, str) else currencies.shop
    return {
        "shop": _read(amount, currencies.shop) if code == currencies.shop else None,
        "buyer": _read(amount, currencies.buyer) if code == currencies.buyer else None,
    }


def each(way: Callable[..., int], *amounts: Sides) -> Sides:
    """`way` applied to the shop's amounts and to the buyer's; a side with an unknown amount is unknown."""
    built: Sides = {}
    for side in ("shop", "buyer"):
        known = [amount[side] for amount in amounts]
        built[side] = None if None in known else way(*known)
    return built


def added(amounts: Iterable[Sides], currencies: Currencies) -> Sides:
    """The sum; of nothing it is zero, in the currencies that are known."""
    nothing: Sides = {
        "shop": None if currencies.shop is None else 0,
        "buyer": None if currencies.buyer is None else 0,
    }
    return each(lambda *parts: sum(parts), nothing, *amounts)


def known(amount: Sides) -> bool:
    """Whether either side is."""
    return amount["shop"] is not None or amount["buyer"] is not None


def _minor(money: Node, currency: str | None) -> int | None:
    """An amount in another currency than the order's is not the order's."""
    stated = first(money, "currency_code", "currency")
    return _read(money.get("amount"), currency) if stated in (None, currency) else None


def _read(amount: object, currency: object) -> int | None:
    if not isinstance(amount, str | int | float) or not isinstance(currency, str):
        return None
    try:
        return to_minor(repr(amount) if isinstance(amount, float) else amount, currency)
    except MoneyError:
        return None
