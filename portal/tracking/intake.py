"""Shipments come in: from whoever sold them, once, and again whenever what they know of them changes.

Runs in the caller's transaction and may run again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from carriers import Milestone
from portal.kit.db import Tx, one
from portal.tracking.merge import refold
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.private import SHIPMENT_PRIVATE


@dataclass(frozen=True, slots=True)
class ShipmentFacts:
    """What whoever sold a parcel knows of it. `source` names it for ever; `topic` is where to tell changes.

    `carrier` is an adapter's slug, or None when we can only link to the carrier.
    """

    source: str
    topic: str
    carrier: str | None
    carrier_label: str | None
    number: str | None
    tracking_url: str | None
    milestone: Milestone | None = None
    milestone_at: datetime | None = None
    shipped_at: datetime | None = None
    estimate_day: date | None = None
    postcode: str | None = None
    country: str | None = None


async def register(tx: Tx, now: datetime, facts: ShipmentFacts) -> int:
    """Take in a shipment or what changed of it; returns its id. Telling the log is for whoever sold it."""
    columns = {
        "topic": facts.topic,
        "carrier": facts.carrier,
        "carrier_label": facts.carrier_label,
        "number": facts.number,
        "tracking_url": facts.tracking_url,
        "shop_milestone": facts.milestone,
        "shop_at": facts.milestone_at,
        "shop_estimate_day": facts.estimate_day,
        "shipped_at": facts.shipped_at,
    }
    old = await tx.row(select(SHIPMENT).where(SHIPMENT.c.source == facts.source))
    if old is None:
        created = {
            "source": facts.source,
            "created_at": now,
            "updated_at": now,
            "milestone": Milestone.UNKNOWN.value,
            "delayed": False,
            "carrier_delayed": False,
        }
        new = await one(tx, insert(SHIPMENT).values(**columns, **created).returning(SHIPMENT.c.id))
        shipment_id = int(new.id)
    else:
        shipment_id = int(old.id)
        changed = {name: value for name, value in columns.items() if getattr(old, name) != value}
        if changed:
            await tx.run(update(SHIPMENT).where(SHIPMENT.c.id == shipment_id).values(**changed, updated_at=now))
        if "number" in changed or "carrier" in changed:
            await _start_over(tx, shipment_id)
    private = {"shipment_id": shipment_id, "postcode": facts.postcode, "country": facts.country}
    await tx.upsert(SHIPMENT_PRIVATE, [private], ["shipment_id"])
    await refold(tx, now, shipment_id)
    await _track(tx, now, shipment_id, facts)
    return shipment_id


async def _track(tx: Tx, now: datetime, shipment_id: int, facts: ShipmentFacts) -> None:
    """Have a tracker exactly while there is something to ask."""
    if facts.carrier is None or facts.number is None or facts.milestone is Milestone.CANCELLED:
        await tx.run(delete(TRACKER).where(TRACKER.c.shipment_id == shipment_id))
        return
    row = {"shipment_id": shipment_id, "carrier": facts.carrier, "next_poll_at": now, "failures": 0, "known": False}
    await tx.upsert(TRACKER, [row], ["shipment_id"], update=False)


async def _start_over(tx: Tx, shipment_id: int) -> None:
    """The shop named another number or carrier: what the old one said is not about this parcel."""
    await tx.run(delete(CHECKPOINT).where(CHECKPOINT.c.shipment_id == shipment_id))
    await tx.run(delete(TRACKER).where(TRACKER.c.shipment_id == shipment_id))
    nothing = {
        "carrier_milestone": None,
        "carrier_reason": None,
        "carrier_at": None,
        "carrier_delayed": False,
        "estimate_day": None,
        "estimate_from": None,
        "estimate_to": None,
    }
    await tx.run(update(SHIPMENT).where(SHIPMENT.c.id == shipment_id).values(**nothing))
    private = update(SHIPMENT_PRIVATE).where(SHIPMENT_PRIVATE.c.shipment_id == shipment_id)
    await tx.run(private.values(pickup_point=None, signed_by=None))
