"""What a budget that does not suffice means: longer intervals, and when each parcel is really asked about."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from portal.tracking.polling.outlook import ASKED_A_DAY, Flow, Waiting, forecast, stretches

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

counts = st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000))
waiting = st.lists(st.tuples(st.integers(0, 2), st.integers(-600, 600)), max_size=40).map(
    lambda rows: [Waiting(i, urgency, NOW + minutes * MINUTE) for i, (urgency, minutes) in enumerate(rows)]
)
flows = st.builds(
    Flow,
    begins=st.integers(0, 120).map(lambda minutes: NOW + minutes * MINUTE),
    burst=st.integers(1, 10),
    every=st.integers(1, 60).map(lambda minutes: minutes * MINUTE),
    parcels=st.integers(1, 5),
)


def test_what_suffices_stretches_nothing() -> None:
    assert stretches([10, 10, 10], math.inf) == (1, 1, 1)
    assert stretches([1, 10, 10], 10_000) == (1, 1, 1)
    assert stretches([0, 0, 0], 0) == (1, 1, 1)


def test_two_thousand_parcels_and_250_calls() -> None:
    """The few that are out for delivery lose little; the many that wait are asked about seldom."""
    high, normal, low = stretches([5, 800, 1195], 250)
    assert high == 1
    assert 100 < normal < low * 5
    assert low > 100


@given(counts, st.floats(1, 100_000))
def test_together_the_stretched_intervals_fit_into_the_day(found: tuple[int, int, int], calls: float) -> None:
    factors = stretches(found, calls)
    asked = sum(n * a_day / by for n, a_day, by in zip(found, ASKED_A_DAY, factors, strict=True))
    assert asked <= calls * 1.000001
    assert all(factor >= 1 for factor in factors)


@given(counts, st.floats(1, 100_000))
def test_the_least_urgent_get_something_too(found: tuple[int, int, int], calls: float) -> None:
    assert all(math.isfinite(factor) for factor in stretches(found, calls))


@given(waiting, flows)
def test_each_is_asked_about_once_and_none_before_it_is_due(parcels: list[Waiting], flow: Flow) -> None:
    told = list(forecast(parcels, flow))
    assert sorted(shipment for shipment, _ in told) == sorted(one.shipment_id for one in parcels)
    moments = dict(told)
    assert all(moments[one.shipment_id] >= max(one.due_at, flow.begins) for one in parcels)


@given(waiting, flows)
def test_no_more_than_the_flow_gives(parcels: list[Waiting], flow: Flow) -> None:
    """In any stretch of time: what flows in during it, and once the burst."""
    at = Counter(moment for _, moment in forecast(parcels, flow))
    moments = sorted(at)
    for i, first in enumerate(moments):
        for last in moments[i:]:
            most = (flow.burst + 1 + (last - first) // flow.every) * flow.parcels
            assert sum(n for moment, n in at.items() if first <= moment <= last) <= most


def test_of_what_is_due_the_urgent_come_first_and_then_those_that_wait_longest() -> None:
    late, later, urgent = Waiting(1, 1, NOW - 9 * MINUTE), Waiting(2, 1, NOW - 5 * MINUTE), Waiting(3, 0, NOW)
    told = list(forecast([later, urgent, late], Flow(NOW, 1, MINUTE, 1)))
    assert told == [(3, NOW), (1, NOW + MINUTE), (2, NOW + 2 * MINUTE)]
