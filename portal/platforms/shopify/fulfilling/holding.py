"""Keeping an order from the warehouse for a while: a hold of ours on each fulfilment order, and its release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from portal.platforms.marks import mark_of
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.editing.refusals import said_in
from portal.platforms.shopify.operations import fulfilling
from portal.platforms.shopify.shape import Node, nodes, part, text

_HOLDABLE: Final = frozenset({"OPEN", "SCHEDULED", "ON_HOLD"})
_NOTES: Final = "The customer is changing this order"


async def hold(admin: Admin, order_id: str, key: str) -> bool:
    """Hold all of it, or nothing. Raises ShopError."""
    handle = mark_of("hold", key)
    works = [work for work in await _works(admin, order_id) if work.get("status") in _HOLDABLE]
    held: list[str] = []
    for work in works:
        own = text(work, "id") or ""
        if not _holds(work, handle) and not await _hold(admin, own, handle):
            await _release_all(admin, order_id, handle)
            return False
        held.append(own)
    return bool(held)


async def release(admin: Admin, order_id: str, key: str) -> None:
    """Take our holds back. Raises ShopError."""
    await _release_all(admin, order_id, mark_of("hold", key))


async def _hold(admin: Admin, work: str, handle: str) -> bool:
    answer = await admin.ask(fulfilling.HOLD, id=work, handle=handle, notes=_NOTES)
    said = said_in(part(answer.data, "fulfillmentOrderHold"))
    return not said or "DUPLICATE_FULFILLMENT_HOLD_HANDLE" in said


async def _release_all(admin: Admin, order_id: str, handle: str) -> None:
    for work in await _works(admin, order_id):
        holds = _holds(work, handle)
        if holds:
            await admin.ask(fulfilling.RELEASE, id=text(work, "id"), holds=holds)


async def _works(admin: Admin, order_id: str) -> Sequence[Node]:
    found: list[Node] = []
    after: str | None = None
    while True:
        answer = await admin.ask(fulfilling.HOLDS, id=order_id, after=after)
        listed = part(part(answer.data, "order"), "fulfillmentOrders")
        found += nodes(listed, "nodes")
        page = part(listed, "pageInfo")
        after = text(page, "endCursor")
        if page.get("hasNextPage") is not True or after is None:
            return found


def _holds(work: Mapping[str, Any], handle: str) -> list[str]:
    """The ids of our holds with this handle."""
    mine = (hold for hold in nodes(work, "fulfillmentHolds") if hold.get("heldByRequestingApp") is True)
    return [own for hold in mine if text(hold, "handle") == handle and (own := text(hold, "id"))]
