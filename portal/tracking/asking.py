"""Asking about parcels: trackers are claimed by a lease, and what came of asking is settled.

A failure touches the tracker only: what is known about a parcel is never overwritten by not getting an
answer. Runs in the caller's transaction and may run again.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from carriers import Answer, Failed, Found, Milestone
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.tracking import schedule
from portal.tracking.merge import merge
from portal.tracking.models import SHIPMENT, TRACKER
from portal.tracking.private import SHIPMENT_PRIVATE

_MEANT = Query(select(SHIPMENT.c.carrier, SHIPMENT.c.number).where(SHIPMENT.c.id == bindparam("shipment")))
_SITUATION = Query(
    select(
        SHIPMENT.c.milestone,
        SHIPMENT.c.last_scan_at,
        SHIPMENT.c.created_at,
        SHIPMENT.c.finished_at,
        TRACKER.c.watched_until,
        TRACKER.c.answered_at,
        TRACKER.c.failing_since,
        TRACKER.c.failures,
        TRACKER.c.known,
    )
    .join(TRACKER, TRACKER.c.shipment_id == SHIPMENT.c.id)
    .where(SHIPMENT.c.id == bindparam("shipment"))
)
_RELEASE = Query(
    update(TRACKER).where(TRACKER.c.shipment_id == bindparam("shipment"), TRACKER.c.next_poll_at == bindparam("lease")),
    columns=("next_poll_at", "asked_at", "answered_at", "failing_since", "failures", "problem", "known"),
)
_SOONER = Query(
    update(TRACKER).where(TRACKER.c.shipment_id == bindparam("shipment"), TRACKER.c.next_poll_at == bindparam("was")),
    columns=("next_poll_at",),
)
_NEXT = Query(
    select(TRACKER.c.next_poll_at, TRACKER.c.asked_at, TRACKER.c.failures).where(
        TRACKER.c.shipment_id == bindparam("shipment")
    )
)
_JITTER = random.Random()  # noqa: S311 - spreads questions over time, guards nothing


@dataclass(frozen=True, slots=True)
class Claim:
    """A tracker in our hands until `lease`, with what is needed to ask. `carrier_name` is the shop's spelling,
    which may name one of the carrier's services."""

    shipment_id: int
    topic: str
    carrier: str
    number: str
    postcode: str | None
    country: str | None
    lease: datetime
    carrier_name: str | None = None


