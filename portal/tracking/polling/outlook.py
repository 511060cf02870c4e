"""What a budget that does not suffice means for each parcel: longer intervals, and an honest next check. Pure."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# Questions a day about a parcel of each urgency, were nothing scarce: out for delivery by day, moving, waiting.
ASKED_A_DAY: Final = (34.0, 8.0, 4.0)
_SHARE: Final = 0.7  # of what the more urgent leave over, so that something is left for the less urgent

Stretch = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A parcel whose next question is due at `due_at`."""

    shipment_id: int
    urgency: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Flow:
    """Calls from `begins` on: `burst` of them at once, then one every `every`; each about `parcels` parcels."""

    begins: datetime
    burst: int
    every: timedelta
    parcels: int


def stretches(counts: Sequence[int], parcels_a_day: float) -> Stretch:
    """By how much the intervals of each urgency grow, so that together they fit into what can be asked in a day.
    The urgent get what they need first, but never all."""
    left, factors = parcels_a_day, []
    for urgency, count in enumerate(counts):
        share = left if urgency == len(counts) - 1 else left * _SHARE
        wanted = count * ASKED_A_DAY[urgency]
        factors.append(max(1.0, wanted / share) if share > 0 and not math.isinf(share) else 1.0)
        left -= min(wanted, share)
    high, normal, low = factors
    return high, normal, low


def forecast(waiting: Iterable[Waiting], flow: Flow) -> Iterator[tuple[int, datetime]]:
    """When each parcel is really asked about, should nothing else turn up: at every call the most urgent of what
    is due, the longest due first."""
    coming = sorted(waiting, key=lambda one: one.due_at)
    due: list[tuple[int, datetime, int]] = []
    moment, burst, next_one = flow.begins, flow.burst, 0
    while due or next_one < len(coming):
        if not due and coming[next_one].due_at > moment:
            moment = coming[next_one].due_at
        while next_one < len(coming) and coming[next_one].due_at <= moment:
            one = coming[next_one]
            heapq.heappush(due, (one.urgency, one.due_at, one.shipment_id))
            next_one += 1
        for _ in range(min(flow.parcels, len(due))):
            yield heapq.heappop(due)[2], moment
        burst -= 1
        if burst <= 0:
            moment += flow.every
