"""Shipments come in: from whoever sold them, once, and again whenever what they know of them changes.

Runs in the caller's transaction and may run again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from carriers import Milestone
from portal.kit.db import Tx, one
from portal.kit.prepared import Query
from portal.tracking.candidates import look_for_carrier
from portal.tracking.estimates import note_estimate
from portal.tracking.merge import refold
from portal.tracking.models import CHECKPOINT, ESTIMATE, SHIPMENT, TRACKER
from portal.tracking.private import PROOF_DOCUMENT, RAW_ANSWER_PARCEL, SHIPMENT_PRIVATE
from portal.tracking.schedule import Urgency
from portal.tracking.succession import set_aside

TOLD = (
    "topic",
    "carrier",
    "carrier_label",
    "number",
    "tracking_url",
    "shop_carrier",
    "settled_by",
    "shop_milestone",
    "shop_at",
    "shop_delayed",
    "shop_estimate_day",
    "shipped_at",
)
_NEW = {"milestone": Milestone.UNKNOWN.value, "delayed": False, "carrier_delayed": False}
_BY_SOURCE = Query(
    select(SHIPMENT.c.id, *(SHIPMENT.c[name] for name in TOLD)).where(SHIPMENT.c.source == bindparam("source"))
)
_CREATE = Query(insert(SHIPMENT).returning(SHIPMENT.c.id), columns=(*TOLD, *_NEW, "source", "created_at", "updated_at"))
_UNTRACK = Query(delete(TRACKER).where(TRACKER.c.shipment_id == bindparam("shipment")))
_LOOK_AGAIN = Query(update(TRACKER).where(TRACKER.c.shipment_id == bindparam("shipment")), columns=("digest",))
# Something that the carrier needs was missing; should it still be, the next question finds out.
_ASK_AGAIN = Query(
    update(TRACKER).where(
        TRACKER.c.shipment_id == bindparam("shipment"), TRACKER.c.problem.like("lacks\\_%", escape="\\")
    ),
    columns=("next_poll_at", "problem"),
)


@dataclass(frozen=True, slots=True)
class ShipmentFacts:
    """What whoever sold a parcel knows of it. `source` names it for ever; `topic` is where to tell changes.

    `carrier` is an adapter's slug, or None when we can only link to the carrier, or do not know it: with
    `carrier_open`, those that the number may belong to are tried.
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
    delayed: bool = False
    postcode: str | None = None
    country: str | None = None
    carrier_open: bool = False


async def register(tx: Tx, now: datetime, facts: ShipmentFacts) -> int:
    """Take in a shipment or what changed of it; returns its id. Telling the log is for whoever sold it."""
    columns = told_columns(facts)
    old = await tx.row(_BY_SOURCE, {"source": facts.source})
    if old is None:
        created = {"source": facts.source, "created_at": now, "updated_at": now, **_NEW}
        new = await one(tx, _CREATE, columns | created)
        shipment_id = int(new.id)
    else:
        shipment_id = int(old.id)
        columns |= _settled(old, facts)
        changed = {name: value for name, value in columns.items() if getattr(old, name) != value}
        if "number" in changed and facts.number is not None:
            await set_aside(tx, now, shipment_id, facts.source, old.number, facts.number)
        if changed:
            await tx.run(update(SHIPMENT).where(SHIPMENT.c.id == shipment_id).values(**changed, updated_at=now))
        if "number" in changed or "carrier" in changed:
            await start_over(tx, shipment_id)
        elif changed:
            await tx.run(_LOOK_AGAIN, {"shipment": shipment_id, "digest": None})
    if facts.estimate_day is not None and (old is None or old.shop_estimate_day != facts.estimate_day):
        await note_estimate(tx, now, shipment_id, "shop", facts.estimate_day)
    await _keep_destination(tx, shipment_id, facts, fresh=old is None or old.number != facts.number)
    await refold(tx, now, shipment_id)
    wanted = facts.number is not None and facts.milestone is not Milestone.CANCELLED
    carrier = str(columns["carrier"]) if columns["carrier"] and wanted else None
    if carrier is None and wanted and facts.carrier_open:
        await look_for_carrier(tx, now, shipment_id)
    else:
        await track(tx, now, shipment_id, carrier)
    return shipment_id


