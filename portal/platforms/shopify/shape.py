"""The two shapes of Shopify's data read as one: REST bodies (snake case) and GraphQL answers (camel case,
connections). After `folded`, both are snake case, and `nodes` reads a list and a connection alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from portal.platforms.neutral.fields import instant

Node = Mapping[str, Any]

NOTHING: Final[Node] = {}

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")
_GID = re.compile(r"gid://shopify/([A-Za-z]+)/([^?/]+)")


def is_graphql(node: Node) -> bool:
    """Whether the members are named as GraphQL names them."""
    own = node.get("id")
    return any(_HUMP.search(str(name)) for name in node) or (isinstance(own, str) and own.startswith("gid://"))


def folded(value: Any) -> Any:
    """The value with every member's name in snake case; values are left alone."""
    if isinstance(value, dict):
        return {snake(name): folded(item) for name, item in value.items()}
    return [folded(item) for item in value] if isinstance(value, list) else value


@lru_cache(4096)
def snake(name: str) -> str:
    """A member's name in snake case: "countryCodeV2" is "country_code_v2"."""
    return _HUMP.sub(lambda hump: f"_{hump[1].lower()}", name)


def first(node: Node, *names: str) -> Any:
    """The first of the members that says something: not absent, null or ""."""
    return next((node[name] for name in names if node.get(name) not in (None, "")), None)


def part(node: Node, *names: str) -> Node:
    """The first of the members that is an object, else an empty one."""
    return next((node[name] for name in names if isinstance(node.get(name), dict)), NOTHING)


def nodes(node: Node, name: str) -> list[Node]:
    """The objects in a list or a connection; anything else is none."""
    held = node.get(name)
    if isinstance(held, dict):
        held = held["nodes"] if isinstance(held.get("nodes"), list) else list(_edges(held))
    return [item for item in held if isinstance(item, dict)] if isinstance(held, list) else []


def stated(node: Node, name: str) -> bool:
    """Whether the list or connection is there at all: an empty one says "none", a missing one nothing."""
    return isinstance(node.get(name), list | dict)


def cut_off(node: Node, name: str) -> bool:
    """Whether the connection has more pages than this answer."""
    return part(part(node, name), "page_info").get("has_next_page") is True


def gid(kind: str, node: Node, *names: str) -> str | None:
    """The global id of `node`, or of the id in one of its members. REST's numbers become global ids, so
    that both shapes give the same key; where both stand, the global id wins, because numbers above 2^53
    arrive rounded from some tools."""
    for name in names or ("admin_graphql_api_id", "id"):
        found = gid_of(kind, node.get(name))
        if found and (name != "admin_graphql_api_id" or found.startswith(f"gid://shopify/{kind}/")):
            return found
    return None


def gid_of(kind: str, own: object) -> str | None:
    """An id as a global id: 7, "7" and "gid://shopify/Order/7?x" are "gid://shopify/Order/7"."""
    if isinstance(own, bool) or not isinstance(own, int | str):
        return None
    text = str(own).strip()
    if match := _GID.match(text):
        return f"gid://shopify/{match[1]}/{match[2]}"
    return f"gid://shopify/{kind}/{text}" if text.isascii() and text.isalnum() else None


def kind_of(own: object) -> str | None:
    """The type in a global id: "Order"."""
    match = _GID.match(own) if isinstance(own, str) else None
    return match[1] if match else None


def tail(identity: str | None) -> str | None:
    """The last part of a global id."""
    return identity.rsplit("/", 1)[-1] if identity else None


def text(node: Node, *names: str) -> str | None:
    """The first of the members that says something, as text."""
    found = first(node, *names)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return None
    return str(found).strip() or None


def yes(node: Node, *names: str) -> bool:
    """Whether one of the members is true."""
    return any(node.get(name) is True for name in names)


def count(node: Node, *names: str) -> int | None:
    """The first of the members that is a number of units, never below zero."""
    found = next((node[name] for name in names if _is_int(node.get(name))), None)
    return None if found is None else min(max(int(found), 0), 2**31 - 1)


def when(node: Node, *names: str) -> datetime | None:
    """The first of the members that is a moment; what is no moment is not known."""
    for name in names:
        found = node.get(name)
        if isinstance(found, str):
            try:
                return instant(found)
            except ValueError:
                continue
    return None


def degrees(node: Node, name: str) -> float | None:
    """A latitude or longitude."""
    found = node.get(name)
    known = isinstance(found, int | float) and not isinstance(found, bool) and -180 <= found <= 180
    return float(found) if known and found is not None else None


def word(value: object) -> str:
    """An enumeration's value without case and punctuation: PICK_UP, pick-up and pickup are "pickup"."""
    return "".join(letter for letter in value.lower() if letter.isalpha()) if isinstance(value, str) else ""


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _edges(connection: Node) -> Iterator[Any]:
    edges = connection.get("edges")
    for edge in edges if isinstance(edges, list) else ():
        if isinstance(edge, dict):
            yield edge.get("node")
