"""Deliveries, from the order's shipping lines: WooCommerce plans nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from portal.platforms.woocommerce import words
from portal.platforms.woocommerce.shape import Node, ident, meta_value, moment, nodes, plain, text
from portal.platforms.woocommerce.words import SENT, Standing

Json = dict[str, Any]

_STATES: Final = {"preparing": "in_progress", "unknown": "unknown"}
_NAME: Final = ("pickup_location", "_pickup_location_name", "Pickup Location")
_ADDRESS: Final = ("pickup_address", "_pickup_location_address", "Pickup Address")
_DETAILS: Final = ("pickup_details", "_pickup_location_details", "Pickup Details")


def deliveries_of(order: Node, stands: Standing, lines: list[Json], destination: Json | None) -> list[Json]:
    """One for each shipping line, and one for what needs no parcel. Which line is in which of several is not told."""
    physical = [line for line in lines if line["requires_shipping"] and line["quantity"]["current"]]
    digital = [line for line in lines if not line["requires_shipping"] and line["quantity"]["current"]]
    ways = nodes(order, "shipping_lines") if physical or not digital else []
    shared = [_share(line) for line in physical] if len(ways) < 2 else []
    found = [_by_way(order, way, n, stands, shared, destination) for n, way in enumerate(ways, 1)]
    if not ways and physical:
        found.append(_plain("shipping", "unknown", stands, shared, destination))
    if digital:
        found.append(_plain("digital", "digital", stands, [_share(line) for line in digital], None))
    return found


def travels(order: Node) -> bool:
    """Whether anything of the order is sent to an address."""
    ways = nodes(order, "shipping_lines")
    return any(_method(way) != "pickup" for way in ways) if ways else order.get("needs_processing") is not False


def _by_way(order: Node, way: Node, number: int, stands: Standing, lines: list[Json], goes: Json | None) -> Json:
    method = _method(way)
    pickup = method == "pickup"
    note = text(order, "customer_note")
    return {
        "id": ident(way, "id") or f"shipping-{number}",
        "method": method,
        "label": text(way, "method_title"),
        "state": _state(stands, lines),
        "location": _location(way) if pickup else None,
        "destination": None if pickup else goes,
        "lines": lines,
        "instructions": None if pickup else note,
        "handed_to_warehouse": stands == "preparing",
        "pickup": _pickup(order, way, stands) if pickup else {},
    }


def _plain(name: str, method: str, stands: Standing, lines: list[Json], destination: Json | None) -> Json:
    return {
        "id": f"synthetic:{name}",
        "method": method,
        "state": _state(stands, lines),
        "destination": destination,
        "lines": lines,
    }


def _method(way: Node) -> str:
    return words.method(text(way, "method_id"), text(way, "method_title"))


def _share(line: Json) -> Json:
    quantity = line["quantity"]
    remaining = max(0, quantity["current"] - quantity["fulfilled"])
    return {"line_id": line["id"], "quantity": quantity["current"], "remaining": remaining}


def _state(stands: Standing, lines: list[Json]) -> str:
    if stands in ("cancelled", "failed"):
        return "cancelled"
    left = any(line["remaining"] for line in lines)
    if (lines or stands in SENT) and not left:
        return "closed"
    return _STATES.get(stands, "open")


def _location(way: Node) -> Json:
    """Where it is to be collected: the address is one text, or, in one plugin, its parts."""
    told = meta_value(way, *_ADDRESS)
    parts: Node = told if isinstance(told, dict) else {}
    where = plain(told) if not parts else text(parts, "address_1")
    return {
        "id": ident({"id": meta_value(way, "_pickup_location_id")}, "id"),
        "name": plain(meta_value(way, *_NAME)) or text(way, "method_title"),
        "address": {"line1": where, "postcode": text(parts, "postcode"), "city": text(parts, "city")},
    }


def _pickup(order: Node, way: Node, stands: Standing) -> Json:
    """When it became ready or was collected is not told: the order's last change is the nearest that there is."""
    changed: datetime | None = moment(order, "date_modified")
    collected = changed if stands == "collected" else moment(order, "date_completed") if stands == "done" else None
    return {
        "ready_at": changed if stands == "ready" else None,
        "collected_at": collected,
        "opening_hours": plain(meta_value(way, *_DETAILS)),
    }
