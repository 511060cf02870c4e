"""Medusa's money: decimal numbers in major units, with their exact digits beside them in `raw_…`.

Medusa rounds nothing on the way, so an order's total may have parts of a cent; shops and payment providers do not.
What leaves here is whole minor units, rounded as on a receipt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from portal.platforms.medusa.shape import Node, nodes, part
from portal.platforms.neutral.money import MoneyError, to_minor

Sides = dict[str, int | None]

UNKNOWN: Sides = {"shop": None}


@dataclass(frozen=True, slots=True)
class Money:
    """Amounts in one order's currency; None: the body does not say which."""

    currency: str | None

    def minor(self, amount: Decimal | None) -> int | None:
        """Minor units; None for what is not known."""
        if amount is None or self.currency is None:
            return None
        try:
            return to_minor(amount, self.currency)
        except MoneyError:
            return None

    def sides(self, amount: Decimal | None) -> Sides:
        """The same, as the neutral document has it: Medusa's orders have one currency."""
        return {"shop": self.minor(amount)}


def exact(node: Node, name: str) -> Decimal | None:
    """The amount of a member with all its digits; its raw form wins, because the other went through a float."""
    held = node.get(f"raw_{name}")
    if isinstance(held, dict):
        held = held.get("value")
    found = _decimal(held)
    return _decimal(node.get(name)) if found is None else found


def less(whole: Decimal | None, *parts: Decimal | None) -> Decimal | None:
    """`whole` without the parts; not known when one of them is not."""
    known = [item for item in parts if item is not None]
    return None if whole is None or len(known) < len(parts) else whole - sum(known, Decimal())


def summed(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum; not known when one of them is not."""
    total = Decimal()
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def currency_of(order: Node) -> str | None:
    """The order's currency; answers without it have it beside their payments."""
    beside = (*nodes(order, "payment_collections")[:1], *nodes(order, "transactions")[:1])
    for node in (order, part(order, "region"), *beside):
        code = node.get("currency_code")
        if isinstance(code, str) and len(code.strip()) == 3 and code.strip().isascii() and code.strip().isalpha():
            return code.strip().upper()
    return None


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = Decimal(repr(value) if isinstance(value, float) else str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
