"""From a neutral document to the values of rows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.orders.parcels import Packed, is_collected
from portal.orders.waiting import work_of
from portal.places.finding import find
from portal.platforms.neutral import Address, Delivery, Line, NeutralOrder


def order_key(document: NeutralOrder) -> dict[str, str]:
    """What names an order for ever."""
    source = document.source
    return {"platform": source.platform, "shop": source.shop or "", "external_id": source.order_id}


ORDER_COLUMNS = (
    "number",
    "version",
    "locale",
    "test",
    "payment",
    "fulfilment",
    "placed_at",
    "cancelled_at",
    "cancel_reason",
    "closed_at",
    "currency",
    "total",
    "refunded",
    "outstanding",
    "promise_from",
    "promise_to",
    "work",
    "changed_at",
)


def order_columns(document: NeutralOrder) -> dict[str, Any]:
    """The order's own row, without its key."""
    promises = [delivery.promise for delivery in document.deliveries]
    earliest = min((p.earliest.date() for p in promises if p.earliest), default=None)
    latest = max((p.latest.date() for p in promises if p.latest), default=None)
    totals, total = document.totals, document.totals.total
    buyer = total.buyer is not None  # every sum on the page is in one currency
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
        "refunded": totals.refunded.buyer if buyer else totals.refunded.shop,
        "outstanding": totals.outstanding.buyer if buyer else totals.outstanding.shop,
        "promise_from": earliest,
        "promise_to": latest,
        "work": int(work_of(document)),
        "changed_at": changed_at(document),
    }


def changed_at(document: NeutralOrder) -> datetime | None:
    """When the platform last changed it, as far as it says."""
    return document.updated_at or document.placed_at


def private_row(order_id: int, document: NeutralOrder, text: str) -> dict[str, Any]:
    """What names whoever ordered, and the whole document."""
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


def line_rows(order_id: int, document: NeutralOrder) -> list[dict[str, Any]]:
    """The lines, in their order."""
    replaced = _replaced(document.lines)
    return [_line(order_id, position, line, replaced[line.id]) for position, line in enumerate(document.lines)]


def deliveries_of(document: NeutralOrder) -> list[Delivery]:
    """The deliveries that are meant to happen."""
    return [delivery for delivery in document.deliveries if delivery.state != "cancelled"]


def delivery_rows(order_id: int, document: NeutralOrder) -> list[dict[str, Any]]:
    """Those deliveries."""
    return [_delivery(order_id, document, delivery) for delivery in deliveries_of(document)]


def delivery_line_rows(
    document: NeutralOrder, delivery_ids: Mapping[str, int], line_ids: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    """What is in the deliveries, by the ids of their rows; lines that the order does not have are left out."""
    for delivery in deliveries_of(document):
        for line, (quantity, remaining) in _units(delivery).items():
            if line in line_ids:
                key = {"delivery_id": delivery_ids[delivery.id], "line_id": line_ids[line]}
                yield {**key, "quantity": quantity, "remaining": remaining}


def parcel_rows(order_id: int, packed: Sequence[Packed], shipment_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The parcels, in their order, beside the ids of their shipments."""
    return [
        {
            "order_id": order_id,
            "external_id": parcel.external_id,
            "position": position,
            "shipment_id": shipment_id,
            "allocation": parcel.allocation,
            "state": parcel.state,
        }
        for position, (parcel, shipment_id) in enumerate(zip(packed, shipment_ids, strict=True))
    ]


def parcel_line_rows(
    packed: Sequence[Packed], parcel_ids: Mapping[str, int], line_ids: Mapping[str, int]
) -> list[dict[str, Any]]:
    """What is in the parcels, by the ids of their rows."""
    return [
        {"parcel_id": parcel_ids[parcel.external_id], "line_id": line_ids[line], "quantity": quantity}
        for parcel in packed
        for line, quantity in parcel.quantities.items()
        if line in line_ids
    ]


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
        "address": _place(delivery),
        "ready_at": ready_at,
        "collected_at": collected_at,
        "opening_hours": delivery.pickup.opening_hours,
    }


def _place(delivery: Delivery) -> str | None:
    """Where it is collected, in lines: the shop's own address, never the customer's."""
    if delivery.method != "pickup" or delivery.location is None:
        return None
    address = delivery.location.address
    town = " ".join(filter(None, (address.postcode, address.city)))
    return "\n".join(filter(None, (address.line1, address.line2, town))) or None


def _units(delivery: Delivery) -> dict[str, tuple[int, int]]:
    """Units of each line, and those that have not left yet; a platform may list a line twice."""
    units: dict[str, tuple[int, int]] = {}
    for part in delivery.lines:
        quantity, remaining = units.get(part.line_id, (0, 0))
        left = part.quantity if part.remaining is None else part.remaining
        units[part.line_id] = (quantity + part.quantity, remaining + left)
    return units
