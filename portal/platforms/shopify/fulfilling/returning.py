"""A customer's wish to send something back, as a request that the shop approves or declines in Shopify."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from portal.platforms.changes import Applied, NotApplied
from portal.platforms.marks import mark_of
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.editing.refusals import said_in
from portal.platforms.shopify.operations import fulfilling
from portal.platforms.shopify.reading.whole import read_whole
from portal.platforms.shopify.shape import Node, count, nodes, part, text

_LONGEST_NOTE: Final = 300
_FIRST: Final = 5
# Shopify's reasons are a library that grows; each of ours has handles that would do, the first that is there is taken.
_HANDLES: Final[Mapping[str, tuple[str, ...]]] = {
    "size": ("size", "wrong-size", "fit"),  # whether it was too small or too big is in the words, if anywhere
    "defective": ("damaged-or-defective", "defective"),
    "wrong_item": ("received-the-wrong-item", "wrong-item"),
    "not_as_described": ("item-not-as-described", "not-as-described"),
    "unwanted": ("changed-my-mind", "unwanted"),
}
_OTHER: Final = ("other-reason", "other", "unknown")

Units = Sequence[tuple[str, int]]


async def request_return(
    admin: Admin, order: NeutralOrder, key: str, units: Units, reason: str, words: str
) -> Applied | NotApplied:
    """Ask for it, once. Raises ShopError."""
    mark = mark_of("return", key)
    whole = await read_whole(admin, order.source.order_id)
    if whole is None:
        return NotApplied("changed", "the order is not there any more")
    if (there := _requested(whole.body, mark)) is not None:
        return Applied(there)
    shares = await _shares(admin, order.source.order_id, units)
    if not shares:
        return NotApplied("unavailable", "not so many units of it can be returned")
    note = f"{words.strip()[: _LONGEST_NOTE - len(mark) - 1]} {mark}".strip()
    why = await _reason(admin, reason)
    lines = [
        {"fulfillmentLineItemId": own, "quantity": quantity, "customerNote": note, "returnReasonDefinitionId": why}
        for own, quantity in shares
    ]
    answer = await admin.ask(fulfilling.REQUEST_RETURN, order=order.source.order_id, lines=lines)
    payload = part(answer.data, "returnRequest")
    said = said_in(payload)
    own = text(part(payload, "return"), "id")
    return NotApplied("refused", said or "no return was made") if said or own is None else Applied(own)


def _requested(body: Mapping[str, Any], mark: str) -> str | None:
    for returned in nodes(body, "returns"):
        lines = nodes(returned, "returnLineItems")
        if any(mark in (text(line, "customerNote") or "") for line in lines):
            return text(returned, "id")
    return None


async def _shares(admin: Admin, order_id: str, units: Units) -> list[tuple[str, int]]:
    """The units as lines of the parcels that they came in; none where there are not so many."""
    wanted: Counter[str] = Counter()
    for line, quantity in units:
        wanted[line] += quantity
    found: list[tuple[str, int]] = []
    for held in await _returnable(admin, order_id):
        item = part(held, "fulfillmentLineItem")
        own, order_line = text(item, "id"), text(part(item, "lineItem"), "id") or ""
        quantity = min(count(held, "quantity") or 0, wanted[order_line])
        if own and quantity:
            wanted[order_line] -= quantity
            found.append((own, quantity))
    return [] if any(wanted.values()) else found


async def _returnable(admin: Admin, order_id: str) -> list[Node]:
    found: list[Node] = []
    after: str | None = None
    while True:
        answer = await admin.ask(fulfilling.RETURNABLE, order=order_id, first=_FIRST, after=after)
        listed = part(answer.data, "returnableFulfillments")
        for parcel in nodes(listed, "nodes"):
            found += nodes(parcel, "returnableFulfillmentLineItems")
        page = part(listed, "pageInfo")
        after = text(page, "endCursor")
        if page.get("hasNextPage") is not True or after is None:
            return found


async def _reason(admin: Admin, code: str) -> str | None:
    answer = await admin.ask(fulfilling.REASONS)
    listed = nodes(part(answer.data, "returnReasonDefinitions"), "nodes")
    there = {text(one, "handle"): text(one, "id") for one in listed if one.get("deleted") is not True}
    return next((there[handle] for handle in (*_HANDLES.get(code, ()), *_OTHER) if handle in there), None)
