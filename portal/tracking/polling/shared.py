"""What all workers share about an account, in the database: its budget, how it fares, who has calls under way.

The account's row is locked while something is taken from it, so that two workers never spend the same call.
Runs in the caller's transaction and may run again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from carriers import Account, Carrier
from carriers.core.accounts import served_by
from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query
from portal.tracking import schedule
from portal.tracking.asking import Claim, Queue, claim_due, queues_of
from portal.tracking.models import POLL_ACCOUNT, POLL_WORKER
from portal.tracking.polling import breaker
from portal.tracking.polling.breaker import Standing
from portal.tracking.polling.budget import (
    Bucket,
    Levels,
    affordable,
    buckets_of,
    opens,
    read_levels,
    spend,
    write_levels,
)
from portal.tracking.polling.outlook import Stretch
from portal.tracking.schedule import Rules, Urgency

_STATE = select(POLL_ACCOUNT).where(POLL_ACCOUNT.c.account == bindparam("name"))
STATE = Query(_STATE)
ALL = Query(select(POLL_ACCOUNT))
_HOLD = Query(_STATE.with_for_update(skip_locked=True))
_WAIT_FOR = Query(_STATE.with_for_update())
_OF_ACCOUNT = POLL_ACCOUNT.c.account == bindparam("name")
_SPENT = Query(update(POLL_ACCOUNT).where(_OF_ACCOUNT), columns=("levels", "day", "calls"))
_FARES = Query(update(POLL_ACCOUNT).where(_OF_ACCOUNT), columns=("failures", "refusals", "rests_until", "rests_for"))
_OTHERS = Query(
    select(func.coalesce(func.sum(POLL_WORKER.c.calls), 0).label("calls")).where(
        POLL_WORKER.c.account == bindparam("name"),
        POLL_WORKER.c.worker != bindparam("me"),
        POLL_WORKER.c.until > bindparam("moment"),
    )
)


@dataclass(frozen=True, slots=True)
class Asked:
    """An account that is asked: about whose parcels, within which limits."""

    account: Account
    carrier: Carrier
    carriers: tuple[str, ...]
    buckets: tuple[Bucket, ...]
    most: int

    @property
    def name(self) -> str:
        """The account's name: the slug of the carrier that it is at."""
        return self.account.carrier

    @property
    def batch(self) -> int:
        """Parcels in one call."""
        return self.carrier.manifest.batch_size

    @property
    def needs(self) -> tuple[str, ...]:
        """What must be known of a parcel to ask about it, unless the account itself says it."""
        manifest, own = self.carrier.manifest, self.account.credentials
        given = {name for name, credential in manifest.stand_ins if own.get(credential)}
        return tuple(name for name in manifest.required_fields if name not in given)

    def queues(self, *urgencies: Urgency) -> list[Queue]:
        """The queues of these urgencies."""
        return [queue for queue in queues_of(self.carriers) if queue[1] in urgencies]


@dataclass(frozen=True, slots=True)
class State:
    """An account's row, read."""

    standing: Standing
    levels: Levels
    stretch: Stretch
    planned_at: datetime | None
    day: Any = None
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What a worker got: trackers to ask about, and how things stand. `free_at` is when more may be had, as far as
    the account decides that; None: at once."""

    claims: list[Claim]
    state: State | None
    free_at: datetime | None = None


def asked_accounts(accounts: Mapping[str, Account], carrier_of: Callable[[str], Carrier], most: int) -> list[Asked]:
    """Everything that is asked with these accounts; `most` calls at a time for each."""
    names: Collection[str] = accounts
    return [
        Asked(account, carrier := carrier_of(slug), served_by(slug, names), buckets_of(carrier.manifest.quota), most)
        for slug, account in accounts.items()
    ]


def state_of(row: Any) -> State:
    """An account's row as a value."""
    try:
        high, normal, low = (float(factor) for factor in json.loads(row.stretch))
    except (ValueError, TypeError):
        high = normal = low = 1.0
    standing = Standing(row.failures, row.refusals, row.rests_until, row.rests_for)
    return State(standing, read_levels(row.levels), (high, normal, low), row.planned_at, row.day, row.calls)


async def enrol(tx: Tx, names: Iterable[str]) -> None:
    """Have a row for each account."""
    rows = [
        {"account": name, "levels": "{}", "calls": 0, "failures": 0, "refusals": 0, "stretch": "[1, 1, 1]"}
        for name in sorted(names)
    ]
    await tx.upsert(POLL_ACCOUNT, rows, ["account"], update=False)


