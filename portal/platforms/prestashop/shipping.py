"""Deliveries, parcels and addresses. A parcel is a row of the order's carriers with a tracking number: what is in it is
not told."""

from __future__ import annotations

import carriers
from portal.platforms.prestashop import words
from portal.platforms.prestashop.record import Reading, Record
from portal.platforms.prestashop.shape import Json, Node, ident, moment, text
from portal.platforms.prestashop.words import SENT, Standing


def deliveries_of(record: Record, reading: Reading, stands: Standing, lines: list[Json]) -> list[Json]:
    """One for what is sent or fetched, one for what needs neither."""
    physical = [line for line in lines if line["requires_shipping"] and line["quantity"]["current"]]
    digital = [line for line in lines if not line["requires_shipping"] and line["quantity"]["current"]]
    found = [_delivery(record, reading, stands, physical)] if physical else []
    if digital:
        shared = [_share(line) for line in digital]
        found.append({"id": "digital", "method": "digital", "state": _state(stands), "lines": shared})
    return found


def parcels_of(record: Record, reading: Reading, stands: Standing) -> list[Json]:
    """The order's parcels; the only one of an order that has been sent is all of it."""
    numbered = [row for row in record.parcels if text(row, "tracking_number")]
    if not numbered and (number := text(record.order, "shipping_number")):
        numbered = [{"id": number, "tracking_number": number, "id_carrier": record.order.get("id_carrier")}]
    whole = len(numbered) == 1 and stands in SENT
    found = [_parcel(record, reading, row, whole=whole) for row in numbered]
    if stands != "delivered":
        return found
    at = moment(record.order, "date_upd", reading.zone)
    return [{**parcel, "status": "delivered", "delivered_at": at} for parcel in found or [_unnumbered(record, reading)]]


def address_of(record: Record, name: str) -> Json | None:
    """The address that the order names, or None where it was not read."""
    row = record.linked("addresses", name)
    names = (text(row, "firstname"), text(row, "lastname"))
    country = text(record.of("countries", ident(row, "id_country")), "iso_code")
    built = {
        "name": " ".join(one for one in names if one) or None,
        "company": text(row, "company"),
        "line1": text(row, "address1"),
        "line2": text(row, "address2"),
        "postcode": text(row, "postcode"),
        "city": text(row, "city"),
        "region": text(record.of("states", ident(row, "id_state")), "iso_code"),
        "country": country if country and len(country) == 2 else None,
        "phone": text(row, "phone_mobile") or text(row, "phone"),
    }
    return built if any(built.values()) else None


def _delivery(record: Record, reading: Reading, stands: Standing, lines: list[Json]) -> Json:
    number = ident(record.order, "id_carrier")
    carrier = record.of("carriers", number)
    name = text(carrier, "name")
    method = words.method(carrier, name, fetched=number in reading.fetched)
    pickup = method == "pickup"
    changed = moment(record.order, "date_upd", reading.zone)
    label = None if name == "0" else name
    return {
        "id": f"carrier-{number}" if number else "shipping",
        "method": method if carrier or number in reading.fetched else "shipping" if number else "unknown",
        "label": label,
        "state": _state(stands),
        "location": {"name": label or reading.shop, "address": {}} if pickup else None,
        "destination": None if pickup else address_of(record, "id_address_delivery"),
        "lines": [_share(line) for line in lines],
        "instructions": None if pickup else text(record.linked("addresses", "id_address_delivery"), "other"),
        "handed_to_warehouse": stands == "preparing",
        "pickup": {
            "ready_at": changed if stands == "ready" else None,
            "collected_at": changed if stands in ("collected", "delivered") else None,
        }
        if pickup
        else {},
    }


def _parcel(record: Record, reading: Reading, row: Node, *, whole: bool) -> Json:
    carrier = record.of("carriers", ident(row, "id_carrier"))
    name, number, url = text(carrier, "name"), text(row, "tracking_number") or "", text(carrier, "url")
    known = carriers.named(name) if name else None
    return {
        "id": ident(row, "id") or number,
        "state": "ok",
        "created_at": moment(record.order, "delivery_date", reading.zone),
        "lines": [],
        "allocation": "whole_order" if whole else "unknown",
        "tracking": [
            {
                "carrier_raw": None if name == "0" else name,
                "carrier": known.manifest.slug if known else None,
                "number": number,
                "url": url.replace("@", number) if url else None,
            }
        ],
        "status": "handed_over",
    }


def _unnumbered(record: Record, reading: Reading) -> Json:
    at = moment(record.order, "delivery_date", reading.zone)
    return {"id": "delivered", "state": "ok", "created_at": at, "lines": [], "allocation": "whole_order"}


def _share(line: Json) -> Json:
    quantity = line["quantity"]
    remaining = max(0, quantity["current"] - quantity["fulfilled"])
    return {"line_id": line["id"], "quantity": quantity["current"], "remaining": remaining}


def _state(stands: Standing) -> str:
    if stands in ("cancelled", "failed"):
        return "cancelled"
    if stands in SENT:
        return "closed"
    return {"preparing": "in_progress", "unknown": "unknown"}.get(stands, "open")
