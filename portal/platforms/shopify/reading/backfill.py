"""All orders of a shop by one bulk operation, which Shopify works off by itself: begun, waited for, read stretch by
stretch, and what changed meanwhile by pages. Where Shopify refuses or fails, by pages from the start.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from portal.platforms.live import Page, ShopError
from portal.platforms.neutral.fields import instant
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.operations import orders
from portal.platforms.shopify.reading.cursors import Cursor, InBulk, as_text
from portal.platforms.shopify.reading.gaps import completed
from portal.platforms.shopify.reading.listing import beginning
from portal.platforms.shopify.reading.results import stretch
from portal.platforms.shopify.reading.whole import Unreadable, neutral, read_whole
from portal.platforms.shopify.shape import nodes, part, text

_MOST: Final = 100  # orders in one page
_WAITS: Final = (2.0, 4.0, 4.0, 5.0)  # seconds between looks at an operation that still runs
_RUNNING: Final = frozenset({"CREATED", "RUNNING", "CANCELING"})

_log = logging.getLogger(__name__)


async def begun(admin: Admin) -> Cursor:
    """Have everything gathered; the cursor of the operation, or of the first page where it is refused."""
    try:
        answer = await admin.ask(orders.RUN_BULK, query=orders.EVERYTHING)
    except ShopError as refused:
        if refused.kind not in ("scope", "answer"):
            raise
        return _by_pages(refused.message)
    given = part(answer.data, "bulkOperationRunQuery")
    operation = text(part(given, "bulkOperation"), "id")
    if operation is None:
        return _by_pages("; ".join(text(error, "message") or "" for error in nodes(given, "userErrors")))
    return InBulk(operation)


async def page_of(admin: Admin, cursor: InBulk) -> Page:
    """The next orders of the operation; none, and the same cursor, while it runs. Raises ShopError."""
    operation = await _awaited(admin, cursor.operation)
    status = text(operation, "status")
    if status in _RUNNING:
        return Page((), as_text(cursor))
    if status != "COMPLETED":
        return Page((), as_text(_by_pages(f"{status or 'it is not there'} {text(operation, 'errorCode') or ''}")))
    url = text(operation, "url")
    if url is None:  # nothing to gather
        return Page((), _afterwards(operation), total=0)
    bodies, end = await stretch(admin.wire.client, url, admin.address, cursor.at, _MOST)
    gathered, unread = await _gathered(admin, bodies)
    total = int(text(operation, "rootObjectCount") or 0)
    behind = _afterwards(operation) if end is None else as_text(InBulk(cursor.operation, end))
    return Page(gathered, behind, unread, total=total)


async def _awaited(admin: Admin, operation: str) -> Mapping[str, Any]:
    for wait in (*_WAITS, None):
        found = part((await admin.ask(orders.BULK, id=operation)).data, "bulkOperation")
        if text(found, "status") not in _RUNNING or wait is None:
            break
        await admin.pause(wait)
    return found


async def _gathered(admin: Admin, bodies: list[dict[str, Any]]) -> tuple[list[NeutralOrder], list[tuple[str, str]]]:
    found: list[NeutralOrder] = []
    unread: list[tuple[str, str]] = []
    for body in bodies:
        own = str(body.get("id"))
        try:
            order = await _one(admin, own, body)
        except Unreadable as wrong:
            unread.append((own, str(wrong)))
            continue
        if order is not None:
            found.append(order)
    return found, unread


async def _one(admin: Admin, own: str, body: dict[str, Any]) -> NeutralOrder | None:
    enough = completed(body)
    if enough is not None:
        return neutral(enough, admin.address.shop)
    whole = await read_whole(admin, own)
    return None if whole is None else whole.order


def _afterwards(operation: Mapping[str, Any]) -> str | None:
    """What changed while the operation ran."""
    started = text(operation, "createdAt")
    return as_text(beginning(instant(started))) if started else None


def _by_pages(why: str) -> Cursor:
    _log.warning("Shopify does not gather all orders in bulk (%s): they are read page by page", why)
    return beginning(None)
