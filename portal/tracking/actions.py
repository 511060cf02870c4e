"""Writes of tracking: shipments come in, answers are merged, and what changed is told to the event log.

Each function runs in the caller's transaction and may run again. A failure touches the tracker only:
what is known about a parcel is never overwritten by not getting an answer.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

import carriers
from carriers import Failed, Found, Milestone, Report
from portal.kit.db import Tx
from portal.tracking import schedule
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.private import CHECKPOINT_PRIVATE, SHIPMENT_PRIVATE
from portal.tracking.rows import checkpoint_private_row, checkpoint_row, estimate_columns, naive, said_of
from portal.tracking.timeline import Said, Source, Standing, fold, identity_of

_ADD_CHECKPOINT = insert(CHECKPOINT).returning(CHECKPOINT.c.id, CHECKPOINT.c.identity)
_ADD_WORDS = insert(CHECKPOINT_PRIVATE)
_JITTER = random.Random()  # noqa: S311 - spreads questions over time, guards nothing


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
    estimate_day: Any = None
    postcode: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A tracker in our hands until `lease`, with what is needed to ask."""

    shipment_id: int
    topic: str
    carrier: str
    number: str
    postcode: str | None
    country: str | None
    lease: datetime


async def register(tx: Tx, now: datetime, facts: ShipmentFacts) -> int:
    """Take in a shipment or what changed of it; returns its id. Tells the log when something changed."""
    columns = {
        "topic": facts.topic, "carrier": facts.carrier, "carrier_label": facts.carrier_label, "number": facts.number,
        "tracking_url": facts.tracking_url, "shop_milestone": facts.milestone, "shop_at": facts.milestone_at,
        "shipped_at": facts.shipped_at,
    }  # fmt: skip
    old = await tx.row(select(SHIPMENT).where(SHIPMENT.c.source == facts.source))
    if old is None:
        created = {
            "source": facts.source, "created_at": now, "updated_at": now, "estimate_day": facts.estimate_day,
            "milestone": Milestone.UNKNOWN.value, "delayed": False, "carrier_delayed": False,
        }  # fmt: skip
        new = await tx.row(insert(SHIPMENT).values(**columns, **created).returning(SHIPMENT.c.id))
        assert new is not None
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
    await _refold(tx, now, shipment_id)
    await _track(tx, now, shipment_id, facts)
    return shipment_id


