"""Finds the orders in Saleor's answers and deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from portal.platforms.contract import Delivered, Document, Entry, Note, Problem, Value
from portal.platforms.members import Path
from portal.platforms.neutral.document import InvalidOrder
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.reading import each, faults, orders
from portal.platforms.saleor.order import order_of
from portal.platforms.saleor.shape import Node, nodes, part, text

_WRAPPERS: Final = ("data", "payload", "event", "order", "orders", "body")


def documents(body: object, shop: str | None = None) -> list[NeutralOrder]:
    """The orders in one body (a parsed JSON value)."""
    return orders(read([Value(1, body, "")], Delivered(shop)))


def delivered(headers: Mapping[str, str]) -> Delivered:
    """What the headers of a webhook tell."""
    shop = headers.get("saleor-domain") or headers.get("x-saleor-domain")
    return Delivered(shop, headers.get("saleor-event") or headers.get("x-saleor-event"))


def read(found: Iterable[Value | Problem], told: Delivered) -> Iterator[Entry]:
    """The entries of all bodies in a source, in order."""
    return each(found, lambda item: _entries(item, told))


def _entries(item: Value, told: Delivered) -> Iterator[Entry]:
    body = item.value
    if not isinstance(body, dict):
        yield Problem(item.line, item.at, "expected an object: a webhook body or an answer of the GraphQL API")
        return
    found = list(_orders(body, ()))
    for path, order in found:
        yield from _document(item, path, order, told)
    if not found:
        yield _nothing(item, body, told)


def _orders(body: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    if _is_order(body):
        yield path, body
        return
    for name in _WRAPPERS:
        if isinstance(body.get(name), dict) and not nodes(body, name):
            yield from _orders(part(body, name), (*path, name))
        else:
            yield from (((*path, name, n), one) for n, one in enumerate(nodes(body, name)) if _is_order(one))


def _is_order(body: Node) -> bool:
    return isinstance(body.get("lines"), list) and "number" in body and text(body, "id") is not None


def _document(item: Value, path: Path, order: Node, told: Delivered) -> Iterator[Entry]:
    if (text(order, "status") or "").lower() == "draft":
        yield Note(item.line, f"{text(order, 'number')} is a draft: nothing to import", text(order, "id"))
        return
    try:
        yield Document(item.line, order_of(order, told.shop))
    except InvalidOrder as wrong:
        yield from faults(item, path, wrong)


def _nothing(item: Value, body: Node, told: Delivered) -> Note | Problem:
    named = text(part(body, "order"), "id")
    if named or told.topic or "__typename" in body:
        return Note(item.line, f"a body without a whole order ({told.topic or 'no event'}): nothing to import", named)
    if body.get("errors"):
        return Problem(item.line, item.at, "the answer has errors and no order")
    return Problem(item.line, item.at, "neither an order nor any body that Saleor sends")
