"""Who is asked about next: trackers are claimed by a lease, and questions are brought forward.

Runs in the caller's transaction and may run again. What came of asking is `settling`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.tracking import schedule
from portal.tracking.models import SHIPMENT, TRACKER
from portal.tracking.private import SHIPMENT_PRIVATE
from portal.tracking.schedule import Rules, Urgency

_DUE = (
    select(TRACKER.c.shipment_id)
    .where(
        TRACKER.c.carrier == bindparam("of_carrier"),
        TRACKER.c.urgency == bindparam("of_urgency"),
        TRACKER.c.next_poll_at <= bindparam("moment"),
    )
    .order_by(TRACKER.c.next_poll_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("due")  # PostgreSQL may run a subquery once for each outer row, and then the limit does not hold
)
_CLAIM = Query(
    update(TRACKER)
    .where(TRACKER.c.shipment_id.in_(select(_DUE.c.shipment_id)))
    .values(next_poll_at=bindparam("lease"))
    .returning(TRACKER.c.shipment_id, TRACKER.c.digest, TRACKER.c.reply),
    columns=(),
)
_TOGETHER = 50
_KNOWN = Query(
    select(
        SHIPMENT.c.id,
        SHIPMENT.c.topic,
        SHIPMENT.c.number,
        SHIPMENT.c.carrier_label,
        SHIPMENT_PRIVATE.c.postcode,
        SHIPMENT_PRIVATE.c.country,
    )
    .outerjoin(SHIPMENT_PRIVATE, SHIPMENT_PRIVATE.c.shipment_id == SHIPMENT.c.id)
    .where(SHIPMENT.c.id.in_([bindparam(f"id{n}") for n in range(_TOGETHER)]))
)
_SOONER = Query(
    update(TRACKER).where(TRACKER.c.shipment_id == bindparam("shipment"), TRACKER.c.next_poll_at == bindparam("was")),
    columns=("next_poll_at", "urgency", "expected_at"),
)
_NEXT = Query(
    select(TRACKER.c.next_poll_at, TRACKER.c.asked_at, TRACKER.c.failures, TRACKER.c.quiet_until).where(
        TRACKER.c.shipment_id == bindparam("shipment")
    )
)
Queue = tuple[str, int]  # a carrier, and an urgency


@dataclass(frozen=True, slots=True)
class Claim:
    """A tracker in our hands until `lease`, with what is needed to ask. `carrier_name` is the shop's spelling,
    which may name one of the carrier's services; `reply` names the reply in which it had its last report."""

    shipment_id: int
    topic: str
    carrier: str
    number: str
    postcode: str | None
    country: str | None
    lease: datetime
    carrier_name: str | None = None
    reply: str | None = None


def queues_of(carriers: Iterable[str]) -> list[Queue]:
    """The queues of some carriers, the most urgent first."""
    names = list(carriers)
    return [(name, int(urgency)) for urgency in Urgency for name in names]


async def claim_due(tx: Tx, now: datetime, queues: Iterable[Queue], limit: int) -> list[Claim]:
    """Take up to `limit` due trackers for `schedule.LEASE`, from the first queue on, those that wait longest first;
    others pass over them meanwhile."""
    lease, taken = now + schedule.LEASE, dict[int, tuple[str, str | None]]()
    for carrier, urgency in queues:
        if len(taken) >= limit:
            break
        wanted = {"of_carrier": carrier, "of_urgency": urgency, "moment": now, "most": limit - len(taken)}
        rows = await tx.rows(_CLAIM, {**wanted, "lease": lease})
        # Without the digest, the last report is to be looked at again.
        taken.update((row.shipment_id, (carrier, row.reply if row.digest else None)) for row in rows)
    return await _known(tx, taken, lease) if taken else []


async def _known(tx: Tx, taken: Mapping[int, tuple[str, str | None]], lease: datetime) -> list[Claim]:
    """What is needed to ask about these, in the order in which they were taken."""
    ids, found = list(taken), dict[int, Claim]()
    for start in range(0, len(ids), _TOGETHER):
        some = ids[start : start + _TOGETHER]
        some += some[:1] * (_TOGETHER - len(some))  # always as many: the statement is compiled once
        for r in await tx.rows(_KNOWN, {f"id{n}": shipment for n, shipment in enumerate(some)}):
            carrier, reply = taken[r.id]
            found[r.id] = Claim(r.id, r.topic, carrier, r.number, r.postcode, r.country, lease, r.carrier_label, reply)
    return [found[shipment] for shipment in taken if shipment in found]


async def watch(
    tx: Tx, now: datetime, topics: Sequence[str], by_carrier: Mapping[str, Rules], otherwise: Rules
) -> None:
    """Pages on these topics are open: ask about their parcels sooner, by the rules of their carriers."""
    shipments = select(SHIPMENT.c.id).where(SHIPMENT.c.topic.in_(topics)).scalar_subquery()
    seen = update(TRACKER).where(TRACKER.c.shipment_id.in_(shipments), TRACKER.c.next_poll_at.is_not(None))
    await tx.run(seen.values(watched_until=now + schedule.WATCHED))
    # What is due already waits for its turn: it goes to the front.
    due = TRACKER.c.next_poll_at <= now
    await tx.run(seen.where(due, TRACKER.c.urgency > int(Urgency.HIGH)).values(urgency=int(Urgency.HIGH)))
    later = TRACKER.c.next_poll_at > now + max(schedule.LEASE, schedule.WATCHED / otherwise.pace)
    rows = await tx.rows(
        select(
            TRACKER.c.shipment_id,
            TRACKER.c.carrier,
            TRACKER.c.asked_at,
            TRACKER.c.next_poll_at,
            TRACKER.c.quiet_until,
        ).where(TRACKER.c.shipment_id.in_(shipments), later, TRACKER.c.failures == 0)
    )
    sooner = [change for row in rows if (change := _sooner(now, row, by_carrier.get(row.carrier, otherwise)))]
    if sooner:
        await tx.run(_SOONER, sooner)


async def ask_soon(tx: Tx, now: datetime, shipment_id: int, rules: Rules | None = None) -> bool:
    """Something new was heard of a parcel: ask about it as soon as the account's budget allows, at most once in
    `schedule.WATCHED`. True when the next question was brought forward."""
    row = await tx.row(_NEXT, {"shipment": shipment_id})
    if row is None or row.next_poll_at is None or row.failures:
        return False
    change = _sooner(now, row, rules or Rules(), shipment_id)
    if change is None or row.next_poll_at <= now + schedule.LEASE:  # due, or being asked about at this moment
        return False
    return await tx.run(_SOONER, change) > 0


def _sooner(now: datetime, row: Any, rules: Rules, shipment_id: int | None = None) -> dict[str, Any] | None:
    """The change that brings a question forward, where that is worth it."""
    soon = schedule.watched(now, row.asked_at, row.quiet_until, rules)
    if soon + min(schedule.LEASE, schedule.WATCHED / rules.pace) >= row.next_poll_at:
        return None
    return {
        "shipment": row.shipment_id if shipment_id is None else shipment_id,
        "was": row.next_poll_at,
        "next_poll_at": soon,
        "urgency": int(Urgency.HIGH),
        "expected_at": None,
    }
