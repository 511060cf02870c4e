"""Reads of tracking, by the topic that a shipment's changes are told on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, bindparam, func, or_, select

from portal.kit.db import Reader
from portal.kit.prepared import Query
from portal.progress.state import ARRIVED
from portal.tracking.models import CHECKPOINT, ESTIMATE, REPLACEMENT, SHIPMENT, TRACKER
from portal.tracking.private import CHECKPOINT_PRIVATE, SHIPMENT_PRIVATE
from portal.tracking.scan import AT_THE_DOOR, Scan, Stop

_SHIPMENT_COLUMNS = (
    select(
        SHIPMENT.c.id,
        SHIPMENT.c.carrier,
        SHIPMENT.c.carrier_label,
        SHIPMENT.c.number,
        SHIPMENT.c.tracking_url,
        SHIPMENT.c.milestone,
        SHIPMENT.c.reason,
        or_(SHIPMENT.c.delayed, SHIPMENT.c.shop_delayed).label("delayed"),
        func.coalesce(SHIPMENT.c.estimate_day, SHIPMENT.c.shop_estimate_day).label("estimate_day"),
        SHIPMENT.c.estimate_from,
        SHIPMENT.c.estimate_to,
        SHIPMENT.c.shipped_at,
        SHIPMENT.c.finished_at,
        SHIPMENT.c.last_scan_at,
        SHIPMENT_PRIVATE.c.pickup_point,
        TRACKER.c.next_poll_at,
        TRACKER.c.asked_at,
        TRACKER.c.answered_at,
        TRACKER.c.failing_since,
        TRACKER.c.known,
        TRACKER.c.expected_at,
        TRACKER.c.problem,
        REPLACEMENT.c.by_id.label("replaced_by"),
        REPLACEMENT.c.at.label("replaced_at"),
    )
    .outerjoin(SHIPMENT_PRIVATE, SHIPMENT_PRIVATE.c.shipment_id == SHIPMENT.c.id)
    .outerjoin(TRACKER, TRACKER.c.shipment_id == SHIPMENT.c.id)
    .outerjoin(REPLACEMENT, REPLACEMENT.c.shipment_id == SHIPMENT.c.id)
)
_SHIPMENTS = Query(_SHIPMENT_COLUMNS.where(SHIPMENT.c.topic == bindparam("topic")))
_CHECKPOINTS = Query(
    select(
        CHECKPOINT.c.shipment_id,
        CHECKPOINT.c.milestone,
        CHECKPOINT.c.reason,
        CHECKPOINT.c.wall,
        CHECKPOINT.c.offset_minutes,
        CHECKPOINT.c.date_only,
        CHECKPOINT.c.country,
        CHECKPOINT_PRIVATE.c.text,
        CHECKPOINT_PRIVATE.c.city,
        CHECKPOINT_PRIVATE.c.region,
        CHECKPOINT_PRIVATE.c.place,
        CHECKPOINT.c.town,
        CHECKPOINT.c.town_country,
        CHECKPOINT.c.town_lat,
        CHECKPOINT.c.town_lon,
        CHECKPOINT_PRIVATE.c.lat,
        CHECKPOINT_PRIVATE.c.lon,
    )
    .join(SHIPMENT, SHIPMENT.c.id == CHECKPOINT.c.shipment_id)
    .outerjoin(CHECKPOINT_PRIVATE, CHECKPOINT_PRIVATE.c.checkpoint_id == CHECKPOINT.c.id)
    .where(SHIPMENT.c.topic == bindparam("topic"))
    .order_by(CHECKPOINT.c.sort_at.desc(), CHECKPOINT.c.id.desc())
)

_JOURNEY = Query(
    select(
        CHECKPOINT.c.shipment_id,
        CHECKPOINT.c.milestone,
        CHECKPOINT.c.sort_at,
        CHECKPOINT.c.wall,
        CHECKPOINT.c.offset_minutes,
        CHECKPOINT.c.date_only,
        CHECKPOINT.c.town,
        CHECKPOINT.c.town_country,
        CHECKPOINT.c.town_lat,
        CHECKPOINT.c.town_lon,
        CHECKPOINT_PRIVATE.c.lat,
        CHECKPOINT_PRIVATE.c.lon,
    )
    .join(SHIPMENT, SHIPMENT.c.id == CHECKPOINT.c.shipment_id)
    .outerjoin(CHECKPOINT_PRIVATE, CHECKPOINT_PRIVATE.c.checkpoint_id == CHECKPOINT.c.id)
    .where(
        SHIPMENT.c.topic == bindparam("topic"),
        or_(CHECKPOINT.c.town_lat.is_not(None), CHECKPOINT_PRIVATE.c.lat.is_not(None)),
    )
    .order_by(CHECKPOINT.c.shipment_id, CHECKPOINT.c.sort_at, CHECKPOINT.c.id)
)
_NUMBERED = Query(
    select(
        SHIPMENT.c.id,
        SHIPMENT.c.topic,
        SHIPMENT.c.carrier,
        SHIPMENT.c.carrier_label,
        SHIPMENT.c.milestone,
        SHIPMENT.c.shipped_at,
        SHIPMENT.c.created_at,
    )
    .where(SHIPMENT.c.number == bindparam("number"))
    .order_by(SHIPMENT.c.created_at.desc(), SHIPMENT.c.id.desc())
)

_RECEIVED = Query(
    select(
        SHIPMENT.c.id,
        SHIPMENT.c.carrier,
        SHIPMENT.c.carrier_label,
        SHIPMENT.c.number,
        SHIPMENT_PRIVATE.c.signed_by,
        SHIPMENT_PRIVATE.c.country,
    )
    .outerjoin(SHIPMENT_PRIVATE, SHIPMENT_PRIVATE.c.shipment_id == SHIPMENT.c.id)
    .outerjoin(REPLACEMENT, REPLACEMENT.c.shipment_id == SHIPMENT.c.id)
    .where(SHIPMENT.c.topic == bindparam("topic"), SHIPMENT.c.number.is_not(None), REPLACEMENT.c.shipment_id.is_(None))
    .order_by(SHIPMENT.c.id)
)
_ESTIMATES = Query(
    select(ESTIMATE.c.shipment_id, ESTIMATE.c.said_by, ESTIMATE.c.day, ESTIMATE.c.said_at)
    .join(SHIPMENT, SHIPMENT.c.id == ESTIMATE.c.shipment_id)
    .where(SHIPMENT.c.topic == bindparam("topic"))
    .order_by(ESTIMATE.c.id)
)


def last_asked(topic: ColumnElement[str]) -> ScalarSelect[datetime | None]:
    """When a carrier was last asked about any shipment of a topic, to be part of a wider select."""
    return select(func.max(TRACKER.c.asked_at)).join(SHIPMENT).where(SHIPMENT.c.topic == topic).scalar_subquery()


async def journey(reader: Reader, topic: str, *, exact: bool = False) -> dict[int, list[Stop]]:
    """Where each of a topic's shipments has been, oldest first, as far as it is known: towns, which anyone who may see
    the journey may see; with `exact`, for the owner alone, carriers' own points where they gave any."""
    stops: dict[int, list[Stop]] = {}
    for row in await reader.rows(_JOURNEY, {"topic": topic}):
        *known, town_lat, town_lon, lat, lon = row
        exactly = exact and None not in (lat, lon) and row.milestone not in AT_THE_DOOR
        if exactly or town_lat is not None:
            point = (lat, lon) if exactly else (town_lat, town_lon)
            stops.setdefault(row.shipment_id, []).append(Stop._make((*known, *point, exactly)))
    return stops


