"""Where shipments stand, for whoever tells others of it: the step, since when, in which town. Nothing personal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from carriers import Milestone
from portal.kit.db import Reader, Tx
from portal.tracking.models import CHECKPOINT, SHIPMENT


@dataclass(frozen=True, slots=True)
class Standing:
    """One shipment. `source` names it as whoever sold it does; `by_carrier`: the carrier says so, and the shop did not
    say it before. `at` is when it came to this step, None when nobody knows."""

    shipment_id: int
    source: str
    topic: str
    milestone: Milestone
    by_carrier: bool
    at: datetime | None
    town: str | None = None
    country: str | None = None


async def standings(reader: Reader | Tx, shipment_ids: Sequence[int]) -> Sequence[Standing]:
    """Where these shipments stand now."""
    columns = (
        SHIPMENT.c.id,
        SHIPMENT.c.source,
        SHIPMENT.c.topic,
        SHIPMENT.c.milestone,
        SHIPMENT.c.carrier_milestone,
        SHIPMENT.c.carrier_at,
        SHIPMENT.c.shop_milestone,
    )
    rows = await reader.rows(select(*columns).where(SHIPMENT.c.id.in_(shipment_ids)))
    scans = await _newest(reader, shipment_ids)
    return [_standing(row, scans.get((row.id, row.milestone))) for row in rows]


async def ids_by_source(reader: Reader | Tx, sources: Sequence[str]) -> dict[str, int]:
    """The ids of shipments by what names them."""
    asked = select(SHIPMENT.c.source, SHIPMENT.c.id).where(SHIPMENT.c.source.in_(sources))
    return {row.source: row.id for row in await reader.rows(asked)}


async def _newest(reader: Reader | Tx, shipment_ids: Sequence[int]) -> dict[tuple[int, str], Any]:
    """The newest scan of each shipment that says each step."""
    columns = ("shipment_id", "milestone", "sort_at", "town", "town_country")
    asked = select(*(CHECKPOINT.c[name] for name in columns)).where(
        CHECKPOINT.c.shipment_id.in_(shipment_ids), CHECKPOINT.c.milestone.is_not(None)
    )
    rows = await reader.rows(asked.order_by(CHECKPOINT.c.sort_at, CHECKPOINT.c.id))
    return {(row.shipment_id, row.milestone): row for row in rows}


def _standing(row: Any, scan: Any | None) -> Standing:
    said = row.carrier_milestone is not None or scan is not None
    moment = scan.sort_at.replace(tzinfo=UTC) if scan is not None and scan.sort_at is not None else row.carrier_at
    town, country = (scan.town, scan.town_country) if scan is not None else (None, None)
    by_carrier = said and row.milestone != row.shop_milestone
    return Standing(row.id, row.source, row.topic, Milestone(row.milestone), by_carrier, moment, town, country)
