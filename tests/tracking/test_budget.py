"""An account's budget: never more in any window than the carrier allows, and always something for what is urgent."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from carriers.core.contract import Quota
from portal.tracking.polling.budget import (
    Levels,
    affordable,
    buckets_of,
    opens,
    read_levels,
    spend,
    supply,
    write_levels,
)

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
FULL = Levels(NOW, {})
quotas = st.builds(
    Quota,
    per_second=st.none() | st.floats(0.1, 200),
    per_minute=st.none() | st.integers(1, 600),
    per_hour=st.none() | st.integers(1, 2000),
    per_day=st.none() | st.integers(1, 20_000),
)
WINDOWS = {"per_second": 1.0, "per_minute": 60.0, "per_hour": 3600.0, "per_day": 86_400.0}


def spree(quota: Quota, waits: list[float], *, urgent: bool = True, greed: int = 500) -> list[datetime]:
    """When calls begin, of somebody who makes as many as are allowed whenever they look."""
    buckets, levels, now, made = buckets_of(quota), FULL, NOW, []
    for wait in waits:
        now += timedelta(seconds=wait)
        calls = int(min(affordable(buckets, levels, now, urgent=urgent), greed))
        levels = read_levels(write_levels(spend(buckets, levels, now, calls)))
        made += [now] * calls
    return made


def most_in(made: list[datetime], seconds: float) -> int:
    """The most calls that any half-open window of this length has."""
    first, most = 0, 0
    for last, moment in enumerate(made):
        while (moment - made[first]).total_seconds() >= seconds - 1e-6:
            first += 1
        most = max(most, last - first + 1)
    return most


@given(quota=quotas, waits=st.lists(st.sampled_from([0.0, 0.05, 0.3, 1.0, 7.0, 60.0, 900.0, 40_000.0]), max_size=60))
def test_no_window_ever_has_more_calls_than_the_carrier_allows(quota: Quota, waits: list[float]) -> None:
    made = spree(quota, waits)
    for name, seconds in WINDOWS.items():
        limit = getattr(quota, name)
        if limit and (calls := most_in(made, seconds)):
            assert calls <= max(1, math.ceil(limit)), name


@given(quota=quotas, spent=st.integers(0, 400), urgent=st.booleans())
def test_the_moment_that_is_named_is_the_one_when_a_call_may_begin(quota: Quota, spent: int, urgent: bool) -> None:
    buckets = buckets_of(quota)
    calls = min(affordable(buckets, FULL, NOW, urgent=True), spent)
    levels = spend(buckets, FULL, NOW, int(calls))
    moment = opens(buckets, levels, NOW, urgent=urgent)
    assert affordable(buckets, levels, moment + timedelta(milliseconds=1), urgent=urgent) >= 1
    if moment > NOW + timedelta(milliseconds=2):
        assert affordable(buckets, levels, moment - timedelta(milliseconds=2), urgent=urgent) == 0


def test_a_day_of_250_calls_is_spread_and_keeps_some_for_what_is_urgent() -> None:
    quota = Quota(per_day=250)
    calm = spree(quota, [60.0] * 1440, urgent=False)
    assert 200 < len(calm) <= 250
    assert most_in(calm, 3600) < 30
    buckets, levels = buckets_of(quota), FULL
    levels = spend(buckets, levels, NOW, int(affordable(buckets, levels, NOW, urgent=False)))
    assert affordable(buckets, levels, NOW, urgent=False) == 0
    assert affordable(buckets, levels, NOW, urgent=True) >= 10


def test_what_nobody_limits_is_not_limited() -> None:
    assert affordable(buckets_of(Quota()), FULL, NOW, urgent=False) == math.inf
    assert opens(buckets_of(Quota()), FULL, NOW, urgent=False) == NOW
    assert supply(buckets_of(Quota())) == math.inf


def test_a_clock_that_is_behind_brings_nothing_in() -> None:
    buckets = buckets_of(Quota(per_day=250))
    empty = spend(buckets, FULL, NOW, 31)
    assert affordable(buckets, empty, NOW - timedelta(hours=1), urgent=True) == 0
    assert spend(buckets, empty, NOW - timedelta(hours=1), 0).at == NOW


@pytest.mark.parametrize("kept", ["", "{}", "[]", "null", '{"at": "x"}', '{"at": 1e300}', '{"at": 1, "day": null}'])
def test_levels_that_cannot_be_read_are_full(kept: str) -> None:
    assert affordable(buckets_of(Quota(per_second=10)), read_levels(kept), NOW, urgent=True) == 1
    assert read_levels(write_levels(Levels(NOW, {"day": 3.5}))) == Levels(NOW, {"day": 3.5})
