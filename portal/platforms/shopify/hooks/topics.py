"""The topics of deliveries: those that we have delivered, and those that a shop's app sends by its own settings.

Subscribed is what leads to an order, and what concerns the connection. Customers and locations are not: their bodies
hold personal data, and nothing would be done with them that reading an order again does not do.
"""

from __future__ import annotations

from typing import Final

from portal.platforms.live import Purpose

# With these, what can still be changed becomes more or less.
_IN_THE_WAREHOUSE: Final = (
    "fulfillment_orders/fulfillment_request_submitted", "fulfillment_orders/fulfillment_request_accepted",
    "fulfillment_orders/fulfillment_request_rejected", "fulfillment_orders/cancellation_request_accepted",
    "fulfillment_orders/progress_reported", "fulfillment_orders/manually_reported_progress_stopped",
)  # fmt: skip
SUBSCRIBED: Final = (
    "orders/create", "orders/updated", "orders/edited", "orders/cancelled", "orders/fulfilled",
    "orders/partially_fulfilled", "orders/paid", "orders/delete", "orders/link_requested",
    "fulfillments/create", "fulfillments/update", "fulfillment_events/create", "fulfillment_events/delete",
    "fulfillment_orders/line_items_prepared_for_pickup", "fulfillment_orders/line_items_prepared_for_local_delivery",
    "fulfillment_orders/placed_on_hold", "fulfillment_orders/hold_released", "fulfillment_orders/moved",
    "fulfillment_orders/split", "fulfillment_orders/merged", "fulfillment_orders/cancelled",
    "fulfillment_orders/rescheduled", *_IN_THE_WAREHOUSE,
    "refunds/create", "returns/request", "returns/approve", "returns/decline", "returns/cancel", "returns/close",
    "returns/reopen", "returns/update", "returns/process", "bulk_operations/finish", "app/uninstalled",
    "app/scopes_update",
)  # fmt: skip
# Set in the app's own configuration, not by a call.
COMPLIANCE: Final = ("customers/data_request", "customers/redact", "shop/redact")

_PURPOSES: Final[dict[str, Purpose]] = {
    "customers/data_request": "data_request",
    "customers/redact": "erase_person",
    "shop/redact": "erase_shop",
    "app/uninstalled": "disconnected",
}
_ABOUT_ORDERS: Final = ("orders/", "fulfillments/", "fulfillment_", "refunds/", "returns/", "order_transactions/")


def enumerated(topic: str) -> str:
    """A topic as GraphQL names it: "orders/create" is ORDERS_CREATE."""
    return topic.upper().replace("/", "_")


def purpose_of(topic: str) -> Purpose:
    """What a delivery of this topic is for."""
    told = _PURPOSES.get(topic)
    if told is not None:
        return told
    return "orders" if topic.startswith(_ABOUT_ORDERS) else "nothing"
