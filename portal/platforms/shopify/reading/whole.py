"""One order whole: asked for in one question that is enough for most, and what did not fit asked for afterwards.

An order that changes while it is read in several questions is read again, so that its parts belong together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from portal.platforms.contract import Delivered
from portal.platforms.live import ShopError
from portal.platforms.neutral.document import InvalidOrder
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.shopify.admin.address import API_VERSION
from portal.platforms.shopify.admin.client import Admin, Answer, TooCostly
from portal.platforms.shopify.operations import orders
from portal.platforms.shopify.order import order_of
from portal.platforms.shopify.shape import part

_TRIES: Final = 3  # of reading an order that changes all the time
_ALONE: Final = 3  # times as many of a list that is asked for alone

Json = dict[str, Any]


class Unreadable(ShopError):
    """The order is there and cannot be read; the message says why."""

    def __init__(self, message: str) -> None:
        super().__init__("answer", message)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each list are asked for at once."""

    lines: int = 8
    works: int = 4
    parcels: int = 4
    refunds: int = 2
    returns: int = 2
    parts: int = 8
    events: int = 8

    def halved(self) -> Sizes:
        """Half of everything, and one of each at least."""
        names = ("lines", "works", "parcels", "refunds", "returns", "parts", "events")
        return replace(self, **{name: max(1, getattr(self, name) // 2) for name in names})


@dataclass(frozen=True, slots=True)
class Whole:
    """An order as the answers have it, with every list complete, and as the portal knows it."""

    body: Json
    order: NeutralOrder


class _Torn(Exception):
    """The order changed between two questions about it."""


async def read_whole(admin: Admin, order_id: str) -> Whole | None:
    """The order; None when the shop has it no more. Raises ShopError, and Unreadable among them."""
    for _ in range(_TRIES - 1):
        try:
            return await _read(admin, order_id, strict=True)
        except _Torn:
            continue
    return await _read(admin, order_id, strict=False)


def neutral(body: Mapping[str, Any], shop: str) -> NeutralOrder:
    """The order in the portal's form. Raises Unreadable."""
    try:
        return order_of(dict(body), Delivered(shop, None, API_VERSION))
    except InvalidOrder as wrong:
        raise Unreadable(str(wrong)[:300]) from wrong


async def _read(admin: Admin, order_id: str, *, strict: bool) -> Whole | None:
    sizes, answer = await _first(admin, order_id, Sizes())
    body = answer.data.get("order")
    if not isinstance(body, dict):
        return None
    reader = _Rest(admin, order_id, sizes, body.get("updatedAt") if strict else None)
    await reader.complete(body)
    return Whole(body, neutral(body, admin.address.shop))


async def _first(admin: Admin, order_id: str, sizes: Sizes) -> tuple[Sizes, Answer]:
    while True:
        asked = {name: getattr(sizes, name) for name in Sizes.__dataclass_fields__}
        try:
            return sizes, await admin.ask(orders.ORDER, id=order_id, **asked)
        except TooCostly:
            if sizes == sizes.halved():
                raise
            sizes = sizes.halved()


@dataclass(frozen=True, slots=True)
class _Rest:
    """Asks for what did not fit. `seen` is when the order last changed as the first answer had it; None: whatever."""

    admin: Admin
    order_id: str
    sizes: Sizes
    seen: Any

    async def complete(self, body: Json) -> None:
        """Fill every list of the order."""
        works = {"parts": self.sizes.parts}
        await self._more_of_order(body, "lineItems", orders.MORE_LINES, self.sizes.lines * _ALONE)
        await self._more_of_order(body, "fulfillmentOrders", orders.MORE_WORKS, self.sizes.works, **works)
        await self._more_of_order(body, "returns", orders.MORE_RETURNS, self.sizes.returns, **works)
        await self._lists(body)
        for work in _nodes(body, "fulfillmentOrders"):
            await self._more_of(work, "fulfillmentOrder", "lineItems", orders.MORE_WORK_LINES)
        for parcel in body.get("fulfillments") or []:
            await self._more_of(parcel, "fulfillment", "fulfillmentLineItems", orders.MORE_PARCEL_LINES)
        for refund in body.get("refunds") or []:
            await self._more_of(refund, "refund", "refundLineItems", orders.MORE_REFUND_LINES)
        for returned in _nodes(body, "returns"):
            await self._more_of(returned, "return", "returnLineItems", orders.MORE_RETURN_LINES)

    async def _more_of_order(self, body: Json, name: str, operation: str, first: int, **more: int) -> None:
        while (after := _next(body, name)) is not None:
            answer = await self.admin.ask(operation, id=self.order_id, first=first, after=after, **more)
            _append(body, name, self._same(answer))

    async def _more_of(self, node: Json, kind: str, name: str, operation: str) -> None:
        while (after := _next(node, name)) is not None:
            answer = await self.admin.ask(operation, id=node["id"], first=self.sizes.parts * _ALONE, after=after)
            _append(node, name, part(answer.data, kind))

    async def _lists(self, body: Json) -> None:
        """Fulfilments and refunds come as plain lists: one that is full may have been cut."""
        parcels, refunds = body.get("fulfillments") or [], body.get("refunds") or []
        if len(parcels) < self.sizes.parcels and len(refunds) < self.sizes.refunds:
            return
        listed = self._same(await self.admin.ask(orders.LISTED, id=self.order_id))
        first = {"first": self.sizes.parts}
        asked = {"events": self.sizes.events, **first}
        body["fulfillments"], body["refunds"] = parcels, refunds
        for own in _new(listed, "fulfillments", parcels):
            parcels.append(await self._one("fulfillment", orders.ONE_PARCEL, own, **asked))
        for own in _new(listed, "refunds", refunds):
            refunds.append(await self._one("refund", orders.ONE_REFUND, own, **first))

    async def _one(self, kind: str, operation: str, own: str, **sizes: int) -> Json:
        answer = await self.admin.ask(operation, id=own, **sizes)
        return dict(part(answer.data, kind))

    def _same(self, answer: Answer) -> Json:
        order = dict(part(answer.data, "order"))
        if self.seen is not None and order.get("updatedAt") != self.seen:
            raise _Torn
        return order


def _nodes(body: Mapping[str, Any], name: str) -> list[Json]:
    return list(part(body, name).get("nodes") or [])


def _next(node: Mapping[str, Any], name: str) -> str | None:
    """Where the next page of a list begins; None when it is whole."""
    page = part(part(node, name), "pageInfo")
    after = page.get("endCursor")
    return after if page.get("hasNextPage") is True and isinstance(after, str) else None


def _append(body: Json, name: str, more: Mapping[str, Any]) -> None:
    """One more page at the end of a list. A page that is not there ends it."""
    held, page = body[name], part(more, name)
    body[name] = {"nodes": [*held["nodes"], *(page.get("nodes") or [])], "pageInfo": page.get("pageInfo") or {}}


def _new(listed: Mapping[str, Any], name: str, known: list[Json]) -> list[str]:
    have = {node.get("id") for node in known}
    return [node["id"] for node in listed.get(name) or [] if node["id"] not in have]