async def _keep_destination(tx: Tx, shipment_id: int, facts: ShipmentFacts, *, fresh: bool) -> None:
    """Where a parcel goes, which carriers ask for: what left goes where it was sent, whatever address the rest of its
    order is given since."""
    place = {"postcode": facts.postcode, "country": facts.country}
    if fresh:
        await tx.upsert(SHIPMENT_PRIVATE, [{"shipment_id": shipment_id, **place}], ["shipment_id"])
        return
    known = {name: func.coalesce(SHIPMENT_PRIVATE.c[name], value) for name, value in place.items()}
    await tx.run(update(SHIPMENT_PRIVATE).where(SHIPMENT_PRIVATE.c.shipment_id == shipment_id).values(**known))


def told_columns(facts: ShipmentFacts) -> dict[str, Any]:
    """What whoever sold it says, as columns."""
    return {
        "topic": facts.topic,
        "carrier": facts.carrier,
        "carrier_label": facts.carrier_label,
        "number": facts.number,
        "tracking_url": facts.tracking_url,
        "shop_carrier": facts.carrier,
        "settled_by": "shop" if facts.carrier else None,
        "shop_milestone": facts.milestone.value if facts.milestone else None,
        "shop_at": facts.milestone_at,
        "shop_delayed": facts.delayed,
        "shop_estimate_day": facts.estimate_day,
        "shipped_at": facts.shipped_at,
    }


def _settled(old: Any, facts: ShipmentFacts) -> dict[str, Any]:
    """What was found out about the carrier since, as long as the shop says of it what it said before."""
    same = (old.number, old.shop_carrier) == (facts.number, facts.carrier)
    if not same or old.settled_by in (None, "shop"):
        return {}
    return {name: getattr(old, name) for name in ("carrier", "carrier_label", "tracking_url", "settled_by")}


async def let_go(tx: Tx, shipment_ids: Sequence[int]) -> None:
    """Nobody shows these shipments any more: stop asking about them. `register` takes them up again."""
    if shipment_ids:
        await tx.run(delete(TRACKER).where(TRACKER.c.shipment_id.in_(shipment_ids)))


async def track(tx: Tx, now: datetime, shipment_id: int, carrier: str | None) -> None:
    """Have a tracker exactly while there is something to ask: of this carrier, or of those that are tried."""
    if carrier is None:
        await tx.run(_UNTRACK, {"shipment": shipment_id})
        return
    row = {
        "shipment_id": shipment_id,
        "carrier": carrier,
        "urgency": int(Urgency.NORMAL),
        "next_poll_at": now,
        "failures": 0,
        "known": False,
    }
    await tx.upsert(TRACKER, [row], ["shipment_id"], update=False)
    await tx.run(_ASK_AGAIN, {"shipment": shipment_id, "next_poll_at": now, "problem": None})


async def start_over(tx: Tx, shipment_id: int) -> None:
    """Another number or carrier is the right one: what the old one said is not about this parcel."""
    for table in (CHECKPOINT, RAW_ANSWER_PARCEL, PROOF_DOCUMENT, ESTIMATE):
        await tx.run(delete(table).where(table.c.shipment_id == shipment_id))
    await tx.run(_UNTRACK, {"shipment": shipment_id})
    nothing = {
        "carrier_milestone": None,
        "carrier_reason": None,
        "carrier_at": None,
        "carrier_delayed": False,
        "estimate_day": None,
        "estimate_from": None,
        "estimate_to": None,
        "expired_at": None,
    }
    await tx.run(update(SHIPMENT).where(SHIPMENT.c.id == shipment_id).values(**nothing))
    private = update(SHIPMENT_PRIVATE).where(SHIPMENT_PRIVATE.c.shipment_id == shipment_id)
    await tx.run(private.values(pickup_point=None, signed_by=None))
