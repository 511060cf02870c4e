"""Shipments come in by the hundred, as when a shop is connected: what `intake.register` does one by one, for new ones
in a few statements.

Runs in the caller's transaction and may run again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select

from carriers import Milestone
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.tracking.candidates import look_for_carrier
from portal.tracking.estimates import note_estimate
from portal.tracking.intake import TOLD, ShipmentFacts, register, told_columns
from portal.tracking.merge import FOLDED, STATED, folded
from portal.tracking.models import SHIPMENT, TRACKER
from portal.tracking.private import SHIPMENT_PRIVATE
from portal.tracking.schedule import Urgency

_KNOWN: Any = select(SHIPMENT.c.id, SHIPMENT.c.source).where(
    SHIPMENT.c.source.in_(bindparam("sources", expanding=True))
)
_CREATE = Query(insert(SHIPMENT), columns=(*TOLD, *STATED, *FOLDED, "source", "created_at", "updated_at"))
_PLACE = Query(insert(SHIPMENT_PRIVATE), columns=("shipment_id", "postcode", "country"))
_TRACK = Query(insert(TRACKER), columns=("shipment_id", "carrier", "urgency", "next_poll_at", "failures", "known"))


@dataclass(frozen=True, slots=True)
class _Untouched:
    """A shipment of which no carrier has said anything."""

    shop_milestone: str | None
    shop_at: datetime | None
    carrier_milestone: None = None
    carrier_reason: None = None
    carrier_at: None = None
    carrier_delayed: bool = False
    estimate_day: None = None
    estimate_from: None = None
    estimate_to: None = None
    expired_at: None = None


async def register_many(tx: Tx, now: datetime, facts: Sequence[ShipmentFacts]) -> list[int]:
    """Take in shipments; returns their ids in the same order. See `intake.register`."""
    if not facts:
        return []
    sources = {"sources": [one.source for one in facts]}
    known = {row.source: row.id for row in await tx.rows(_KNOWN, sources)}
    fresh = [one for one in facts if one.source not in known]
    for one in facts:
        if one.source in known:
            await register(tx, now, one)
    if not fresh:
        return [known[one.source] for one in facts]
    await tx.run(_CREATE, [_row(one, now) for one in fresh])
    ids = {row.source: row.id for row in await tx.rows(_KNOWN, sources)}
    places = [{"shipment_id": ids[f.source], "postcode": f.postcode, "country": f.country} for f in fresh]
    await tx.run(_PLACE, places)
    await _follow(tx, now, fresh, ids)
    return [ids[one.source] for one in facts]


async def _follow(tx: Tx, now: datetime, fresh: Sequence[ShipmentFacts], ids: dict[str, int]) -> None:
    """Have the carriers asked, and keep the days that the shop gives."""
    wanted = [one for one in fresh if one.number is not None and one.milestone is not Milestone.CANCELLED]
    queue = {"urgency": int(Urgency.NORMAL), "next_poll_at": now, "failures": 0, "known": False}
    if trackers := [{"shipment_id": ids[f.source], "carrier": f.carrier, **queue} for f in wanted if f.carrier]:
        await tx.run(_TRACK, trackers)
    for one in wanted:
        if one.carrier is None and one.carrier_open:
            await look_for_carrier(tx, now, ids[one.source])
    for one in fresh:
        await note_estimate(tx, now, ids[one.source], "shop", one.estimate_day)


def _row(facts: ShipmentFacts, now: datetime) -> dict[str, Any]:
    told = told_columns(facts)
    standing = folded(_Untouched(told["shop_milestone"], told["shop_at"]), {}, ())
    return {**told, **standing, "source": facts.source, "created_at": now, "updated_at": now}
