"""Members of Vendure's GraphQL objects, read leniently: what is of another type is as good as absent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from portal.platforms.neutral.fields import instant
from portal.platforms.neutral.money import EXPONENTS, LARGEST

Node = Mapping[str, Any]

NOTHING: Final[Node] = {}
PRECISION: Final = 2  # Vendure's own: unless a shop says otherwise, amounts are hundredths in every currency


def text(node: Node, *names: str) -> str | None:
    """The first of the members that says something."""
    for name in names:
        found = node.get(name)
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found).strip():
            return str(found).strip()
    return None


def part(node: Node, name: str) -> Node:
    """The member, if it is an object; else an empty one."""
    found = node.get(name)
    return found if isinstance(found, dict) else NOTHING


def nodes(node: Node, name: str) -> list[Node]:
    """The objects in a list, or in the `items` of a paginated one."""
    found = node.get(name)
    if isinstance(found, dict):
        found = found.get("items")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def stated(node: Node, name: str) -> bool:
    """Whether the list is there at all: an empty one says "none", a missing one nothing."""
    return isinstance(node.get(name), list | dict)


def number(node: Node, *names: str) -> int | None:
    """The first of the members that is a whole number."""
    for name in names:
        found = node.get(name)
        if isinstance(found, int) and not isinstance(found, bool) and abs(found) <= LARGEST:
            return found
    return None


def count(node: Node, *names: str) -> int:
    """The first of the members that is a number of units, never below zero; 0 without one."""
    return min(max(number(node, *names) or 0, 0), 2**31 - 1)


def when(node: Node, *names: str) -> datetime | None:
    """The first of the members that is a moment."""
    for name in names:
        found = node.get(name)
        if isinstance(found, str):
            try:
                return instant(found)
            except ValueError:
                continue
    return None


def in_minor(amount: int, currency: str, precision: int = PRECISION) -> int:
    """Minor units of ISO 4217 of an amount as Vendure has it. Vendure counts every currency in the same fraction: of
    429900 JPY, 4299 yen are meant."""
    return _scaled(amount, EXPONENTS.get(currency, 2) - precision)


def from_minor(amount: int, currency: str, precision: int = PRECISION) -> int:
    """The other way round."""
    return _scaled(amount, precision - EXPONENTS.get(currency, 2))


def _scaled(amount: int, digits: int) -> int:
    """`amount` with so many decimal digits more, or fewer: then halves are rounded away from zero."""
    if digits >= 0:
        return int(amount * 10**digits)
    whole, rest = divmod(abs(amount), 10**-digits)
    rounded = int(whole + (2 * rest >= 10**-digits))
    return rounded if amount >= 0 else -rounded
