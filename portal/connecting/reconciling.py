"""Healing what deliveries did not tell: again and again, what changed lately; once a day, what changed in a month."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from portal.connecting import connections, sweeps
from portal.connecting.shops import Shops
from portal.connecting.sweeping import DEEP, OVERLAP, sweeping
from portal.connecting.sweeps import Kind, Taken
from portal.context import Context
from portal.kit import jobs
from portal.kit.db import Tx
from portal.platforms.live import Shop, ShopError

log = logging.getLogger("jalon.shops")
JOB: Final = "reconcile"
EVERY: Final = timedelta(minutes=1)
_DAILY: Final = timedelta(days=1)
_ONE_RUN: Final = timedelta(seconds=60)
_MOST_PAGES: Final = 50  # in one run


async def reconcile(context: Context, _payload: Mapping[str, Any]) -> None:
    """The job: for each shop, what is due, for a minute at most; what is left goes on at once."""
    shops = [shop for shop in Shops(context).all() if not shop.manifest.kept_here]
    if any(await asyncio.gather(*(_reconcile(context, shop) for shop in shops))):
        await _go_on(context)


async def window(context: Context, shop: Shop, kind: Kind) -> datetime:
    """From when on a sweep of this kind looks."""
    now = context.clock.now()
    if kind == "deep":
        return now - DEEP
    async with context.db.read() as reader:
        rows = {row.kind: row for row in await sweeps.sweeps(reader, shop)}
        known = await connections.connection(reader, shop)
    recent = rows.get(kind)
    covered = recent.covered_to if recent is not None else None
    begun = known.since if known is not None else now
    return (covered or begun) - OVERLAP


async def _reconcile(context: Context, shop: Shop) -> bool:
    """True when there is more to do."""
    now = context.clock.now()
    async with context.db.read() as reader:
        if await connections.rests_until(reader, shop, now) is not None:
            return False
        known = await connections.connection(reader, shop)
        rows = {row.kind: row for row in await sweeps.sweeps(reader, shop)}
    if known is not None and known.disconnected_at is not None:
        return False
    told = known is not None and known.asked_for is not None
    pause = timedelta(minutes=context.settings.reconcile_minutes) if told else EVERY
    due: dict[Kind, timedelta] = {"recent": pause, "deep": _DAILY}
    kinds = [kind for kind, every in due.items() if _is_due(rows.get(kind), now, every)]
    try:
        return any([await _some(context, shop, kind) for kind in kinds])
    except ShopError:  # noted where it happened; the next run goes on
        return False


def _is_due(row: Any | None, now: datetime, every: timedelta) -> bool:
    if row is None or row.began_at is None:
        return True
    return row.ended_at is None or row.began_at <= now - every


async def _some(context: Context, shop: Shop, kind: Kind) -> bool:
    """A bounded part of a sweep; True when there is more. Raises ShopError."""
    until, since = context.clock.now() + _ONE_RUN, await window(context, shop, kind)
    try:
        async with sweeping(context, shop, kind, since) as sweep:
            for _ in range(_MOST_PAGES):
                if not await sweep.step():
                    if sweep.state.changed or sweep.state.gone:
                        said = "%s: %d orders had changed and %d were gone without our having heard"
                        log.info(said, shop.manifest.slug, sweep.state.changed, sweep.state.gone)
                    return False
                if context.clock.now() > until:
                    break
            return True
    except Taken:
        return False


async def _go_on(context: Context) -> None:
    now = context.clock.now()

    async def unit(tx: Tx) -> None:
        await jobs.enqueue(tx, JOB, now)

    await context.db.write(unit)
