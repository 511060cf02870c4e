"""Fulfilment orders as deliveries; where the body has none, what the order itself tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.platforms.shopify import words
from portal.platforms.shopify.instructions import instructions_of
from portal.platforms.shopify.ledger import Names, handed_over, work_lines
from portal.platforms.shopify.people import address
from portal.platforms.shopify.shape import Node, first, gid, nodes, part, stated, text, when, word, yes

Lines = list[dict[str, Any]]

_NOT_DELIVERED = frozenset({"pickup", "digital", "none"})


def deliveries_of(order: Node, names: Names, lines: Lines) -> Lines:
    """The order's deliveries. REST bodies have no fulfilment orders, so theirs are synthetic."""
    if stated(order, "fulfillment_orders"):
        return [_stated(order, work, names, lines, n) for n, work in enumerate(nodes(order, "fulfillment_orders"), 1)]
    return list(_synthetic(order, lines))


def _stated(order: Node, work: Node, names: Names, lines: Lines, number: int) -> dict[str, Any]:
    kind = part(work, "delivery_method")
    parts = [
        {"line_id": key, "quantity": quantity, "remaining": remaining}
        for key, quantity, remaining in work_lines(work, names)
    ]
    method = words.method(kind.get("method_type")) if kind else words.UNKNOWN
    if method == "none" and word(kind.get("method_type")) == "none" and _all_digital(parts, lines):
        method = "digital"
    return {
        "id": gid("FulfillmentOrder", work) or f"fulfilment-order-{number}",
        "method": method,
        "label": text(kind, "presented_name") or _label(order),
        "state": words.delivery_state(work.get("status")),
        "location": _location(work),
        "destination": _destination(work),
        "promise": {
            "earliest": when(kind, "min_delivery_date_time"),
            "latest": when(kind, "max_delivery_date_time"),
            "fulfil_by": when(work, "fulfill_by"),
        },
        "lines": parts,
        "instructions": None if method in _NOT_DELIVERED else instructions_of(order, work),
        "handed_to_warehouse": handed_over(work),
        "pickup": {"ready_at": None, "collected_at": None, "code": None, "opening_hours": None},
    }


def _all_digital(parts: Lines, lines: Lines) -> bool:
    ships = {line["id"]: line["requires_shipping"] for line in lines}
    return bool(parts) and not any(ships.get(line["line_id"], True) for line in parts)


def _location(work: Node) -> dict[str, Any] | None:
    place = part(work, "assigned_location")
    if not place:
        return None
    identity = gid("Location", part(place, "location")) or gid("Location", place, "location_id")
    return {"id": identity, "name": text(place, "name"), "address": _without_name(place)}


def _without_name(place: Node) -> dict[str, Any]:
    return {**(address(place) or {}), "name": None}


def _destination(work: Node) -> dict[str, Any] | None:
    place = part(work, "destination")
    return address(place) if place else None


def _synthetic(order: Node, lines: Lines) -> Iterator[dict[str, Any]]:
    """One delivery for what is shipped or fetched, one for what needs neither."""
    physical = [line for line in lines if line["requires_shipping"]]
    digital = [line for line in lines if not line["requires_shipping"]]
    if physical:
        yield _made(order, _method(order), physical)
    if digital:
        yield _made(order, "digital", digital)


def _made(order: Node, method: str, lines: Lines) -> dict[str, Any]:
    label = None if method == "digital" else _label(order)
    parts = [_share(line) for line in lines if line["quantity"]["current"] > 0]
    return {
        "id": f"synthetic:{method}",
        "method": method,
        "label": label,
        "state": _state(order, parts),
        "location": {"id": None, "name": label, "address": {}} if method == "pickup" else None,
        "destination": address(part(order, "shipping_address")) if method == "shipping" else None,
        "lines": parts,
        "instructions": None if method in _NOT_DELIVERED else instructions_of(order),
    }


def _share(line: dict[str, Any]) -> dict[str, Any]:
    quantity = line["quantity"]
    remaining = max(0, quantity["current"] - quantity["fulfilled"])
    return {"line_id": line["id"], "quantity": quantity["current"], "remaining": remaining}


def _state(order: Node, parts: Lines) -> str:
    if when(order, "cancelled_at"):
        return "cancelled"
    return "open" if any(line["remaining"] for line in parts) else "closed"


def _method(order: Node) -> str:
    """How physical goods travel. Local pickup shows only as a missing address beside a rate that has the
    location's name and code; a draft order's own rate has the code "custom"."""
    if part(order, "shipping_address"):
        return "shipping"
    if word(order.get("source_name")) == "pos":
        return "none"
    rates = _rates(order)
    if not rates:
        return words.UNKNOWN
    category = words.method(first(rates[0], "delivery_category"))
    if category != words.UNKNOWN:
        return category
    if yes(rates[0], "custom") or word(rates[0].get("code")) == "custom":
        return "shipping"
    return "pickup" if _has_no_address(order) else words.UNKNOWN


def _has_no_address(order: Node) -> bool:
    """Whether a null address means "none" and not "withheld": other personal data are there."""
    is_rest = "admin_graphql_api_id" in order or "order_number" in order
    told = part(order, "billing_address") or part(order, "customer") or text(order, "email", "contact_email", "phone")
    return is_rest and "shipping_address" in order and bool(told)


def _rates(order: Node) -> list[Node]:
    return [rate for rate in nodes(order, "shipping_lines") if rate.get("is_removed") is not True]


def _label(order: Node) -> str | None:
    return " + ".join(dict.fromkeys(title for rate in _rates(order) if (title := text(rate, "title")))) or None
