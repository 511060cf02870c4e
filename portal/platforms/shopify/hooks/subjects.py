"""Which orders the body of a delivery is about, and which person. Pure.

Some bodies name a fulfilment order or a return and not its order. Then that id stands for the order: reading it leads
there (`ShopifyShop.order`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from portal.platforms.shopify.hints import order_id_of
from portal.platforms.shopify.shape import Node, gid, gid_of, kind_of, part, text

# Members that hold a fulfilment order, in the bodies of all its topics.
_WORKS: Final = (
    "fulfillment_order", "original_fulfillment_order", "moved_fulfillment_order", "remaining_fulfillment_order",
    "replacement_fulfillment_order", "submitted_fulfillment_order",
)  # fmt: skip


def order_ids_of(topic: str, body: Node) -> tuple[str, ...]:
    """The ids to read again; none when the body names nothing."""
    if topic.startswith("orders/") and topic != "orders/edited":
        own = gid("Order", body)
        return (own,) if own else ()
    named = order_id_of(body)
    if named is not None:
        return (named,)
    return tuple(dict.fromkeys((*_works(body), *_returns(topic, body))))[:1]


def orders_named(body: Node, *members: str) -> tuple[str, ...]:
    """The orders that a wish of a customer names."""
    listed = [item for name in members if isinstance(body.get(name), list) for item in body[name]]
    return tuple(found for item in listed if (found := gid_of("Order", item)))


def person_of(body: Node) -> tuple[tuple[str, str], ...]:
    """Whom a wish of a customer is about."""
    customer = part(body, "customer")
    told = (
        ("email", text(customer, "email")),
        ("phone", text(customer, "phone")),
        ("customer_id", gid("Customer", customer)),
    )
    return tuple((name, value) for name, value in told if value)


def _works(body: Node) -> Iterator[str]:
    for holder, name in product((body, part(body, "fulfillment_order_merges")), _WORKS):
        held = holder.get(name)
        found = gid("FulfillmentOrder", held) if isinstance(held, dict) else gid_of("FulfillmentOrder", held)
        if found:
            yield found


def _returns(topic: str, body: Node) -> Iterator[str]:
    own = gid("Return", body)
    if topic.startswith("returns/") and own and kind_of(own) == "Return":
        yield own
