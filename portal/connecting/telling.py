"""What carriers say, told to shops' platforms that show it: each standing of each parcel once.

The event log is gone through by a place in it that is kept: whatever is killed, nothing is left out, and nothing from
before the connection is told. A platform is given a mark of ours with each, by which a repetition changes nothing and
what comes back is known.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, func, select, update

from carriers import Milestone
from portal.connecting import connections
from portal.connecting.models import SHOP_TELLING, SHOP_TOLD
from portal.connecting.shops import Shops
from portal.context import Context
from portal.kit import jobs
from portal.kit.db import Reader, Tx
from portal.kit.events import AFTER, EVENT, happened
from portal.kit.prepared import Query
from portal.orders.documents import stored
from portal.platforms.changes import Can, Told
from portal.platforms.live import Listens, ShopError
from portal.platforms.marks import mark_of
from portal.tracking.standing import Standing, standings

log = logging.getLogger("jalon.shops")
LOOK: Final = "look_what_to_tell"
TELL: Final = "tell_shop"
EVERY: Final = timedelta(minutes=1)
_TOGETHER: Final = 500  # events in one look
_TRIES: Final = 10
_SILENT: Final = frozenset({Milestone.UNKNOWN, Milestone.PREPARING, Milestone.CANCELLED, Milestone.EXPIRED})
_LAST = Query(select(func.coalesce(func.max(EVENT.c.id), 0).label("last")))
_PLACE = Query(select(SHOP_TELLING.c.event_id).where(SHOP_TELLING.c.id == 1))
_NEWEST = Query(
    select(SHOP_TOLD.c.status)
    .where(SHOP_TOLD.c.shipment_id == bindparam("shipment"))
    .order_by(SHOP_TOLD.c.id.desc())
    .limit(1)
)
_MARKED = Query(select(SHOP_TOLD.c.id).where(SHOP_TOLD.c.mark == bindparam("mark")))
_ONE = Query(select(SHOP_TOLD).where(SHOP_TOLD.c.id == bindparam("told"), SHOP_TOLD.c.told_at.is_(None)))
_SETTLE = Query(update(SHOP_TOLD).where(SHOP_TOLD.c.id == bindparam("told")), columns=("told_at", "tries", "problem"))


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A parcel at its platform, and the shop to be told."""

    shop: Listens
    order_id: str
    parcel_id: str


async def look_what_to_tell(context: Context, _payload: Mapping[str, Any]) -> None:
    """The job: find out what is new since the last look, and have it told."""
    while await _look(context, _listening(context)):
        pass


async def _look(context: Context, listening: Mapping[tuple[str, str], Listens]) -> bool:
    """Go through some of the log; True when there is more. While nobody listens, what happens is told to nobody."""
    async with context.db.read() as reader:
        place = await reader.row(_PLACE)
        if place is None or not listening:
            row = await reader.row(_LAST)
            events, last = [], row.last if row is not None else 0
        else:
            events = await reader.rows(AFTER, {"last": place.event_id, "most": _TOGETHER})
            last = events[-1].id if events else place.event_id
        news = await _news(reader, map(happened, events))
    begins = place is None and bool(listening)
    if begins or (place is not None and last != place.event_id):
        await _have_told(context, last, [one for one in news if _shop_in(one) in listening])
    return len(events) == _TOGETHER


async def tell_shop(context: Context, payload: Mapping[str, Any]) -> None:
    """The job: tell one standing of one parcel."""
    async with context.db.read() as reader:
        row = await reader.row(_ONE, {"told": payload["told"]})
        if row is None or row.problem is not None:
            return
        found = await standings(reader, [row.shipment_id])
        parcel = await _parcel_of(reader, found[0], _listening(context)) if found else None
        until = await connections.rests_until(reader, parcel.shop, context.clock.now()) if parcel is not None else None
    if parcel is None:  # erased, gone, connected no more, or switched off
        await _settle(context, row, problem="gone")
    elif until is not None:
        await _later(context, row, row.tries, until)
    else:
        await _tell(context, row, parcel, found[0])


async def told_of(reader: Reader, shipment_ids: Sequence[int]) -> dict[int, set[str]]:
    """The standings of each of these parcels that its platform was told, or may have been."""
    asked = select(SHOP_TOLD.c.shipment_id, SHOP_TOLD.c.status).where(SHOP_TOLD.c.shipment_id.in_(shipment_ids))
    told: dict[int, set[str]] = {}
    for row in await reader.rows(asked):
        told.setdefault(row.shipment_id, set()).add(row.status)
    return told


def listens(shop: object) -> bool:
    """Whether this shop shows what carriers say."""
    return isinstance(shop, Listens) and Can.EVENTS in shop.manifest.can


