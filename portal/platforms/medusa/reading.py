"""Reads orders from a shop: one, with the history of its lines, or those that changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from portal.platforms.contract import Delivered
from portal.platforms.live import Page, ShopError
from portal.platforms.medusa.api import FIELDS, Api, Params, Refused, escaped, order_in
from portal.platforms.medusa.order import order_of
from portal.platforms.medusa.pages import Fetch, Mark, mark_from, step
from portal.platforms.medusa.shape import Node, count, nodes, part, text
from portal.platforms.neutral import InvalidOrder, NeutralOrder

SIZE: Final = 50  # orders of a page
_PAYMENTS: Final = 20  # ids that go into one question
_AT_ONCE: Final = 4


async def body_of(api: Api, order_id: str) -> Node | None:
    """An order with what happened to its lines, as `order_of` takes it; None when the shop has it no more."""
    path = f"/admin/orders/{escaped(order_id)}"
    try:
        order = order_in(await api.get(path, [("fields", FIELDS)]))
    except Refused as refused:
        if refused.status == 404:
            return None
        raise ShopError("answer", "Medusa does not give this order.") from refused
    return None if order.get("status") == "draft" else await _with_history(api, order)


def neutral(body: Node, shop: str) -> NeutralOrder:
    """The order of such a body. Raises ShopError."""
    try:
        return order_of(part(body, "order"), Delivered(shop), body)
    except InvalidOrder as wrong:
        raise ShopError("answer", f"An order cannot be read: {wrong}") from wrong


async def changes_of(api: Api, order_id: str) -> list[Node]:
    """Everything that was done to an order, or is being done. Raises ShopError."""
    try:
        return nodes(await api.get(f"/admin/orders/{escaped(order_id)}/changes"), "order_changes")
    except Refused as refused:
        raise ShopError("answer", "Medusa does not say what was done to this order.") from refused


async def page(api: Api, shop: str, since: datetime | None, cursor: str | None) -> Page:
    """The next orders that changed. A payment may change and leave its order's date alone: payments come last."""
    mark = mark_from(cursor) if cursor else Mark("orders", since)
    counted: list[int] = []
    rows, after = await step(_listing(api, mark, counted), mark, SIZE if mark.of == "orders" else _PAYMENTS)
    orders = rows if mark.of == "orders" else await _orders(api, _owners(rows))
    bodies = await _histories(api, orders)
    read, unread = _read(bodies, shop)
    if after is None and mark.of == "orders" and since is not None:
        after = Mark("payments", since)
    total = counted[0] if counted and cursor is None else None
    return Page(read, str(after) if after else None, unread, total=total)


def _listing(api: Api, mark: Mark, counted: list[int]) -> Fetch:
    """How the rows of a walk are asked for; how many there are goes into `counted`."""
    if mark.of == "orders":
        path, fields = "/admin/orders", FIELDS
    else:
        path, fields = "/admin/payments", "id,updated_at,payment_collection.order.id"

    async def fetch(filters: Params) -> Sequence[Node]:
        answer = await _listed(api, path, [("fields", fields), *filters])
        counted.append(count(answer, "count") or 0)
        return nodes(answer, mark.of)

    return fetch


async def _listed(api: Api, path: str, params: Params) -> Node:
    try:
        return await api.get(path, params)
    except Refused as refused:
        raise ShopError("answer", f"Medusa does not list what changed: {refused.said}") from refused


def _owners(payments: Sequence[Node]) -> list[str]:
    """The orders that payments are for; those of carts are for none yet."""
    found = (text(part(payment, "payment_collection", "order"), "id") for payment in payments)
    return list(dict.fromkeys(order for order in found if order))


async def _orders(api: Api, ids: Sequence[str]) -> list[Node]:
    if not ids:
        return []
    named = [("id[]", order) for order in ids]
    return nodes(await _listed(api, "/admin/orders", [("fields", FIELDS), *named, ("limit", str(len(ids)))]), "orders")


async def _histories(api: Api, orders: Sequence[Node]) -> list[Node]:
    """Each order with its history, a few at a time."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def whole(order: Node) -> Node:
        async with places:
            return await _with_history(api, order)

    return list(await asyncio.gather(*map(whole, orders)))


async def _with_history(api: Api, order: Node) -> Node:
    """The order beside its changes and the lines that it ever had. An order whose every version is accounted for by
    its parcels was never edited, and is not asked about."""
    if (count(order, "version") or 1) <= 1 + _versions_of_parcels(order):
        return {"order": order}
    identity = text(order, "id") or ""
    path = f"/admin/orders/{escaped(identity)}/line-items"
    items, changes = await asyncio.gather(_listed(api, path, ()), changes_of(api, identity))
    return {"order": order, "order_items": nodes(items, "order_items"), "order_changes": changes}


def _versions_of_parcels(order: Node) -> int:
    """How many versions an order has by being packed, sent, delivered and taken back: one for each."""
    steps: Iterable[str] = ("id", "shipped_at", "delivered_at", "canceled_at")
    return sum(bool(fulfilment.get(step)) for fulfilment in nodes(order, "fulfillments") for step in steps)


def _read(bodies: Sequence[Node], shop: str) -> tuple[list[NeutralOrder], list[tuple[str, str]]]:
    read, unread = [], []
    for body in bodies:
        try:
            read.append(neutral(body, shop))
        except ShopError as problem:
            unread.append((text(part(body, "order"), "id") or "", problem.message))
    return read, unread
