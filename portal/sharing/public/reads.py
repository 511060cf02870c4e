"""Reads for visitors. What a link does not show is not asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast, func, literal, null, or_, select

from portal.kit.db import Reader
from portal.kit.events import EVENT
from portal.kit.ids import token_hash
from portal.kit.prepared import Query
from portal.sharing.models import SHARE_LINK
from portal.sharing.public.columns import (
    CHECKPOINT,
    DELIVERY,
    DELIVERY_LINE,
    ITEM,
    LINE,
    ORDER,
    PARCEL,
    PARCEL_LINE,
    SHIPMENT,
    TRACKER,
)
from portal.sharing.public.values import Scope, SharedLink

_TOPIC = literal("order:") + cast(SHARE_LINK.c.order_id, String)
_LINK = select(
    SHARE_LINK.c.id,
    SHARE_LINK.c.order_id,
    SHARE_LINK.c.with_items,
    SHARE_LINK.c.with_towns,
    SHARE_LINK.c.gift,
    SHARE_LINK.c.expires_at,
    SHARE_LINK.c.until_arrival,
    SHARE_LINK.c.max_opens,
    SHARE_LINK.c.opens,
    SHARE_LINK.c.revoked_at,
    select(func.max(EVENT.c.id)).where(EVENT.c.topic == _TOPIC).correlate(SHARE_LINK).scalar_subquery().label("event"),
)
_BY_TOKEN = Query(_LINK.where(SHARE_LINK.c.token_hash == bindparam("hash")))
_BY_ID = Query(_LINK.where(SHARE_LINK.c.id == bindparam("link")))
_EVENT = Query(select(func.max(EVENT.c.id).label("event")).where(EVENT.c.topic == bindparam("topic")))
_ORDER = Query(
    select(ORDER.c.fulfilment, ORDER.c.cancelled_at, ORDER.c.promise_from, ORDER.c.promise_to).where(
        ORDER.c.id == bindparam("order"), ORDER.c.gone_at.is_(None)
    )
)
_LINES = Query(
    select(LINE.c.id, LINE.c.kind, LINE.c.requires_shipping, LINE.c.ordered, LINE.c.current, LINE.c.fulfilled)
    .where(LINE.c.order_id == bindparam("order"))
    .order_by(LINE.c.position)
)
_ITEMS = Query(select(ITEM.c.id, ITEM.c.title, ITEM.c.options).where(ITEM.c.order_id == bindparam("order")))
_DELIVERIES = Query(
    select(
        DELIVERY.c.id,
        DELIVERY.c.method,
        DELIVERY.c.state,
        DELIVERY.c.ready_at,
        DELIVERY.c.collected_at,
        DELIVERY_LINE.c.line_id,
        DELIVERY_LINE.c.quantity,
    )
    .outerjoin_from(DELIVERY, DELIVERY_LINE, DELIVERY_LINE.c.delivery_id == DELIVERY.c.id)
    .where(DELIVERY.c.order_id == bindparam("order"))
)
_PARCELS = Query(
    select(PARCEL.c.id, PARCEL.c.shipment_id, PARCEL.c.allocation, PARCEL_LINE.c.line_id, PARCEL_LINE.c.quantity)
    .outerjoin_from(PARCEL, PARCEL_LINE, PARCEL_LINE.c.parcel_id == PARCEL.c.id)
    .where(PARCEL.c.order_id == bindparam("order"), PARCEL.c.state == "ok")
    .order_by(PARCEL.c.position, PARCEL.c.id)
)
_SHIPMENTS = Query(
    select(
        SHIPMENT.c.id,
        SHIPMENT.c.carrier,
        SHIPMENT.c.milestone,
        null().label("reason"),  # why something is held up is between the carrier and the customer
        or_(SHIPMENT.c.delayed, SHIPMENT.c.shop_delayed).label("delayed"),
        func.coalesce(SHIPMENT.c.estimate_day, SHIPMENT.c.shop_estimate_day).label("estimate_day"),
        null().label("estimate_from"),  # hours tell when somebody is at home
        null().label("estimate_to"),
        SHIPMENT.c.finished_at,
        TRACKER.c.answered_at,
    )
    .outerjoin_from(SHIPMENT, TRACKER, TRACKER.c.shipment_id == SHIPMENT.c.id)
    .where(SHIPMENT.c.topic == bindparam("topic"))
)


def _steps(*town: ColumnElement[Any]) -> Query:
    return Query(
        select(
            CHECKPOINT.c.shipment_id,
            CHECKPOINT.c.milestone,
            CHECKPOINT.c.wall,
            CHECKPOINT.c.offset_minutes,
            CHECKPOINT.c.date_only,
            CHECKPOINT.c.sort_at,
            *town,
        )
        .join_from(CHECKPOINT, SHIPMENT, SHIPMENT.c.id == CHECKPOINT.c.shipment_id)
        .where(SHIPMENT.c.topic == bindparam("topic"))
        .order_by(CHECKPOINT.c.sort_at.desc(), CHECKPOINT.c.id.desc())
    )


_TOWN = (CHECKPOINT.c.town, CHECKPOINT.c.town_country, CHECKPOINT.c.town_lat, CHECKPOINT.c.town_lon)
_STEPS_WITH_TOWNS = _steps(*_TOWN)
_BARE_STEPS = _steps(*(null().label(column.name) for column in _TOWN))


@dataclass(frozen=True, slots=True)
class SharedRows:
    """An order as its visitors' page is made from. `items`: title and options by line id, empty where not shown."""

    order: Any
    lines: Sequence[Any]
    items: Mapping[int, Any]
    deliveries: Sequence[Any]
    parcels: Sequence[Any]
    shipments: Sequence[Any]
    steps: Sequence[Any]


