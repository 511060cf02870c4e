"""What a carrier's report adds to what is known, and where the parcel stands then.

Runs in the caller's transaction and may run again: a report that was merged before changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from carriers import Checkpoint, Milestone, Report
from portal.kit.db import Tx, one
from portal.tracking.models import CHECKPOINT, SHIPMENT
from portal.tracking.private import CHECKPOINT_PRIVATE, SHIPMENT_PRIVATE
from portal.tracking.rows import checkpoint_private_row, checkpoint_row, estimate_columns, naive, said_of
from portal.tracking.timeline import Said, Source, Standing, fold, identity_of

_ADD_CHECKPOINT = insert(CHECKPOINT).returning(CHECKPOINT.c.id, CHECKPOINT.c.identity)
_ADD_WORDS = insert(CHECKPOINT_PRIVATE)


async def merge(tx: Tx, now: datetime, shipment_id: int, topic: str, report: Report) -> bool:
    """Add what a report brings to what is known; True (and an event) when the parcel's page changes."""
    known = {
        row[0] for row in await tx.rows(select(CHECKPOINT.c.identity).where(CHECKPOINT.c.shipment_id == shipment_id))
    }
    fresh: dict[str, Checkpoint] = {}
    for checkpoint in report.checkpoints:
        identity = identity_of(report.number, checkpoint)
        if identity not in known:
            fresh.setdefault(identity, checkpoint)
    if fresh:
        rows = [checkpoint_row(shipment_id, identity, checkpoint, now) for identity, checkpoint in fresh.items()]
        added = await tx.rows(_ADD_CHECKPOINT, rows)
        await tx.run(_ADD_WORDS, [checkpoint_private_row(row.id, fresh[row.identity]) for row in added])
    stated = await _take_statement(tx, shipment_id, report)
    if not fresh and not stated:
        return False
    await refold(tx, now, shipment_id)
    tx.emit(topic, "shipment.changed", shipment=shipment_id)
    return True


async def refold(tx: Tx, now: datetime, shipment_id: int) -> Standing:
    """Work out where the parcel stands from all that is kept, and keep that."""
    shipment = await one(tx, select(SHIPMENT).where(SHIPMENT.c.id == shipment_id))
    scans = await tx.rows(select(CHECKPOINT).where(CHECKPOINT.c.shipment_id == shipment_id))
    standing = fold([*(said_of(scan) for scan in scans), *_claims(shipment)])
    newest = max((scan.sort_at for scan in scans if scan.sort_at is not None), default=None)
    folded = {
        "milestone": standing.milestone.value,
        "reason": standing.reason,
        "delayed": standing.delayed,
        "finished_at": standing.since.replace(tzinfo=UTC) if standing.finished and standing.since else None,
        "last_scan_at": newest.replace(tzinfo=UTC) if newest else None,
    }
    if any(getattr(shipment, name) != value for name, value in folded.items()):
        await tx.run(update(SHIPMENT).where(SHIPMENT.c.id == shipment_id).values(**folded, updated_at=now))
    return standing


async def _take_statement(tx: Tx, shipment_id: int, report: Report) -> bool:
    """Keep the carrier's current status and estimate; True when they differ from what was kept.

    Of a report that comes late, after news of a later moment, only the scans count.
    """
    columns = SHIPMENT.c
    kept = await one(
        tx,
        select(
            columns.last_scan_at,
            columns.carrier_milestone,
            columns.carrier_reason,
            columns.carrier_at,
            columns.carrier_delayed,
            columns.estimate_day,
            columns.estimate_from,
            columns.estimate_to,
        ).where(columns.id == shipment_id),
    )
    at = max((c.at.sort_key for c in report.checkpoints if c.at is not None), default=None)
    if at is not None and kept.last_scan_at is not None and at.replace(tzinfo=UTC) < kept.last_scan_at:
        return False
    given: dict[str, Any] = estimate_columns(report)
    if report.milestone is not None:
        given |= {
            "carrier_milestone": report.milestone.value,
            "carrier_reason": report.reason.value if report.reason else None,
            "carrier_at": at.replace(tzinfo=UTC) if at else kept.carrier_at,
            "carrier_delayed": report.delayed,
        }
    changed = {name: value for name, value in given.items() if getattr(kept, name) != value}
    if changed:
        await tx.run(update(SHIPMENT).where(columns.id == shipment_id).values(**changed))
    await _keep_private(tx, shipment_id, report)
    return bool(changed)


async def _keep_private(tx: Tx, shipment_id: int, report: Report) -> None:
    given: dict[str, Any] = {}
    if report.proof and report.proof.signed_by:
        given["signed_by"] = report.proof.signed_by
    if report.pickup_point and (name := report.pickup_point.text or report.pickup_point.city):
        given["pickup_point"] = name
    if given:
        await tx.run(update(SHIPMENT_PRIVATE).where(SHIPMENT_PRIVATE.c.shipment_id == shipment_id).values(**given))


def _claims(shipment: Any) -> Iterable[Said]:
    if shipment.carrier_milestone:
        yield Said(
            Source.CARRIER,
            Milestone(shipment.carrier_milestone),
            naive(shipment.carrier_at),
            shipment.carrier_reason,
            shipment.carrier_delayed,
        )
    if shipment.shop_milestone:
        yield Said(Source.SHOP, Milestone(shipment.shop_milestone), naive(shipment.shop_at))
