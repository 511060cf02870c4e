"""WooCommerce's JSON, read leniently: plugins write what they like into it, and older versions spell it otherwise.

Texts may hold HTML, numbers may be texts, moments have no zone and a twin in UTC.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from portal.platforms.neutral.fields import instant

Node = Mapping[str, Any]

NOTHING: Final[Node] = {}

_TAG = re.compile(r"</?[a-zA-Z][^>]*>|<!--.*?-->", re.DOTALL)
_BLANK = re.compile(r"[ \t\r\f\v\u00a0]+")
_WALL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Meta:
    """One entry of `meta_data`. `label` and `shown` are what the shop shows of it."""

    key: str
    value: Any
    label: str | None
    shown: str | None

    @property
    def internal(self) -> bool:
        """Whether it is not meant for eyes."""
        return self.key.startswith("_")


def first(node: Node, *names: str) -> Any:
    """The first of the members that says something: not absent, null, false or ""."""
    return next((node[name] for name in names if node.get(name) not in (None, "", False)), None)


def part(node: Node, name: str) -> Node:
    """The member if it is an object, else an empty one."""
    held = node.get(name)
    return held if isinstance(held, dict) else NOTHING


def nodes(node: Node, name: str) -> list[Node]:
    """The objects in a list; PHP writes a list whose numbers have a gap as an object."""
    held = node.get(name)
    if isinstance(held, dict) and held and all(key.isdecimal() for key in held):
        held = list(held.values())
    return [item for item in held if isinstance(item, dict)] if isinstance(held, list) else []


def text(node: Node, *names: str) -> str | None:
    """The first of the members that says something, as plain text."""
    return plain(first(node, *names))


def plain(value: object) -> str | None:
    """A text or a number without markup, its entities read; "" is nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    bare = str(value)
    if "<" in bare or "&" in bare:
        bare = html.unescape(_TAG.sub(" ", bare))
    return _BLANK.sub(" ", bare).strip() or None


def ident(node: Node, *names: str) -> str | None:
    """The first of the members that is an id: a number or text other than 0."""
    for name in names:
        found = node.get(name)
        if isinstance(found, int | str) and not isinstance(found, bool) and str(found).strip() not in ("", "0"):
            return str(found).strip()
    return None


def count(value: object) -> int:
    """Units. Shops that sell by weight or length have fractions: a begun unit is one. 0 for what is no number."""
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else 0.0
    except ValueError:
        return 0
    return min(max(math.ceil(number), 0), _MOST) if math.isfinite(number) else 0


def yes(value: object) -> bool:
    """Whether PHP's idea of true: true, 1, "1", "yes", "true"."""
    return value is True or (isinstance(value, int | str) and str(value).strip().lower() in ("1", "yes", "true"))


def moment(node: Node, name: str) -> datetime | None:
    """The moment `name`, from its twin in UTC, or from itself where it has an offset: a wall clock without either is
    the shop's own, and nobody says where the shop is."""
    twin = node.get(f"{name}_gmt")
    if isinstance(twin, str) and _WALL.fullmatch(twin.strip()):
        return _instant(f"{twin.strip()}Z")
    return _instant(twin) or _instant(node.get(name))


def utc(value: object) -> datetime | None:
    """A moment that is in UTC if it says nothing else: RFC 3339, a day, or seconds since 1970 (as text, too)."""
    bare = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    if bare.isascii() and bare.isdecimal() and len(bare) <= 11:
        return datetime.fromtimestamp(int(bare), UTC) if int(bare) else None
    if _DAY.fullmatch(bare):
        return _instant(f"{bare}T00:00:00Z")
    return _instant(f"{bare}Z" if _WALL.fullmatch(bare) else bare)


def metas(node: Node) -> list[Meta]:
    """The entries of a `meta_data`, in order."""
    return list(_metas(node))


def meta_value(node: Node, *keys: str) -> Any:
    """The value under the first of these keys that has one; the last of several entries is the one that holds."""
    found = {meta.key: meta.value for meta in _metas(node)}
    return next((found[key] for key in keys if found.get(key) not in (None, "")), None)


def _metas(node: Node) -> Iterator[Meta]:
    for item in nodes(node, "meta_data"):
        key = item.get("key")
        if isinstance(key, str | int) and not isinstance(key, bool) and str(key).strip():
            value = item.get("value")
            shown = _said(item.get("display_value")) or _said(value)
            yield Meta(str(key).strip(), value, plain(item.get("display_key")), shown)


def _said(value: object) -> str | None:
    """A value in words; a list of texts is told one after another, anything deeper has no words."""
    if isinstance(value, list):
        parts = [plain(item) for item in value]
        return ", ".join(said for said in parts if said) if parts and None not in parts else None
    return plain(value)


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str) or value.startswith("0000"):
        return None
    try:
        return instant(value)
    except ValueError:
        return None
