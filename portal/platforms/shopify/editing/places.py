"""Whether the work that is open goes where the order now says. Pure. Where addresses are withheld, nobody can say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from portal.platforms.neutral.parts import Address
from portal.platforms.shopify.shape import nodes, part, text

_OVER: Final = frozenset({"CLOSED", "CANCELLED", "INCOMPLETE"})

Place = tuple[str, ...]


def has_followed(body: Mapping[str, Any], old: Address | None) -> bool:
    """Whether no open work still has the address from before. An order that is at the same place, written in another
    way, is where it should be."""
    before = None if old is None else _place(old.line1, old.line2, old.postcode, old.city)
    if before is None or _of_node(part(body, "shippingAddress")) in (before, None):
        return True
    return not any(_of_node(place) == before for place in _destinations(body))


def _destinations(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    works = nodes(body, "fulfillmentOrders")
    return [part(work, "destination") for work in works if work.get("status") not in _OVER]


def _of_node(address: Mapping[str, Any]) -> Place | None:
    return _place(*(text(address, name) for name in ("address1", "address2", "zip", "city")))


def _place(*parts: str | None) -> Place | None:
    folded = tuple((part_ or "").strip().casefold() for part_ in parts)
    return folded if any(folded) else None
