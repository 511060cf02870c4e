"""Orders that all adapters share: newest first, which scan decides, one answer per number."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, strategies as st

from carriers import CarrierTime, Checkpoint, Milestone, Report
from carriers.core.answers import deciding, milestone_of, newest_first

DAY = datetime(2026, 3, 29)  # noqa: DTZ001  # walls are naive


def scan(
    code: str, hour: int | None, milestone: Milestone | None = Milestone.IN_TRANSIT, offset: int | None = None
) -> Checkpoint:
    at = (
        CarrierTime(DAY + timedelta(hours=hour), None if offset is None else timedelta(hours=offset))
        if hour is not None
        else None
    )
    return Checkpoint(code, None, at, milestone=milestone)


def codes(checkpoints: tuple[Checkpoint, ...]) -> str:
    return "".join(c.code or "" for c in checkpoints)


def test_both_directions_and_their_ties() -> None:
    newest_before = [scan("a", 9), scan("b", 8), scan("c", 8), scan("d", 7)]
    assert codes(newest_first(newest_before)) == "abcd"
    assert codes(newest_first(newest_before[::-1])) == "abcd"


def test_instants_and_unknown_zones_side_by_side() -> None:
    assert codes(newest_first([scan("a", 9), scan("b", 12, offset=8), scan("c", 8, offset=0)])) == "acb"


def test_the_undated_stay_beside_their_neighbour() -> None:
    assert codes(newest_first([scan("a", None), scan("b", 9), scan("c", None), scan("d", 8)])) == "abcd"
    assert codes(newest_first([scan("a", None), scan("b", None)])) == "ab"


@given(st.lists(st.none() | st.integers(0, 99), max_size=8))
def test_nothing_is_lost_and_all_is_in_order(hours: list[int | None]) -> None:
    given = [scan(chr(97 + i), hour) for i, hour in enumerate(hours)]
    ordered = newest_first(given)
    assert sorted(codes(ordered)) == sorted(codes(tuple(given)))
    dated = [c.at.wall for c in ordered if c.at is not None]
    assert dated == sorted(dated, reverse=True)


def test_notes_and_unknown_codes_decide_nothing() -> None:
    history = (scan("n", 9, None), scan("u", 8, Milestone.UNKNOWN), scan("d", 7, Milestone.DELIVERED))
    decided = deciding(history)
    assert decided is not None
    assert decided.code == "d"
    assert deciding(history[:2]) is None


def test_the_carriers_own_status_wins() -> None:
    history = (scan("d", 7, Milestone.DELIVERED),)
    assert milestone_of(Report("x", "1", Milestone.EXCEPTION, history)) is Milestone.EXCEPTION
    assert milestone_of(Report("x", "1", None, history)) is Milestone.DELIVERED
    assert milestone_of(Report("x", "1", None)) is Milestone.UNKNOWN
