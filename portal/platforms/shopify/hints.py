"""Bodies that are no order: what each is, and which order it is about. Told by its members, because a
file has no topic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from portal.platforms.shopify.shape import Node, gid, gid_of, kind_of, nodes, part

_AGAIN = "the order that it belongs to carries the whole: import that (orders/updated, or an answer of the Admin API)"


@dataclass(frozen=True, slots=True)
class Hint:
    """What a body is, and the order to read again."""

    what: str
    order_id: str | None = None

    @property
    def message(self) -> str:
        """A sentence for whoever imports."""
        about = f" ({self.order_id})" if self.order_id else ""
        return f"{self.what}{about}: nothing to import"


def hint_of(body: Node, topic: str | None = None) -> Hint | None:
    """What this body without an order is, or None when it is nothing of Shopify's."""
    if topic and topic.startswith("orders/delete"):
        return Hint("a deleted order", gid("Order", body))
    for test, what in _KINDS:
        if test(body):
            return Hint(what, order_id_of(body))
    kind = kind_of(body.get("admin_graphql_api_id")) or kind_of(body.get("id"))
    if kind == "Order":
        return Hint("an order's id without the order", gid("Order", body))
    if kind:
        return Hint(f"a {kind}", order_id_of(body))
    return Hint(f"a body of the topic {topic}", order_id_of(body)) if topic else None


def order_id_of(body: Node) -> str | None:
    """The order that a body names, as a global id."""
    for holder in (body, *(part(body, name) for name in ("order_edit", "refund", "fulfillment", "return"))):
        named = gid("Order", part(holder, "order")) or gid("Order", holder, "order_id")
        if named:
            return named
    return next((gid("Order", item, "order_id") for item in _inner(body)), None)


def _inner(body: Node) -> list[Node]:
    lists = [nodes(body, name) for name in ("fulfillment_events", "fulfillments", "refunds", "fulfillment_orders")]
    return [*(item for found in lists for item in found), part(body, "fulfillment_order")]


def _has(*names: str) -> Callable[[Node], bool]:
    return lambda body: all(name in body for name in names)


def _is(kind: str) -> Callable[[Node], bool]:
    return lambda body: kind in (kind_of(body.get("admin_graphql_api_id")), kind_of(body.get("id")))


def _is_fulfilment_order(body: Node) -> bool:
    return any("fulfillment_order" in name for name in body)


def _only_an_id(body: Node) -> bool:
    return set(body) <= {"id", "admin_graphql_api_id"} and gid_of("Order", body.get("id")) is not None


_KINDS: Final[tuple[tuple[Callable[[Node], bool], str], ...]] = (
    (_has("order_edit"), f"an order edit; {_AGAIN}"),
    (_has("shop_domain", "orders_requested"), "a customer's request for their data"),
    (_has("shop_domain", "orders_to_redact"), "a request to erase a customer's data"),
    (lambda body: set(body) == {"shop_id", "shop_domain"}, "a request to erase a shop's data"),
    (_has("fulfillment_id", "status"), f"an event of a fulfilment; {_AGAIN}"),
    (_has("fulfillment_events"), f"events of a fulfilment; {_AGAIN}"),
    (_has("refund_line_items"), f"a refund; {_AGAIN}"),
    (_has("refund"), f"a refund; {_AGAIN}"),
    (_has("refunds"), f"refunds; {_AGAIN}"),
    (_has("kind", "gateway"), f"a payment; {_AGAIN}"),
    (_has("transactions"), f"payments; {_AGAIN}"),
    (_is_fulfilment_order, f"a change of a fulfilment order; {_AGAIN}"),
    (_is("Fulfillment"), f"a fulfilment; {_AGAIN}"),
    (_has("order_id", "tracking_company"), f"a fulfilment; {_AGAIN}"),
    (_has("order_id", "tracking_number"), f"a fulfilment; {_AGAIN}"),
    (_has("fulfillment"), f"a fulfilment; {_AGAIN}"),
    (_has("fulfillments"), f"fulfilments; {_AGAIN}"),
    (_is("Return"), f"a return; {_AGAIN}"),
    (_has("return_line_items"), f"a return; {_AGAIN}"),
    (_is("DraftOrder"), "a draft order, which becomes an order when it is completed"),
    (_has("abandoned_checkout_url"), "a checkout that is no order yet"),
    (_is("Customer"), "a customer"),
    (_has("myshopify_domain"), "a shop"),
    (_only_an_id, "an id alone, as a deletion sends it"),
)
