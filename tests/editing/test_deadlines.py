"""When a rule's time is over: windows, cut-offs on opening days, and nights on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from portal.editing.answers import Verdict
from portal.editing.policy.deadlines import deadline, next_cut_off
from portal.editing.policy.rules import CutOff, Rule

PARIS = ZoneInfo("Europe/Paris")
WEEK = (time(14),) * 5 + (None, None)
CUT_OFF = CutOff(PARIS, WEEK, frozenset({date(2026, 12, 24)}), frozenset({(12, 25), (1, 1)}))
LATEST = datetime.max.replace(tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("placed", "ends"),
    [
        ("2026-11-20T10:00", "2026-11-20T14:00"),  # a Friday
        ("2026-11-20T13:59:59.999999", "2026-11-20T14:00"),
        ("2026-11-20T14:00", "2026-11-23T14:00"),  # at the cut-off itself: packed on Monday
        ("2026-11-21T09:00", "2026-11-23T14:00"),
        ("2026-11-22T23:59", "2026-11-23T14:00"),
        ("2026-12-23T15:00", "2026-12-28T14:00"),  # Christmas Eve closed, Christmas, a weekend
        ("2026-12-31T15:00", "2027-01-04T14:00"),
    ],
)
def test_what_was_ordered_until_the_cut_off_of_an_opening_day_is_packed_on_it(placed: str, ends: str) -> None:
    assert next_cut_off(CUT_OFF, at(placed)) == at(ends)


def test_each_day_may_have_its_own_time() -> None:
    own = CutOff(PARIS, (None, None, None, None, time(16), time(11), None))
    assert next_cut_off(own, at("2026-11-20T15:00")) == at("2026-11-20T16:00")
    assert next_cut_off(own, at("2026-11-20T16:00")) == at("2026-11-21T11:00")
    assert next_cut_off(own, at("2026-11-21T11:00")) == at("2026-11-27T16:00")


def test_the_clock_is_the_shops_and_not_the_orders() -> None:
    placed = datetime(2026, 11, 20, 22, 30, tzinfo=ZoneInfo("America/New_York"))  # 4:30 on Saturday in Paris
    assert next_cut_off(CUT_OFF, placed) == at("2026-11-23T14:00")
    tokyo = CutOff(ZoneInfo("Asia/Tokyo"), WEEK)
    assert next_cut_off(tokyo, at("2026-11-20T07:00")) == datetime(2026, 11, 23, 5, tzinfo=UTC)


def test_on_the_night_when_a_time_does_not_exist_it_comes_as_much_later() -> None:
    nightly = CutOff(PARIS, (time(2, 30),) * 7)
    assert next_cut_off(nightly, at("2026-03-29T00:30")) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 3:30 in Paris


def test_on_the_night_when_a_time_comes_twice_the_first_counts() -> None:
    nightly = CutOff(PARIS, (time(2, 30),) * 7)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_cut_off(nightly, at("2026-10-25T01:00")) == first
    again = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # between the first 2:30 and the second
    assert next_cut_off(nightly, again) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_window_is_elapsed_time_also_over_a_change_of_clocks() -> None:
    day = Rule(Verdict.ALLOWED, window=timedelta(days=1))
    placed = at("2026-03-28T12:00")
    end = deadline(day, placed)
    assert end == at("2026-03-29T13:00")
    assert end - placed.astimezone(UTC) == timedelta(hours=24)


def test_the_first_of_window_and_cut_off_ends_it() -> None:
    both = Rule(Verdict.ALLOWED, window=timedelta(hours=2), cut_off=CUT_OFF)
    assert deadline(both, at("2026-11-20T10:00")) == at("2026-11-20T12:00")
    assert deadline(both, at("2026-11-20T13:00")) == at("2026-11-20T14:00")
    assert deadline(both, at("2026-11-20T15:00")) == at("2026-11-20T17:00")


def test_a_shop_that_never_opens_packs_nothing() -> None:
    every_day = frozenset((month, day) for month in range(1, 13) for day in range(1, 32))
    assert next_cut_off(CutOff(PARIS, WEEK, yearly=every_day), at("2026-11-20T10:00")) == LATEST


@pytest.mark.parametrize("edge", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_at_the_edges_of_the_calendar_nothing_breaks(edge: datetime) -> None:
    rule = Rule(Verdict.ALLOWED, window=timedelta(days=3650), cut_off=CutOff(ZoneInfo("Pacific/Auckland"), WEEK))
    end = deadline(rule, edge)
    assert end is not None
    assert end >= edge


ZONES = st.sampled_from(
    ["Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "UTC"]
)
MOMENTS = st.integers(0, 10 * 366 * 86_400).map(lambda second: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(0, second))
TIMES = st.tuples(*[st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59))] * 7)


@given(MOMENTS, ZONES, TIMES)
def test_a_cut_off_is_later_and_the_first_one(moment: datetime, zone: str, times: tuple[time | None, ...]) -> None:
    cut_off = CutOff(ZoneInfo(zone), times)
    found = next_cut_off(cut_off, moment)
    if not any(times):
        assert found == LATEST
        return
    assert moment < found <= moment + timedelta(days=8)
    local = found.astimezone(cut_off.zone)
    wanted = times[local.weekday()]
    assert wanted is not None
    assert (
        timedelta()
        <= datetime.combine(local.date(), local.time()) - datetime.combine(local.date(), wanted)
        <= timedelta(hours=1)
    )
    earlier = moment + (found - moment) / 2
    assert next_cut_off(cut_off, earlier) == found