def _listening(context: Context) -> Mapping[tuple[str, str], Listens]:
    if not context.settings.tell_shops:
        return {}
    shops = [shop for shop in Shops(context).all() if isinstance(shop, Listens) and listens(shop)]
    return {(shop.manifest.slug, shop.name): shop for shop in shops}


async def _news(reader: Reader, events: Iterable[Any]) -> Sequence[Standing]:
    """Where the parcels stand now of which something was said; a mapping that was mended is no news."""
    changed = {int(event.data["shipment"]): None for event in events if event.kind == "shipment.changed"}
    found = await standings(reader, list(changed)) if changed else ()
    return [one for one in found if one.by_carrier and one.milestone not in _SILENT]


def _shop_in(standing: Standing) -> tuple[str, ...]:
    """Platform and shop that a parcel is from."""
    return tuple(standing.source.split("\x1f")[:2])


async def _have_told(context: Context, last: int, news: Sequence[Standing]) -> None:
    """Keep the place in the log, and what is to be told, together."""
    now = context.clock.now()

    async def unit(tx: Tx) -> None:
        for standing in news:
            await _have_one_told(tx, now, standing)
        await tx.upsert(SHOP_TELLING, [{"id": 1, "event_id": last}], ["id"])

    await context.db.write(unit)


async def _have_one_told(tx: Tx, now: datetime, standing: Standing) -> None:
    newest = await tx.row(_NEWEST, {"shipment": standing.shipment_id})
    if newest is not None and newest.status == standing.milestone:
        return
    at = standing.at or now
    mark = mark_of(standing.source, standing.milestone.value, at.isoformat())
    row = {"shipment_id": standing.shipment_id, "mark": mark, "status": standing.milestone.value, "at": at, "tries": 0}
    await tx.upsert(SHOP_TOLD, [row], ["mark"], update=False)
    told = await tx.row(_MARKED, {"mark": mark})
    if told is not None:
        await jobs.enqueue(tx, TELL, now, unique=f"{TELL}:{told.id}", told=told.id)


async def _parcel_of(
    reader: Reader, standing: Standing, listening: Mapping[tuple[str, str], Listens]
) -> _Parcel | None:
    """The parcel as its platform names it: the first of those that one fulfilment with several numbers became."""
    kind, _, number = standing.topic.partition(":")
    order = await stored(reader, int(number)) if kind == "order" and number.isdigit() else None
    shop = listening.get((order.platform, order.shop)) if order is not None else None
    if order is None or shop is None:
        return None
    external = standing.source.split("\x1f")[-1]
    ids = [parcel.id for parcel in order.document.parcels if external in (parcel.id, f"{parcel.id}#0")]
    return _Parcel(shop, order.external_id, ids[0]) if ids else None


async def _tell(context: Context, row: Any, parcel: _Parcel, standing: Standing) -> None:
    place = (standing.town, standing.country) if standing.milestone == row.status else (None, None)
    told = Told(row.mark, parcel.parcel_id, row.status, row.at, city=place[0], country=place[1])
    try:
        await parcel.shop.tell(parcel.order_id, told)
    except ShopError as problem:
        await _failed(context, row, parcel, problem)
        return
    await _settle(context, row, told_at=context.clock.now())


async def _failed(context: Context, row: Any, parcel: _Parcel, problem: ShopError) -> None:
    now, tries = context.clock.now(), row.tries + 1

    async def unit(tx: Tx) -> datetime | None:
        return await connections.note_problem(tx, parcel.shop, now, problem)

    rests = await context.db.write(unit)
    if tries >= _TRIES:
        log.warning("%s: what a carrier says could not be told (%s)", parcel.shop.manifest.slug, problem.kind)
        await _settle(context, row, tries=tries, problem=problem.kind)
    else:
        await _later(context, row, tries, max(rests or now, now + timedelta(seconds=10 * 2**tries)))


async def _later(context: Context, row: Any, tries: int, due: datetime) -> None:
    now = context.clock.now()

    async def unit(tx: Tx) -> None:
        await tx.run(_SETTLE, {"told": row.id, "told_at": None, "tries": tries, "problem": None})
        # Under a name of its own: the job that runs now is still there.
        await jobs.enqueue(tx, TELL, now, due=due, unique=f"{TELL}:{row.id}:{due.isoformat()}", told=row.id)

    await context.db.write(unit)


async def _settle(
    context: Context, row: Any, *, told_at: datetime | None = None, tries: int = 0, problem: str | None = None
) -> None:
    async def unit(tx: Tx) -> None:
        await tx.run(_SETTLE, {"told": row.id, "told_at": told_at, "tries": tries or row.tries, "problem": problem})

    await context.db.write(unit)