async def shipments(reader: Reader, topic: str) -> tuple[list[Any], list[Scan]]:
    """A topic's shipments with their trackers, and their checkpoints newest first."""
    key = {"topic": topic}
    return await reader.rows(_SHIPMENTS, key), [Scan._make(row) for row in await reader.rows(_CHECKPOINTS, key)]


async def estimates(reader: Reader, topic: str) -> list[Any]:
    """The days that were given for a topic's shipments, in the order in which they were given."""
    return await reader.rows(_ESTIMATES, {"topic": topic})


async def shipments_numbered(reader: Reader, number: str) -> list[Any]:
    """Every shipment that has this tracking number, the newest first: carriers give numbers out again."""
    return await reader.rows(_NUMBERED, {"number": number})


async def received(reader: Reader, topic: str) -> list[Any]:
    """A topic's shipments that have a number and stand, with who received them."""
    return await reader.rows(_RECEIVED, {"topic": topic})


async def shipments_of(reader: Reader, topics: Sequence[str]) -> dict[str, list[Any]]:
    """The shipments of several topics, without their checkpoints."""
    found: dict[str, list[Any]] = {topic: [] for topic in topics}
    asked = _SHIPMENT_COLUMNS.add_columns(SHIPMENT.c.topic).where(SHIPMENT.c.topic.in_(topics)).order_by(SHIPMENT.c.id)
    for row in await reader.rows(asked):
        found[row.topic].append(row)
    return found


def topics_moving(since: datetime) -> Select[tuple[str]]:
    """The topics on which a shipment has not come to its end and has had news since then, to be part of a wider
    select."""
    return select(SHIPMENT.c.topic).where(SHIPMENT.c.finished_at.is_(None), SHIPMENT.c.updated_at > since)


def topics_changed(since: datetime) -> Select[tuple[str]]:
    """The topics on which a shipment has changed since then, to be part of a wider select."""
    return select(SHIPMENT.c.topic).where(SHIPMENT.c.updated_at > since)


def topics_numbered(part: str) -> Select[tuple[str]]:
    """The topics of shipments whose number has `part` in it, to be part of a wider select."""
    return select(SHIPMENT.c.topic).where(SHIPMENT.c.number.icontains(part, autoescape=True))


def arrived() -> Subquery:
    """The shipments that were handed over: `id`, and `at` when."""
    handed_over = or_(*(SHIPMENT.c.milestone == milestone for milestone in sorted(ARRIVED)))
    return (
        select(SHIPMENT.c.id, SHIPMENT.c.finished_at.label("at"))
        .where(SHIPMENT.c.finished_at.is_not(None), handed_over)
        .subquery()
    )
