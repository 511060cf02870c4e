"""Reads of orders: column selects, one round each, no writes and no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Row

from portal.kit.db import Reader
from portal.kit.events import EVENT
from portal.kit.ids import token_hash
from portal.orders.models import DELIVERY, DELIVERY_LINE, ORDER, ORDER_LINE, ORDER_LINK, PARCEL, PARCEL_LINE
from portal.orders.private import ORDER_PRIVATE
from portal.tracking import queries as tracking

_LINK = select(
    ORDER_LINK.c.id, ORDER_LINK.c.order_id, ORDER_LINK.c.expires_at, ORDER_LINK.c.revoked_at, ORDER.c.locale
).where(ORDER_LINK.c.token_hash == bindparam("hash"), ORDER.c.id == ORDER_LINK.c.order_id)
_LAST_EVENT = select(func.max(EVENT.c.id)).where(EVENT.c.topic == bindparam("topic"))
_ORDER = select(ORDER, ORDER_PRIVATE.c.collect_code).outerjoin(ORDER_PRIVATE).where(ORDER.c.id == bindparam("order"))
_LINES = select(ORDER_LINE).where(ORDER_LINE.c.order_id == bindparam("order")).order_by(ORDER_LINE.c.position)
_DELIVERIES = (
    select(DELIVERY, DELIVERY_LINE.c.line_id, DELIVERY_LINE.c.quantity, DELIVERY_LINE.c.remaining)
    .outerjoin(DELIVERY_LINE)
    .where(DELIVERY.c.order_id == bindparam("order"))
)
_PARCELS = (
    select(PARCEL, PARCEL_LINE.c.line_id, PARCEL_LINE.c.quantity)
    .outerjoin(PARCEL_LINE)
    .where(PARCEL.c.order_id == bindparam("order"), PARCEL.c.state == "ok")
    .order_by(PARCEL.c.position, PARCEL.c.id)
)


@dataclass(frozen=True, slots=True)
class Access:
    """What a link gives: one order, for as long as the link lives."""

    link_id: int
    order_id: int
    expires_at: datetime
    live: bool
    locale: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """What an order's page depends on: its last event, and when a carrier was last asked about it."""

    event: int
    asked: datetime | None


@dataclass(frozen=True, slots=True)
class OrderRows:
    """An order as it is stored."""

    order: Row[Any]
    lines: Sequence[Row[Any]]
    deliveries: Sequence[Row[Any]]
    parcels: Sequence[Row[Any]]
    shipments: Sequence[Row[Any]]
    checkpoints: Sequence[Row[Any]]


def topic_of(order_id: int) -> str:
    """Where an order's changes, and its shipments', are told."""
    return f"order:{order_id}"


async def access_by_token(reader: Reader, token: str, now: datetime) -> Access | None:
    """What the link with this secret opens; None for a secret that was never given out.

    A link that has expired or was revoked comes back with `live` False.
    """
    row = await reader.row(_LINK, {"hash": token_hash(token)})
    if row is None:
        return None
    return Access(row.id, row.order_id, row.expires_at, row.revoked_at is None and row.expires_at > now, row.locale)


async def version(reader: Reader, order_id: int) -> Version:
    """The order's present version."""
    topic = topic_of(order_id)
    last = await reader.row(_LAST_EVENT, {"topic": topic})
    return Version(int(last[0] or 0) if last else 0, await tracking.last_asked(reader, topic))


async def load(reader: Reader, order_id: int) -> OrderRows | None:
    """Everything that the order's page shows."""
    key = {"order": order_id}
    order = await reader.row(_ORDER, key)
    if order is None:
        return None
    lines, deliveries = await reader.rows(_LINES, key), await reader.rows(_DELIVERIES, key)
    parcels = await reader.rows(_PARCELS, key)
    shipments, checkpoints = await tracking.shipments(reader, topic_of(order_id)) if parcels else ((), ())
    return OrderRows(order, lines, deliveries, parcels, shipments, checkpoints)
