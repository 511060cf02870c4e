"""Saleor's answers and deliveries, read leniently: GraphQL's names in camel case, those of its old fixed payloads in
snake case, folded to one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from portal.platforms.neutral.fields import instant

Node = Mapping[str, Any]
Json = dict[str, Any]

NOTHING: Final[Node] = {}
ZERO: Final = Decimal(0)
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


def folded(value: Any) -> Any:
    """The value with every member's name in snake case; values are left alone."""
    if isinstance(value, dict):
        return {_snake(name): folded(item) for name, item in value.items()}
    return [folded(item) for item in value] if isinstance(value, list) else value


@lru_cache(2048)
def _snake(name: str) -> str:
    return _HUMP.sub(lambda hump: f"_{hump[1].lower()}", name)


def part(node: Node, *names: str) -> Node:
    """The first of the members that is an object, else an empty one."""
    return next((node[name] for name in names if isinstance(node.get(name), dict)), NOTHING)


def nodes(node: Node, name: str) -> list[Node]:
    """The objects in a list or a connection."""
    held = node.get(name)
    if isinstance(held, dict):
        edges = held.get("edges")
        held = [edge.get("node") for edge in edges if isinstance(edge, dict)] if isinstance(edges, list) else []
    return [item for item in held if isinstance(item, dict)] if isinstance(held, list) else []


def text(node: Node, *names: str) -> str | None:
    """The first of the members that says something, as text."""
    for name in names:
        found = node.get(name)
        if isinstance(found, str | int | float) and not isinstance(found, bool) and str(found).strip():
            return str(found).strip()
    return None


def count(node: Node, name: str) -> int:
    """Units, never below zero."""
    found = node.get(name)
    known = isinstance(found, int) and not isinstance(found, bool)
    return min(max(int(found), 0), 2**31 - 1) if known and found is not None else 0


def when(node: Node, name: str) -> datetime | None:
    """A moment."""
    found = node.get(name)
    try:
        return instant(found) if isinstance(found, str) else None
    except ValueError:
        return None


def amount(node: Node, name: str, side: str | None = None) -> Decimal | None:
    """An amount: `amount` of the money under `name`, of its gross, net or tax where `side` says which; or the flat
    members of old payloads (total_gross_amount)."""
    held = part(node, name)
    money = part(held, side) if side and held else held
    flat = node.get(f"{name}_{side}_amount" if side else f"{name}_amount")
    return decimal_of(money.get("amount") if money else flat)


def decimal_of(value: Any) -> Decimal | None:
    """GraphQL gives amounts as floats, whose shortest form is the amount."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = Decimal(repr(value) if isinstance(value, float) else str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < 20 else None


def known(node: Node, key: str) -> str | None:
    """A value of the metadata: a list of pairs, or an object."""
    for name in ("metadata", "private_metadata"):
        held = node.get(name)
        if isinstance(held, dict) and isinstance(held.get(key), str):
            return str(held[key])
        for pair in nodes(node, name):
            if pair.get("key") == key:
                return text(pair, "value")
    return None
