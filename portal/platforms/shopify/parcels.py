"""Fulfilments as parcels: what left, in whose hands, and how far it is. Cancelled ones stay."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import carriers
from portal.platforms.marks import mark_in
from portal.platforms.shopify import words
from portal.platforms.shopify.ledger import Names, parcel_lines
from portal.platforms.shopify.shape import Node, cut_off, degrees, gid, nodes, stated, text, when

_BY_STATUS = {"success": "handed_over", "open": "preparing", "pending": "preparing"}


def parcels_of(order: Node, names: Names, deliveries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One per fulfilment, in the body's order."""
    return [_parcel(item, names, deliveries, n) for n, item in enumerate(nodes(order, "fulfillments"), 1)]


def _parcel(fulfilment: Node, names: Names, deliveries: list[dict[str, Any]], number: int) -> dict[str, Any]:
    lines = [{"line_id": key, "quantity": quantity} for key, quantity in parcel_lines(fulfilment, names)]
    events = [_event(event, n) for n, event in enumerate(nodes(fulfilment, "events"), 1)]
    state = words.parcel_state(fulfilment.get("status"))
    ours = _is_ours(events)
    status, raw = _before_ours(events, fulfilment) if ours and state == "ok" else _status(fulfilment, state)
    return {
        "id": gid("Fulfillment", fulfilment) or f"fulfilment-{number}",
        "delivery_id": _delivery(fulfilment, lines, deliveries),
        "state": state,
        "created_at": when(fulfilment, "created_at"),
        "lines": lines,
        "allocation": "exact" if _is_exact(fulfilment) else "unknown",
        "tracking": _tracking(fulfilment),
        "status": status,
        "status_raw": raw,
        "estimated_at": when(fulfilment, "estimated_delivery_at") or _latest(nodes(fulfilment, "events")),
        "delivered_at": _arrival(events) if ours else when(fulfilment, "delivered_at") or _arrival(events),
        "events": events,
    }


def _is_ours(events: list[dict[str, Any]]) -> bool:
    """Whether the newest event is one that was written from here: then the status is our own word come back."""
    dated = [event for event in events if event["at"]]
    return bool(dated) and max(dated, key=lambda event: event["at"])["origin"] == "portal"


def _before_ours(events: list[dict[str, Any]], fulfilment: Node) -> tuple[str, str | None]:
    """What the shop's own events say; without any, that it has left."""
    own = [event for event in events if event["origin"] == "platform" and event["at"]]
    if own:
        newest = max(own, key=lambda event: event["at"])
        return newest["status"], newest["raw"]
    raw = text(fulfilment, "status")
    return _BY_STATUS.get((raw or "").lower(), words.UNKNOWN), raw


def _is_exact(fulfilment: Node) -> bool:
    lines = "line_items" if stated(fulfilment, "line_items") else "fulfillment_line_items"
    return stated(fulfilment, lines) and not cut_off(fulfilment, lines)


def _status(fulfilment: Node, state: str) -> tuple[str, str | None]:
    """The display status where there is one; else a fulfilment that exists has at least left."""
    raw = text(fulfilment, "display_status", "shipment_status")
    if state == "cancelled":
        return "cancelled", raw or text(fulfilment, "status")
    if raw:
        return words.milestone(raw), raw
    own = text(fulfilment, "status")
    if state == "failed":
        return "exception", own
    return _BY_STATUS.get((own or "").lower(), words.UNKNOWN), own


def _tracking(fulfilment: Node) -> list[dict[str, str | None]]:
    """GraphQL lists numbers with their company; REST has one company, and numbers and links side by side."""
    listed = nodes(fulfilment, "tracking_info")
    if listed:
        return [_number(text(one, "company"), text(one, "number"), text(one, "url")) for one in listed]
    company = text(fulfilment, "tracking_company")
    numbers = _texts(fulfilment, "tracking_numbers") or _texts(fulfilment, "tracking_number")
    urls = _texts(fulfilment, "tracking_urls") or _texts(fulfilment, "tracking_url")
    pairs = list(zip_longest(numbers, urls))
    if not pairs and company:
        pairs = [(None, None)]
    return [_number(company, number, url) for number, url in pairs]


def _texts(node: Node, name: str) -> list[str]:
    held = node.get(name)
    listed = held if isinstance(held, list) else [held]
    return [found for item in listed if (found := text({"item": item}, "item"))]


def _number(company: str | None, number: str | None, url: str | None) -> dict[str, str | None]:
    carrier = carriers.named(company) if company else None
    return {
        "carrier_raw": company,
        "carrier": carrier.manifest.slug if carrier else None,
        "number": number,
        "url": url,
    }


def _event(event: Node, number: int) -> dict[str, Any]:
    raw = text(event, "status")
    ours = mark_in(text(event, "message")) is not None
    return {
        "id": gid("FulfillmentEvent", event) or f"event-{number}",
        "at": when(event, "happened_at", "created_at"),
        "status": words.milestone(raw),
        "raw": raw,
        "message": None if ours else text(event, "message"),
        "place": {
            "city": text(event, "city"),
            "postcode": text(event, "zip"),
            "region": text(event, "province"),
            "country": text(event, "country"),
            "lat": degrees(event, "latitude"),
            "lon": degrees(event, "longitude"),
            "text": text(event, "address1"),
        },
        "origin": "portal" if ours else "platform",
    }


def _latest(events: list[Node]) -> Any:
    """The estimate of the newest event that has one and was not written from here."""
    told = [event for event in events if mark_in(text(event, "message")) is None]
    dated = [(when(e, "happened_at", "created_at"), when(e, "estimated_delivery_at")) for e in told]
    known = [(at, estimate) for at, estimate in dated if at and estimate]
    return max(known)[1] if known else None


def _arrival(events: list[dict[str, Any]]) -> Any:
    own = (event for event in events if event["origin"] == "platform")
    return next((event["at"] for event in own if event["status"] in ("delivered", "collected")), None)


def _delivery(fulfilment: Node, lines: list[dict[str, Any]], deliveries: list[dict[str, Any]]) -> str | None:
    """The delivery that this parcel is a part of: stated, or the only one that has all its lines."""
    for work in nodes(fulfilment, "fulfillment_orders"):
        return gid("FulfillmentOrder", work)
    wanted = {line["line_id"] for line in lines}
    able = [d["id"] for d in deliveries if wanted and wanted <= {line["line_id"] for line in d["lines"]}]
    return able[0] if len(able) == 1 else None
