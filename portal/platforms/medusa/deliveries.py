"""The ways in which an order's units reach the customer: Medusa has one way of sending for all that is sent, and
nothing at all for what needs none."""

from __future__ import annotations

from typing import Any

from portal.platforms.medusa.parcels import is_pickup
from portal.platforms.medusa.people import address
from portal.platforms.medusa.shape import Node, nodes, part, text, when

Lines = list[dict[str, Any]]
DIGITAL = "digital"
INSTRUCTIONS = "delivery_instructions"  # the member of an order's metadata


def deliveries_of(order: Node, lines: Lines) -> Lines:
    """One delivery for what is sent or collected, one for what needs neither."""
    sent = [line for line in lines if line["requires_shipping"]]
    digital = [line for line in lines if not line["requires_shipping"]]
    built = [_of_goods(order, sent)] if sent else []
    return [*built, _made(order, DIGITAL, DIGITAL, digital)] if digital else built


def sending_id(order: Node) -> str:
    """The name of the delivery of what is sent."""
    return next((found for way in _ways(order) if (found := text(way, "id"))), "sending")


def _ways(order: Node) -> list[Node]:
    """The ways of sending that the customer chose: those of returns go the other way."""
    return [way for way in nodes(order, "shipping_methods") if not part(way, "detail").get("return_id")]


def _of_goods(order: Node, lines: Lines) -> dict[str, Any]:
    ways = _ways(order)
    pickup = any(is_pickup(way) for way in ways)
    method = "pickup" if pickup else "shipping" if ways or part(order, "shipping_address") else "unknown"
    return {
        **_made(order, sending_id(order), method, lines),
        "label": " + ".join(dict.fromkeys(name for way in ways if (name := text(way, "name")))) or None,
        "location": _location(ways) if pickup else None,
        "destination": None if pickup else address(part(order, "shipping_address")),
        "instructions": text(part(order, "metadata"), INSTRUCTIONS),
        "pickup": _pickup(order) if pickup else {},
    }


def _made(order: Node, name: str, method: str, lines: Lines) -> dict[str, Any]:
    parts = [_share(line) for line in lines if line["quantity"]["current"] > 0]
    return {"id": name, "method": method, "state": _state(order, parts), "lines": parts}


def _share(line: dict[str, Any]) -> dict[str, Any]:
    quantity = line["quantity"]
    remaining = max(0, quantity["current"] - quantity["fulfilled"])
    return {"line_id": line["id"], "quantity": quantity["current"], "remaining": remaining}


def _state(order: Node, parts: Lines) -> str:
    if order.get("status") == "canceled":
        return "cancelled"
    return "open" if any(line["remaining"] for line in parts) else "closed"


def _location(ways: list[Node]) -> dict[str, Any] | None:
    for way in ways:
        place = part(way, "shipping_option", "service_zone", "fulfillment_set", "location")
        if place:
            return {"id": text(place, "id"), "name": text(place, "name"), "address": address(part(place, "address"))}
    return None


def _pickup(order: Node) -> dict[str, Any]:
    """What is packed waits to be collected; Medusa calls it delivered once it was."""
    mine = [item for item in nodes(order, "fulfillments") if not item.get("canceled_at") and is_pickup(item)]
    ready = [at for item in mine if (at := when(item, "packed_at", "created_at"))]
    collected = [at for item in mine if (at := when(item, "delivered_at"))]
    return {"ready_at": min(ready, default=None), "collected_at": min(collected, default=None)}
