"""Finds the orders in Medusa's bodies: answers of its Admin and Store APIs, and what shops' own programs send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portal.platforms.contract import Delivered, Document, Entry, Note, Problem, Value
from portal.platforms.medusa.order import order_of
from portal.platforms.medusa.shape import NOTHING, Node, nodes, part, text
from portal.platforms.members import Path
from portal.platforms.neutral.document import InvalidOrder
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.reading import each, faults, line_of, member_of, orders

_MEMBERS = {"source.order_id": "id", "number": "display_id"}
# Members that only orders of Medusa 1 have: its amounts are in hundredths.
_OF_VERSION_1 = ("refundable_amount", "tax_rate", "cart_id", "object", "shipping_tax_rate", "gift_card_total")


@dataclass(frozen=True, slots=True)
class _Found:
    """One order body, its path in the value, and the body that it lies in."""

    path: Path
    body: Node
    beside: Node


def documents(body: object, shop: str | None = None) -> list[NeutralOrder]:
    """The orders in one body (a parsed JSON value); none for a body that only tells that something happened."""
    return orders(read([Value(1, body, "")], Delivered(shop)))


def read(found: Iterable[Value | Problem], delivered: Delivered) -> Iterator[Entry]:
    """The entries of all bodies in a source, in order."""
    return each(found, lambda item: _entries(item, delivered))


def _entries(item: Value, delivered: Delivered) -> Iterator[Entry]:
    body = item.value
    if not isinstance(body, dict):
        yield Problem(item.line, item.at, "expected an object: an answer of Medusa's API")
        return
    bodies = list(_orders(body))
    for order in bodies:
        yield from _document(item, order, delivered)
    if not bodies:
        yield _nothing(item, body)


def _orders(body: Node) -> Iterator[_Found]:
    """The order itself, one in a member, or a list of them."""
    if _is_order(body):
        yield _Found((), body, NOTHING)
        return
    for name in ("order", "data"):
        if _is_order(part(body, name)):
            yield _Found((name,), part(body, name), body)
            return
    yield from (_Found(("orders", n), one, one) for n, one in enumerate(nodes(body, "orders")) if _is_order(one))


def _is_order(body: Node) -> bool:
    """An order with something in it; carts and drafts are none yet."""
    name = text(body, "id") or ""
    if body.get("is_draft_order") is True or body.get("status") == "draft" or "completed_at" in body:
        return False
    return isinstance(body.get("items"), list) and (name.startswith("order_") or "display_id" in body)


def _document(item: Value, found: _Found, delivered: Delivered) -> Iterator[Entry]:
    line = line_of(item, found.path)
    if _is_of_version_1(found.body):
        yield Problem(line, member_of(item, found.path), "an order of Medusa 1: only Medusa 2 is read")
        return
    try:
        yield Document(line, order_of(found.body, delivered, found.beside))
    except InvalidOrder as wrong:
        yield from faults(item, found.path, wrong, _MEMBERS)


def _is_of_version_1(body: Node) -> bool:
    return "version" not in body and "summary" not in body and any(name in body for name in _OF_VERSION_1)


def _nothing(item: Value, body: Node) -> Note | Problem:
    if text(body, "type") and text(body, "message"):
        return Problem(item.line, item.at, f"Medusa answered with an error: {str(body['message'])[:200]}")
    order = _named(body)
    if "order_change" in body or "order_changes" in body or "order_preview" in body:
        return Note(item.line, "what Medusa says of an edit: nothing to import by itself", order)
    if "orders" in body:
        return Note(item.line, "an answer without orders: nothing to import")
    if order is not None or (text(body, "name") and ("id" in body or "data" in body)):
        return Note(item.line, "the news of a change: nothing to import by itself", order)
    if "draft_order" in body or "cart" in body or body.get("status") == "draft":
        return Note(item.line, "a cart or a draft, which becomes an order when it is completed")
    return Problem(item.line, item.at, "neither an order nor anything else that Medusa says of one")


def _named(body: Node) -> str | None:
    """The order that a body names."""
    holders = (body, part(body, "data"), part(body, "order_change"), part(body, "order_preview"), part(body, "order"))
    listed = nodes(body, "order_changes")[:1]
    for holder in (*holders, *listed):
        for name in ("order_id", "id"):
            found = text(holder, name)
            if found and found.startswith("order_"):
                return found
    return None
