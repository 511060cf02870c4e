"""Fulfilments as parcels: what left or is being prepared, in whose hands, and how far it is. Cancelled ones stay."""

from __future__ import annotations

import re
from typing import Any, Final

import carriers
from portal.platforms.vendure import words
from portal.platforms.vendure.history import entries
from portal.platforms.vendure.ledger import packed
from portal.platforms.vendure.shape import Node, nodes, part, text, when

Parcel = dict[str, Any]

_SEVERAL: Final = re.compile(r"\s*[,;]\s*")


def parcels_of(order: Node, deliveries: list[dict[str, Any]]) -> list[Parcel]:
    """One per fulfilment."""
    only = deliveries[0] if len(deliveries) == 1 else None
    return [_parcel(order, item, only) for item in nodes(order, "fulfillments") if text(item, "id")]


def _parcel(order: Node, fulfilment: Node, delivery: dict[str, Any] | None) -> Parcel:
    state = text(fulfilment, "state")
    lines = [{"line_id": line, "quantity": quantity} for line, quantity in packed(order, fulfilment) if quantity > 0]
    events = _events(order, fulfilment)
    fetched = delivery is not None and delivery["method"] in ("pickup", "digital")
    status = words.milestone(state)
    return {
        "id": text(fulfilment, "id"),
        "delivery_id": delivery["id"] if delivery else None,
        "state": "cancelled" if state == words.CANCELLED else "ok",
        "created_at": when(fulfilment, "createdAt"),
        "lines": lines,
        "allocation": "exact" if lines else "unknown",
        "tracking": _tracking(fulfilment, fetched=fetched),
        "status": "collected" if fetched and status == "delivered" else status,
        "status_raw": state,
        "delivered_at": _arrival(events, fulfilment),
        "events": events,
    }


def _tracking(fulfilment: Node, *, fetched: bool) -> list[dict[str, str | None]]:
    """Vendure has one field for the number and one for the way; people write several numbers into it."""
    way = text(fulfilment, "method")
    numbers = [number for number in _SEVERAL.split(text(fulfilment, "trackingCode") or "") if number]
    if not numbers:
        return [] if fetched or way is None else [_number(way, None)]
    return [_number(way, number) for number in numbers]


def _number(way: str | None, number: str | None) -> dict[str, str | None]:
    carrier = carriers.named(way) if way else None
    return {
        "carrier_raw": way,
        "carrier": carrier.manifest.slug if carrier else None,
        "number": number,
        "url": None,
    }


def _events(order: Node, fulfilment: Node) -> list[dict[str, Any]]:
    """When the fulfilment went from state to state, as the order's history has it."""
    identity = text(fulfilment, "id")
    return [
        {
            "id": text(entry, "id") or f"{text(part(entry, 'data'), 'to')}",
            "at": when(entry, "createdAt"),
            "status": words.milestone(text(part(entry, "data"), "to")),
            "raw": text(part(entry, "data"), "to"),
        }
        for entry in entries(order, "ORDER_FULFILLMENT_TRANSITION")
        if text(part(entry, "data"), "fulfillmentId") == identity
    ]


def _arrival(events: list[dict[str, Any]], fulfilment: Node) -> Any:
    if text(fulfilment, "state") != words.DELIVERED:
        return None
    return next((e["at"] for e in reversed(events) if e["status"] == "delivered"), when(fulfilment, "updatedAt"))