async def claim_due(tx: Tx, now: datetime, carrier: str, limit: int) -> list[Claim]:
    """Take up to `limit` due trackers of a carrier for `schedule.LEASE`; others pass over them meanwhile."""
    lease = now + schedule.LEASE
    due = (
        select(TRACKER.c.shipment_id)
        .where(TRACKER.c.carrier == carrier, TRACKER.c.next_poll_at <= now)
        .order_by(TRACKER.c.next_poll_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")  # PostgreSQL may run a subquery once for each outer row, and then the limit does not hold
    )
    taken = (
        update(TRACKER)
        .where(TRACKER.c.shipment_id.in_(select(due.c.shipment_id)))
        .values(next_poll_at=lease)
        .returning(TRACKER.c.shipment_id)
    )
    ids = [row.shipment_id for row in await tx.rows(taken)]
    if not ids:
        return []
    known = (
        select(
            SHIPMENT.c.id,
            SHIPMENT.c.topic,
            SHIPMENT.c.number,
            SHIPMENT.c.carrier_label,
            SHIPMENT_PRIVATE.c.postcode,
            SHIPMENT_PRIVATE.c.country,
        )
        .outerjoin(SHIPMENT_PRIVATE, SHIPMENT_PRIVATE.c.shipment_id == SHIPMENT.c.id)
        .where(SHIPMENT.c.id.in_(ids))
    )
    return [
        Claim(r.id, r.topic, carrier, r.number, r.postcode, r.country, lease, r.carrier_label)
        for r in await tx.rows(known)
    ]


async def settle(tx: Tx, now: datetime, claim: Claim, answer: Answer, pace: float) -> bool:
    """Take in an answer to a claim; True when it brought news. A claim whose lease went to someone else
    changes nothing but what the carrier said; one about a number given up meanwhile changes nothing."""
    if isinstance(answer, Failed):
        await _failed(tx, now, claim, answer, pace)
        return False
    news = (
        isinstance(answer, Found)
        and await _still_meant(tx, claim)
        and await merge(tx, now, claim.shipment_id, claim.topic, answer.report)
    )
    await _answered(tx, now, claim, isinstance(answer, Found), pace, news)
    return news


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
    sooner = [
        {"shipment": r.shipment_id, "was": r.next_poll_at, "next_poll_at": schedule.watched(now, r.asked_at, pace)}
        for r in rows
    ]
    if sooner:
        await tx.run(_SOONER, sooner)


async def ask_soon(tx: Tx, now: datetime, shipment_id: int, pace: float = 1.0) -> bool:
    """Something new was heard of a parcel: ask about it as soon as the account's budget allows, at most once in
    `schedule.WATCHED`. True when the next question was brought forward."""
    row = await tx.row(_NEXT, {"shipment": shipment_id})
    if row is None or row.next_poll_at is None or row.failures:
        return False
    soon = schedule.watched(now, row.asked_at, pace)
    if row.next_poll_at <= soon + schedule.LEASE:  # due anyway, or being asked about at this moment
        return False
    await tx.run(_SOONER, {"shipment": shipment_id, "was": row.next_poll_at, "next_poll_at": soon})
    return True


async def _still_meant(tx: Tx, claim: Claim) -> bool:
    """Whether the parcel still has the number that was asked about."""
    row = await tx.row(_MEANT, {"shipment": claim.shipment_id})
    return row is not None and (row.carrier, row.number) == (claim.carrier, claim.number)


async def _answered(tx: Tx, now: datetime, claim: Claim, known: bool, pace: float, news: bool) -> None:
    row = await tx.row(_SITUATION, {"shipment": claim.shipment_id})
    if row is None:
        return
    seen = row.watched_until is not None and row.watched_until > now
    # An old history may belong to the number's parcel before: silence counts from when we took it in.
    last_news_at = max(row.last_scan_at or row.created_at, row.created_at)
    situation = schedule.Situation(Milestone(row.milestone), last_news_at, row.finished_at, seen)
    next_poll_at = schedule.after_answer(now, situation, pace, _JITTER)
    values = {
        "next_poll_at": next_poll_at,
        "asked_at": now,
        "answered_at": now,
        "failing_since": None,
        "failures": 0,
        "problem": None,
        "known": row.known or known,
    }
    first = row.answered_at is None or row.failing_since is not None  # pages say otherwise until they hear of it
    if await _release(tx, claim, values) and (seen or first) and not news:
        tx.emit(claim.topic, "shipment.checked", shipment=claim.shipment_id)


async def _failed(tx: Tx, now: datetime, claim: Claim, answer: Failed, pace: float) -> None:
    row = await tx.row(_SITUATION, {"shipment": claim.shipment_id})
    if row is None:
        return
    error, failures = answer.error, row.failures + 1
    values = {
        "next_poll_at": schedule.after_failure(now, error.kind, failures, error.retry_after, pace, _JITTER),
        "asked_at": now,
        "answered_at": row.answered_at,
        "known": row.known,
        "failures": failures,
        "failing_since": row.failing_since or now,
        "problem": error.kind.value,
    }
    if await _release(tx, claim, values) and failures == 1:
        tx.emit(claim.topic, "shipment.unreachable", shipment=claim.shipment_id)


async def _release(tx: Tx, claim: Claim, values: dict[str, Any]) -> bool:
    """Give the tracker back; False when the lease was lost to another worker meanwhile."""
    return await tx.run(_RELEASE, {**values, "shipment": claim.shipment_id, "lease": claim.lease}) > 0
