"""What came of asking: the answer is taken in, and the tracker is given back with its next question.

A failure touches the tracker only: what is known about a parcel is never overwritten by not getting an
answer. Runs in the caller's transaction and may run again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update

from carriers import Answer, Failed, Found, Milestone, Report
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.tracking import schedule
from portal.tracking.asking import Claim
from portal.tracking.candidates import UNKNOWING, claimed_by, next_candidate
from portal.tracking.destination import zone_at
from portal.tracking.merge import expire, merge
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.private import SHIPMENT_PRIVATE
from portal.tracking.scan import LACKS
from portal.tracking.schedule import Plan, Rules, Situation

SILENT = "silent"  # problem of a tracker: nothing was heard for so long that asking ended
OWN_BUDGET = "own_budget"  # code of an error: it was us who did not ask

_RELEASED = (
    "next_poll_at",
    "urgency",
    "expected_at",
    "quiet_until",
    "asked_at",
    "answered_at",
    "failing_since",
    "failures",
    "problem",
    "known",
    "digest",
    "reply",
)
_SITUATION = Query(
    select(
        SHIPMENT.c.carrier,
        SHIPMENT.c.number,
        SHIPMENT.c.milestone,
        SHIPMENT.c.last_scan_at,
        SHIPMENT.c.created_at,
        SHIPMENT.c.finished_at,
        or_(SHIPMENT.c.delayed, SHIPMENT.c.shop_delayed).label("delayed"),
        func.coalesce(SHIPMENT.c.estimate_day, SHIPMENT.c.shop_estimate_day).label("estimate_day"),
        TRACKER.c.watched_until,
        *(TRACKER.c[name] for name in _RELEASED),
    )
    .join(TRACKER, TRACKER.c.shipment_id == SHIPMENT.c.id)
    .where(SHIPMENT.c.id == bindparam("shipment"))
)
_WHERE = Query(
    select(
        SHIPMENT_PRIVATE.c.country,
        select(CHECKPOINT.c.offset_minutes)
        .where(CHECKPOINT.c.shipment_id == bindparam("shipment"), CHECKPOINT.c.offset_minutes.is_not(None))
        .order_by(CHECKPOINT.c.sort_at.desc())
        .limit(1)
        .scalar_subquery()
        .label("offset"),
    ).where(SHIPMENT_PRIVATE.c.shipment_id == bindparam("shipment"))
)
_RELEASE = Query(
    update(TRACKER).where(TRACKER.c.shipment_id == bindparam("shipment"), TRACKER.c.next_poll_at == bindparam("lease")),
    columns=_RELEASED,
)


@dataclass(frozen=True, slots=True)
class Same:
    """The carrier's reply is the one in which it was found last, byte for byte: nobody read it again."""

    number: str


async def settle(
    tx: Tx, now: datetime, claim: Claim, answer: Answer | Same, rules: Rules, reply: str | None = None
) -> bool:
    """Take in an answer to a claim; True when it brought news. A claim whose lease went to someone else
    changes nothing but what the carrier said; one about a number given up meanwhile changes nothing. `reply` names
    the reply that held this answer alone."""
    row = await tx.row(_SITUATION, {"shipment": claim.shipment_id})
    if row is None:
        return False
    if isinstance(answer, Failed):
        await _failed(tx, now, claim, answer, row, rules)
        if row.carrier is None and answer.error.kind in UNKNOWING:
            await next_candidate(tx, now, claim.shipment_id, claim.carrier)
        return False
    if isinstance(answer, Same):
        known = row.known or (row.carrier, row.number) == (claim.carrier, claim.number)
        await _answered(tx, now, claim, row, rules, {"known": known, "digest": row.digest, "reply": row.reply})
        return False
    report = answer.report if isinstance(answer, Found) and await _meant(tx, now, row, claim, answer.report) else None
    digest = _digest(report) if report else row.digest
    # Most answers are the last one again: nothing of it needs to be looked at.
    if report is None or digest == row.digest:
        learnt = {"known": row.known or report is not None, "digest": digest, "reply": reply if report else row.reply}
        await _answered(tx, now, claim, row, rules, learnt)
        if row.carrier is None and report is None:
            await next_candidate(tx, now, claim.shipment_id, claim.carrier)
        return False
    news = await merge(tx, now, claim.shipment_id, claim.topic, report)
    row = (await tx.row(_SITUATION, {"shipment": claim.shipment_id})) if news else row
    await _answered(tx, now, claim, row, rules, {"known": True, "digest": digest, "reply": reply}, news=news)
    return news


