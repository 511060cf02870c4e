"""Reading one order again, because its platform said that it changed.

The news stay until the order was read after the last of them: what is told during a reading has it read once more. A
shop that cannot be called is left alone for a while, and the news wait.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, select, update

from portal.connecting import connections
from portal.connecting.inbox import READ, SETTLES
from portal.connecting.private import ORDER_NEWS
from portal.connecting.shops import Shops
from portal.connecting.taking import take_gone, take_orders
from portal.context import Context
from portal.kit import jobs
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.platforms.live import Shop, ShopError

log = logging.getLogger("jalon.shops")
_LONGEST_PAUSE: Final = timedelta(hours=1)
_GIVES_UP: Final = timedelta(days=1)  # what cannot be read for so long, nobody tries any more: sweeps may
_NEWS = Query(select(ORDER_NEWS).where(ORDER_NEWS.c.id == bindparam("news")))
_DROP = Query(delete(ORDER_NEWS).where(ORDER_NEWS.c.id == bindparam("news")))
_SETTLE = Query(delete(ORDER_NEWS).where(ORDER_NEWS.c.id == bindparam("news"), ORDER_NEWS.c.told == bindparam("seen")))
_FAILED = Query(
    update(ORDER_NEWS).where(ORDER_NEWS.c.id == bindparam("news")), columns=("tries", "problem", "stuck_at")
)


async def read_order(context: Context, payload: Mapping[str, Any]) -> None:
    """The job: read one order, and store what it is now, or that it is gone."""
    now = context.clock.now()
    async with context.db.read() as reader:
        news = await reader.row(_NEWS, {"news": payload["news"]})
        if news is None:
            return
        shop = Shops(context).of(news.platform, news.shop)
        until = await connections.rests_until(reader, shop, now) if shop is not None else None
    if shop is None:
        await _drop(context, news.id)
    elif until is not None:
        await _later(context, shop, news, until)
    else:
        await _read(context, shop, news)


async def _read(context: Context, shop: Shop, news: Any) -> None:
    asked_at = context.clock.now()
    try:
        order = await shop.order(news.order_id)
        if order is None:
            await take_gone(context, shop, [news.order_id], asked_at)
        else:
            await take_orders(context, shop, [order], asked_at)
    except ShopError as problem:
        await _later(context, shop, news, None, problem)
        return
    now = context.clock.now()

    async def settle(tx: Tx) -> None:
        await connections.note_read(tx, shop, now, asked_at)
        if not await tx.run(_SETTLE, {"news": news.id, "seen": news.told}):
            await _enqueue(tx, now, news, news.told, now + SETTLES)

    await context.db.write(settle)


async def _drop(context: Context, news_id: int) -> None:
    async def unit(tx: Tx) -> None:
        await tx.run(_DROP, {"news": news_id})

    await context.db.write(unit)


async def _later(
    context: Context, shop: Shop, news: Any, until: datetime | None, problem: ShopError | None = None
) -> None:
    """Try again when the shop may be called, ever later; give up after a day."""
    now = context.clock.now()
    kind = problem.kind if problem is not None else news.problem
    stuck = now if problem is not None and news.told_at < now - _GIVES_UP else None

    async def unit(tx: Tx) -> None:
        rests = await connections.note_problem(tx, shop, now, problem) if problem is not None else until
        tries = news.tries + 1
        values = {"tries": tries, "problem": kind, "stuck_at": stuck}
        if await tx.run(_FAILED, {"news": news.id, **values}) and stuck is None:
            pause = min(SETTLES * 2 ** min(tries, 12), _LONGEST_PAUSE)
            await _enqueue(tx, now, news, f"{news.told}:{tries}", max(now + pause, rests or now))

    await context.db.write(unit)
    if stuck is not None:
        log.warning("%s: an order could not be read for a day (%s)", shop.manifest.slug, kind)


async def _enqueue(tx: Tx, now: datetime, news: Any, turn: object, due: datetime) -> None:
    """The next reading, under a name of its own: the job that runs now is still there."""
    await jobs.enqueue(tx, READ, now, due=due, unique=f"{READ}:{news.id}:after:{turn}", news=news.id)
