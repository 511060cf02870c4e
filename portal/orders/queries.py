"""Reads of orders: column selects, one round each, no writes and no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast, func, literal, select

from portal.kit.db import Reader
from portal.kit.events import EVENT
from portal.kit.ids import token_hash
from portal.kit.prepared import Query
from portal.orders.models import DELIVERY, DELIVERY_LINE, ORDER, ORDER_LINE, ORDER_LINK, PARCEL, PARCEL_LINE, PROMISE
from portal.orders.private import ORDER_PRIVATE
from portal.tracking import queries as tracking
from portal.tracking.scan import Scan


def version_columns() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """`event` and `asked`, an order's version, to be part of a select from ORDER."""
    topic = literal("order:") + cast(ORDER.c.id, String)
    last = select(func.max(EVENT.c.id)).where(EVENT.c.topic == topic).correlate(ORDER).scalar_subquery()
    return last.label("event"), tracking.last_asked(topic).label("asked")


_LINK = Query(
    select(
        ORDER_LINK.c.id,
        ORDER_LINK.c.order_id,
        ORDER_LINK.c.expires_at,
        ORDER_LINK.c.revoked_at,
        ORDER.c.ref,
        ORDER.c.locale,
        *version_columns(),
    ).where(
        ORDER_LINK.c.token_hash == bindparam("hash"), ORDER.c.id == ORDER_LINK.c.order_id, ORDER.c.gone_at.is_(None)
    )
)
_VERSION = Query(
    select(
        select(func.max(EVENT.c.id)).where(EVENT.c.topic == bindparam("topic")).scalar_subquery().label("event"),
        tracking.last_asked(bindparam("topic")).label("asked"),
    )
)
# What is read of an order; `orders.many` reads the same of several at once.
ORDERS = (
    select(
        ORDER.c.ref,
        ORDER.c.shop,
        ORDER.c.number,
        ORDER.c.payment,
        ORDER.c.fulfilment,
        ORDER.c.placed_at,
        ORDER.c.cancelled_at,
        ORDER.c.cancel_reason,
        ORDER.c.currency,
        ORDER.c.total,
        ORDER.c.refunded,
        ORDER.c.outstanding,
        ORDER.c.promise_from,
        ORDER.c.promise_to,
        ORDER.c.updated_at,
        ORDER_PRIVATE.c.collect_code,
        ORDER_PRIVATE.c.collector,
        ORDER_PRIVATE.c.instructions,
        ORDER_PRIVATE.c.shop_note,
        ORDER_PRIVATE.c.town,
        ORDER_PRIVATE.c.town_country,
        ORDER_PRIVATE.c.town_lat,
        ORDER_PRIVATE.c.town_lon,
    )
    .outerjoin(ORDER_PRIVATE)
    .where(ORDER.c.erased_at.is_(None), ORDER.c.gone_at.is_(None))
)
LINES = select(
    ORDER_LINE.c.id,
    ORDER_LINE.c.title,
    ORDER_LINE.c.options,
    ORDER_LINE.c.kind,
    ORDER_LINE.c.requires_shipping,
    ORDER_LINE.c.ordered,
    ORDER_LINE.c.current,
    ORDER_LINE.c.fulfilled,
).order_by(ORDER_LINE.c.position)
DELIVERIES = select(
    DELIVERY.c.id,
    DELIVERY.c.method,
    DELIVERY.c.state,
    DELIVERY.c.label,
    DELIVERY.c.location,
    DELIVERY.c.address,
    DELIVERY.c.ready_at,
    DELIVERY.c.collected_at,
    DELIVERY.c.opening_hours,
    DELIVERY_LINE.c.line_id,
    DELIVERY_LINE.c.quantity,
).outerjoin(DELIVERY_LINE)
PARCELS = (
    select(PARCEL.c.id, PARCEL.c.shipment_id, PARCEL.c.allocation, PARCEL_LINE.c.line_id, PARCEL_LINE.c.quantity)
    .outerjoin(PARCEL_LINE)
    .where(PARCEL.c.state == "ok")
    .order_by(PARCEL.c.position, PARCEL.c.id)
)
_PROMISES = Query(
    select(PROMISE.c.day_from, PROMISE.c.day, PROMISE.c.said_at)
    .where(PROMISE.c.order_id == bindparam("order"))
    .order_by(PROMISE.c.id)
)
_ORDER = Query(ORDERS.where(ORDER.c.id == bindparam("order")))
_LINES = Query(LINES.where(ORDER_LINE.c.order_id == bindparam("order")))
_DELIVERIES = Query(DELIVERIES.where(DELIVERY.c.order_id == bindparam("order")))
_PARCELS = Query(PARCELS.where(PARCEL.c.order_id == bindparam("order")))


@dataclass(frozen=True, slots=True)
class Version:
    """What an order's page depends on: its last event, and when a carrier was last asked about it."""

    event: int
    asked: datetime | None


@dataclass(frozen=True, slots=True)
class LinkAccess:
    """What a link gives: one order, for as long as the link lives. `version` is the order's present one."""

    link_id: int
    order_id: int
    expires_at: datetime
    live: bool
    ref: str
    locale: str | None
    version: Version


@dataclass(frozen=True, slots=True)
class OrderRows:
    """An order as it is stored. `promises`: the shop's days for the whole of it; `estimates`: those for its parcels."""

    order: Any
    lines: Sequence[Any]
    deliveries: Sequence[Any]
    parcels: Sequence[Any]
    shipments: Sequence[Any]
    checkpoints: Sequence[Scan]
    promises: Sequence[Any] = ()
    estimates: Sequence[Any] = ()


def topic_of(order_id: int) -> str:
    """Where an order's changes, and its shipments', are told."""
    return f"order:{order_id}"


async def access_by_token(reader: Reader, token: str, now: datetime) -> LinkAccess | None:
    """What the link with this secret opens; None for a secret that was never given out.

    A link that has expired or was revoked comes back with `live` False.
    """
    row = await reader.row(_LINK, {"hash": token_hash(token)})
    if row is None:
        return None
    live = row.revoked_at is None and row.expires_at > now
    return LinkAccess(
        row.id, row.order_id, row.expires_at, live, row.ref, row.locale, Version(row.event or 0, row.asked)
    )


async def version(reader: Reader, order_id: int) -> Version:
    """The order's present version."""
    row = await reader.row(_VERSION, {"topic": topic_of(order_id)})
    return Version(row.event or 0, row.asked) if row else Version(0, None)


async def load(reader: Reader, order_id: int) -> OrderRows | None:
    """Everything that the order's page shows; None for an order that is not there, is gone, or was erased."""
    key = {"order": order_id}
    order = await reader.row(_ORDER, key)
    if order is None:
        return None
    lines, deliveries = await reader.rows(_LINES, key), await reader.rows(_DELIVERIES, key)
    parcels = await reader.rows(_PARCELS, key)
    topic = topic_of(order_id)
    shipments, checkpoints = await tracking.shipments(reader, topic) if parcels else ((), ())
    estimates = await tracking.estimates(reader, topic) if parcels else ()
    promises = await reader.rows(_PROMISES, key) if order.promise_from or order.promise_to else ()
    return OrderRows(order, lines, deliveries, parcels, shipments, checkpoints, promises, estimates)
