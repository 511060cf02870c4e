"""Where a walk through a shop's orders goes on: as text, for another process and after a day. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from portal.platforms.live import ShopError


@dataclass(frozen=True, slots=True)
class ByPages:
    """Through those that changed since a moment (None: all), the one that changed first first. `after` is Shopify's own
    cursor, `read` how many were listed since `since`."""

    since: str | None
    after: str | None = None
    read: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class InBulk:
    """Through the file of a bulk operation. `at` is a byte of it, where an order begins."""

    operation: str
    at: int = 0


Cursor = ByPages | InBulk


def as_text(cursor: Cursor) -> str:
    """What is handed out, and comes back."""
    return json.dumps({"by": type(cursor).__name__, **asdict(cursor)}, separators=(",", ":"))


def from_text(text: str) -> Cursor:
    """What `as_text` wrote. Raises ShopError for anything else."""
    try:
        held: dict[str, Any] = json.loads(text)
        return InBulk(**held) if held.pop("by") == "InBulk" else ByPages(**held)
    except (ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise ShopError("answer", "This is no place in a list of Shopify's orders: begin anew.") from wrong
