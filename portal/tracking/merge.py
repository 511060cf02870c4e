"""What a carrier's report adds to what is known, and where the parcel stands then.

Runs in the caller's transaction and may run again: a report that was merged before changes nothing. One
read of the shipment (locked where the database shares it), one of its scans, then only what is new is
written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update

from carriers import Checkpoint, Milestone, Report
from portal.kit.db import Tx, one
from portal.kit.prepared import Query
from portal.tracking.estimates import note_estimate
from portal.tracking.located import LocatedScan, countries_of, located, moment_of, newest_of
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.private import CHECKPOINT_PRIVATE, SHIPMENT_PRIVATE
from portal.tracking.proofs import keep_documents, want_proof
from portal.tracking.rows import (
    CHECKPOINT_COLUMNS,
    PRIVATE_COLUMNS,
    checkpoint_private_row,
    checkpoint_row,
    estimate_columns,
    naive,
    said_of,
)
from portal.tracking.schedule import SILENCE
from portal.tracking.timeline import Said, Source, fold, identified
from portal.tracking.unknown import count_unknown

Columns = Mapping[str, Any]

STATED = (
    "carrier_milestone",
    "carrier_reason",
    "carrier_at",
    "carrier_delayed",
    "estimate_day",
    "estimate_from",
    "estimate_to",
)
FOLDED = ("milestone", "reason", "delayed", "finished_at", "last_scan_at")
KEPT = Query(
    select(
        *(SHIPMENT.c[name] for name in (*STATED, *FOLDED, "shop_milestone", "shop_at", "shipped_at", "expired_at")),
        select(SHIPMENT_PRIVATE.c.country)
        .where(SHIPMENT_PRIVATE.c.shipment_id == SHIPMENT.c.id)
        .scalar_subquery()
        .label("destination"),
    )
    .where(SHIPMENT.c.id == bindparam("shipment"))
    .with_for_update()
)
_SCANS = Query(
    select(
        CHECKPOINT.c.identity, CHECKPOINT.c.milestone, CHECKPOINT.c.reason, CHECKPOINT.c.delayed, CHECKPOINT.c.sort_at
    ).where(CHECKPOINT.c.shipment_id == bindparam("shipment"))
)
KEEP = Query(update(SHIPMENT).where(SHIPMENT.c.id == bindparam("shipment")), columns=(*STATED, *FOLDED, "updated_at"))
ADD_CHECKPOINT = Query(insert(CHECKPOINT).returning(CHECKPOINT.c.id, CHECKPOINT.c.identity), CHECKPOINT_COLUMNS)
_EXPIRE = Query(update(SHIPMENT).where(SHIPMENT.c.id == bindparam("shipment")), columns=("expired_at",))
_RESUME = Query(
    update(TRACKER).where(TRACKER.c.shipment_id == bindparam("shipment"), TRACKER.c.next_poll_at.is_(None)),
    columns=("next_poll_at", "problem"),
)
ANOTHER_PARCEL = timedelta(days=45)  # a label may be weeks older than the day the shop names as sent
LONGEST_WAY = timedelta(days=200)  # with customs, a pickup point and the way back; a number returns later
ADD_WORDS = Query(insert(CHECKPOINT_PRIVATE), PRIVATE_COLUMNS)


async def merge(tx: Tx, now: datetime, shipment_id: int, topic: str, report: Report) -> bool:
    """Add what a report brings to what is known; True (and an event) when the parcel's page changes."""
    kept = await one(tx, KEPT, {"shipment": shipment_id})
    ours = of_this_parcel(report, kept.shipped_at)
    if ours is None:
        return False
    report = ours
    scans = [said_of(row) for row in await tx.rows(_SCANS, {"shipment": shipment_id})]
    told = identified(report.number, report.checkpoints)
    known = {scan.identity for scan in scans}
    fresh: dict[str, LocatedScan] = {}
    if not told.keys() <= known:
        told_where = located(told, countries_of(report, kept.destination))
        fresh = {identity: scan for identity, scan in told_where.items() if identity not in known}
        rows = [checkpoint_row(shipment_id, identity, checkpoint, now) for identity, checkpoint in fresh.items()]
        added = await tx.rows(ADD_CHECKPOINT, rows)
        await tx.run(ADD_WORDS, [checkpoint_private_row(row.id, fresh[row.identity]) for row in added])
        scans += [scan_said(identity, checkpoint) for identity, checkpoint in fresh.items()]
    moments = (scan.at.replace(tzinfo=UTC) for scan in scans if scan.at is not None and scan.identity in told)
    at = max(moments, default=None)
    # Of a report that comes late, after news of a later moment, only the scans count.
    late = at is not None and kept.last_scan_at is not None and at < kept.last_scan_at
    after = folded(kept, {} if late else stated_of(kept.carrier_at, report, at), scans)
    changed = await _keep(tx, now, shipment_id, kept, after)
    changed |= not late and await _keep_private(tx, now, shipment_id, report)
    if not fresh and not changed:
        return False
    if after["estimate_day"] != kept.estimate_day:
        await note_estimate(tx, now, shipment_id, "carrier", after["estimate_day"])
    if after["milestone"] != kept.milestone:
        await want_proof(tx, now, shipment_id, report.carrier, Milestone(after["milestone"]))
    await count_unknown(tx, now, shipment_id, report, fresh.values())
    tx.emit(topic, "shipment.changed", shipment=shipment_id)
    return True


