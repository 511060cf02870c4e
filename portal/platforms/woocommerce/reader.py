"""Finds the orders in WooCommerce's bodies: webhooks and answers of its API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from portal.platforms.contract import Delivered, Document, Entry, Note, Problem, Remark, Value
from portal.platforms.members import Path
from portal.platforms.neutral.document import InvalidOrder
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.reading import each, faults, orders
from portal.platforms.woocommerce.hints import hint_of, is_no_order_yet, is_order
from portal.platforms.woocommerce.order import order_of, shop_of, untold
from portal.platforms.woocommerce.shape import Node, ident, nodes

_WRAPPERS: Final = ("data", "body", "order", "orders", "result")  # what tools put around an answer


def documents(body: object, shop: str | None = None, topic: str | None = None) -> list[NeutralOrder]:
    """The orders in one body (a parsed JSON value); none for a body that only hints at a change."""
    return orders(read([Value(1, body, "")], Delivered(shop, topic)))


def delivered(headers: Mapping[str, str]) -> Delivered:
    """What the headers of a webhook tell."""
    return Delivered(shop_of(headers.get("x-wc-webhook-source")), headers.get("x-wc-webhook-topic"), None)


def read(found: Iterable[Value | Problem], told: Delivered) -> Iterator[Entry]:
    """The entries of all bodies in a source, in order."""
    return each(found, lambda item: _entries(item, told))


def _entries(item: Value, told: Delivered) -> Iterator[Entry]:
    body = item.value
    if not isinstance(body, dict):
        yield Problem(item.line, item.at, "expected an object: a webhook body or an answer of the REST API")
        return
    found = list(_orders(body, ()))
    for path, order in found:
        yield from _document(item, path, order, told)
    if not found:
        yield _nothing(item, body, told)


def _orders(body: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    """The order bodies in a body: itself, or those it wraps."""
    if is_order(body):
        yield path, body
        return
    for name in _WRAPPERS:
        held = body.get(name)
        if isinstance(held, dict):
            yield from _orders(held, (*path, name))
        elif isinstance(held, list):
            yield from (((*path, name, n), one) for n, one in enumerate(nodes(body, name)) if is_order(one))


def _document(item: Value, path: Path, order: Node, told: Delivered) -> Iterator[Entry]:
    if is_no_order_yet(order):
        status = order.get("status")
        yield Note(item.line, f"{ident(order, 'id')} is {status}, and no order: nothing to import", ident(order, "id"))
        return
    try:
        read_order = order_of(order, told, {})
    except InvalidOrder as wrong:
        yield from faults(item, path, wrong)
        return
    yield from (Remark(item.line, f"{read_order.number}: {said}") for said in untold(order))
    yield Document(item.line, read_order)


def _nothing(item: Value, body: Node, told: Delivered) -> Note | Problem:
    hint = hint_of(body, told.topic)
    if hint is None:
        return Problem(item.line, item.at, "neither an order nor any body that WooCommerce sends")
    return Note(item.line, hint.message, hint.order_id)
