"""The days on which a shipment was said to arrive: each of them, with who said it and when.

Runs in the caller's transaction and may run again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from sqlalchemy import bindparam, insert, select

from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.tracking.models import ESTIMATE

SaidBy = Literal["carrier", "shop"]
_LAST = Query(
    select(ESTIMATE.c.day)
    .where(ESTIMATE.c.shipment_id == bindparam("shipment"), ESTIMATE.c.said_by == bindparam("by"))
    .order_by(ESTIMATE.c.id.desc())
    .limit(1)
)
_NOTE = Query(insert(ESTIMATE), columns=("shipment_id", "said_by", "day", "said_at"))


async def note_estimate(tx: Tx, now: datetime, shipment_id: int, said_by: SaidBy, day: date | None) -> None:
    """Keep a day that somebody gave, unless it is the one they gave last."""
    if day is None:
        return
    last = await tx.row(_LAST, {"shipment": shipment_id, "by": said_by})
    if last is None or last.day != day:
        await tx.run(_NOTE, {"shipment_id": shipment_id, "said_by": said_by, "day": day, "said_at": now})
