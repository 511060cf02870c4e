"""WooCommerce's money: decimal text in the order's currency, exact, as minor units.

What the shop itself reckons in is not said, but by plugins that sell in several currencies: where they name another
one, amounts are the buyer's alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from portal.platforms.neutral.money import EXPONENTS, MoneyError, currency_code, to_minor
from portal.platforms.woocommerce.shape import Node, meta_value

Sides = dict[str, int | None]

_BASE: Final = ("_wcpay_multi_currency_order_default_currency", "_woocs_order_base_currency")
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Purse:
    """The order's currencies; `buyer` is the one that its amounts are in. `with_tax`: the shop tells its prices with
    taxes in them (WooCommerce itself always keeps the two apart)."""

    shop: str | None
    buyer: str | None
    with_tax: bool

    def sides(self, amount: Decimal | None) -> Sides:
        """The amount in minor units, in each currency it is known in."""
        minor = None if amount is None else self.minor(amount)
        return {"shop": minor if self.shop == self.buyer else None, "buyer": minor}

    def minor(self, amount: Decimal) -> int | None:
        """Minor units of the buyer's currency, rounded as on receipts."""
        if self.buyer is None:
            return None
        try:
            return to_minor(amount, self.buyer)
        except MoneyError:
            return None

    def told(self, net: Decimal | None, tax: Decimal | None) -> Decimal | None:
        """An amount as the shop tells it to customers."""
        return net if net is None or not self.with_tax else net + (tax or ZERO)

    def text(self, minor: int) -> str:
        """Minor units as the decimal text that WooCommerce takes."""
        digits = EXPONENTS.get(self.buyer or "", 2)
        return f"{Decimal(minor).scaleb(-digits):f}"


def purse_of(order: Node) -> Purse:
    """The currencies of an order's body."""
    buyer = _code(order.get("currency"))
    return Purse(_base(order) or buyer, buyer, order.get("prices_include_tax") is True)


def amount(node: Node, *names: str) -> Decimal | None:
    """The first of the members that is an amount."""
    return next((found for name in names if (found := decimal(node.get(name))) is not None), None)


def decimal(value: Any) -> Decimal | None:
    """A decimal text or number, exactly; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < 20 else None


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """The sum of what is known."""
    return sum((one for one in amounts if one is not None), ZERO)


def _base(order: Node) -> str | None:
    told = _code(meta_value(order, *_BASE))
    rates = meta_value(order, "wmc_order_info")
    if told is None and isinstance(rates, dict):
        main = (code for code, rate in rates.items() if isinstance(rate, dict) and str(rate.get("is_main")) == "1")
        told = _code(next(main, None))
    return told


def _code(value: object) -> str | None:
    try:
        return currency_code(value) if isinstance(value, str) else None
    except MoneyError:
        return None
