"""What the neutral document has no place for, under WooCommerce's own names."""

from __future__ import annotations

from typing import Any, Final

from portal.platforms.woocommerce.shape import Node, metas

# Members that the neutral document holds in its own words.
_MAPPED: Final = frozenset({
    "id", "number", "status", "currency", "prices_include_tax", "billing", "shipping", "customer_id", "customer_note",
    "date_created", "date_created_gmt", "date_modified", "date_modified_gmt", "date_completed", "date_completed_gmt",
    "date_paid", "date_paid_gmt", "discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax",
    "total", "total_tax", "line_items", "tax_lines", "shipping_lines", "refunds", "fulfillments", "created_via",
    "meta_data",
})  # fmt: skip
# Members that open something, or tell more of a person than an order page needs.
_WITHHELD: Final = frozenset({
    "order_key", "cart_hash", "customer_ip_address", "customer_user_agent", "transaction_id", "payment_url", "_links",
    "gift_cards",
})  # fmt: skip
_EMPTY: Final[tuple[object, ...]] = (None, "", [], {})


def raw_of(order: Node) -> dict[str, Any]:
    """The members that say something and have no place elsewhere; entries of plugins only where they are shown."""
    left_out = _MAPPED | _WITHHELD
    kept = {name: value for name, value in order.items() if name not in left_out and value not in _EMPTY}
    shown = {meta.key: meta.shown for meta in metas(order) if not meta.internal and meta.shown}
    return {**kept, **({"meta_data": shown} if shown else {})}
