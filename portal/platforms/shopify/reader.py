"""Finds the orders in Shopify's bodies: webhooks, REST and GraphQL answers, bulk files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from portal.platforms.contract import Delivered, Document, Entry, Note, Problem, Remark, Value
from portal.platforms.members import Path
from portal.platforms.neutral.document import InvalidOrder
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.reading import faults, member_of, orders
from portal.platforms.shopify.bulk import Bulk
from portal.platforms.shopify.hints import hint_of
from portal.platforms.shopify.order import cut_parts, order_of
from portal.platforms.shopify.shape import Node, first, gid, kind_of, nodes, part

_MEMBERS = {"number": "name", "source.order_id": "id"}
_HINT_TOPICS = ("orders/edited", "orders/delete")
_LISTS = ("line_items", "lineItems", "fulfillments", "fulfillmentOrders")
_NOT_YET = ("abandoned_checkout_url", "invoice_url")
# Members that say which order and when, but nothing of it.
_NAMING = frozenset({
    "id", "admin_graphql_api_id", "legacyResourceId", "name", "number", "createdAt", "updatedAt", "processedAt",
    "created_at", "updated_at", "processed_at", "__typename", "cursor",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    """One order body and its path in the value."""

    path: Path
    body: Node


def documents(body: object, shop: str | None = None, topic: str | None = None) -> list[NeutralOrder]:
    """The orders in one body (a parsed JSON value); none for a body that only hints at a change."""
    return orders(read([Value(1, body, "")], Delivered(shop, topic)))


def read(found: Iterable[Value | Problem], delivered: Delivered) -> Iterator[Entry]:
    """The entries of all bodies in a source, in order; those of a bulk file come last, because its parts
    may stand anywhere in it."""
    bulk = Bulk()
    for item in found:
        if isinstance(item, Problem):
            yield item
        elif not bulk.takes(item):
            yield from _entries(item, delivered)
    for item in bulk.orders():
        yield from _entries(item, delivered)
    yield from bulk.leftovers()


def _entries(item: Value, delivered: Delivered) -> Iterator[Entry]:
    body = item.value
    if not isinstance(body, dict):
        yield Problem(item.line, item.at, "expected an object: a webhook body or an answer of the Admin API")
        return
    body = {name: value for name, value in body.items() if name != "_derived"}
    bodies = list(_orders(body, delivered.topic))
    for order in bodies:
        yield from _document(item, order, delivered)
    yield from _errors(item, body, found=bool(bodies))
    if not bodies and not body.get("errors"):
        yield _nothing(item, body, delivered)


def _orders(body: Node, topic: str | None) -> Iterator[_Found]:
    """The order bodies in a body: itself, or those it wraps."""
    if topic and topic.startswith(_HINT_TOPICS):
        return
    if isinstance(body.get("data"), dict):
        yield from _answer(part(body, "data"), ("data",))
    elif _is_order(body):
        yield _Found((), body)
    elif not _is_return(body):
        yield from _answer(body, ())


def _answer(data: Node, at: Path) -> Iterator[_Found]:
    """Orders under any alias: objects, lists, connections, and what a mutation or a customer holds."""
    for name, value in data.items():
        here = (*at, name)
        draft = name.startswith("draft")  # an older one looks as an order does
        if isinstance(value, dict) and not draft and _is_order(value):
            yield _Found(here, value)
        elif isinstance(value, dict) and _is_order(part(value, "order")):
            yield _Found((*here, "order"), part(value, "order"))
        elif not draft:
            inner = value if isinstance(value, dict) and "orders" in value else {}
            for path, listed in ((here, nodes(data, name)), ((*here, "orders"), nodes(inner, "orders"))):
                yield from (_Found((*path, n), one) for n, one in enumerate(listed) if _is_order(one))


def _is_order(body: Node) -> bool:
    """An order with something in it. Ids and dates alone are a hint: they would empty a stored order."""
    kind = kind_of(body.get("admin_graphql_api_id")) or kind_of(body.get("id"))
    if kind not in (None, "Order") or "order_id" in body or any(name in body for name in _NOT_YET):
        return False
    named = first(body, "name", "order_number") is not None
    if any(isinstance(body.get(name), list | dict) for name in _LISTS):
        return kind == "Order" or (named and gid("Order", body) is not None)
    return kind == "Order" and named and any(value is not None for name, value in body.items() if name not in _NAMING)


def _is_return(body: Node) -> bool:
    return kind_of(body.get("admin_graphql_api_id")) == "Return" or "return_line_items" in body


def _document(item: Value, found: _Found, delivered: Delivered) -> Iterator[Entry]:
    try:
        order = order_of(found.body, delivered)
    except InvalidOrder as wrong:
        yield from faults(item, found.path, wrong, _MEMBERS)
        return
    for name in dict.fromkeys(cut_parts(found.body)):
        yield Remark(
            item.line, f"{order.number}: {name} has more pages than this answer: the order is imported without"
        )
    yield Document(item.line, order)


def _errors(item: Value, body: Node, *, found: bool) -> Iterator[Entry]:
    """What a GraphQL answer could not give. Beside data it is a partial success."""
    errors = body.get("errors")
    if not errors:
        return
    said = "; ".join(_said(error) for error in (errors if isinstance(errors, list) else [errors])[:5])
    if found:
        yield Remark(item.line, f"the answer is partial: {said}")
    else:
        yield Problem(item.line, member_of(item, ("errors",)), f"the answer has no order: {said}")


def _said(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)[:200]
    code = part(error, "extensions").get("code")
    where = ".".join(str(step) for step in error["path"]) if isinstance(error.get("path"), list) else ""
    parts = (str(code) if code else "", where, str(error.get("message", ""))[:200])
    return " ".join(text for text in parts if text)


def _nothing(item: Value, body: Node, delivered: Delivered) -> Note | Problem:
    data = body.get("data")
    if isinstance(data, dict):
        ids = list(_ids(data))
        return Note(item.line, "an answer without a whole order: nothing to import", ids[0] if len(ids) == 1 else None)
    hint = hint_of(body, delivered.topic)
    if hint is None:
        return Problem(item.line, item.at, "neither an order nor any body that Shopify sends")
    return Note(item.line, hint.message, hint.order_id)


def _ids(data: Node) -> Iterator[str]:
    for name, value in data.items():
        own = [value, part(value, "order")] if isinstance(value, dict) else []
        yield from (str(one["id"]) for one in (*own, *nodes(data, name)) if kind_of(one.get("id")) == "Order")