async def expire(tx: Tx, now: datetime, shipment_id: int, topic: str) -> None:
    """Nothing was heard of the parcel for so long that nothing more is expected; later news undoes it."""
    await tx.run(_EXPIRE, {"shipment": shipment_id, "expired_at": now})
    await refold(tx, now, shipment_id)
    tx.emit(topic, "shipment.expired", shipment=shipment_id)


async def refold(tx: Tx, now: datetime, shipment_id: int) -> None:
    """Work out where the parcel stands from all that is kept, and keep that."""
    kept = await one(tx, KEPT, {"shipment": shipment_id})
    scans = [said_of(row) for row in await tx.rows(_SCANS, {"shipment": shipment_id})]
    await _keep(tx, now, shipment_id, kept, folded(kept, {}, scans))


def of_this_parcel(report: Report, shipped_at: datetime | None) -> Report | None:
    """The report without scans from long before this parcel was sent, or long after: carriers give numbers out
    again. None when every dated scan is of another parcel, and with them what the carrier says of it."""
    if shipped_at is None:
        return report
    sent = shipped_at.astimezone(UTC).replace(tzinfo=None)
    begins, ends = sent - ANOTHER_PARCEL, sent + LONGEST_WAY
    ours = tuple(c for c in report.checkpoints if c.at is None or begins <= c.at.sort_key <= ends)
    if len(ours) == len(report.checkpoints):
        return report
    if not any(c.at for c in ours):
        return None
    newest = newest_of(report.checkpoints)
    if newest is not None and newest.replace(tzinfo=None) > ends:  # its status is that of the parcel after
        return replace(report, checkpoints=ours, milestone=None, reason=None, delayed=False, estimate=None, proof=None)
    return replace(report, checkpoints=ours)


def scan_said(identity: str, checkpoint: Checkpoint) -> Said:
    """A carrier's checkpoint as a statement for the fold."""
    reason = checkpoint.reason.value if checkpoint.reason else None
    return Said(Source.SCAN, checkpoint.milestone, moment_of(checkpoint), reason, checkpoint.delayed, identity)


def stated_of(before: datetime | None, report: Report, at: datetime | None) -> dict[str, Any]:
    """The carrier's current status, as of its newest scan `at` (or of its word `before`), and its estimate."""
    stated: dict[str, Any] = estimate_columns(report)
    if report.milestone is not None:
        stated |= {
            "carrier_milestone": report.milestone.value,
            "carrier_reason": report.reason.value if report.reason else None,
            "carrier_at": at or before,
            "carrier_delayed": report.delayed,
        }
    return stated


async def _keep(tx: Tx, now: datetime, shipment_id: int, kept: Any, after: Columns) -> bool:
    """Keep what differs from what was kept."""
    if all(getattr(kept, name) == value for name, value in after.items()):
        return False
    await tx.run(KEEP, {**after, "updated_at": now, "shipment": shipment_id})
    if kept.milestone == Milestone.EXPIRED and after["finished_at"] is None:
        await tx.run(_RESUME, {"shipment": shipment_id, "next_poll_at": now, "problem": None})
    return True


def folded(kept: Any, stated: Columns, scans: Sequence[Said]) -> dict[str, Any]:
    """What is to be kept of a shipment, after a carrier `stated` something besides its scans."""
    told = {name: stated.get(name, getattr(kept, name)) for name in STATED}
    newest = max((scan.at for scan in scans if scan.at is not None), default=None)
    standing = fold([*scans, *_claims(told, kept), *_silence(kept, newest)])
    return told | {
        "milestone": standing.milestone.value,
        "reason": standing.reason,
        "delayed": standing.delayed,
        "finished_at": standing.since.replace(tzinfo=UTC) if standing.finished and standing.since else None,
        "last_scan_at": newest.replace(tzinfo=UTC) if newest else None,
    }


async def _keep_private(tx: Tx, now: datetime, shipment_id: int, report: Report) -> bool:
    """Keep who received it, what proves it and where it waits; True when that is news."""
    papers = report.proof.documents if report.proof else ()
    news = bool(papers) and await keep_documents(tx, now, shipment_id, papers)
    if given := private_of(report):
        columns = SHIPMENT_PRIVATE.c
        other = or_(*(columns[name].is_distinct_from(value) for name, value in given.items()))
        changed = update(SHIPMENT_PRIVATE).where(columns.shipment_id == shipment_id, other).values(**given)
        news |= await tx.run(changed) > 0
    return news


def private_of(report: Report) -> dict[str, Any]:
    """Who received it and where it waits, as far as a report says."""
    given: dict[str, Any] = {}
    if report.proof and report.proof.signed_by:
        given["signed_by"] = report.proof.signed_by
    if report.pickup_point and (name := report.pickup_point.text or report.pickup_point.city):
        given["pickup_point"] = name
    return given


def _claims(told: Columns, kept: Any) -> Iterable[Said]:
    if told["carrier_milestone"]:
        yield Said(
            Source.CARRIER,
            Milestone(told["carrier_milestone"]),
            naive(told["carrier_at"]),
            told["carrier_reason"],
            told["carrier_delayed"],
        )
    if kept.shop_milestone:
        yield Said(Source.SHOP, Milestone(kept.shop_milestone), naive(kept.shop_at))


def _silence(kept: Any, newest: datetime | None) -> Iterable[Said]:
    """That we gave up, unless a scan shows that there was no such silence."""
    expired = naive(kept.expired_at)
    if expired is not None and (newest is None or newest <= expired - SILENCE):
        yield Said(Source.SILENCE, Milestone.EXPIRED, expired)
