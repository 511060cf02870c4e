"""An order's open work: which fulfilment orders can still be acted upon, and how units fall on them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from portal.platforms.shopify.shape import Node, count, nodes, part, text

OPEN: Final = frozenset({"OPEN", "SCHEDULED", "ON_HOLD", "IN_PROGRESS"})
_SHIPPABLE: Final = frozenset({"OPEN", "IN_PROGRESS"})


@dataclass(frozen=True, slots=True)
class Share:
    """Units of one fulfilment order's line."""

    work: str
    location: str | None
    line: str
    quantity: int


def open_works(body: Mapping[str, Any]) -> list[Node]:
    """Those on which something is left to do."""
    return [work for work in nodes(body, "fulfillmentOrders") if work.get("status") in OPEN]


def work_of(body: Mapping[str, Any], own: str) -> Node | None:
    """The fulfilment order with this id."""
    return next((work for work in nodes(body, "fulfillmentOrders") if text(work, "id") == own), None)


def shares_of(body: Mapping[str, Any], units: Mapping[str, int]) -> list[Share] | None:
    """How units of the order's lines fall on the work that can be shipped; None when it has not so many."""
    wanted = {line: quantity for line, quantity in units.items() if quantity > 0}
    found: list[Share] = []
    for work in nodes(body, "fulfillmentOrders"):
        if work.get("status") not in _SHIPPABLE:
            continue
        for line, own, left in _lines(work):
            quantity = min(left, wanted.get(line, 0))
            if quantity:
                wanted[line] -= quantity
                found.append(Share(text(work, "id") or "", _location(work), own, quantity))
    return None if any(wanted.values()) else found


def by_location(shares: Sequence[Share]) -> list[list[dict[str, Any]]]:
    """As Shopify takes them: a parcel leaves one location."""
    places = dict.fromkeys(share.location for share in shares)
    return [_input([share for share in shares if share.location == place]) for place in places]


def _input(shares: Sequence[Share]) -> list[dict[str, Any]]:
    works = dict.fromkeys(share.work for share in shares)
    return [
        {
            "fulfillmentOrderId": work,
            "fulfillmentOrderLineItems": [{"id": s.line, "quantity": s.quantity} for s in shares if s.work == work],
        }
        for work in works
    ]


def _lines(work: Node) -> list[tuple[str, str, int]]:
    found = []
    for line in nodes(work, "lineItems"):
        order_line, own = text(part(line, "lineItem"), "id"), text(line, "id")
        if order_line and own:
            found.append((order_line, own, count(line, "remainingQuantity") or 0))
    return found


def _location(work: Node) -> str | None:
    return text(part(part(work, "assignedLocation"), "location"), "id")
