"""When a Click & Collect delivery became ready and was collected: its fulfilments' statuses tell.

What is made ready shows in no member of a fulfilment order: for what was made ready from here, our own mark on the
order says when.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from portal.platforms.shopify.shape import Node, part, text, when

Parts = list[dict[str, Any]]

_COLLECTED = ("collected", "delivered")


def with_pickups(order: Node, deliveries: Parts, parcels: Parts) -> Parts:
    """The deliveries, those for pickup with their two moments as far as known."""
    ready = ready_moments(part(order, "ready_mark"))
    return [_told(delivery, parcels, ready) if delivery["method"] == "pickup" else delivery for delivery in deliveries]


def ready_moments(mark: Node) -> Mapping[str, str]:
    """When what was made ready from here, by the id of its fulfilment order; what is no mark of ours says nothing."""
    try:
        held = json.loads(text(mark, "value") or "{}")
    except ValueError:
        return {}
    return {str(own): str(at) for own, at in held.items()} if isinstance(held, dict) else {}


def _told(delivery: dict[str, Any], parcels: Parts, moments: Mapping[str, str]) -> dict[str, Any]:
    mine = [p for p in parcels if p["delivery_id"] == delivery["id"] and p["state"] != "cancelled"]
    ready = _first_at(mine, ("ready_for_pickup",), "created_at") or when({"at": moments.get(delivery["id"])}, "at")
    collected = _first_at(mine, _COLLECTED, "delivered_at") or _handed_out(mine)
    return {**delivery, "pickup": {"ready_at": ready, "collected_at": collected}}


def _first_at(parcels: Parts, statuses: tuple[str, ...], own: str) -> Any:
    """The earliest event with such a status; else the date `own` of a fulfilment that has it now."""
    events = [event["at"] for p in parcels for event in p["events"] if event["status"] in statuses and event["at"]]
    dates = [p[own] for p in parcels if p["status"] in statuses and p[own]]
    return min(events or dates, default=None)


def _handed_out(parcels: Parts) -> Any:
    """What has left without being sent was fetched."""
    left = [p["created_at"] for p in parcels if p["status"] == "handed_over" and p["created_at"] and not p["tracking"]]
    return min(left, default=None)