async def rules_by_carrier(reader: Reader | Tx, accounts: Iterable[Asked], rules: Rules) -> dict[str, Rules]:
    """By which rules each carrier's parcels are asked about."""
    stretch = {row.account: state_of(row).stretch for row in await reader.rows(ALL)}
    return {
        carrier: replace(rules, stretch=stretch.get(asked.name, rules.stretch))
        for asked in accounts
        for carrier in asked.carriers
    }


async def take(tx: Tx, now: datetime, asked: Asked, *, worker: str, under_way: int) -> Taken:
    """Claim what may be asked about now. `under_way` are this worker's own calls."""
    row = await tx.row(_HOLD, {"name": asked.name})
    if row is None:  # another worker is taking something
        return Taken([], None)
    state = state_of(row)
    if state.standing.resting(now):
        return Taken([], state, state.standing.rests_until)
    others = await tx.row(_OTHERS, {"name": asked.name, "me": worker, "moment": now})
    room = asked.most - under_way - (int(others.calls) if others else 0)
    if state.standing.half_open:
        room = min(room, 1)
    if room <= 0:
        return Taken([], state)
    claims = await _claim(tx, now, asked, state.levels, room)
    if claims:
        calls = math.ceil(len(claims) / asked.batch)
        await _spent(tx, now, asked, state, calls)
        if state.standing.half_open:
            await _fares(tx, asked.name, breaker.probing(state.standing, now))
        mine = {"account": asked.name, "worker": worker, "calls": under_way + calls, "until": now + schedule.LEASE}
        await tx.upsert(POLL_WORKER, [mine], ["account", "worker"])
        return Taken(claims, state)
    return Taken(claims, state, opens(asked.buckets, state.levels, now, urgent=True))


async def one_more(tx: Tx, now: datetime, asked: Asked) -> datetime | None:
    """Take one call more for a question that needs several; None when it may be made, else when it may."""
    row = await tx.row(_WAIT_FOR, {"name": asked.name})
    if row is None:
        return None
    state = state_of(row)
    if affordable(asked.buckets, state.levels, now, urgent=True) < 1:
        return opens(asked.buckets, state.levels, now, urgent=True)
    await _spent(tx, now, asked, state, 1)
    return None


async def note(tx: Tx, name: str, change: Callable[[Standing], Standing]) -> Standing | None:
    """Write down how an account fares after a call."""
    row = await tx.row(_WAIT_FOR, {"name": name})
    if row is None:
        return None
    before = state_of(row).standing
    after = change(before)
    if after != before:
        await _fares(tx, name, after)
    return after


async def leave(tx: Tx, worker: str, name: str) -> None:
    """A worker has nothing under way at an account any more."""
    await tx.run(delete(POLL_WORKER).where(POLL_WORKER.c.account == name, POLL_WORKER.c.worker == worker))


async def forget_workers(tx: Tx, before: datetime) -> None:
    """Drop workers that were last heard of before a moment."""
    await tx.run(delete(POLL_WORKER).where(POLL_WORKER.c.until < before))


async def _claim(tx: Tx, now: datetime, asked: Asked, levels: Levels, room: int) -> list[Claim]:
    """The most urgent first; what is less so leaves the budget's reserve alone, but may fill up a call."""
    calls = int(min(room, affordable(asked.buckets, levels, now, urgent=True)))
    claims = await claim_due(tx, now, asked.queues(Urgency.HIGH), calls * asked.batch) if calls else []
    used = math.ceil(len(claims) / asked.batch)
    others = max(used, int(min(calls, affordable(asked.buckets, levels, now, urgent=False))))
    places = others * asked.batch - len(claims)
    if places > 0:
        claims += await claim_due(tx, now, asked.queues(Urgency.NORMAL, Urgency.LOW), places)
    return claims


async def _spent(tx: Tx, now: datetime, asked: Asked, state: State, calls: int) -> None:
    levels = spend(asked.buckets, state.levels, now, calls)
    today = now.date()
    made = (state.calls if state.day == today else 0) + calls
    await tx.run(_SPENT, {"name": asked.name, "levels": write_levels(levels), "day": today, "calls": made})


async def _fares(tx: Tx, name: str, standing: Standing) -> None:
    values = {
        "failures": standing.failures,
        "refusals": standing.refusals,
        "rests_until": standing.rests_until,
        "rests_for": standing.rests_for,
    }
    await tx.run(_FARES, {"name": name, **values})
