"""What platforms say by themselves: stored once, with the work that it causes, before it is acknowledged.

A delivery is a hint. Of what is in it only the ids count: the orders are read again (`reading`).
Runs in the caller's transaction and may run again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, select, update

from portal.connecting import connections, requests
from portal.connecting.connections import name_of, this
from portal.connecting.models import SHOP_HINT
from portal.connecting.private import ORDER_NEWS
from portal.kit import jobs
from portal.kit.db import Tx, one
from portal.kit.prepared import Query
from portal.platforms.live import Hint, Shop

READ: Final = "read_order"
LOOK: Final = "look_at_shop"
SETTLES: Final = timedelta(seconds=1)  # an order that changes is often told of several times at once

_KNOWN = Query(
    select(SHOP_HINT.c.id).where(
        SHOP_HINT.c.platform == bindparam("of_platform"),
        SHOP_HINT.c.shop == bindparam("of_shop"),
        SHOP_HINT.c.event == bindparam("event"),
    )
)
_TOLD_AGAIN = Query(
    update(ORDER_NEWS)
    .where(
        ORDER_NEWS.c.platform == bindparam("of_platform"),
        ORDER_NEWS.c.shop == bindparam("of_shop"),
        ORDER_NEWS.c.order_id == bindparam("of_order"),
    )
    .values(told=ORDER_NEWS.c.told + 1)
    .returning(ORDER_NEWS.c.id, ORDER_NEWS.c.told, ORDER_NEWS.c.stuck_at)
)
_TRY_AGAIN = Query(
    update(ORDER_NEWS).where(ORDER_NEWS.c.id == bindparam("news")).values(tries=0, problem=None, stuck_at=None)
)


async def store(tx: Tx, now: datetime, shop: Shop, hint: Hint) -> bool:
    """Store a delivery that is known to be genuine; False when it came before."""
    event = hashlib.sha256(hint.event.encode("utf-8", "replace")).hexdigest()
    if await tx.row(_KNOWN, {**this(shop), "event": event}) is not None:
        return False
    row = {**name_of(shop), "event": event, "topic": hint.topic[:80], "at": now}
    await tx.upsert(SHOP_HINT, [row], ["platform", "shop", "event"], update=False)
    if hint.purpose == "orders" and hint.origin is None:
        await have_read(tx, now, shop, hint.order_ids)
    elif hint.purpose in requests.PURPOSES:
        await requests.take(tx, now, shop, hint)
    elif hint.purpose == "disconnected":
        await connections.note(tx, shop, now, disconnected_at=now)
        await jobs.enqueue(tx, LOOK, now, unique=f"{LOOK}:{shop.manifest.slug}", platform=shop.manifest.slug)
    return True


async def have_read(tx: Tx, now: datetime, shop: Shop, order_ids: Iterable[str]) -> None:
    """Have orders read again soon, each once, however often it is told; what is told while one is being read has it
    read once more."""
    for order_id in dict.fromkeys(order_ids):
        fresh = {**name_of(shop), "order_id": order_id, "told": 0, "told_at": now, "tries": 0}
        await tx.upsert(ORDER_NEWS, [fresh], ["platform", "shop", "order_id"], update=False)
        news = await one(tx, _TOLD_AGAIN, {**this(shop), "of_order": order_id})
        if news.stuck_at is not None:
            await tx.run(_TRY_AGAIN, {"news": news.id})
        if news.told == 1 or news.stuck_at is not None:
            # Else a job is on its way, and sees that more was told since it began.
            await jobs.enqueue(tx, READ, now, due=now + SETTLES, unique=f"{READ}:{news.id}:{news.told}", news=news.id)
            jobs.hurry(tx)


async def forget(tx: Tx, before: datetime) -> None:
    """Forget deliveries from before a moment: they will not be repeated."""
    await tx.run(delete(SHOP_HINT).where(SHOP_HINT.c.at < before))
