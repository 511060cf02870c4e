"""Bodies that are no order: what each is, and which order it is about. Told by their members, because a file has no
topic."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from portal.platforms.woocommerce import words
from portal.platforms.woocommerce.shape import NOTHING, Node, ident, nodes, part, text

_IN_LINK = re.compile(r"/orders/(\d+)(?:/|$)")


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
    """What this body without an order is, or None when it is nothing of WooCommerce's. A wrapped one is told by the
    first thing in it."""
    inner = part(body, "data") or next(iter(nodes(body, "data")), NOTHING)
    if inner and len(body) == 1:
        return hint_of(inner, topic)
    if topic == "order.deleted":
        return Hint("the deletion of an order", ident(body, "id"))
    for test, what in _KINDS:
        if test(body):
            return Hint(what, order_id_of(body))
    if _only_an_id(body):
        return Hint("an id alone, as a deletion has it", ident(body, "id"))
    return Hint(f"a body of topic {topic}") if topic else None


def is_order(body: Node) -> bool:
    """Whether the body is that of an order, and of nothing that looks like one."""
    return "line_items" in body and "status" in body and ident(body, "id") is not None and not _is_subscription(body)


def is_no_order_yet(body: Node) -> bool:
    """A cart, a draft, or an order in the bin."""
    return words.standing(body.get("status"), {}) == "none"


def order_id_of(body: Node) -> str | None:
    """The order that a body names."""
    if text(body, "entity_type") == "WC_Order":
        return ident(body, "entity_id")
    links = part(body, "_links")
    found = (_IN_LINK.search(text(link, "href") or "") for name in ("up", "self") for link in nodes(links, name))
    return next((match[1] for match in found if match), None) or ident(body, "order_id")


def _has(*names: str) -> Callable[[Node], bool]:
    return lambda body: all(name in body for name in names)


def _is_subscription(body: Node) -> bool:
    return "billing_period" in body and "line_items" in body


def _only_an_id(body: Node) -> bool:
    return set(body) == {"id"} and ident(body, "id") is not None


def _is_error(body: Node) -> bool:
    inner = part(body, "body") or body
    return isinstance(inner.get("code") or inner.get("error"), str) and "message" in inner and "id" not in inner


_KINDS: Final[tuple[tuple[Callable[[Node], bool], str], ...]] = (
    (_is_error, "an error"),
    (_is_subscription, "a subscription, which makes orders of its own"),
    (_has("entity_type", "is_fulfilled"), "a fulfilment"),
    (_has("refunded_by"), "a refund"),
    (_has("refunded_payment"), "a refund"),
    (_has("tracking_number", "tracking_provider"), "a tracking number"),
    (_has("tracking_number", "date_shipped"), "a tracking number"),
    (_has("delivery_url", "topic"), "a webhook"),
    (_has("customer_note", "note"), "a note"),
    (_has("discount_type", "amount"), "a coupon"),
    (_has("regular_price", "attributes"), "a product or a variation"),
    (_has("is_paying_customer"), "a customer"),
    (_has("username", "role"), "a customer"),
    (_has("slug", "name"), "a status"),
    (_has("method_title", "settings"), "a way of paying or shipping"),
    (_has("webhook_id"), "a ping"),
)