async def put_back(tx: Tx, now: datetime, claim: Claim) -> None:
    """It was not asked about after all: it keeps its place in the queue."""
    await _kept(tx, claim, next_poll_at=now)


async def lacking(tx: Tx, claim: Claim, field: str) -> None:
    """Its carrier cannot be asked without this field: asking ends until somebody gives it."""
    if await _kept(tx, claim, next_poll_at=None, expected_at=None, problem=f"{LACKS}{field}"):
        tx.emit(claim.topic, "shipment.checked", shipment=claim.shipment_id)


async def _kept(tx: Tx, claim: Claim, **changes: Any) -> bool:
    """Give the tracker back as it was, but for some columns."""
    row = await tx.row(_SITUATION, {"shipment": claim.shipment_id})
    return row is not None and await _release(tx, claim, {name: getattr(row, name) for name in _RELEASED} | changes)


async def _meant(tx: Tx, now: datetime, row: Any, claim: Claim, report: Report) -> bool:
    """Whether the parcel still has the number that was asked about, or is the carrier's whose word settles that."""
    if row.carrier is None and row.number == claim.number:
        return await claimed_by(tx, now, claim.shipment_id, claim.carrier, report)
    return bool((row.carrier, row.number) == (claim.carrier, claim.number))


async def _answered(
    tx: Tx, now: datetime, claim: Claim, row: Any, rules: Rules, learnt: dict[str, Any], *, news: bool = False
) -> None:
    situation = await _situation(tx, now, claim, row)
    plan = schedule.after_answer(now, situation, rules, schedule.chance(claim.shipment_id, now))
    values = {
        **_planned(plan),
        "asked_at": now,
        "answered_at": now,
        "failing_since": None,
        "failures": 0,
        "problem": SILENT if plan.silent else None,
        **learnt,
    }
    first = row.answered_at is None or row.failing_since is not None  # pages say otherwise until they hear of it
    if not await _release(tx, claim, values):
        return
    if plan.silent:
        await expire(tx, now, claim.shipment_id, claim.topic)
    elif (situation.watched or first) and not news:
        tx.emit(claim.topic, "shipment.checked", shipment=claim.shipment_id)


async def _failed(tx: Tx, now: datetime, claim: Claim, answer: Failed, row: Any, rules: Rules) -> None:
    error, failures = answer.error, row.failures + 1
    chance = schedule.chance(claim.shipment_id, now)
    values = {name: getattr(row, name) for name in _RELEASED} | {
        "next_poll_at": schedule.after_failure(now, error.kind, failures, error.retry_after, rules.pace, chance),
        "expected_at": None,
        "asked_at": now,
        "failures": failures,
        "failing_since": row.failing_since or now,
        "problem": error.kind.value,
    }
    if await _release(tx, claim, values) and failures == 1:
        tx.emit(claim.topic, "shipment.unreachable", shipment=claim.shipment_id)


async def _situation(tx: Tx, now: datetime, claim: Claim, row: Any) -> Situation:
    milestone = Milestone(row.milestone)
    zone = None
    if milestone is Milestone.OUT_FOR_DELIVERY:
        where = await tx.row(_WHERE, {"shipment": claim.shipment_id})
        zone = zone_at(where.country, where.offset, now) if where else None
    return Situation(
        milestone,
        # An old history may belong to the number's parcel before: silence counts from when we took it in.
        max(row.last_scan_at or row.created_at, row.created_at),
        row.finished_at,
        watched=row.watched_until is not None and row.watched_until > now,
        late=bool(row.delayed or (row.estimate_day is not None and row.estimate_day < now.date())),
        zone=zone,
    )


def _planned(plan: Plan) -> dict[str, Any]:
    return {
        "next_poll_at": plan.next_poll_at,
        "urgency": int(plan.urgency),
        "expected_at": None,
        "quiet_until": plan.quiet_until,
    }


def _digest(report: Report) -> str:
    """Names a report by all that it says, as we read it: a mapping that was mended gives another digest."""
    return hashlib.sha256(repr(report).encode()).hexdigest()[:32]


async def _release(tx: Tx, claim: Claim, values: dict[str, Any]) -> bool:
    """Give the tracker back; False when the lease was lost to another worker meanwhile."""
    return await tx.run(_RELEASE, {**values, "shipment": claim.shipment_id, "lease": claim.lease}) > 0
