"""PrestaShop's webservice, XML and JSON alike, as plain objects; and how its values are read.

Everything is text: nothing is "" or "0", no date is 0000-00-00 00:00:00, dates are the shop's wall clock, money has
six decimals, and texts may be one for each language.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from carriers.core.xml import Node as Element

Node = Mapping[str, Any]
Json = dict[str, Any]

NOTHING: Final[Node] = {}
ZERO: Final = Decimal(0)

_BLANK = re.compile(r"\s+")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")


def value_of(element: Element) -> Any:
    """An element as a value: its text; an object where it has children; a list where these are all of one name, or
    where it is said to be one."""
    if not element.children:
        return [] if "nodeType" in element.attributes else element.content.strip()
    names = [child.name for child in element.children]
    if set(names) == {"language"} and not any(child.children for child in element.children):
        return [{"id": child.attributes.get("id", ""), "value": child.content.strip()} for child in element.children]
    if "nodeType" in element.attributes or (len(set(names)) == 1 and _holds(element.name, names[0])):
        return [_with_id(child) for child in element.children]
    return {child.name: value_of(child) for child in element.children}


def first(node: Node, *names: str) -> Any:
    """The first of the members that says something."""
    return next((node[name] for name in names if node.get(name) not in (None, "", "0", 0, False)), None)


def nodes(node: Node, name: str) -> list[Node]:
    """The objects in a list; one alone is a list of one, and "" is an empty one."""
    held = node.get(name)
    if isinstance(held, dict):
        inner = next(iter(held.values())) if len(held) == 1 else None
        held = inner if isinstance(inner, list) else [inner] if isinstance(inner, dict) else [held]
    return [item for item in held if isinstance(item, dict)] if isinstance(held, list) else []


def associated(node: Node, name: str) -> list[Node]:
    """The objects that belong to this one under a name."""
    held = node.get("associations")
    return nodes(held, name) if isinstance(held, dict) else []


def text(node: Node, name: str, language: str | None = None) -> str | None:
    """A text; of several languages the wanted one, else the first that says anything."""
    held = node.get(name)
    if isinstance(held, dict):
        held = held.get("language", held)
    if isinstance(held, list):
        told = {str(one.get("id")): one.get("value") for one in held if isinstance(one, dict)}
        held = told.get(language or "") or next((one for one in told.values() if one), None)
    return plain(held)


def plain(value: object) -> str | None:
    """A text or number without markup and outer blanks; "" is nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    bare = str(value)
    if "<" in bare or "&" in bare:
        bare = html.unescape(_TAG.sub(" ", bare))
    return _BLANK.sub(" ", bare).strip() or None


def ident(node: Node, name: str) -> str | None:
    """An id; 0 is none."""
    found = plain(node.get(name))
    return None if found in (None, "0") else found


def units(node: Node, name: str) -> int:
    """A number of units, never below zero."""
    found = decimal(node.get(name))
    return 0 if found is None else min(max(int(found), 0), 2**31 - 1)


def yes(node: Node, name: str) -> bool:
    """Whether the member is 1."""
    return str(node.get(name)).strip().lower() in ("1", "true")


def amount(node: Node, *names: str) -> Decimal | None:
    """The first of the members that is an amount, exactly."""
    return next((found for name in names if (found := decimal(node.get(name))) is not None), None)


def decimal(value: Any) -> Decimal | None:
    """A decimal number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < 20 else None


def wall(node: Node, name: str) -> str | None:
    """A date and time as the shop's wall clock shows it, or None."""
    found = plain(node.get(name))
    if found is None or found.startswith("0000"):
        return None
    try:
        return datetime.fromisoformat(found).replace(tzinfo=None).isoformat(" ", "seconds")
    except ValueError:
        return None


def moment(node: Node, name: str, zone: tzinfo | None) -> datetime | None:
    """The moment, where it is known in which zone the shop's clock stands."""
    shown = wall(node, name)
    return None if shown is None or zone is None else datetime.fromisoformat(shown).replace(tzinfo=zone)


def _holds(name: str, child: str) -> bool:
    """Whether an element is a list by its name: order_carriers, addresses, currencies, order_slips, taxes."""
    return name in (f"{child}s", f"{child}es", f"{child[:-1]}ies")


def _with_id(element: Element) -> Any:
    """A list's member; where nothing but its address is told, its id."""
    value = value_of(element)
    if isinstance(value, dict) or "id" not in element.attributes:
        return value
    return {"id": element.attributes["id"]}
