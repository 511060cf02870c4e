"""Shipping lines as deliveries: how the order travels, and what of it still waits."""

from __future__ import annotations

from typing import Any

from portal.platforms.vendure import words
from portal.platforms.vendure.history import entries
from portal.platforms.vendure.ledger import Ledger
from portal.platforms.vendure.people import address
from portal.platforms.vendure.shape import Node, nodes, part, text, when

Delivery = dict[str, Any]

INSTRUCTIONS = "Delivery instructions: "
NO_INSTRUCTIONS = "No delivery instructions any more"


def method_of(order: Node) -> str:
    """How the whole order travels; "shipping" where its parts travel differently."""
    ways = {_way(line) for line in nodes(order, "shippingLines")}
    if not ways:
        return "shipping" if address(part(order, "shippingAddress")) else words.UNKNOWN
    return ways.pop() if len(ways) == 1 else "shipping"


def deliveries_of(order: Node, ledger: Ledger, instructions: str | None) -> list[Delivery]:
    """One per shipping line. Which units belong to which of several, Vendure does not say."""
    found = nodes(order, "shippingLines")
    if not found:
        return [_delivery(order, {}, ledger, method_of(order), instructions, alone=True)]
    return [_delivery(order, line, ledger, _way(line), instructions, alone=len(found) == 1) for line in found]


def instructions_of(order: Node, field: str | None) -> str | None:
    """What whoever delivers is asked to do: the order's custom field of that name, else the last note of ours."""
    if field is not None:
        return text(part(order, "customFields"), field)
    for entry in reversed(entries(order, "ORDER_NOTE")):
        note = text(part(entry, "data"), "note") or ""
        plain = words.unmarked(note) or ""
        if plain != note and plain.startswith(INSTRUCTIONS.strip()):
            return plain.removeprefix(INSTRUCTIONS.strip()).strip() or None
        if plain != note and plain.startswith(NO_INSTRUCTIONS):
            return None
    return None


def _way(line: Node) -> str:
    shipping = part(line, "shippingMethod")
    return words.method(text(shipping, "fulfillmentHandlerCode"), text(shipping, "code"), text(shipping, "name"))


def _delivery(
    order: Node, line: Node, ledger: Ledger, method: str, instructions: str | None, *, alone: bool
) -> Delivery:
    label = text(part(line, "shippingMethod"), "name", "code")
    shares = list(_shares(order, ledger))
    return {
        "id": f"shipping:{text(line, 'id') or 0}",
        "method": method,
        "label": label,
        "state": _state(order, shares, ledger),
        "location": {"name": label} if method == "pickup" else None,
        "destination": address(part(order, "shippingAddress")) if method == "shipping" else None,
        "lines": shares if alone else [],
        "instructions": instructions if method == "shipping" else None,
        "pickup": _pickup(order) if method == "pickup" and alone else {},
    }


def _shares(order: Node, ledger: Ledger) -> list[dict[str, Any]]:
    shares = []
    for line in nodes(order, "lines"):
        key, quantity = text(line, "id"), line.get("quantity")
        if key and isinstance(quantity, int) and quantity > 0:
            remaining = max(0, quantity - ledger.fulfilled[key] - ledger.in_progress[key])
            shares.append({"line_id": key, "quantity": quantity, "remaining": remaining})
    return shares


def _state(order: Node, shares: list[dict[str, Any]], ledger: Ledger) -> str:
    """An order that is being modified is not on hold by that: looking what a change costs takes a moment of it."""
    state = text(order, "state")
    if state == words.CANCELLED:
        return "cancelled"
    if any(share["remaining"] for share in shares):
        return "on_hold" if state == words.ARRANGING else "open"
    return "in_progress" if sum(ledger.in_progress.values()) else "closed"


def _pickup(order: Node) -> dict[str, Any]:
    """Units that wait at the counter are in a fulfilment that is not delivered yet."""
    live = [item for item in nodes(order, "fulfillments") if text(item, "state") != words.CANCELLED]
    ready = min((at for item in live if (at := when(item, "createdAt"))), default=None)
    fetched = [when(item, "updatedAt") for item in live if text(item, "state") == words.DELIVERED]
    over = bool(live) and len(fetched) == len(live)
    return {"ready_at": ready, "collected_at": max((at for at in fetched if at), default=None) if over else None}
