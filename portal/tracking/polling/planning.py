"""Looks ahead at one account: when something is due, by how much intervals must grow for the budget to suffice, and
when each waiting parcel is really asked about, for its page to say."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, func, or_, select, union_all, update

from portal.context import Context
from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query
from portal.tracking.asking import Queue
from portal.tracking.models import POLL_ACCOUNT, TRACKER
from portal.tracking.polling.budget import affordable, opens, supply
from portal.tracking.polling.outlook import Flow, Stretch, Waiting, forecast, stretches
from portal.tracking.polling.shared import STATE, Asked, State, state_of
from portal.tracking.schedule import Urgency

EVERY: Final = timedelta(minutes=5)
FAR: Final = timedelta(minutes=2)  # what waits no longer than this is asked about when it is due
_MOST: Final = 4000  # parcels that a forecast looks at
_TOGETHER: Final = 200
_QUICK: Final = timedelta(milliseconds=20)  # between calls that no quota limits
_PLANNED = Query(
    update(POLL_ACCOUNT).where(
        POLL_ACCOUNT.c.account == bindparam("name"),
        or_(POLL_ACCOUNT.c.planned_at.is_(None), POLL_ACCOUNT.c.planned_at <= bindparam("before")),
    ),
    columns=("planned_at", "stretch"),
)
_EXPECT = Query(
    update(TRACKER).where(TRACKER.c.shipment_id == bindparam("shipment"), TRACKER.c.next_poll_at == bindparam("due")),
    columns=("expected_at",),
)


class Planner:
    """Reads an account's queues and, now and then, writes down what follows from them."""

    def __init__(self, context: Context, asked: Asked) -> None:
        self._context, self._asked = context, asked
        self._earliest = earliest(asked.queues(*Urgency))
        self._scarce = any(bucket.seconds > 60 for bucket in asked.buckets)

    async def look(self, now: datetime) -> datetime | None:
        """When there is something to ask next, as far as due dates and the account's rest say; None: nothing is due
        at any time."""
        async with self._context.db.read() as reader:
            row = await reader.row(STATE, {"name": self._asked.name})
            due = await reader.row(self._earliest)
        due_at: datetime | None = due.at if due is not None else None
        if row is None or due_at is None:
            return due_at
        state = state_of(row)
        await self._plan_in_time(now, state, due_at)
        rests_until = state.standing.rests_until
        return max(due_at, rests_until) if rests_until is not None else due_at

    async def _plan_in_time(self, now: datetime, state: State, due_at: datetime) -> None:
        rests = state.standing.rests_until is not None and state.standing.rests_until > now + FAR
        every = EVERY / max(1.0, self._context.settings.poll_pace)
        stale = state.planned_at is None or state.planned_at <= now - every
        if stale and (self._scarce or (rests and due_at <= now)):
            await self.plan(now, state, now - every)

    async def plan(self, now: datetime, state: State, before: datetime) -> None:
        """Work out intervals and expectations anew, unless another worker has since `before`."""
        async with self._context.db.read() as reader:
            counts = await _counts(reader, self._asked.carriers)
        stretch = stretches(counts, supply(self._asked.buckets) * self._asked.batch)
        if not await self._mine(now, stretch, before):
            return
        async with self._context.db.read() as reader:
            rows = await _waiting(reader, self._asked.carriers, now)
        flow = _flow(self._asked, state, now)
        expected = dict(forecast((Waiting(r.shipment_id, r.urgency, r.next_poll_at) for r in rows), flow))
        changes = [change for row in rows if (change := _change(row, expected[row.shipment_id], now))]
        for start in range(0, len(changes), _TOGETHER):
            await self._expect(changes[start : start + _TOGETHER])

    async def _mine(self, now: datetime, stretch: Stretch, before: datetime) -> bool:
        values = {"name": self._asked.name, "before": before, "planned_at": now, "stretch": json.dumps(stretch)}

        async def unit(tx: Tx) -> bool:
            return await tx.run(_PLANNED, values) > 0

        return await self._context.db.write(unit)

    async def _expect(self, changes: Sequence[dict[str, Any]]) -> None:
        async def unit(tx: Tx) -> None:
            await tx.run(_EXPECT, changes)

        await self._context.db.write(unit)


def earliest(queues: Sequence[Queue]) -> Query:
    """When the first parcel of these queues is due: one look into the index for each."""
    firsts = [
        select(func.min(TRACKER.c.next_poll_at).label("at")).where(
            TRACKER.c.carrier == carrier, TRACKER.c.urgency == urgency
        )
        for carrier, urgency in queues
    ]
    return Query(select(func.min(union_all(*firsts).subquery().c.at).label("at")))


async def _counts(reader: Reader, carriers: Sequence[str]) -> list[int]:
    """How many parcels of each urgency are asked about."""
    rows = await reader.rows(
        select(TRACKER.c.urgency, func.count().label("parcels"))
        .where(TRACKER.c.carrier.in_(carriers), TRACKER.c.next_poll_at.is_not(None))
        .group_by(TRACKER.c.urgency)
    )
    found = {row.urgency: int(row.parcels) for row in rows}
    return [found.get(int(urgency), 0) for urgency in Urgency]


async def _waiting(reader: Reader, carriers: Sequence[str], now: datetime) -> list[Any]:
    return await reader.rows(
        select(TRACKER.c.shipment_id, TRACKER.c.urgency, TRACKER.c.next_poll_at, TRACKER.c.expected_at)
        .where(TRACKER.c.carrier.in_(carriers), TRACKER.c.next_poll_at <= now + timedelta(days=2))
        .order_by(TRACKER.c.urgency, TRACKER.c.next_poll_at)
        .limit(_MOST)
    )


def _flow(asked: Asked, state: State, now: datetime) -> Flow:
    begins = max(opens(asked.buckets, state.levels, now, urgent=False), state.standing.rests_until or now)
    burst = affordable(asked.buckets, state.levels, begins, urgent=False)
    rate = supply(asked.buckets)
    every = _QUICK if math.isinf(rate) else timedelta(days=1) / rate
    return Flow(begins, 1 if math.isinf(burst) else max(1, int(burst)), max(every, _QUICK), asked.batch)


def _change(row: Any, moment: datetime, now: datetime) -> dict[str, Any] | None:
    """What to write down of an expectation, where it differs from what pages say by more than they would show."""
    expected = moment if moment - max(row.next_poll_at, now) > FAR else None
    kept = row.expected_at
    if expected == kept or (expected and kept and abs(expected - kept) < FAR):
        return None
    return {"shipment": row.shipment_id, "due": row.next_poll_at, "expected_at": expected}
