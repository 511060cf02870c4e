"""Orders page by page: all, or those that changed since a moment.

Vendure keeps no date of an order's last change that could be asked for: `updatedAt` stands still while its state, its
parcels and its payments go on. So orders are gone through by when they were placed, which never changes; of each, the
newest entry of its history and of its parts is looked at, and only those that changed are read whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from portal.platforms.live import Page, ShopError
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.vendure import operations, words
from portal.platforms.vendure.desk import Desk
from portal.platforms.vendure.history import newest
from portal.platforms.vendure.shape import Node, nodes, number, part, text, when

LOOKED_AT: Final = 100
READ_AT_ONCE: Final = 25
# Orders that were placed so long before are looked at even when they are delivered or cancelled: they may have become
# so since, or be refunded.
_STIRS_FOR: Final = timedelta(days=30)
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT: Final = timedelta(milliseconds=1)


async def page_of(desk: Desk, since: datetime | None, cursor: str | None) -> Page:
    """The next orders; those of one page are sorted by their change. Raises ShopError."""
    at, seen = _place(cursor)
    options = {
        "take": LOOKED_AT,
        "sort": {"orderPlacedAt": "ASC", "id": "ASC"},
        "filter": {"_and": [_behind(at, seen), *_stirring(since)]},
    }
    listed = part(await desk.api.ask(operations.SWEEP, options=options), "orders")
    found = nodes(listed, "items")
    wanted = [text(order, "id") or "" for order in found if _changed(order, since)]
    orders, unread = await _read(desk, wanted)
    more = len(found) == LOOKED_AT
    total = number(listed, "totalItems") if since is None and cursor is None else None
    return Page(orders, _next(found, at, seen) if more else None, unread, total=total)


async def _read(desk: Desk, ids: Sequence[str]) -> tuple[list[NeutralOrder], list[tuple[str, str]]]:
    orders: list[NeutralOrder] = []
    unread: list[tuple[str, str]] = []
    for start in range(0, len(ids), READ_AT_ONCE):
        some = list(ids[start : start + READ_AT_ONCE])
        options = {"take": len(some), "filter": {"id": {"in": some}}}
        data = await desk.api.ask(operations.read_orders(*desk.fields), options=options)
        for raw in nodes(data, "orders"):
            try:
                orders.append(desk.document(raw, data))
            except ShopError as problem:
                unread.append((text(raw, "id") or "?", problem.message))
    return sorted(orders, key=lambda order: order.updated_at or _BEGINNING), unread


def _behind(at: datetime, seen: Sequence[str]) -> dict[str, Any]:
    """Placed at `at` or later, but for those that were seen; what was never placed is a cart, and the parts of an order
    that several sellers share are in that order."""
    after = (at - _INSTANT).isoformat() if at > _BEGINNING else at.isoformat()
    return {
        "orderPlacedAt": {"after": after},
        "type": {"notEq": "Seller"},
        **({"id": {"notIn": [*seen]}} if seen else {}),
    }


def _stirring(since: datetime | None) -> Iterator[dict[str, Any]]:
    """Orders that can have changed since then."""
    if since is not None:
        yield {
            "_or": [
                {"state": {"notIn": list(words.FINAL)}},
                {"orderPlacedAt": {"after": (since - _STIRS_FOR).isoformat()}},
                {"updatedAt": {"after": since.isoformat()}},
            ]
        }


def _changed(order: Node, since: datetime | None) -> bool:
    """Some databases keep whole seconds."""
    moment = newest(order)
    return since is None or moment is None or moment >= since.replace(microsecond=0)


def _place(cursor: str | None) -> tuple[datetime, Sequence[str]]:
    if cursor is None:
        return _BEGINNING, ()
    try:
        at, seen = json.loads(cursor)
        return datetime.fromisoformat(at), [str(one) for one in seen]
    except (ValueError, TypeError) as wrong:
        raise ShopError("answer", "The place to read on from is not one of Vendure's.") from wrong


def _next(found: Sequence[Node], at: datetime, seen: Sequence[str]) -> str:
    """The last one's moment, and all that have been seen of that moment."""
    last = when(found[-1], "orderPlacedAt") or at
    ids = [text(order, "id") for order in found if when(order, "orderPlacedAt") == last]
    return json.dumps([last.isoformat(), [*(seen if last == at else ()), *ids]])
