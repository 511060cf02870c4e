"""The orders that changed since a moment, page by page; each is read whole."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from portal.platforms.live import Page, ShopError
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.operations import orders
from portal.platforms.shopify.reading.cursors import ByPages, as_text
from portal.platforms.shopify.reading.whole import Unreadable, read_whole
from portal.platforms.shopify.shape import part

OVERLAP: Final = timedelta(minutes=5)  # what is found by its change may be found a little late
_FIRST: Final = 25
_FAR: Final = 20_000  # listed orders, after which the list is begun anew: Shopify ends it at 25,000


@dataclass(slots=True)
class _Gathered:
    """What became of the orders of a page."""

    orders: list[NeutralOrder] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return bool(self.orders or self.unread or self.gone)


def beginning(since: datetime | None) -> ByPages:
    """The cursor of the first page."""
    moment = None if since is None else (since.astimezone(UTC) - OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")
    return ByPages(moment)


async def page_of(admin: Admin, cursor: ByPages) -> Page:
    """The orders at the cursor. Raises ShopError; orders that were read before Shopify asks to wait are not lost."""
    query = None if cursor.since is None else f"updated_at:>='{cursor.since}'"
    if cursor.total is None:
        cursor = replace(cursor, total=await _count(admin, query))
    answer = await admin.ask(orders.CHANGED, first=_FIRST, after=cursor.after, query=query)
    listed = part(answer.data, "orders")
    edges: list[dict[str, Any]] = list(listed.get("edges") or [])
    got = _Gathered()
    for number, edge in enumerate(edges):
        try:
            await _gather(admin, edge["node"]["id"], got)
        except ShopError as stopped:
            if stopped.kind != "throttled" or not got.any:
                raise
            return _page(got, _behind(cursor, edges[:number]), cursor.total)
    ended = part(listed, "pageInfo").get("hasNextPage") is not True
    return _page(got, None if ended or not edges else _behind(cursor, edges), cursor.total)


async def _count(admin: Admin, query: str | None) -> int:
    answer = await admin.ask(orders.COUNT, query=query)
    count = part(answer.data, "ordersCount").get("count")
    return count if isinstance(count, int) else 0


async def _gather(admin: Admin, order_id: str, got: _Gathered) -> None:
    try:
        whole = await read_whole(admin, order_id)
    except Unreadable as wrong:
        got.unread.append((order_id, str(wrong)))
        return
    if whole is None:
        got.gone.append(order_id)
    else:
        got.orders.append(whole.order)


def _behind(cursor: ByPages, edges: list[dict[str, Any]]) -> ByPages:
    """Where the list goes on behind these. Far into it, it is begun anew at the last one's moment."""
    last, read = edges[-1], cursor.read + len(edges)
    moment = last["node"]["updatedAt"]
    if read >= _FAR and moment != cursor.since:
        return ByPages(moment, None, 0, cursor.total)
    return replace(cursor, after=last["cursor"], read=read)


def _page(got: _Gathered, cursor: ByPages | None, total: int | None) -> Page:
    return Page(got.orders, as_text(cursor) if cursor else None, got.unread, got.gone, total)
