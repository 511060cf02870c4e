"""Fulfilments: units that the warehouse packed, and parcels from the moment that they leave or have a label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import carriers
from portal.platforms.medusa.shape import Node, count, nodes, part, text, when


@dataclass(frozen=True, slots=True)
class Packed:
    """Units by line id: handed over (shipped, collected or handed out), and packed but still in the shop."""

    left: Mapping[str, int]
    waiting: Mapping[str, int]


def packed(order: Node) -> Packed:
    """Where the units of all fulfilments are; those of cancelled ones are nowhere."""
    left: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    for fulfilment in nodes(order, "fulfillments"):
        if not fulfilment.get("canceled_at"):
            (left if _has_left(fulfilment) else waiting).update(units_of(fulfilment))
    return Packed(left, waiting)


def units_of(fulfilment: Node) -> Mapping[str, int]:
    """Units by line id. A product that is several stocked articles has a row for each: the fullest counts."""
    units: dict[str, int] = {}
    for item in nodes(fulfilment, "items"):
        line = text(item, "line_item_id")
        if line is not None:
            units[line] = max(units.get(line, 0), count(item, "quantity") or 0)
    return units


def is_pickup(holder: Node) -> bool:
    """Whether a fulfilment or a way of sending is for collecting at the shop."""
    return part(holder, "shipping_option", "service_zone", "fulfillment_set").get("type") == "pickup"


def parcels_of(order: Node, delivery: str | None) -> list[dict[str, Any]]:
    """One for each fulfilment that left or has a label; `delivery` is the way that they go."""
    return [_parcel(item, delivery) for item in nodes(order, "fulfillments") if _is_parcel(item)]


def _is_parcel(fulfilment: Node) -> bool:
    labelled = any(text(label, "tracking_number") for label in nodes(fulfilment, "labels"))
    return text(fulfilment, "id") is not None and (_has_left(fulfilment) or labelled)


def _has_left(fulfilment: Node) -> bool:
    return bool(fulfilment.get("shipped_at") or fulfilment.get("delivered_at"))


def _parcel(fulfilment: Node, delivery: str | None) -> dict[str, Any]:
    status, raw = _status(fulfilment)
    units = units_of(fulfilment)
    return {
        "id": text(fulfilment, "id"),
        "delivery_id": delivery,
        "state": "cancelled" if fulfilment.get("canceled_at") else "ok",
        "created_at": when(fulfilment, "shipped_at", "packed_at", "created_at"),
        "lines": [{"line_id": line, "quantity": quantity} for line, quantity in units.items()],
        "allocation": "exact" if units else "unknown",
        "tracking": [_tracking(fulfilment, label) for label in nodes(fulfilment, "labels")] or _by_carrier(fulfilment),
        "status": status,
        "status_raw": raw,
        "delivered_at": when(fulfilment, "delivered_at"),
    }


def _status(fulfilment: Node) -> tuple[str, str]:
    if fulfilment.get("canceled_at"):
        return "cancelled", "canceled"
    if fulfilment.get("delivered_at"):
        return ("collected" if is_pickup(fulfilment) else "delivered"), "delivered"
    return ("handed_over", "shipped") if fulfilment.get("shipped_at") else ("label_created", "packed")


def _tracking(fulfilment: Node, label: Node) -> dict[str, str | None]:
    url = text(label, "tracking_url")
    linked = url is not None and url.startswith(("https://", "http://"))
    return {**_carrier(fulfilment), "number": text(label, "tracking_number"), "url": url if linked else None}


def _by_carrier(fulfilment: Node) -> list[dict[str, str | None]]:
    """A parcel without a number still says who has it, where the shop does."""
    found = _carrier(fulfilment)
    return [{**found, "number": None, "url": None}] if found["carrier_raw"] else []


def _carrier(fulfilment: Node) -> dict[str, str | None]:
    """Medusa has no place for a carrier's name. It is what the fulfilment's metadata say, else the name of the way of
    sending or of its provider, where that is a carrier's."""
    said = text(part(fulfilment, "metadata"), "carrier")
    if said is not None:
        known = carriers.named(said)
        return {"carrier_raw": said, "carrier": known.manifest.slug if known else None}
    provider = (text(fulfilment, "provider_id") or "").partition("_")[0]
    for name in (text(part(fulfilment, "shipping_option"), "name"), provider):
        known = carriers.named(name) if name else None
        if name and known:
            return {"carrier_raw": name, "carrier": known.manifest.slug}
    return {"carrier_raw": None, "carrier": None}
