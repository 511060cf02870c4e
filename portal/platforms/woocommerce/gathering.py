"""Reads whole orders from a shop: WooCommerce gives an order's fulfilments, the lines of its refunds and what its
products are each at an address of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from typing import Any, Final

from portal.platforms.asking import json_of
from portal.platforms.live import ShopError
from portal.platforms.woocommerce.api import Api, Refused
from portal.platforms.woocommerce.shape import Node, ident, meta_value, nodes

Json = dict[str, Any]

PER_PAGE: Final = 100  # the most that WooCommerce gives
_AT_ONCE: Final = 4  # calls: many shops stand on small machines
_NO_ROUTE: Final = "rest_no_route"
_PRODUCT: Final = "id,categories,tags,virtual,downloadable"


async def gathered(api: Api, order_id: str) -> Json | None:
    """One order with all that belongs to it; None when the shop has it no more. Raises ShopError."""
    try:
        order = _object(await api.get(f"orders/{order_id}"))
    except Refused as refused:
        if refused.status == 404 and refused.code != _NO_ROUTE:
            return None
        raise as_error(refused) from refused
    fulfilments = await _fulfilments(api, order_id)
    refunds = await _refunds(api, order)
    return _whole(order, fulfilments or [], refunds, await _products(api, [order]))


async def listed(api: Api, params: Sequence[tuple[str, str]]) -> tuple[list[Json], int | None]:
    """A page of orders with all that belongs to them, and how many there are in all. Raises ShopError."""
    try:
        reply = await api.get("orders", *params, ("per_page", str(PER_PAGE)))
    except Refused as refused:
        raise as_error(refused) from refused
    orders = _list(json_of(reply))
    gate = asyncio.Semaphore(_AT_ONCE)
    products = await _products(api, orders)

    async def whole(order: Json) -> Json:
        async with gate:
            refunds = await _refunds(api, order)
            # The order remembers that it has fulfilments: those that have none are most, and need no question.
            own = await _fulfilments(api, ident(order, "id") or "") if _has_fulfilments(order) else []
        return _whole(order, own or [], refunds, products)

    count = reply.headers.get("x-wp-total", "")
    wholes = await _together([whole(order) for order in orders])
    return wholes, int(count) if count.isascii() and count.isdecimal() else None


async def every(api: Api, path: str, *params: tuple[str, str]) -> list[Json]:
    """All objects in a list of several pages. Raises ShopError, and Refused."""
    found: list[Json] = []
    for page in range(1, 101):
        more = _list(json_of(await api.get(path, *params, ("per_page", str(PER_PAGE)), ("page", str(page)))))
        found += more
        if len(more) < PER_PAGE:
            break
    return found


def as_error(refused: Refused) -> ShopError:
    """A refusal where none was to be expected."""
    if refused.code == _NO_ROUTE:
        return ShopError("answer", "There is no WooCommerce at this address, or its REST API is switched off.")
    return ShopError("answer", f"WooCommerce refused the question ({refused.code}, HTTP {refused.status}).")


async def _together(work: Sequence[Coroutine[Any, Any, Json]]) -> list[Json]:
    """What all of them bring; when one fails, none goes on behind the caller's back."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _fulfilments(api: Api, order_id: str) -> list[Json] | None:
    """WooCommerce's own fulfilments; None where the shop does not use them."""
    try:
        return _list(json_of(await api.get(f"orders/{order_id}/fulfillments")))
    except Refused as refused:
        if refused.status == 404:
            return None
        raise as_error(refused) from refused


async def _refunds(api: Api, order: Node) -> list[Json]:
    if not nodes(order, "refunds"):
        return []
    try:
        return await every(api, f"orders/{ident(order, 'id')}/refunds")
    except Refused as refused:
        raise as_error(refused) from refused


async def _products(api: Api, orders: Iterable[Node]) -> Mapping[str, Json]:
    """How the shop sorts the products of these orders. Not every key may read products: then nobody knows."""
    wanted = {key for order in orders for line in nodes(order, "line_items") if (key := ident(line, "product_id"))}
    ids = sorted(wanted)
    found: dict[str, Json] = {}
    for start in range(0, len(ids), PER_PAGE):
        some = (("include", ",".join(ids[start : start + PER_PAGE])), ("_fields", _PRODUCT))
        try:
            told = _list(json_of(await api.get("products", *some, ("per_page", str(PER_PAGE)))))
        except Refused:
            return found
        except ShopError as error:
            if error.kind == "scope":
                return found
            raise
        found.update({key: product for product in told if (key := ident(product, "id"))})
    return found


def _whole(order: Json, fulfilments: list[Json], refunds: list[Json], products: Mapping[str, Json]) -> Json:
    lines = [
        {**line, "product": products[key]} if (key := ident(line, "product_id") or "") in products else line
        for line in nodes(order, "line_items")
    ]
    return {**order, "fulfillments": fulfilments, "refunds": refunds, "line_items": lines}


def _has_fulfilments(order: Node) -> bool:
    return meta_value(order, "_fulfillment_status") not in (None, "no_fulfillments")


def _object(reply: Any) -> Json:
    body = json_of(reply)
    if not isinstance(body, dict):
        raise ShopError("answer", "The shop's answer is not what WooCommerce answers.")
    return body


def _list(body: Any) -> list[Json]:
    if not isinstance(body, list):
        raise ShopError("answer", "The shop's answer is not what WooCommerce answers.")
    return [item for item in body if isinstance(item, dict)]
