"""Which orders a viewer's list holds: the person's, or for nobody known, those whose link this browser has opened.
Ids only; `orders.many` reads the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, literal, or_, select

from portal.accounts.viewer import Viewer
from portal.kit.db import Reader
from portal.kit.events import EVENT
from portal.orders.access import orders_of
from portal.orders.models import ORDER, ORDER_LINE, ORDER_LINK, ORDER_LINK_USE, PARCEL
from portal.orders.queries import topic_of
from portal.tracking import queries as tracking

AT_ONCE: Final = 20  # orders of the history on one page
_CURRENT_MOST: Final = 60
_SEARCHED_MOST: Final = 200  # the newest ones that a search or a filter looks at
_FRESH: Final = timedelta(days=3)
_QUIET: Final = timedelta(days=60)
_TOPIC = literal("order:") + cast(ORDER.c.id, String)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the history: `ids` newest first, and whether there are older ones."""

    ids: list[int]
    more: bool


async def current(reader: Reader, viewer: Viewer, now: datetime) -> list[int]:
    """The orders that something may still happen to, or did within days; newest first."""
    return await _ids(reader, _theirs(viewer, now).where(_is_current(now)).limit(_CURRENT_MOST))


async def history(reader: Reader, viewer: Viewer, now: datetime, page: int) -> Page:
    """All others, by pages of `AT_ONCE` counted from 1."""
    past = _theirs(viewer, now).where(~_is_current(now)).offset((page - 1) * AT_ONCE).limit(AT_ONCE + 1)
    ids = await _ids(reader, past)
    return Page(ids[:AT_ONCE], len(ids) > AT_ONCE)


async def matching(reader: Reader, viewer: Viewer, now: datetime, words: str) -> list[int]:
    """The newest orders whose number, products or tracking numbers have `words` in them; "" for all."""
    found = _theirs(viewer, now)
    if words:
        in_lines = exists(
            select(literal(1)).where(
                ORDER_LINE.c.order_id == ORDER.c.id, ORDER_LINE.c.title.icontains(words, autoescape=True)
            )
        )
        numbered = _TOPIC.in_(tracking.topics_numbered(words.replace(" ", "")))
        found = found.where(or_(ORDER.c.number.icontains(words, autoescape=True), in_lines, numbered))
    return await _ids(reader, found.limit(_SEARCHED_MOST))


async def version(reader: Reader, topic: str, order_ids: list[int]) -> int:
    """The last event about any of these orders, or about the list itself."""
    topics = [topic, *(topic_of(order) for order in order_ids)]
    row = await reader.row(select(func.max(EVENT.c.id).label("event")).where(EVENT.c.topic.in_(topics)))
    return row.event or 0 if row else 0


def _theirs(viewer: Viewer, now: datetime) -> Select[Any]:
    theirs = orders_of(literal(viewer.person_id)) if viewer.person_id is not None else _by_link(viewer, now)
    newest = func.coalesce(ORDER.c.placed_at, ORDER.c.created_at)
    there = select(ORDER.c.id).where(ORDER.c.id.in_(theirs), ORDER.c.gone_at.is_(None))
    return there.order_by(newest.desc(), ORDER.c.id.desc())


def _by_link(viewer: Viewer, now: datetime) -> Select[tuple[int]]:
    return (
        select(ORDER_LINK.c.order_id)
        .join(ORDER_LINK_USE, ORDER_LINK_USE.c.link_id == ORDER_LINK.c.id)
        .where(
            ORDER_LINK_USE.c.session_id == viewer.session_id,
            ORDER_LINK.c.revoked_at.is_(None),
            ORDER_LINK.c.expires_at > now,
        )
    )


def _is_current(now: datetime) -> ColumnElement[bool]:
    placed = func.coalesce(ORDER.c.placed_at, ORDER.c.created_at)
    without_parcel = ~exists(select(literal(1)).where(PARCEL.c.order_id == ORDER.c.id))
    waits = and_(without_parcel, placed > now - _QUIET, ORDER.c.closed_at.is_(None))
    moves = _TOPIC.in_(tracking.topics_moving(now - _QUIET))
    fresh = or_(placed > now - _FRESH, _TOPIC.in_(tracking.topics_changed(now - _FRESH)))
    return or_(fresh, and_(ORDER.c.cancelled_at.is_(None), or_(moves, waits)))


async def _ids(reader: Reader, asked: Select[Any]) -> list[int]:
    return [row.id for row in await reader.rows(asked)]
