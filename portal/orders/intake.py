"""From a neutral document to the rows of this slice. What the document no longer has is taken away, but
for lines, which never disappear: those are removed ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.orders.models import DELIVERY, DELIVERY_LINE, ORDER_LINE, PARCEL, PARCEL_LINE
from portal.orders.parcels import Packed, is_collected, parcels_of
from portal.orders.private import ORDER_PRIVATE
from portal.orders.queries import topic_of
from portal.orders.replacements import settle_replacements
from portal.orders.waiting import work_of
from portal.places.finding import find
from portal.platforms.neutral import Address, Delivery, Line, NeutralOrder
from portal.tracking.intake import let_go, register

_ORDER_ID: Any = bindparam("order")
_IDS = {
    table.name: Query(select(table.c.external_id, table.c.id).where(table.c.order_id == _ORDER_ID))
    for table in (ORDER_LINE, DELIVERY, PARCEL)
}
_DROP_DELIVERIES = Query(delete(DELIVERY).where(DELIVERY.c.order_id == _ORDER_ID))
_LET_PARCELS_GO = Query(update(PARCEL).where(PARCEL.c.order_id == _ORDER_ID).values(state="gone"))
_GONE = Query(select(PARCEL.c.shipment_id).where(PARCEL.c.order_id == _ORDER_ID, PARCEL.c.state == "gone"))
_EMPTY_PARCELS = Query(
    delete(PARCEL_LINE).where(
        PARCEL_LINE.c.parcel_id.in_(select(PARCEL.c.id).where(PARCEL.c.order_id == _ORDER_ID, PARCEL.c.state != "gone"))
    )
)


SET_DOCUMENT = Query(update(ORDER_PRIVATE).where(ORDER_PRIVATE.c.order_id == bindparam("order")), columns=("document",))


def order_key(document: NeutralOrder) -> dict[str, str]:
    """What names an order for ever."""
    source = document.source
    return {"platform": source.platform, "shop": source.shop or "", "external_id": source.order_id}


def order_columns(document: NeutralOrder) -> dict[str, Any]:
    """The order's own row, without its key."""
    promises = [delivery.promise for delivery in document.deliveries]
    earliest = min((p.earliest.date() for p in promises if p.earliest), default=None)
    latest = max((p.latest.date() for p in promises if p.latest), default=None)
    total = document.totals.total
    buyer = total.buyer is not None
    return {
        "number": document.number,
        "version": "" if document.version is None else str(document.version),
        "locale": document.locale,
        "test": bool(document.test),
        "payment": document.state.payment,
        "fulfilment": document.state.fulfilment,
        "placed_at": document.placed_at,
        "cancelled_at": document.cancelled_at,
        "cancel_reason": document.cancel_reason,
        "closed_at": document.closed_at,
        "currency": document.currency.buyer if buyer else document.currency.shop,
        "total": total.buyer if buyer else total.shop,
        "promise_from": earliest,
        "promise_to": latest,
        "work": int(work_of(document)),
        "changed_at": changed_at(document),
    }


def changed_at(document: NeutralOrder) -> datetime | None:
    """When the platform last changed it, as far as it says."""
    return document.updated_at or document.placed_at


async def store_parts(tx: Tx, now: datetime, order_id: int, document: NeutralOrder, text: str) -> None:
    """Everything of an order but its own row."""
    await tx.upsert(ORDER_PRIVATE, [_private(order_id, document, text)], ["order_id"])
    replaced = _replaced(document.lines)
    rows = [_line(order_id, position, line, replaced[line.id]) for position, line in enumerate(document.lines)]
    await tx.upsert(ORDER_LINE, rows, ["order_id", "external_id"])
    line_ids = await _ids(tx, ORDER_LINE, order_id)
    await _remove_lines(tx, [line_ids[name] for name in line_ids.keys() - {line.id for line in document.lines}])
    await _store_deliveries(tx, order_id, document, line_ids)
    await _store_parcels(tx, now, order_id, document, line_ids)


async def _remove_lines(tx: Tx, ids: list[int]) -> None:
    """Lines that the platform has no more: some delete a line that is taken out of an order."""
    if ids:
        gone = update(ORDER_LINE).where(ORDER_LINE.c.id.in_(ids))
        await tx.run(gone.values(current=0, removed=ORDER_LINE.c.ordered - ORDER_LINE.c.refunded))


def _private(order_id: int, document: NeutralOrder, text: str) -> dict[str, Any]:
    shipping, customer = document.address.shipping, document.customer
    return {
        "order_id": order_id,
        "email": document.contact.email or (customer.email if customer else None),
        "phone": document.contact.phone or (customer.phone if customer else None),
        "postcode": shipping.postcode if shipping else None,
        "country": shipping.country if shipping else None,
        "instructions": _instructions(document),
        "shop_note": document.shop_note,
        "collect_code": next((d.pickup.code for d in document.deliveries if d.pickup.code), None),
        **_town(shipping),
        "document": text,
    }


def _instructions(document: NeutralOrder) -> str | None:
    """What the customer asked whoever delivers to do; the same words are said once."""
    said = [delivery.instructions for delivery in document.deliveries if delivery.state != "cancelled"]
    return "\n".join(dict.fromkeys(text for text in said if text)) or None


