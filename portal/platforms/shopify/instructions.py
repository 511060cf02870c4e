"""Instructions for whoever delivers an order.

Shopify has a place for them in the checkout of local deliveries, which cannot be changed afterwards. What is wished
later is one of the order's additional details, under this name. Pure.
"""

from __future__ import annotations

from typing import Final

from portal.platforms.shopify.shape import Node, first, nodes, part, text

INSTRUCTIONS: Final = "Delivery instructions"


def instructions_of(order: Node, work: Node | None = None) -> str | None:
    """Those of the order, else those of one fulfilment order."""
    for detail in (*nodes(order, "custom_attributes"), *nodes(order, "note_attributes")):
        if first(detail, "key", "name") == INSTRUCTIONS:
            return text(detail, "value")
    method = part(work, "delivery_method") if work is not None else {}
    return text(part(method, "additional_information"), "instructions")
