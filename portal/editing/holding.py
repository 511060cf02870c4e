"""Keeping an order from its warehouse while its customer changes it, where the shop wants that and the platform can.

A row says until when, and comes first. One job holds, another lets go; each may run twice, in any order, and after a
crash: whoever finds that the time is over, or the row gone, lets go, and letting go of what nobody holds does nothing.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, case, delete, select, update

from portal.editing.engine import Engine
from portal.editing.models import EDIT_HOLD
from portal.editing.rereading import kept
from portal.kit import jobs
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.platforms.changes import Can
from portal.platforms.live import Holds, Shop

HOLD: Final = "edit.hold"
RELEASE: Final = "edit.release"
_FOR_A_PREVIEW: Final = timedelta(minutes=15)
_TO_BE_SENT: Final = timedelta(minutes=15)
_LEFT: Final = timedelta(minutes=5)  # how long over a hold's time is before somebody looks what became of its job
_AWAY: Final = timedelta(days=7)  # a shop that is away for so long does not come back
_UNTIL = Query(select(EDIT_HOLD.c.until).where(EDIT_HOLD.c.order_id == bindparam("order")))
_FORGOTTEN = Query(select(EDIT_HOLD.c.order_id).where(EDIT_HOLD.c.until <= bindparam("before")))


async def hold_for_preview(tx: Tx, engine: Engine, shop: Shop | None, order_id: int) -> None:
    """Have an order held for as long as its preview can be confirmed."""
    await _want(tx, engine, shop, order_id, _FOR_A_PREVIEW)


async def hold_until_sent(tx: Tx, engine: Engine, shop: Shop | None, order_id: int, undo_until: datetime) -> None:
    """Have it held until its edit should have been sent; settling lets go sooner."""
    await _want(tx, engine, shop, order_id, undo_until - engine.context.clock.now() + _TO_BE_SENT)


async def let_go(tx: Tx, now: datetime, order_id: int) -> None:
    """The edit is over: the warehouse may go on."""
    if await tx.run(update(EDIT_HOLD).where(EDIT_HOLD.c.order_id == order_id).values(until=now)):
        await jobs.enqueue(tx, RELEASE, now, order=order_id)
        jobs.hurry(tx)


async def hold(engine: Engine, order_id: int) -> None:
    """The job: hold the order, if it still is to be held. Raises ShopError, and is tried again then."""
    shop, external_id, key = await _place(engine, order_id)
    if shop is None:
        return
    if await _is_wanted(engine, order_id):
        await shop.hold(external_id, key)
    if not await _is_wanted(engine, order_id):  # nor perhaps any more
        await shop.release(external_id, key)


async def release(engine: Engine, order_id: int) -> None:
    """The job: let go, if the time is over. Raises ShopError, and is tried again then."""
    until, now = await _until(engine, order_id), engine.context.clock.now()
    if until is None or until > now:
        return  # whoever wanted it longer left a job for then
    shop, external_id, key = await _place(engine, order_id)
    if shop is not None:
        await shop.release(external_id, key)
    elif until > now - _AWAY:
        return  # a shop that is not connected just now: it is looked for again

    async def unit(tx: Tx) -> None:
        over = delete(EDIT_HOLD).where(EDIT_HOLD.c.order_id == order_id, EDIT_HOLD.c.until == until)
        if not await tx.run(over):
            await jobs.enqueue(tx, HOLD, now, order=order_id)  # it is wanted again by now

    await engine.context.db.write(unit)


async def sweep(tx: Tx, now: datetime) -> None:
    """Have jobs for holds whose time is long over: theirs were lost, or gave up."""
    for row in await tx.rows(_FORGOTTEN, {"before": now - _LEFT}):
        minute = int(now.timestamp() // 60)  # a job that gave up keeps its name
        await jobs.enqueue(tx, RELEASE, now, unique=f"{RELEASE}@{row.order_id}:{minute}", order=row.order_id)


async def _want(tx: Tx, engine: Engine, shop: Shop | None, order_id: int, time: timedelta) -> None:
    if not engine.context.settings.edit_hold or _holding(shop) is None:
        return
    now = engine.context.clock.now()
    until = now + time
    await tx.upsert(EDIT_HOLD, [{"order_id": order_id, "until": until}], ["order_id"], update=False)
    longer = case((EDIT_HOLD.c.until < until, until), else_=EDIT_HOLD.c.until)
    await tx.run(update(EDIT_HOLD).where(EDIT_HOLD.c.order_id == order_id).values(until=longer))
    await jobs.enqueue(tx, HOLD, now, order=order_id)
    await jobs.enqueue(tx, RELEASE, now, due=until, order=order_id)


async def _until(engine: Engine, order_id: int) -> datetime | None:
    async with engine.context.db.read() as reader:
        row = await reader.row(_UNTIL, {"order": order_id})
    return None if row is None else row.until


async def _is_wanted(engine: Engine, order_id: int) -> bool:
    until = await _until(engine, order_id)
    return until is not None and until > engine.context.clock.now()


async def _place(engine: Engine, order_id: int) -> tuple[Holds | None, str, str]:
    """Where the order can be held, its id there, and the name of our hold, the same for one order always."""
    known = await kept(engine.context, order_id)
    shop = _holding(engine.shops.of(known.platform, known.shop))
    return shop, known.external_id, str(uuid.uuid5(uuid.NAMESPACE_OID, f"{known.platform} {known.external_id}"))


def _holding(shop: Shop | None) -> Holds | None:
    if shop is None or Can.HOLD not in shop.manifest.can:
        return None
    return shop if isinstance(shop, Holds) else None
