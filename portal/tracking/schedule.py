"""When to ask about a parcel next. Pure: state and moment in, moment out.

Cadence follows the milestone; failures back off with jitter and obey Retry-After; a parcel whose page is
open is asked more often; an end gets one late look, for the proof of delivery; silence ends the asking.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from carriers import TERMINAL, ErrorKind, Milestone

LEASE: Final = timedelta(seconds=60)
SILENCE: Final = timedelta(days=30)
LATE_LOOK: Final = timedelta(hours=24)
WATCHED: Final = timedelta(minutes=5)
SPREAD: Final = 0.15

_HOUR = timedelta(hours=1)
CADENCE: Final[dict[Milestone, timedelta]] = {
    Milestone.UNKNOWN: 2 * _HOUR,
    Milestone.PREPARING: 6 * _HOUR,
    Milestone.LABEL_CREATED: 6 * _HOUR,
    Milestone.HANDED_OVER: 4 * _HOUR,
    Milestone.IN_TRANSIT: 3 * _HOUR,
    Milestone.OUT_FOR_DELIVERY: timedelta(minutes=25),
    Milestone.ATTEMPTED: 3 * _HOUR,
    Milestone.READY_FOR_PICKUP: 4 * _HOUR,
    Milestone.ACTION_REQUIRED: 3 * _HOUR,
    Milestone.EXCEPTION: 3 * _HOUR,
    Milestone.RETURNING: 6 * _HOUR,
}
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = 2 * _HOUR
_NEEDS_A_PERSON = {ErrorKind.AUTH: 1 * _HOUR, ErrorKind.BAD_REQUEST: 6 * _HOUR}


@dataclass(frozen=True, slots=True)
class Situation:
    """What the next question depends on. `last_news_at` is the newest scan or, if later, the creation."""

    milestone: Milestone
    last_news_at: datetime
    finished_at: datetime | None
    watched: bool = False


def after_answer(now: datetime, situation: Situation, pace: float, jitter: random.Random) -> datetime | None:
    """When to ask again after the carrier answered (found or not found); None to stop.

    `pace` divides every interval.
    """
    if situation.milestone in TERMINAL:
        look = (situation.finished_at or situation.last_news_at) + LATE_LOOK / pace
        return look if look > now else None
    if now - situation.last_news_at > SILENCE:
        return None
    step = CADENCE[situation.milestone]
    return now + _spread(min(step, WATCHED) if situation.watched else step, jitter) / pace


def after_failure(
    now: datetime, kind: ErrorKind, failures: int, retry_after: float | None, pace: float, jitter: random.Random
) -> datetime | None:
    """When to ask again after failure number `failures` in a row; None when asking cannot help.

    Retry-After (seconds) is the carrier's word and is not shortened by `pace`.
    """
    if kind is ErrorKind.INVALID_NUMBER:
        return None
    step = min(_FIRST_RETRY * 2 ** min(failures - 1, 10), _LONGEST_RETRY)
    wait = _spread(max(step, _NEEDS_A_PERSON.get(kind, step)), jitter) / pace
    return now + max(wait, timedelta(seconds=retry_after or 0))


def watched(now: datetime, asked_at: datetime | None, pace: float) -> datetime:
    """The earliest question that an open page may cause: at most one in `WATCHED`."""
    return max(now, (asked_at or now - WATCHED) + WATCHED / pace)


def _spread(step: timedelta, jitter: random.Random) -> timedelta:
    return step * (1 + SPREAD * jitter.uniform(-1, 1))
