"""What the neutral document has no place for, under Shopify's own names."""

from __future__ import annotations

from typing import Any, Final

from portal.platforms.shopify.shape import Node, snake

# Members that the neutral document holds in its own words.
_MAPPED: Final = frozenset({
    "id", "admin_graphql_api_id", "legacy_resource_id", "name", "number", "order_number", "confirmation_number", "test",
    "customer_locale", "processed_at", "created_at", "updated_at", "cancelled_at", "cancel_reason", "closed_at",
    "edited", "taxes_included", "currency", "currency_code", "presentment_currency", "presentment_currency_code",
    "financial_status", "fulfillment_status", "display_financial_status", "display_fulfillment_status",
    "return_status", "customer", "email", "contact_email", "phone", "shipping_address", "billing_address",
    "line_items", "fulfillment_orders", "fulfillments", "refunds", "returns", "shipping_lines", "tags", "note",
    "current_subtotal_price", "current_subtotal_price_set", "current_shipping_price_set", "current_total_tax",
    "current_total_tax_set", "current_total_discounts", "current_total_discounts_set", "current_total_price",
    "current_total_price_set", "current_total_additional_fees_set", "current_total_duties_set", "total_outstanding",
    "total_outstanding_set", "total_refunded_set", "payment_collection_details", "discount_applications",
    "source_name", "channel_information", "total_tip_received_set",
})  # fmt: skip
# Members that open something, or tell more of a person than an order page needs.
_WITHHELD: Final = frozenset({
    "_derived", "browser_ip", "client_ip", "client_details", "token", "cart_token", "checkout_token", "checkout_id",
    "landing_site", "landing_site_ref", "landing_page_url", "referring_site", "referrer_url", "order_status_url",
    "status_page_url", "transactions", "payment_details", "customer_journey", "customer_journey_summary",
    "__typename", "__parent_id", "edit_mark", "ship_mark", "ready_mark", "cancellation",
})  # fmt: skip
_EMPTY: Final[tuple[object, ...]] = (None, "", [], {})


def raw_of(body: Node) -> dict[str, Any]:
    """The members that say something and have no place elsewhere."""
    left_out = _MAPPED | _WITHHELD
    return {name: value for name, value in body.items() if snake(name) not in left_out and value not in _EMPTY}
