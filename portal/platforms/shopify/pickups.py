"""When a Click & Collect delivery became ready and was collected: its fulfilments' statuses tell."""

from __future__ import annotations

from typing import Any

Parts = list[dict[str, Any]]


def with_pickups(deliveries: Parts, parcels: Parts) -> Parts:
    """The deliveries, those for pickup with their two moments as far as known."""
    return [_told(delivery, parcels) if delivery["method"] == "pickup" else delivery for delivery in deliveries]


def _told(delivery: dict[str, Any], parcels: Parts) -> dict[str, Any]:
    mine = [p for p in parcels if p["delivery_id"] == delivery["id"] and p["state"] != "cancelled"]
    ready = _first_at(mine, ("ready_for_pickup",), "created_at")
    collected = _first_at(mine, ("collected", "delivered"), "delivered_at")
    return {**delivery, "pickup": {"ready_at": ready, "collected_at": collected}}


def _first_at(parcels: Parts, statuses: tuple[str, ...], own: str) -> Any:
    """The earliest event with such a status; else the date `own` of a fulfilment that has it now."""
    events = [event["at"] for p in parcels for event in p["events"] if event["status"] in statuses and event["at"]]
    dates = [p[own] for p in parcels if p["status"] in statuses and p[own]]
    return min(events or dates, default=None)
