"""Bulk operation files: JSON Lines in which a part names its parent by `__parentId` and may stand anywhere.

They are held in memory until the end of the source, because only then is an order known to be complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from portal.platforms.contract import Note, Value
from portal.platforms.shopify.shape import kind_of

_PARENT: Final = "__parentId"
_DEEPEST: Final = 4  # bulk queries nest less
_MEMBER: Final = {
    "LineItem": "lineItems",
    "Fulfillment": "fulfillments",
    "FulfillmentOrder": "fulfillmentOrders",
    "FulfillmentOrderLineItem": "lineItems",
    "FulfillmentLineItem": "fulfillmentLineItems",
    "FulfillmentEvent": "events",
    "ShippingLine": "shippingLines",
    "Refund": "refunds",
    "RefundLineItem": "refundLineItems",
    "Return": "returns",
    "ReturnLineItem": "returnLineItems",
}
_CONNECTIONS: Final = ("lineItems", "line_items", "fulfillmentOrders")


@dataclass(slots=True)
class Bulk:
    """Collects the lines of a bulk file. `orders` and `leftovers` are read once, at the end."""

    _orders: dict[str, Value] = field(default_factory=dict)
    _parts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _strays: list[int] = field(default_factory=list)

    def takes(self, item: Value) -> bool:
        """Whether this value is a line of a bulk file: a part, or an order whose parts come apart."""
        node = item.value
        if not isinstance(node, dict):
            return False
        own = node.get("id")
        if isinstance(node.get(_PARENT), str):
            self._parts.setdefault(node[_PARENT], []).append(node)
            return True
        if isinstance(own, str) and kind_of(own) == "Order" and not any(name in node for name in _CONNECTIONS):
            self._orders[own] = item
            return True
        return False

    def orders(self) -> Iterator[Value]:
        """The orders with their parts, in the order of their own lines."""
        for own, item in self._orders.items():
            whole = self._whole(own, item.value, 0) if self._parts else item.value
            yield Value(item.line, whole, item.text, item.at)

    def leftovers(self) -> Iterator[Note]:
        """What belongs to no order of this source."""
        if self._parts:
            parts = sum(len(parts) for parts in self._parts.values())
            yield Note(1, f"parts of orders that are not in this file ({parts}): nothing to import")

    def _whole(self, own: str, node: Any, depth: int) -> dict[str, Any]:
        """The node with its parts under their members. Takes the parts out."""
        whole = {name: value for name, value in node.items() if name != _PARENT}
        for child in self._parts.pop(own, []) if depth < _DEEPEST else []:
            identity = child.get("id")
            kind = kind_of(identity)
            member = _MEMBER.get(kind or "")
            if member is None or not isinstance(identity, str):
                continue
            held = whole.get(member)
            whole[member] = [*(held if isinstance(held, list) else []), self._whole(identity, child, depth + 1)]
        return whole
