"""Finds the orders in answers of Vendure's Admin API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portal.platforms.contract import Delivered, Document, Entry, Note, Problem, Remark, Value
from portal.platforms.members import Path
from portal.platforms.neutral.document import InvalidOrder
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.reading import each, faults, member_of, orders
from portal.platforms.vendure.order import From, order_of
from portal.platforms.vendure.shape import Node, nodes, part, text

_MEMBERS = {"number": "code", "source.order_id": "id"}


@dataclass(frozen=True, slots=True)
class _Found:
    """One order body and its path in the value."""

    path: Path
    body: Node


def documents(body: object, shop: str | None = None) -> list[NeutralOrder]:
    """The orders in one body (a parsed JSON value)."""
    return orders(read([Value(1, body, "")], Delivered(shop)))


def read(found: Iterable[Value | Problem], delivered: Delivered) -> Iterator[Entry]:
    """The entries of all bodies in a source, in order."""
    return each(found, lambda item: _entries(item, delivered))


def _entries(item: Value, delivered: Delivered) -> Iterator[Entry]:
    body = item.value
    if not isinstance(body, dict):
        yield Problem(item.line, item.at, "expected an object: an answer of the Admin API, or an order of one")
        return
    bodies = list(_orders(body))
    for order in bodies:
        yield from _document(item, order, From(delivered.shop, part(body, "data")))
    errors = [text(error, "message") or "?" for error in nodes(body, "errors")]
    if errors and bodies:
        yield Remark(item.line, f"the answer is partial: {'; '.join(errors[:5])[:500]}")
    elif errors:
        yield Problem(
            item.line, member_of(item, ("errors",)), f"the answer has no order: {'; '.join(errors[:5])[:500]}"
        )
    elif not bodies:
        yield _nothing(item, body)


def _orders(body: Node) -> Iterator[_Found]:
    """The order bodies in a body: itself, or those in an answer under any alias, in lists and results of
    mutations."""
    if is_order(body):
        yield _Found((), body)
        return
    data, at = (part(body, "data"), ("data",)) if "data" in body else (body, ())
    for name, value in data.items():
        if isinstance(value, dict) and is_order(value):
            yield _Found((*at, name), value)
        elif isinstance(value, dict) and is_order(part(value, "order")):
            yield _Found((*at, name, "order"), part(value, "order"))
        else:
            inner = (*at, name, "items") if isinstance(value, dict) else (*at, name)
            yield from (_Found((*inner, n), one) for n, one in enumerate(nodes(data, name)) if is_order(one))


def is_order(body: Node) -> bool:
    """An order with something in it: its code and its lines."""
    kind = body.get("__typename", "Order")
    return kind == "Order" and text(body, "id") is not None and "code" in body and isinstance(body.get("lines"), list)


def _document(item: Value, found: _Found, source: From) -> Iterator[Entry]:
    try:
        yield Document(item.line, order_of(found.body, source))
    except InvalidOrder as wrong:
        yield from faults(item, found.path, wrong, _MEMBERS)


def _nothing(item: Value, body: Node) -> Note | Problem:
    """An answer without a whole order, one of Vendure's errors, or a delivery of our plugin."""
    if text(body, "type") and text(body, "orderId"):
        return Note(item.line, "a delivery: the order is to be read again", text(body, "orderId"))
    data = part(body, "data")
    if "data" not in body and "topic" not in body:
        return Problem(item.line, item.at, "neither an order nor an answer of the Admin API")
    named = [part(data, name) for name in data]
    codes = [code for one in named if (code := text(one, "errorCode"))]
    if codes:
        return Note(item.line, f"Vendure refused: {', '.join(codes)}: nothing to import")
    ids = [identity for one in (*named, body) if (identity := _order_id(one))]
    return Note(item.line, "no whole order: nothing to import", ids[0] if len(ids) == 1 else None)


def _order_id(node: Node) -> str | None:
    return text(node, "orderId") or (text(node, "id") if node.get("__typename") == "Order" else None)
