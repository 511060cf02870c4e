"""Amounts of one order: in which currency and fraction they are, and whether the shop's prices have taxes in them."""

from __future__ import annotations

from dataclasses import dataclass

from portal.platforms.neutral.money import MoneyError, currency_code
from portal.platforms.vendure.shape import PRECISION, Node, in_minor, nodes, number, part, text

Sides = dict[str, int | None]

NOTHING_SAID: Sides = {"shop": None}


@dataclass(frozen=True, slots=True)
class Money:
    """How an order's amounts are read. `with_tax`: the prices that customers see have taxes in them."""

    currency: str | None
    precision: int = PRECISION
    with_tax: bool = True

    def of(self, node: Node, *names: str) -> Sides:
        """The first of the members that is an amount."""
        return self.amount(number(node, *names))

    def shown(self, node: Node, *names: str) -> Sides:
        """The first of these prices as customers see it: each member has a twin that ends in `WithTax`."""
        suffix = "WithTax" if self.with_tax else ""
        return self.of(node, *(f"{name}{suffix}" for name in names))

    def amount(self, found: int | None) -> Sides:
        """An amount of Vendure's as the document has it."""
        if found is None or self.currency is None:
            return dict(NOTHING_SAID)
        return {"shop": in_minor(found, self.currency, self.precision)}


def money_of(order: Node, root: Node) -> Money:
    """As the order and what was asked beside it (`root`) say: its channel, and the server's precision."""
    config = part(part(root, "globalSettings"), "serverConfig")
    precision = number(config, "moneyStrategyPrecision")
    fits = precision is not None and 0 <= precision <= 6
    taxes = channel_of(order).get("pricesIncludeTax") is not False
    return Money(_currency(order), precision if fits and precision is not None else PRECISION, taxes)


def channel_of(order: Node) -> Node:
    """The channel that the order was placed in: every order is in the default one as well."""
    found = sorted(nodes(order, "channels"), key=lambda one: text(one, "code") == "__default_channel__")
    return found[0] if found else {}


def _currency(order: Node) -> str | None:
    try:
        return currency_code(text(order, "currencyCode") or "")
    except MoneyError:
        return None
