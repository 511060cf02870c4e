"""The days that the shop promised for an order: each of them, with when it was said.

Runs in the caller's transaction and may run again.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, insert, select

from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.orders.models import PROMISE

_LAST = Query(
    select(PROMISE.c.day_from, PROMISE.c.day)
    .where(PROMISE.c.order_id == bindparam("order"))
    .order_by(PROMISE.c.id.desc())
    .limit(1)
)
_NOTE = Query(insert(PROMISE), columns=("order_id", "day_from", "day", "said_at"))


async def note_promise(tx: Tx, now: datetime, order_id: int, first: date | None, last: date | None) -> None:
    """Keep what was promised: from the `first` day to the `last`, where both were given. The same again is no news."""
    day = last or first
    if day is None:
        return
    day_from = first if first != day else None
    before = await tx.row(_LAST, {"order": order_id})
    if before is None or (before.day_from, before.day) != (day_from, day):
        await tx.run(_NOTE, {"order_id": order_id, "day_from": day_from, "day": day, "said_at": now})
