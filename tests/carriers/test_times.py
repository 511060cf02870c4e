"""Carrier time: the offset only where it was given, also in the nights when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from carriers.core.times import CarrierTime, parse_compact, parse_iso, parse_offset, with_offset


def test_a_naive_time_stays_naive() -> None:
    at = parse_iso("2026-03-29T02:30:00")
    assert (at.instant, at.isoformat()) == (None, "2026-03-29T02:30:00")


def test_a_bare_day_stays_a_day() -> None:
    assert [parse_iso(day).isoformat() for day in ("2026-03-29", "20260329")] == ["2026-03-29", "2026-03-29"]
    assert not parse_iso("2026-03-29T00:00:00").date_only


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-29T01:59:00+01:00", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29T03:01:00+02:00", datetime(2026, 3, 29, 1, 1, tzinfo=UTC)),
        ("2026-10-25T02:30:00+02:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25T02:30:00+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2023-11-21T15:27:20.331986369+01:00", datetime(2023, 11, 21, 14, 27, 20, 331986, tzinfo=UTC)),
    ],
)
def test_instants_around_changes_of_the_clock(text: str, instant: datetime) -> None:
    assert parse_iso(text).instant == instant


def test_the_repeated_hour_sorts_by_instant() -> None:
    first, second = (parse_iso(f"2026-10-25T02:30:00+0{hours}:00") for hours in (2, 1))
    assert first.wall == second.wall
    assert first.sort_key < second.sort_key


@pytest.mark.parametrize(
    "text", ["", "yesterday", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59Z", "2026-02-30", "1:2"]
)
def test_what_is_no_time_of_a_parcel(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_iso(text)


@pytest.mark.parametrize(
    ("text", "hours"), [("Z", 0), ("+01:00", 1), ("-0430", -4.5), ("+5:30", 5.5), (" +14:00 ", 14), ("-00:00", 0)]
)
def test_offsets(text: str, hours: float) -> None:
    assert parse_offset(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "1", "+1", "CET", "+15:00", "+99:99"])
def test_what_is_no_offset(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_offset(text)


@pytest.mark.parametrize(
    ("clock", "read"),
    [
        ("163000", "16:30:00"),
        ("74700", "07:47:00"),
        ("1630", "16:30:00"),
        ("16:30:05", "16:30:05"),
        ("000000", "00:00:00"),
    ],
)
def test_compact_clocks(clock: str, read: str) -> None:
    assert parse_compact("20260329", clock).isoformat() == f"2026-03-29T{read}"


@pytest.mark.parametrize(
    ("day", "clock"), [("2026032", "1"), ("20260329", "256000"), ("20261329", None), ("20260329", "99")]
)
def test_what_is_no_compact_time(day: str, clock: str | None) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_compact(day, clock)


def test_an_offset_is_read_off_the_utc_twin() -> None:
    local, utc = parse_compact("20260422", "212901"), parse_compact("20260423", "012901")
    assert with_offset(local, utc, None).isoformat() == "2026-04-22T21:29:01-04:00"


@pytest.mark.parametrize("clock", ["235959", "012902"])
def test_a_difference_that_no_zone_has_proves_nothing(clock: str) -> None:
    local = parse_compact("20260422", "212901")
    assert with_offset(local, parse_compact("20260423", clock), None).offset is None


def test_what_the_carrier_says_wins_over_the_difference() -> None:
    local, utc = parse_compact("20260422", "120000"), parse_compact("20260422", "100000")
    assert with_offset(local, utc, timedelta(hours=1)).offset == timedelta(hours=1)
    assert with_offset(parse_compact("20260422", None), utc, timedelta(hours=1)).offset is None


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.none() | st.integers(-14 * 4, 14 * 4))  # noqa: DTZ001  # walls are naive
def test_writing_and_reading_agree(wall: datetime, quarters: int | None) -> None:
    at = CarrierTime(wall, None if quarters is None else timedelta(minutes=15 * quarters))
    assert parse_iso(at.isoformat()) == at
