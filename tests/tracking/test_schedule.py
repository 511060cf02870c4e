"""When a carrier is asked about a parcel next."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from carriers import TERMINAL, ErrorKind, Milestone
from portal.tracking.schedule import (
    CADENCE,
    LATE_LOOK,
    SILENCE,
    SPREAD,
    WATCHED,
    Situation,
    after_answer,
    after_failure,
    watched,
)

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Fixed(random.Random):
    """A chance that always falls on the same side: -1, 0 or 1."""

    def __init__(self, side: float) -> None:
        super().__init__(0)
        self.side = side

    def uniform(self, *_: float) -> float:
        """The chosen side."""
        return self.side


EVEN = Fixed(0)


def situation(milestone: Milestone, *, news: timedelta = HOUR, seen: bool = False) -> Situation:
    """A parcel whose last news is so long ago, not finished."""
    return Situation(milestone, NOW - news, None, seen)


EVERY = {
    Milestone.UNKNOWN: 2 * HOUR,
    Milestone.PREPARING: 6 * HOUR,
    Milestone.LABEL_CREATED: 6 * HOUR,
    Milestone.HANDED_OVER: 4 * HOUR,
    Milestone.IN_TRANSIT: 3 * HOUR,
    Milestone.OUT_FOR_DELIVERY: 25 * MINUTE,
    Milestone.ATTEMPTED: 3 * HOUR,
    Milestone.READY_FOR_PICKUP: 4 * HOUR,
    Milestone.ACTION_REQUIRED: 3 * HOUR,
    Milestone.EXCEPTION: 3 * HOUR,
    Milestone.RETURNING: 6 * HOUR,
}


@pytest.mark.parametrize("milestone", [step for step in Milestone if step not in TERMINAL])
def test_cadence_follows_the_milestone(milestone: Milestone) -> None:
    assert after_answer(NOW, situation(milestone), 1, EVEN) == NOW + EVERY[milestone]
    assert after_answer(NOW, situation(milestone), 10, EVEN) == NOW + EVERY[milestone] / 10


@pytest.mark.parametrize("milestone", CADENCE)
@given(chance=st.randoms(use_true_random=False))
def test_jitter_stays_within_its_bounds(milestone: Milestone, chance: random.Random) -> None:
    moment = after_answer(NOW, situation(milestone), 1, chance)
    assert moment is not None
    assert abs(moment - NOW - EVERY[milestone]) <= SPREAD * EVERY[milestone]


def test_jitter_spreads_both_ways() -> None:
    early, late = (after_answer(NOW, situation(Milestone.IN_TRANSIT), 1, Fixed(side)) for side in (-1, 1))
    assert (early, late) == (NOW + 3 * HOUR * 0.85, NOW + 3 * HOUR * 1.15)


@pytest.mark.parametrize("milestone", CADENCE)
def test_an_open_page_asks_at_most_every_five_minutes(milestone: Milestone) -> None:
    assert after_answer(NOW, situation(milestone, seen=True), 1, EVEN) == NOW + WATCHED
    assert timedelta(minutes=5) == WATCHED


def test_silence_ends_the_asking() -> None:
    for milestone in CADENCE:
        assert after_answer(NOW, situation(milestone, news=SILENCE), 1, EVEN) is not None
        assert after_answer(NOW, situation(milestone, news=SILENCE + MINUTE, seen=True), 1, EVEN) is None


@pytest.mark.parametrize("milestone", sorted(TERMINAL))
def test_an_end_gets_one_late_look(milestone: Milestone) -> None:
    finished = NOW - 2 * HOUR
    look = after_answer(NOW, Situation(milestone, finished, finished), 1, EVEN)
    assert look == finished + LATE_LOOK
    assert look is not None
    assert after_answer(look, Situation(milestone, finished, finished), 1, EVEN) is None
    assert after_answer(NOW, Situation(milestone, finished, finished), 100, EVEN) is None


@pytest.mark.parametrize("milestone", sorted(TERMINAL))
def test_an_end_without_a_date_ends_too(milestone: Milestone) -> None:
    undated = Situation(milestone, NOW, None, watched=True)
    assert after_answer(NOW, undated, 1, EVEN) == NOW + LATE_LOOK
    assert after_answer(NOW + LATE_LOOK, undated, 1, EVEN) is None


BACKING_OFF = [(1, 1 * MINUTE), (2, 2 * MINUTE), (3, 4 * MINUTE), (7, 64 * MINUTE), (8, 2 * HOUR), (5000, 2 * HOUR)]


@pytest.mark.parametrize(("failures", "wait"), BACKING_OFF)
@pytest.mark.parametrize("kind", [ErrorKind.SERVER, ErrorKind.RATE_LIMITED])
def test_failures_back_off(kind: ErrorKind, failures: int, wait: timedelta) -> None:
    assert after_failure(NOW, kind, failures, None, 1, EVEN) == NOW + wait
    for side in (-1, 1):
        moment = after_failure(NOW, kind, failures, None, 1, Fixed(side))
        assert moment == NOW + wait * (1 + SPREAD * side)


@pytest.mark.parametrize(("kind", "least"), [(ErrorKind.AUTH, HOUR), (ErrorKind.BAD_REQUEST, 6 * HOUR)])
def test_what_only_a_person_can_mend_is_tried_rarely(kind: ErrorKind, least: timedelta) -> None:
    assert after_failure(NOW, kind, 1, None, 1, EVEN) == NOW + least
    assert after_failure(NOW, kind, 99, None, 1, EVEN) == NOW + max(least, 2 * HOUR)


@pytest.mark.parametrize("kind", [kind for kind in ErrorKind if kind is not ErrorKind.INVALID_NUMBER])
@given(failures=st.integers(1, 50), seconds=st.floats(0, 86_400), pace=st.floats(0.1, 100_000), side=st.floats(-1, 1))
def test_retry_after_is_a_floor_that_no_pace_lowers(
    kind: ErrorKind, failures: int, seconds: float, pace: float, side: float
) -> None:
    moment = after_failure(NOW, kind, failures, seconds, pace, Fixed(side))
    unasked = after_failure(NOW, kind, failures, None, pace, Fixed(side))
    assert moment is not None
    assert unasked is not None
    assert moment == max(NOW + timedelta(seconds=seconds), unasked)


def test_an_impossible_number_is_never_asked_about_again() -> None:
    assert after_failure(NOW, ErrorKind.INVALID_NUMBER, 1, 60, 1, EVEN) is None


def test_an_open_page_hurries_a_question_but_not_below_its_interval() -> None:
    assert watched(NOW, None, 1) == NOW
    assert watched(NOW, NOW - HOUR, 1) == NOW
    assert watched(NOW, NOW - 2 * MINUTE, 1) == NOW + 3 * MINUTE
    assert watched(NOW, NOW, 10) == NOW + WATCHED / 10
