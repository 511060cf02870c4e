"""Towns and inferred offsets of scans that are kept already, worked out anew: after a new gazetteer or a new hub.

From the carrier's words as they are kept, not from raw answers, which may be gone. Runs in the caller's transaction;
doing it twice changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from carriers import CarrierTime, Checkpoint, Milestone, Place
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.tracking.located import countries_of_codes, located, moment_of, town_columns
from portal.tracking.merge import refold
from portal.tracking.models import CHECKPOINT
from portal.tracking.private import CHECKPOINT_PRIVATE, SHIPMENT_PRIVATE
from portal.tracking.rows import minutes

_COLUMNS = ("town", "town_country", "town_lat", "town_lon", "offset_inferred", "sort_at")
_SCANS = Query(
    select(
        CHECKPOINT.c.id,
        CHECKPOINT.c.wall,
        CHECKPOINT.c.offset_minutes,
        CHECKPOINT.c.date_only,
        CHECKPOINT.c.country,
        CHECKPOINT.c.milestone,
        *(CHECKPOINT.c[name] for name in _COLUMNS),
        CHECKPOINT_PRIVATE.c.city,
        CHECKPOINT_PRIVATE.c.region,
        CHECKPOINT_PRIVATE.c.postcode,
        CHECKPOINT_PRIVATE.c.place,
        CHECKPOINT_PRIVATE.c.lat,
        CHECKPOINT_PRIVATE.c.lon,
    )
    .outerjoin(CHECKPOINT_PRIVATE, CHECKPOINT_PRIVATE.c.checkpoint_id == CHECKPOINT.c.id)
    .where(CHECKPOINT.c.shipment_id == bindparam("shipment"))
)
_DESTINATION = Query(select(SHIPMENT_PRIVATE.c.country).where(SHIPMENT_PRIVATE.c.shipment_id == bindparam("shipment")))
_PLACE = Query(update(CHECKPOINT).where(CHECKPOINT.c.id == bindparam("checkpoint")), columns=_COLUMNS)


async def relocate(tx: Tx, now: datetime, shipment_id: int) -> int:
    """Give a shipment's scans their towns anew, and fold them again; returns how many changed."""
    rows = {str(row.id): row for row in await tx.rows(_SCANS, {"shipment": shipment_id})}
    destination = await tx.row(_DESTINATION, {"shipment": shipment_id})
    likely = countries_of_codes(destination.country if destination else None)
    found = located({name: _checkpoint(row) for name, row in rows.items()}, likely)
    changed = 0
    for name, scan in found.items():
        values = town_columns(scan.town) | {"offset_inferred": minutes(scan.inferred), "sort_at": moment_of(scan)}
        if any(getattr(rows[name], column) != value for column, value in values.items()):
            await tx.run(_PLACE, {**values, "checkpoint": rows[name].id})
            changed += 1
    if changed:
        await refold(tx, now, shipment_id)
    return changed


def _checkpoint(row: Any) -> Checkpoint:
    """The checkpoint as the carrier gave it, as far as its place and time go."""
    offset = timedelta(minutes=row.offset_minutes) if row.offset_minutes is not None else None
    at = CarrierTime(row.wall, offset, row.date_only) if row.wall is not None else None
    place = Place(row.city, row.postcode, row.region, row.country, row.lat, row.lon, row.place)
    return Checkpoint(None, None, at, place, Milestone(row.milestone) if row.milestone else None)