async def claim_due(tx: Tx, now: datetime, carrier: str, limit: int) -> list[Claim]:
    """Take up to `limit` due trackers of a carrier for `schedule.LEASE`; others pass over them meanwhile."""
    lease = now + schedule.LEASE
    due = (
        select(TRACKER.c.shipment_id)
        .where(TRACKER.c.carrier == carrier, TRACKER.c.next_poll_at <= now)
        .order_by(TRACKER.c.next_poll_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(TRACKER)
        .where(TRACKER.c.shipment_id.in_(due.scalar_subquery()))
        .values(next_poll_at=lease)
        .returning(TRACKER.c.shipment_id)
    )
    ids = [row.shipment_id for row in await tx.rows(taken)]
    if not ids:
        return []
    known = (
        select(
            SHIPMENT.c.id, SHIPMENT.c.topic, SHIPMENT.c.number, SHIPMENT_PRIVATE.c.postcode, SHIPMENT_PRIVATE.c.country
        )
        .outerjoin(SHIPMENT_PRIVATE, SHIPMENT_PRIVATE.c.shipment_id == SHIPMENT.c.id)
        .where(SHIPMENT.c.id.in_(ids))
    )
    return [Claim(r.id, r.topic, carrier, r.number, r.postcode, r.country, lease) for r in await tx.rows(known)]


async def settle(tx: Tx, now: datetime, claim: Claim, answer: carriers.Answer, pace: float) -> bool:
    """Take in an answer to a claim; True when it brought news. A claim whose lease went to someone else
    changes nothing but what the carrier said."""
    if isinstance(answer, Failed):
        await _failed(tx, now, claim, answer, pace)
        return False
    news = isinstance(answer, Found) and await merge(tx, now, claim.shipment_id, claim.topic, answer.report)
    await _answered(tx, now, claim, isinstance(answer, Found), pace, news)
    return news


async def merge(tx: Tx, now: datetime, shipment_id: int, topic: str, report: Report) -> bool:
    """Add what a report brings to what is known; True (and an event) when the parcel's page changes."""
    known = {
        row[0] for row in await tx.rows(select(CHECKPOINT.c.identity).where(CHECKPOINT.c.shipment_id == shipment_id))
    }
    fresh: dict[str, carriers.Checkpoint] = {}
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
    await _refold(tx, now, shipment_id)
    tx.emit(topic, "shipment.changed", shipment=shipment_id)
    return True


async def watch(tx: Tx, now: datetime, topics: Sequence[str], pace: float) -> None:
    """Pages on these topics are open: ask about their parcels sooner, within the carrier's bounds."""
    shipments = select(SHIPMENT.c.id).where(SHIPMENT.c.topic.in_(topics)).scalar_subquery()
    seen = update(TRACKER).where(TRACKER.c.shipment_id.in_(shipments), TRACKER.c.next_poll_at.is_not(None))
    await tx.run(seen.values(watched_until=now + schedule.WATCHED))
    soon = now + schedule.WATCHED / pace
    rows = await tx.rows(
        select(TRACKER.c.shipment_id, TRACKER.c.asked_at, TRACKER.c.next_poll_at).where(
            TRACKER.c.shipment_id.in_(shipments), TRACKER.c.next_poll_at > soon, TRACKER.c.failures == 0
        )
    )
    for row in rows:
        earlier = schedule.watched(now, row.asked_at, pace)
        await tx.run(
            update(TRACKER)
            .where(TRACKER.c.shipment_id == row.shipment_id, TRACKER.c.next_poll_at == row.next_poll_at)
            .values(next_poll_at=earlier)
        )


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
    nothing = {"carrier_milestone": None, "carrier_reason": None, "carrier_at": None, "carrier_delayed": False}
    await tx.run(update(SHIPMENT).where(SHIPMENT.c.id == shipment_id).values(**nothing))


async def _take_statement(tx: Tx, shipment_id: int, report: Report) -> bool:
    """Keep the carrier's current status and estimate; True when they differ from what was kept."""
    columns = SHIPMENT.c
    kept = await tx.row(
        select(
            columns.carrier_milestone, columns.carrier_reason, columns.carrier_at, columns.carrier_delayed,
            columns.estimate_day, columns.estimate_from, columns.estimate_to,
        ).where(columns.id == shipment_id)
    )  # fmt: skip
    assert kept is not None
    at = max((c.at.sort_key for c in report.checkpoints if c.at is not None), default=None)
    given: dict[str, Any] = estimate_columns(report)
    if report.milestone is not None and (kept.carrier_at is None or at is None or at >= naive(kept.carrier_at)):
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


async def _refold(tx: Tx, now: datetime, shipment_id: int) -> Standing:
    """Work out where the parcel stands from all that is kept, and keep that."""
    shipment = await tx.row(select(SHIPMENT).where(SHIPMENT.c.id == shipment_id))
    assert shipment is not None
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


def _claims(shipment: Any) -> Iterable[Said]:
    if shipment.carrier_milestone:
        yield Said(
            Source.CARRIER, Milestone(shipment.carrier_milestone), naive(shipment.carrier_at), shipment.carrier_reason, shipment.carrier_delayed
        )  # fmt: skip
    if shipment.shop_milestone:
        yield Said(Source.SHOP, Milestone(shipment.shop_milestone), naive(shipment.shop_at))


async def _answered(tx: Tx, now: datetime, claim: Claim, known: bool, pace: float, news: bool) -> None:
    row = await tx.row(
        select(
            SHIPMENT.c.milestone,
            SHIPMENT.c.last_scan_at,
            SHIPMENT.c.created_at,
            SHIPMENT.c.finished_at,
            TRACKER.c.watched_until,
        )
        .join(TRACKER, TRACKER.c.shipment_id == SHIPMENT.c.id)
        .where(SHIPMENT.c.id == claim.shipment_id)
    )
    if row is None:
        return
    seen = row.watched_until is not None and row.watched_until > now
    situation = schedule.Situation(Milestone(row.milestone), row.last_scan_at or row.created_at, row.finished_at, seen)
    next_poll_at = schedule.after_answer(now, situation, pace, _JITTER)
    values = {
        "next_poll_at": next_poll_at, "asked_at": now, "answered_at": now, "failing_since": None, "failures": 0, "problem": None,
    }  # fmt: skip
    if known:
        values["known"] = True
    if await _release(tx, claim, values) and seen and not news:
        tx.emit(claim.topic, "shipment.checked", shipment=claim.shipment_id)


async def _failed(tx: Tx, now: datetime, claim: Claim, answer: Failed, pace: float) -> None:
    row = await tx.row(
        select(TRACKER.c.failures, TRACKER.c.failing_since).where(TRACKER.c.shipment_id == claim.shipment_id)
    )
    if row is None:
        return
    error, failures = answer.error, row.failures + 1
    values = {
        "next_poll_at": schedule.after_failure(now, error.kind, failures, error.retry_after, pace, _JITTER),
        "asked_at": now, "failures": failures, "failing_since": row.failing_since or now, "problem": error.kind.value,
    }  # fmt: skip
    if await _release(tx, claim, values) and failures == 1:
        tx.emit(claim.topic, "shipment.unreachable", shipment=claim.shipment_id)


async def _release(tx: Tx, claim: Claim, values: dict[str, Any]) -> bool:
    """Give the tracker back; False when the lease was lost to another worker meanwhile."""
    mine = update(TRACKER).where(TRACKER.c.shipment_id == claim.shipment_id, TRACKER.c.next_poll_at == claim.lease)
    return await tx.run(mine.values(**values)) > 0
