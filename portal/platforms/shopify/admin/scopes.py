"""The scopes that the app of a shop needs, and what for: to read, and to change orders from here. Pure.

The tests work out from the schema what our operations and topics need, and compare.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

READ: Final = {
    "read_orders": "orders of the last 60 days",
    "read_customers": "who ordered",
    "read_products": "options, tags and other variants of what was bought",
    "read_locations": "where an order is prepared or collected",
    "read_merchant_managed_fulfillment_orders": "what is still to be sent, and from where",
    "read_fulfillments": "news of parcels as they happen",
    "read_returns": "what was sent back",
}
WRITE: Final = {
    "write_orders": "addresses, instructions, cancelling, refunds",
    "write_order_edits": "another size or colour, another quantity",
    "write_merchant_managed_fulfillment_orders": "holding back, shipping, ready to collect",
    "write_fulfillments": "what carriers say, shown in Shopify as well",
    "write_returns": "wishes to send something back",
}
OLDER: Final = "read_all_orders"  # Shopify grants it on request


def lacking(needed: Collection[str], granted: Collection[str]) -> tuple[str, ...]:
    """The needed scopes that are not granted; whoever may write may read."""
    have = {*granted, *(f"read_{scope.removeprefix('write_')}" for scope in granted if scope.startswith("write_"))}
    return tuple(scope for scope in needed if scope not in have)