def session_of(link_id: int) -> str:
    """What the hub knows the streams of a link by."""
    return f"share:{link_id}"


def topic_of(order_id: int) -> str:
    """Where an order's changes are told."""
    return f"order:{order_id}"


async def link_by_token(reader: Reader, token: str) -> SharedLink | None:
    """The link with this secret, alive or not; None for a secret that was never given out."""
    return _link(await reader.row(_BY_TOKEN, {"hash": token_hash(token)}))


async def link_by_id(reader: Reader, link_id: int) -> SharedLink | None:
    """The link as it is now; None when it was deleted."""
    return _link(await reader.row(_BY_ID, {"link": link_id}))


async def last_event(reader: Reader, order_id: int) -> int:
    """The last event of an order."""
    row = await reader.row(_EVENT, {"topic": topic_of(order_id)})
    return (row.event if row else None) or 0


async def load(reader: Reader, order_id: int, scope: Scope) -> SharedRows | None:
    """What this scope shows of an order; None when there is no such order, or no more."""
    key, topic = {"order": order_id}, {"topic": topic_of(order_id)}
    order = await reader.row(_ORDER, key)
    if order is None:
        return None
    items = await reader.rows(_ITEMS, key) if scope.shows_items else ()
    parcels = await reader.rows(_PARCELS, key)
    steps = _STEPS_WITH_TOWNS if scope.towns else _BARE_STEPS
    return SharedRows(
        order=order,
        lines=await reader.rows(_LINES, key),
        items={item.id: item for item in items},
        deliveries=await reader.rows(_DELIVERIES, key),
        parcels=parcels,
        shipments=await reader.rows(_SHIPMENTS, topic) if parcels else (),
        steps=await reader.rows(steps, topic) if parcels else (),
    )


def _link(row: Any) -> SharedLink | None:
    if row is None:
        return None
    return SharedLink(
        id=row.id,
        order_id=row.order_id,
        scope=Scope(row.with_items, row.with_towns, row.gift),
        expires_at=row.expires_at,
        until_arrival=row.until_arrival,
        limited=row.max_opens is not None,
        used_up=row.max_opens is not None and row.opens >= row.max_opens,
        revoked=row.revoked_at is not None,
        event=row.event or 0,
    )
