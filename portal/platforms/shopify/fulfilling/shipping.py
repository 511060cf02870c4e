"""Parcels and pickups reported from here, each once: our mark on the order says which parcels there were before."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from portal.platforms.changes import Applied, NotApplied
from portal.platforms.marks import mark_of
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.editing.marks import mark_on, write_mark
from portal.platforms.shopify.editing.refusals import because, said_in
from portal.platforms.shopify.fulfilling.telling import delivered
from portal.platforms.shopify.fulfilling.works import OPEN, by_location, shares_of, work_of
from portal.platforms.shopify.operations import editing, fulfilling
from portal.platforms.shopify.pickups import ready_moments
from portal.platforms.shopify.reading.whole import Whole, read_whole
from portal.platforms.shopify.shape import count, nodes, part, text

_GONE = NotApplied("changed", "the order is not there any more")
Units = Sequence[tuple[str, int]]


async def ship(
    admin: Admin, order: NeutralOrder, key: str, units: Units, carrier: str | None, number: str | None
) -> Applied | NotApplied:
    """Units were handed to a carrier: one parcel for each location that they are at. Raises ShopError."""
    whole = await read_whole(admin, order.source.order_id)
    if whole is None:
        return _GONE
    wanted = _summed(units)
    done = _since(whole, mark_of("ship", key))
    if done is not None and not _less(wanted, done):
        return Applied(mark_of("ship", key))
    shares = shares_of(whole.body, _less(wanted, done or {}))
    if shares is None or not wanted:
        return _refusal(whole)
    if done is None and (refused := await _begin(admin, whole, key)) is not None:
        return refused
    tracking = {name: value for name, value in (("company", carrier), ("number", number)) if value}
    for works in by_location(shares):
        said = await _create(admin, works, tracking or None)
        if said:
            return because(said)
    return Applied(mark_of("ship", key))


async def ready(admin: Admin, order: NeutralOrder, delivery_id: str) -> Applied | NotApplied:
    """What is to be collected is ready; Shopify tells the customer. What is ready already can be made ready no more:
    then it is noted all the same. Raises ShopError."""
    whole = await read_whole(admin, order.source.order_id)
    if whole is None:
        return _GONE
    delivery = next((delivery for delivery in whole.order.deliveries if delivery.id == delivery_id), None)
    if delivery is None or delivery.method != "pickup":
        return NotApplied("unsupported", "this is not to be collected")
    if delivery.pickup.ready_at is None:
        answer = await admin.ask(fulfilling.READY, work=delivery_id)
        said = said_in(part(answer.data, "fulfillmentOrderLineItemsPreparedForPickup"))
        if said and "NO_LINE_ITEMS" not in said:
            return because(said)
        await _note_ready(admin, whole, delivery_id)
    return Applied(delivery_id)


async def collected(admin: Admin, order: NeutralOrder, key: str, delivery_id: str) -> Applied | NotApplied:
    """It was collected: what is left of this work leaves, without a number; it can leave only once. Where it has left
    when it was made ready, its parcel arrives. Raises ShopError."""
    whole = await read_whole(admin, order.source.order_id)
    if whole is None:
        return _GONE
    work = work_of(whole.body, delivery_id)
    if work is None:
        return NotApplied("changed", "the order has no such delivery any more")
    if work.get("status") in OPEN and any(count(line, "remainingQuantity") for line in nodes(work, "lineItems")):
        said = await _create(admin, [{"fulfillmentOrderId": delivery_id}], None)
        return because(said) if said else Applied(delivery_id)
    parcels = [p for p in whole.order.parcels if p.delivery_id == delivery_id and p.state == "ok"]
    if not parcels:
        return NotApplied("changed", "nothing of it is left to be collected")
    for parcel in parcels:
        if parcel.status == "ready_for_pickup":
            await delivered(admin, key, parcel.id, admin.wire.clock.now().isoformat())
    return Applied(delivery_id)


async def _note_ready(admin: Admin, whole: Whole, delivery_id: str) -> None:
    """When it was, in a mark: Shopify does not show it."""
    held = part(whole.body, "readyMark")
    moments = {**ready_moments(held), delivery_id: admin.wire.clock.now().isoformat()}
    written = {"order": whole.order.source.order_id, "key": "ready", "value": json.dumps(moments)}
    await admin.ask(editing.MARK, **written, digest=text(held, "compareDigest"))


async def _begin(admin: Admin, whole: Whole, key: str) -> NotApplied | None:
    return await write_mark(admin, whole.body, whole.order, "ship", mark_of("ship", key))


async def _create(admin: Admin, works: Sequence[Mapping[str, Any]], tracking: Mapping[str, str] | None) -> str:
    answer = await admin.ask(fulfilling.SHIP, works=list(works), tracking=tracking, notify=False)
    payload = part(answer.data, "fulfillmentCreate")
    said = said_in(payload)
    return said or ("" if text(part(payload, "fulfillment"), "id") else "no fulfilment was made")


def _since(whole: Whole, mark: str) -> dict[str, int] | None:
    """Units by line in the parcels that came since this shipment was begun; None when it was not."""
    begun = mark_on(whole.body, "ship")
    if begun is None or begun.mark != mark:
        return None
    units: Counter[str] = Counter()
    for parcel in whole.order.parcels:
        if parcel.id not in begun.parcels and parcel.state == "ok":
            units.update({line.line_id: line.quantity for line in parcel.lines})
    return units


def _summed(units: Units) -> dict[str, int]:
    total: Counter[str] = Counter()
    for line, quantity in units:
        total[line] += quantity
    return total


def _less(wanted: Mapping[str, int], done: Mapping[str, int]) -> dict[str, int]:
    return {line: left for line, quantity in wanted.items() if (left := quantity - done.get(line, 0)) > 0}


def _refusal(whole: Whole) -> NotApplied:
    if whole.order.cancelled_at is not None:
        return NotApplied("cancelled")
    return NotApplied("shipped", "not so many units wait to be shipped from here")
