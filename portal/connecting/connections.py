"""How each connection fares: noted where it is called, read where somebody asks.

Functions with a transaction run in the caller's and may run again.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, select, update

from portal.connecting.models import CONNECTION
from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query
from portal.platforms.live import Kind, Shop, ShopError

log = logging.getLogger("jalon.shops")

_THIS = (CONNECTION.c.platform == bindparam("of_platform"), CONNECTION.c.shop == bindparam("of_shop"))
_ONE = Query(select(CONNECTION).where(*_THIS))
_READ = Query(update(CONNECTION).where(*_THIS).values(reads=CONNECTION.c.reads + 1, read_at=bindparam("at")))
_WELL = Query(
    update(CONNECTION)
    .where(*_THIS, CONNECTION.c.problem_at < bindparam("asked_at"))
    .values(problem=None, said=None, problem_at=None, rests_until=None)
)
_BACK = Query(
    update(CONNECTION).where(*_THIS, CONNECTION.c.disconnected_at < bindparam("asked_at")).values(disconnected_at=None)
)
# What to wait before the next call, where the platform does not say: it is not to be called in vain all the time.
_PAUSES: Final[dict[Kind, timedelta]] = {
    "throttled": timedelta(seconds=10),
    "unreachable": timedelta(seconds=30),
    "credentials": timedelta(minutes=10),
    "scope": timedelta(minutes=10),
}
_LONGEST: Final = timedelta(hours=1)


def name_of(shop: Shop) -> dict[str, str]:
    """The columns that name a shop."""
    return {"platform": shop.manifest.slug, "shop": shop.name}


def this(shop: Shop) -> dict[str, str]:
    """The same, as the questions here take it."""
    return {"of_platform": shop.manifest.slug, "of_shop": shop.name}


async def connection(reader: Reader | Tx, shop: Shop) -> Any | None:
    """How a shop's connection fares; None before anything happened there."""
    return await reader.row(_ONE, this(shop))


async def rests_until(reader: Reader | Tx, shop: Shop, now: datetime) -> datetime | None:
    """Until when a shop is not to be called, if that is still to come."""
    row = await connection(reader, shop)
    return row.rests_until if row is not None and row.rests_until is not None and row.rests_until > now else None


async def note(tx: Tx, shop: Shop, now: datetime, **values: Any) -> None:
    """Keep something about a connection."""
    await tx.upsert(CONNECTION, [{**name_of(shop), "since": now, **_FRESH}], ["platform", "shop"], update=False)
    if values:
        await tx.run(update(CONNECTION).where(*_named(shop)).values(**values))


async def note_read(tx: Tx, shop: Shop, now: datetime, asked_at: datetime) -> None:
    """The shop answered to what it was asked at `asked_at`: whatever was wrong before that is over."""
    await note(tx, shop, now)
    await tx.run(_READ, {**this(shop), "at": now})
    await tx.run(_WELL, {**this(shop), "asked_at": asked_at})
    await tx.run(_BACK, {**this(shop), "asked_at": asked_at})


async def note_problem(tx: Tx, shop: Shop, now: datetime, problem: ShopError) -> datetime | None:
    """A call failed; returns until when the shop is left alone. One answer that cannot be read rests nothing."""
    pause = _PAUSES.get(problem.kind)
    if pause is None:
        return None
    asked = timedelta(seconds=problem.retry_after) if problem.retry_after is not None else pause
    until = now + min(max(asked, timedelta(seconds=1)), _LONGEST)
    said = {"problem": problem.kind, "said": problem.message, "problem_at": now, "rests_until": until}
    await note(tx, shop, now, **said)
    log.warning("%s: %s", shop.manifest.slug, problem.message)
    return until


_FRESH: Final[dict[str, Any]] = {"reads": 0, "findings": "[]"}


def _named(shop: Shop) -> tuple[Any, ...]:
    return (CONNECTION.c.platform == shop.manifest.slug, CONNECTION.c.shop == shop.name)