def _town(address: Address | None) -> dict[str, Any]:
    """The town that an address is in, where it is known for sure."""
    found = None
    if address is not None and address.city:
        found = find(city=address.city, postcode=address.postcode, region=address.region, country=address.country)
    return {
        "town": found.name if found else None,
        "town_country": found.country if found else None,
        "town_lat": found.lat if found else None,
        "town_lon": found.lon if found else None,
    }


def _replaced(lines: Sequence[Line]) -> Counter[str]:
    """Units by line id in whose place another line came: they are wanted still, as something else."""
    units = Counter[str]()
    for line in lines:
        if line.replaces_line_id is not None:
            units[line.replaces_line_id] += line.quantity.ordered
    return units


def _line(order_id: int, position: int, line: Line, replaced: int) -> dict[str, Any]:
    quantity = line.quantity
    price = line.price.unit
    return {
        "order_id": order_id,
        "external_id": line.id,
        "position": position,
        "title": line.title or line.sku or line.id,
        "options": ", ".join(option.value for option in line.options if option.value),
        "sku": line.sku,
        "kind": line.kind,
        "requires_shipping": bool(line.requires_shipping),
        "ordered": max(quantity.current, quantity.ordered - replaced),
        "current": quantity.current,
        "fulfilled": quantity.fulfilled,
        "refunded": quantity.refunded,
        "removed": quantity.removed,
        "unit_price": price.shop if price.buyer is None else price.buyer,
        "image_url": line.image_url,
    }


async def _store_deliveries(tx: Tx, order_id: int, document: NeutralOrder, line_ids: Mapping[str, int]) -> None:
    kept = [delivery for delivery in document.deliveries if delivery.state != "cancelled"]
    await tx.run(_DROP_DELIVERIES, {"order": order_id})
    await tx.upsert(DELIVERY, [_delivery(order_id, document, d) for d in kept], ["order_id", "external_id"])
    ids = await _ids(tx, DELIVERY, order_id)
    rows = [
        {"delivery_id": ids[d.id], "line_id": line_ids[line], "quantity": quantity, "remaining": remaining}
        for d in kept
        for line, (quantity, remaining) in _units(d).items()
        if line in line_ids
    ]
    await tx.upsert(DELIVERY_LINE, rows, ["delivery_id", "line_id"])


def _delivery(order_id: int, document: NeutralOrder, delivery: Delivery) -> dict[str, Any]:
    ready_at, collected_at = delivery.pickup.ready_at, delivery.pickup.collected_at
    for parcel in document.parcels:
        if delivery.method == "pickup" and is_collected(document, parcel):
            ready_at = ready_at or (parcel.created_at if parcel.status != "unknown" else None)
            collected_at = collected_at or (
                parcel.delivered_at or parcel.created_at if parcel.status == "collected" else None
            )
    return {
        "order_id": order_id,
        "external_id": delivery.id,
        "method": delivery.method,
        "label": delivery.label,
        "state": delivery.state,
        "location": delivery.location.name if delivery.location else None,
        "ready_at": ready_at,
        "collected_at": collected_at,
        "opening_hours": delivery.pickup.opening_hours,
    }


async def _store_parcels(
    tx: Tx, now: datetime, order_id: int, document: NeutralOrder, line_ids: Mapping[str, int]
) -> None:
    packed = parcels_of(document, topic_of(order_id))
    rows = [await _parcel(tx, now, order_id, position, parcel) for position, parcel in enumerate(packed)]
    await tx.run(_LET_PARCELS_GO, {"order": order_id})
    await tx.upsert(PARCEL, rows, ["order_id", "external_id"])
    ids = await _ids(tx, PARCEL, order_id)
    gone = [row.shipment_id for row in await tx.rows(_GONE, {"order": order_id})]
    await let_go(tx, gone)
    await tx.run(_EMPTY_PARCELS, {"order": order_id})
    contents = [
        {"parcel_id": ids[parcel.external_id], "line_id": line_ids[line], "quantity": quantity}
        for parcel in packed
        for line, quantity in parcel.quantities.items()
        if line in line_ids
    ]
    await tx.upsert(PARCEL_LINE, contents, ["parcel_id", "line_id"])
    if gone:
        await settle_replacements(tx, now, order_id)


async def _parcel(tx: Tx, now: datetime, order_id: int, position: int, parcel: Packed) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "external_id": parcel.external_id,
        "position": position,
        "shipment_id": await register(tx, now, parcel.shipment),
        "allocation": parcel.allocation,
        "state": parcel.state,
    }


async def _ids(tx: Tx, table: Any, order_id: int) -> dict[str, int]:
    return {row.external_id: row.id for row in await tx.rows(_IDS[table.name], {"order": order_id})}


def _units(delivery: Delivery) -> dict[str, tuple[int, int]]:
    """Units of each line, and those that have not left yet; a platform may list a line twice."""
    units: dict[str, tuple[int, int]] = {}
    for part in delivery.lines:
        quantity, remaining = units.get(part.line_id, (0, 0))
        left = part.quantity if part.remaining is None else part.remaining
        units[part.line_id] = (quantity + part.quantity, remaining + left)
    return units
