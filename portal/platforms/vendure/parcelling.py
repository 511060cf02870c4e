"""Parcels and hand-overs that are reported from here: Vendure's fulfilments.

A fulfilment has no place for a key. So a note with one is written just before, in the same request; a fulfilment that
is like ours and not older than the note is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from portal.platforms.changes import Applied, NotApplied
from portal.platforms.marks import mark_of
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.vendure import operations, words
from portal.platforms.vendure.api import Refused
from portal.platforms.vendure.desk import Desk, Found, find
from portal.platforms.vendure.history import entries
from portal.platforms.vendure.ledger import packed
from portal.platforms.vendure.refusals import refusal_of, thrown
from portal.platforms.vendure.shape import Node, nodes, part, text, when

_MANUAL: Final = "manual-fulfillment"
_FETCHED: Final = "Pickup"
_ON_ITS_WAY: Final = {"Pending": ("Shipped", "Delivered"), "Shipped": ("Delivered",)}

Units = Sequence[tuple[str, int]]


async def ship(
    desk: Desk, found: Found, key: str, units: Units, carrier: str | None, number: str | None
) -> Applied | NotApplied:
    """See `Ships.ship`."""
    made = await _made(desk, found, key, units, carrier or "", number or "")
    if isinstance(made, NotApplied):
        return made
    return await _move(desk, made, "Shipped")


async def ready(desk: Desk, found: Found, key: str, delivery_id: str) -> Applied | NotApplied:
    """See `Ships.ready`: a fulfilment that is pending waits at the counter."""
    delivery = next((one for one in found.document.deliveries if one.id == delivery_id), None)
    waiting = [] if delivery is None else [(line.line_id, line.remaining or 0) for line in delivery.lines]
    units = [(line, quantity) for line, quantity in waiting if quantity > 0]
    if delivery is None or delivery.method != "pickup":
        return NotApplied("unsupported", "this order is not collected at the shop")
    way = delivery.label or _FETCHED
    made: Node | NotApplied | None = _ours(found, mark_of(key, "parcel"), None, way, "")
    if made is None:
        made = await _made(desk, found, key, units, way, "") if units else NotApplied("changed", "nothing waits")
    return made if isinstance(made, NotApplied) else Applied(text(made, "id"))


async def collected(desk: Desk, found: Found, delivery_id: str) -> Applied | NotApplied:
    """See `Ships.collected`."""
    if not any(one.id == delivery_id and one.method == "pickup" for one in found.document.deliveries):
        return NotApplied("unsupported", "this order is not collected at the shop")
    live = [one for one in nodes(found.raw, "fulfillments") if text(one, "state") != words.CANCELLED]
    if not live:
        return NotApplied("changed", "nothing is ready")
    for fulfilment in live:
        done = await _move(desk, fulfilment, words.DELIVERED)
        if isinstance(done, NotApplied):
            return done
    return Applied(text(live[-1], "id"))


async def delivered(desk: Desk, found: Found, parcel_id: str) -> Applied | NotApplied:
    """See `Ships.delivered`."""
    for fulfilment in nodes(found.raw, "fulfillments"):
        if text(fulfilment, "id") == parcel_id:
            return await _move(desk, fulfilment, words.DELIVERED)
    return NotApplied("changed", "no such parcel")


async def current(desk: Desk, order: NeutralOrder) -> Found | NotApplied:
    """The order as it is now, if there is anything to be done with it."""
    found = await find(desk, order.source.order_id)
    if found is None:
        return NotApplied("changed", "the order is not there any more")
    return NotApplied("cancelled") if found.state == words.CANCELLED else found


async def _made(desk: Desk, found: Found, key: str, units: Units, way: str, number: str) -> Node | NotApplied:
    """The fulfilment, which may be there from an attempt before."""
    mark = mark_of(key, "parcel")
    if (before := _ours(found, mark, units, way, number)) is not None:
        return before
    note = {"id": found.id, "note": words.marked("Parcel reported through Jalon", mark), "isPublic": False}
    arguments = [{"name": "method", "value": way}, {"name": "trackingCode", "value": number}]
    lines = [{"orderLineId": line, "quantity": quantity} for line, quantity in units]
    order = {"lines": lines, "handler": {"code": _MANUAL, "arguments": arguments}}
    try:
        data = await desk.api.do(operations.SHIP, note=note, input=order)
    except Refused as refused:
        return thrown(refused)
    result = part(data, "addFulfillmentToOrder")
    return refusal_of(result) or result


async def _move(desk: Desk, fulfilment: Node, state: str) -> Applied | NotApplied:
    """Further along its way; one that is there already, or further, stays."""
    identity, now = text(fulfilment, "id") or "", text(fulfilment, "state") or ""
    if now in (state, words.DELIVERED):
        return Applied(identity)
    if state not in _ON_ITS_WAY.get(now, (state,)):
        return NotApplied("changed", f"the parcel is {now}")
    data = await desk.api.do(operations.MOVE_PARCEL, id=identity, state=state)
    return refusal_of(part(data, "transitionFulfillmentToState")) or Applied(identity)


def _ours(found: Found, mark: str, units: Units | None, way: str, number: str) -> Node | None:
    """The fulfilment that bears the mark, by the note; `units` None: whatever is in it."""
    since = _noted(found, mark)
    if since is None:
        return None
    for fulfilment in nodes(found.raw, "fulfillments"):
        same = (
            text(fulfilment, "state") != words.CANCELLED
            and (units is None or sorted(packed(found.raw, fulfilment)) == sorted(units))
            and (text(fulfilment, "method") or "") == way
            and (text(fulfilment, "trackingCode") or "") == number
        )
        made = when(fulfilment, "createdAt")
        if same and made is not None and made >= since:
            return fulfilment
    return None


def _noted(found: Found, mark: str) -> datetime | None:
    notes = [e for e in entries(found.raw, "ORDER_NOTE") if mark in (text(part(e, "data"), "note") or "")]
    return when(notes[0], "createdAt") if notes else None
