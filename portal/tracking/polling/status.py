"""How each account fares, for people and for measuring systems: budget left, what is due, pauses, unknown codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal.kit.db import Reader
from portal.tracking.models import POLL_WORKER, TRACKER
from portal.tracking.polling.breaker import Rest
from portal.tracking.polling.budget import affordable, read_levels
from portal.tracking.polling.shared import ALL, Asked, State, state_of
from portal.tracking.unknown import how_many


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """One account. `left_now` are the calls that may begin at once, `left_today` (UTC) those of its daily limit, None
    where nothing limits them. `due` parcels wait, the first since `lag_s`; `planned` are asked about later.
    `breaker` is closed, open or half_open; `flagged` parcels need a person: silent, or something is missing."""

    account: str
    carriers: tuple[str, ...]
    left_now: int | None
    left_today: int | None
    calls_today: int
    under_way: int
    due: int
    planned: int
    flagged: int
    lag_s: float
    breaker: str
    failures: int
    rests_until: datetime | None
    rests_for: str | None
    unknown_codes: int


async def status(reader: Reader, now: datetime, accounts: Sequence[Asked]) -> list[AccountStatus]:
    """Every account of this installation."""
    states = {row.account: state_of(row) for row in await reader.rows(ALL)}
    trackers = {row.carrier: row for row in await _trackers(reader, now)}
    codes = await how_many(reader)
    calls = await _calls(reader, now)
    return [_status(now, asked, states.get(asked.name), trackers, codes, calls) for asked in accounts]


def _status(
    now: datetime,
    asked: Asked,
    state: State | None,
    trackers: dict[str, Any],
    codes: dict[str, int],
    calls: dict[str, int],
) -> AccountStatus:
    rows = [trackers[carrier] for carrier in asked.carriers if carrier in trackers]
    first = min((row.first for row in rows if row.first is not None), default=now)
    today = state.calls if state is not None and state.day == now.date() else 0
    per_day = asked.carrier.manifest.quota.per_day
    levels = state.levels if state is not None else read_levels("{}")
    left = affordable(asked.buckets, levels, now, urgent=True) if asked.buckets else None
    standing = state.standing if state is not None else None
    resting = standing is not None and standing.resting(now)
    return AccountStatus(
        asked.name,
        asked.carriers,
        None if left is None else int(left),
        None if per_day is None else max(0, per_day - today),
        today,
        calls.get(asked.name, 0),
        sum(row.due for row in rows),
        sum(row.planned for row in rows) - sum(row.due for row in rows),
        sum(row.flagged for row in rows),
        max(0.0, (now - first).total_seconds()),
        _breaker(state, now),
        standing.failures if standing else 0,
        standing.rests_until if standing and resting else None,
        standing.rests_for if standing and resting else None,
        sum(codes.get(carrier, 0) for carrier in {asked.name, *asked.carriers}),
    )


def _breaker(state: State | None, now: datetime) -> str:
    if state is None or not state.standing.half_open:
        return "closed"
    return "open" if state.standing.resting(now) and state.standing.rests_for != Rest.PROBE else "half_open"


async def _trackers(reader: Reader, now: datetime) -> list[Any]:
    due = TRACKER.c.next_poll_at <= now
    gone = TRACKER.c.next_poll_at.is_(None) & TRACKER.c.problem.is_not(None)
    return await reader.rows(
        select(
            TRACKER.c.carrier,
            func.count(TRACKER.c.next_poll_at).label("planned"),
            func.count().filter(due).label("due"),
            func.count().filter(gone).label("flagged"),
            func.min(TRACKER.c.next_poll_at).label("first"),
        ).group_by(TRACKER.c.carrier)
    )


async def _calls(reader: Reader, now: datetime) -> dict[str, int]:
    rows = await reader.rows(
        select(POLL_WORKER.c.account, func.sum(POLL_WORKER.c.calls).label("calls"))
        .where(POLL_WORKER.c.until > now)
        .group_by(POLL_WORKER.c.account)
    )
    return {row.account: int(row.calls) for row in rows}
