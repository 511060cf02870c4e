"""How many calls an account may make now. Pure: limits, levels and moment in; calls, levels and moment out.

Each limit is a bucket of calls that refills steadily. A bucket never gives out more than its limit in any
window of its length, wherever the window begins: what it holds and what flows in meanwhile make up the
limit together. Part of what it holds is kept for urgent questions.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from carriers.core.contract import Quota

DAY_S: Final = 86_400.0
_WINDOWS: Final = (("second", 1.0, 10), ("minute", 60.0, 6), ("hour", 3600.0, 8), ("day", DAY_S, 8))
_RESERVE: Final = 0.5  # of what a bucket holds: kept for what is urgent
_SLACK: Final = 0.95  # of the steady rate: calls do not travel evenly, and clocks differ


@dataclass(frozen=True, slots=True)
class Bucket:
    """`limit` calls in any `seconds`: at most `holds` at once, and `rate` a second flow in."""

    name: str
    limit: float
    seconds: float
    holds: float
    rate: float

    def floor(self, urgent: bool) -> float:
        """What must stay in it after a call."""
        return 0.0 if urgent or self.holds < 4 else self.holds * _RESERVE


@dataclass(frozen=True, slots=True)
class Levels:
    """What is in each bucket, by its name, as of `at`. A bucket without a level is full."""

    at: datetime
    left: Mapping[str, float]


def buckets_of(quota: Quota) -> tuple[Bucket, ...]:
    """The buckets that a carrier's published limits make."""
    limits = (quota.per_second, quota.per_minute, quota.per_hour, quota.per_day)
    return tuple(
        _bucket(name, limit, seconds, share)
        for (name, seconds, share), limit in zip(_WINDOWS, limits, strict=True)
        if limit
    )


def _bucket(name: str, limit: float, seconds: float, share: int) -> Bucket:
    holds = math.floor(limit / share)
    if holds < 2:  # one at a time, evenly
        return Bucket(name, limit, seconds, 1.0, limit / seconds * _SLACK)
    return Bucket(name, limit, seconds, float(holds), (limit - holds) / seconds)


def affordable(buckets: tuple[Bucket, ...], levels: Levels, now: datetime, *, urgent: bool) -> float:
    """How many calls may begin at this moment: whole ones, or infinity where nothing limits them."""
    least = min((_level(b, levels, now) - b.floor(urgent) for b in buckets), default=math.inf)
    return least if math.isinf(least) else max(0.0, math.floor(least + 1e-9))


def spend(buckets: tuple[Bucket, ...], levels: Levels, now: datetime, calls: int) -> Levels:
    """The levels after so many calls."""
    at = max(now, levels.at)
    return Levels(at, {b.name: _level(b, levels, now) - calls for b in buckets})


def opens(buckets: tuple[Bucket, ...], levels: Levels, now: datetime, *, urgent: bool) -> datetime:
    """When the next call may begin; `now` where it may already."""
    waits = [(1 + b.floor(urgent) - _level(b, levels, now)) / b.rate for b in buckets]
    return now + timedelta(seconds=max([0.0, *waits]))


def supply(buckets: tuple[Bucket, ...]) -> float:
    """Calls a day in the long run."""
    return min((b.rate * DAY_S for b in buckets), default=math.inf)


def read_levels(kept: str) -> Levels:
    """Levels as they are kept; whatever cannot be read counts as full."""
    try:
        data = json.loads(kept)
        at = datetime.fromtimestamp(float(data.pop("at")), UTC)
        return Levels(at, {str(name): float(level) for name, level in data.items()})
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError):
        return Levels(datetime(1970, 1, 1, tzinfo=UTC), {})


def write_levels(levels: Levels) -> str:
    """Levels to be kept."""
    return json.dumps({"at": levels.at.timestamp(), **levels.left})


def _level(bucket: Bucket, levels: Levels, now: datetime) -> float:
    """What is in a bucket. Time that runs backwards (another machine's clock) brings nothing in."""
    passed = max(0.0, (now - levels.at).total_seconds())
    return min(bucket.holds, levels.left.get(bucket.name, bucket.holds) + passed * bucket.rate)
