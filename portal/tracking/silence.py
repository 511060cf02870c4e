"""Parcels that nobody asks about any more, since their carrier has no account here (now): those that were followed once
and of which nothing was heard for as long as asked ones are given up after, are given up as well."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select, update

from carriers.core.accounts import served
from portal.context import Context
from portal.kit.db import Tx
from portal.tracking.merge import expire
from portal.tracking.models import SHIPMENT, TRACKER
from portal.tracking.schedule import SILENCE
from portal.tracking.settling import SILENT

JOB: Final = "silence"
EVERY: Final = timedelta(hours=6)
_TOGETHER: Final = 100


async def give_up(context: Context, _: Mapping[str, Any]) -> None:
    """The job: a part of them at a time, until none is left."""
    now, asked = context.clock.now(), sorted(served(context.accounts))
    silent = (
        select(SHIPMENT.c.id, SHIPMENT.c.topic)
        .join(TRACKER, TRACKER.c.shipment_id == SHIPMENT.c.id)
        .where(
            TRACKER.c.carrier.not_in(asked),
            TRACKER.c.next_poll_at <= now,
            SHIPMENT.c.finished_at.is_(None),
            # As for those that are asked about: an old history may be of the number's parcel before.
            func.coalesce(SHIPMENT.c.last_scan_at, TRACKER.c.answered_at) < now - SILENCE,
            SHIPMENT.c.created_at < now - SILENCE,
        )
        .limit(_TOGETHER)
    )

    async def unit(tx: Tx) -> int:
        found = await tx.rows(silent)
        for row in found:
            ended = update(TRACKER).where(TRACKER.c.shipment_id == row.id)
            await tx.run(ended.values(next_poll_at=None, expected_at=None, problem=SILENT))
            await expire(tx, now, row.id, row.topic)
        return len(found)

    while await context.db.write(unit) == _TOGETHER:
        pass
