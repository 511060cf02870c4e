"""When to ask about a parcel next, and how much it matters. Pure: state and moment in, plan out.

Cadence follows the milestone; failures back off with jitter and obey Retry-After; a parcel whose page is
open is asked more often; one out for delivery is left alone at night where it is to be delivered; an end
gets one late look, for the proof of delivery; silence ends the asking. Where an account's budget does not
suffice, intervals are stretched by urgency.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import IntEnum
from typing import Final

from carriers import TERMINAL, ErrorKind, Milestone

LEASE: Final = timedelta(seconds=60)
SILENCE: Final = timedelta(days=30)
LATE_LOOK: Final = timedelta(hours=24)
WATCHED: Final = timedelta(minutes=5)
SHORTEST: Final = timedelta(seconds=2)  # between two questions, however fast the pace
SPREAD: Final = 0.15
DAY: Final = (time(7), time(21))  # when parcels are brought, at the destination
MORNING: Final = timedelta(minutes=30)  # over which the first questions of a day are spread

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
_NO_NIGHT = 10.0  # from this pace on days are too short for nights to mean anything
_IDLE = {Milestone.UNKNOWN, Milestone.PREPARING, Milestone.LABEL_CREATED, Milestone.RETURNING}


class Urgency(IntEnum):
    """Who is asked about first where not all can be."""

    HIGH = 0  # out for delivery, looked at, or late
    NORMAL = 1
    LOW = 2  # not on its way yet, on its way back, or at its end


@dataclass(frozen=True, slots=True)
class Situation:
    """What the next question depends on. `last_news_at` is the newest scan or, if later, the creation; `zone` is
    the destination's."""

    milestone: Milestone
    last_news_at: datetime
    finished_at: datetime | None
    watched: bool = False
    late: bool = False
    zone: tzinfo | None = None

    @property
    def urgency(self) -> Urgency:
        """How much it matters to ask in time."""
        if self.milestone in TERMINAL:
            return Urgency.LOW
        if self.watched or self.late or self.milestone is Milestone.OUT_FOR_DELIVERY:
            return Urgency.HIGH
        return Urgency.LOW if self.milestone in _IDLE else Urgency.NORMAL


@dataclass(frozen=True, slots=True)
class Rules:
    """How an account is asked: `pace` divides every interval, `stretch` (by urgency) lengthens them; `zone` stands
    in where a destination's is not known."""

    pace: float = 1.0
    stretch: tuple[float, float, float] = (1.0, 1.0, 1.0)
    zone: tzinfo | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """When to ask next (None: never again), and before when nothing may bring that forward. `silent`: nothing was
    heard for so long that asking ends."""

    next_poll_at: datetime | None
    urgency: Urgency
    quiet_until: datetime | None = None
    silent: bool = False


def after_answer(now: datetime, situation: Situation, rules: Rules, chance: float) -> Plan:
    """What to do after the carrier answered (found or not found). `chance` is between -1 and 1."""
    urgency = situation.urgency
    if situation.milestone in TERMINAL:
        look = (situation.finished_at or situation.last_news_at) + LATE_LOOK / rules.pace
        return Plan(look if look > now else None, urgency)
    if now - situation.last_news_at > SILENCE:
        return Plan(None, urgency, silent=True)
    step = CADENCE[situation.milestone]
    step = (min(step, WATCHED) if situation.watched else step) * rules.stretch[urgency]
    moment = now + max(_spread(step, chance) / rules.pace, SHORTEST)
    zone = situation.zone or rules.zone
    if situation.milestone is not Milestone.OUT_FOR_DELIVERY or zone is None or rules.pace >= _NO_NIGHT:
        return Plan(moment, urgency)
    morning = _morning(moment, zone)
    if morning is None:
        return Plan(moment, urgency)
    return Plan(morning + MORNING * (chance + 1) / 2, urgency, quiet_until=morning)


def after_failure(
    now: datetime, kind: ErrorKind, failures: int, retry_after: float | None, pace: float, chance: float
) -> datetime | None:
    """When to ask again after failure number `failures` in a row; None when asking cannot help.

    Retry-After (seconds) is the carrier's word and is not shortened by `pace`.
    """
    if kind is ErrorKind.INVALID_NUMBER:
        return None
    step = min(_FIRST_RETRY * 2 ** min(failures - 1, 10), _LONGEST_RETRY)
    wait = _spread(max(step, _NEEDS_A_PERSON.get(kind, step)), chance) / pace
    return now + max(wait, timedelta(seconds=retry_after or 0))


def watched(now: datetime, asked_at: datetime | None, quiet_until: datetime | None, rules: Rules) -> datetime:
    """The earliest question that an open page may cause: at most one in `WATCHED`, and none in quiet hours."""
    pause = max(WATCHED * rules.stretch[Urgency.HIGH] / rules.pace, SHORTEST)
    return max(now, (asked_at or now - pause) + pause, quiet_until or now)


def chance(shipment_id: int, now: datetime) -> float:
    """A number between -1 and 1, different for each parcel and moment: it spreads questions evenly."""
    return zlib.crc32(f"{shipment_id}@{now.timestamp():.0f}".encode()) / 0xFFFF_FFFF * 2 - 1


def _morning(moment: datetime, zone: tzinfo) -> datetime | None:
    """When the day begins next, if the moment is at night there; None by day."""
    local = moment.astimezone(zone)
    begins, ends = DAY
    if begins <= local.time() < ends:
        return None
    day = local.date() + timedelta(days=1) if local.time() >= ends else local.date()
    return datetime.combine(day, begins, zone).astimezone(moment.tzinfo)


def _spread(step: timedelta, chance: float) -> timedelta:
    return step * (1 + SPREAD * chance)
