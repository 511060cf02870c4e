"""Bodies that are no order: what each is, and which order it is about. Told by its members, because a
file has no topic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from portal.platforms.shopify.shape import Node, gid, gid_of, kind_of, nodes, part

# Members that hold one such thing, and several.
_WRAPPED: Final = ("order_edit", "refund", "fulfillment", "return", "fulfillment_event", "transaction")
_LISTED: Final = ("fulfillment_events", "fulfillments", "refunds", "fulfillment_orders", "transactions")


@dataclass(frozen=True, slots=True)
class Hint:
    """What a body is, and the order to read again."""

    what: str
    order_id: str | None = None

    @property
    def message(self) -> str:
        """A sentence for whoever imports."""
        if self.order_id is None:
            return f"{self.what}: nothing to import"
        return f"{self.what}: nothing to import by itself, the whole is in order {self.order_id}"


def hint_of(body: Node, topic: str | None = None) -> Hint | None:
    """What this body without an order is, or None when it is nothing of Shopify's."""
    if topic and topic.startswith("orders/delete"):
        return Hint("the deletion of an order", gid("Order", body))
    for test, what in _KINDS:
        if test(body):
            return Hint(what, order_id_of(body))
    kind = kind_of(body.get("admin_graphql_api_id")) or kind_of(body.get("id"))
    if kind == "Order":
        return Hint("an order's id without the order", gid("Order", body))
    if kind:
        return Hint(f"a {kind}", order_id_of(body))
    if topic or order_id_of(body) or _mentions_shopify(body):
        return Hint(f"a body of topic {topic}" if topic else "a body without an order", order_id_of(body))
    return None


def order_id_of(body: Node) -> str | None:
    """The order that a body names, as a global id."""
    for holder in (body, *(part(body, name) for name in _WRAPPED)):
        named = gid("Order", part(holder, "order")) or gid("Order", holder, "order_id")
        if named:
            return named
    return next((named for item in _inner(body) if (named := gid("Order", item, "order_id"))), None)


def _inner(body: Node) -> list[Node]:
    lists = [nodes(body, name) for name in _LISTED]
    works = ("fulfillment_order", "original_fulfillment_order", "moved_fulfillment_order")
    return [*(item for found in lists for item in found), *(part(body, name) for name in works)]


def _has(*names: str) -> Callable[[Node], bool]:
    return lambda body: all(name in body for name in names)


def _is(kind: str) -> Callable[[Node], bool]:
    return lambda body: kind in (kind_of(body.get("admin_graphql_api_id")), kind_of(body.get("id")))


def _mentions_shopify(body: Node) -> bool:
    """Whether any member holds a global id or is one that Shopify puts beside a shop."""
    return "shop_id" in body or any(kind_of(value) is not None for value in body.values())


def _is_fulfilment_order(body: Node) -> bool:
    return any("fulfillment_order" in name for name in body)


def _only_an_id(body: Node) -> bool:
    return set(body) <= {"id", "admin_graphql_api_id"} and gid_of("Order", body.get("id")) is not None


_KINDS: Final[tuple[tuple[Callable[[Node], bool], str], ...]] = (
    (_has("order_edit"), "an order edit"),
    (_has("shop_domain", "orders_requested"), "a customer's request for their data"),
    (_has("shop_domain", "orders_to_redact"), "a request to erase a customer's data"),
    (lambda body: set(body) == {"shop_id", "shop_domain"}, "a request to erase a shop's data"),
    (_has("fulfillment_id", "status"), "an event of a fulfilment"),
    (_has("fulfillment_event"), "an event of a fulfilment"),
    (_has("fulfillment_events"), "events of a fulfilment"),
    (_has("refund_line_items"), "a refund"),
    (_has("refund"), "a refund"),
    (_has("refunds"), "refunds"),
    (_has("kind", "gateway"), "a payment"),
    (_has("transaction"), "a payment"),
    (_has("transactions"), "payments"),
    (_has("draft_order"), "a draft order, which becomes an order when it is completed"),
    (_has("draft_orders"), "draft orders, which become orders when they are completed"),
    (_is_fulfilment_order, "a change of a fulfilment order"),
    (_is("Fulfillment"), "a fulfilment"),
    (_has("order_id", "tracking_company"), "a fulfilment"),
    (_has("order_id", "tracking_number"), "a fulfilment"),
    (_has("fulfillment"), "a fulfilment"),
    (_has("fulfillments"), "fulfilments"),
    (_is("Return"), "a return"),
    (_has("return_line_items"), "a return"),
    (_is("DraftOrder"), "a draft order, which becomes an order when it is completed"),
    (_has("abandoned_checkout_url"), "a checkout that is no order yet"),
    (_is("Customer"), "a customer"),
    (_has("myshopify_domain"), "a shop"),
    (_only_an_id, "an id alone, as a deletion has it"),
)
