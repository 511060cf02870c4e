"""Members of Medusa's JSON, read one by one: what is of a strange type is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from portal.platforms.neutral.fields import instant

Node = Mapping[str, Any]

NOTHING: Final[Node] = {}
_MOST_UNITS: Final = 2**31 - 1


def part(node: Node, *path: str) -> Node:
    """The object at the end of a path of members, else an empty one."""
    for name in path:
        found = node.get(name)
        node = found if isinstance(found, dict) else NOTHING
    return node


def nodes(node: Node, name: str) -> list[Node]:
    """The objects in a list; anything else is none. Medusa puts null where a link was cut."""
    held = node.get(name)
    return [item for item in held if isinstance(item, dict)] if isinstance(held, list) else []


def stated(node: Node, name: str) -> bool:
    """Whether the list is there at all: an empty one says "none", a missing one nothing."""
    return isinstance(node.get(name), list)


def text(node: Node, *names: str) -> str | None:
    """The first of the members that says something, as text."""
    for name in names:
        found = node.get(name)
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found).strip():
            return str(found).strip()
    return None


def count(node: Node, name: str) -> int | None:
    """A number of units: whole, not below zero. Its raw form is text; actions of changes have text as well."""
    held = node.get(name)
    if held is None:
        held = part(node, f"raw_{name}").get("value")
    try:
        found = float(held) if isinstance(held, str | int | float) and not isinstance(held, bool) else None
    except ValueError:
        return None
    return int(found) if found is not None and found.is_integer() and 0 <= found <= _MOST_UNITS else None


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


def moments(value: Any) -> Iterator[datetime]:
    """When anything in a body was last changed, parts included."""
    if isinstance(value, dict):
        changed = when(value, "updated_at")
        if changed is not None:
            yield changed
        for item in value.values():
            yield from moments(item)
    elif isinstance(value, list):
        for item in value:
            yield from moments(item)
