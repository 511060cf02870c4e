"""When a carrier is asked about a parcel next."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from carriers import TERMINAL, ErrorKind, Milestone
from portal.tracking.schedule import (
    CADENCE,
    LATE_LOOK,
    SHORTEST,
    SILENCE,
    SPREAD,
    WATCHED,
    Rules,
    Situation,
    Urgency,
    after_answer,
    after_failure,
    chance as chance_of,
    watched,
)

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


EVEN = 0.0
chances = st.floats(-1, 1)


def asked_next(now: datetime, state: Situation, pace: float = 1, chance: float = EVEN) -> datetime | None:
    """When to ask again after an answer."""
    return after_answer(now, state, Rules(pace), chance).next_poll_at


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
    assert asked_next(NOW, situation(milestone), 1, EVEN) == NOW + EVERY[milestone]
    assert asked_next(NOW, situation(milestone), 10, EVEN) == NOW + EVERY[milestone] / 10


@pytest.mark.parametrize("milestone", CADENCE)
@given(chance=chances)
def test_jitter_stays_within_its_bounds(milestone: Milestone, chance: float) -> None:
    moment = asked_next(NOW, situation(milestone), 1, chance)
    assert moment is not None
    assert abs(moment - NOW - EVERY[milestone]) <= SPREAD * EVERY[milestone]


def test_jitter_spreads_both_ways() -> None:
    early, late = (asked_next(NOW, situation(Milestone.IN_TRANSIT), 1, side) for side in (-1, 1))
    assert (early, late) == (NOW + 3 * HOUR * 0.85, NOW + 3 * HOUR * 1.15)


@pytest.mark.parametrize("milestone", CADENCE)
def test_an_open_page_asks_at_most_every_five_minutes(milestone: Milestone) -> None:
    assert asked_next(NOW, situation(milestone, seen=True), 1, EVEN) == NOW + WATCHED
    assert timedelta(minutes=5) == WATCHED


def test_silence_ends_the_asking() -> None:
    for milestone in CADENCE:
        assert asked_next(NOW, situation(milestone, news=SILENCE), 1, EVEN) is not None
        assert asked_next(NOW, situation(milestone, news=SILENCE + MINUTE, seen=True), 1, EVEN) is None


@pytest.mark.parametrize("milestone", sorted(TERMINAL))
def test_an_end_gets_one_late_look(milestone: Milestone) -> None:
    finished = NOW - 2 * HOUR
    look = asked_next(NOW, Situation(milestone, finished, finished), 1, EVEN)
    assert look == finished + LATE_LOOK
    assert look is not None
    assert asked_next(look, Situation(milestone, finished, finished), 1, EVEN) is None
    assert asked_next(NOW, Situation(milestone, finished, finished), 100, EVEN) is None


@pytest.mark.parametrize("milestone", sorted(TERMINAL))
def test_an_end_without_a_date_ends_too(milestone: Milestone) -> None:
    undated = Situation(milestone, NOW, None, watched=True)
    assert asked_next(NOW, undated, 1, EVEN) == NOW + LATE_LOOK
    assert asked_next(NOW + LATE_LOOK, undated, 1, EVEN) is None


BACKING_OFF = [(1, 1 * MINUTE), (2, 2 * MINUTE), (3, 4 * MINUTE), (7, 64 * MINUTE), (8, 2 * HOUR), (5000, 2 * HOUR)]


@pytest.mark.parametrize(("failures", "wait"), BACKING_OFF)
@pytest.mark.parametrize("kind", [ErrorKind.SERVER, ErrorKind.RATE_LIMITED])
def test_failures_back_off(kind: ErrorKind, failures: int, wait: timedelta) -> None:
    assert after_failure(NOW, kind, failures, None, 1, EVEN) == NOW + wait
    for side in (-1, 1):
        moment = after_failure(NOW, kind, failures, None, 1, side)
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
    moment = after_failure(NOW, kind, failures, seconds, pace, side)
    unasked = after_failure(NOW, kind, failures, None, pace, side)
    assert moment is not None
    assert unasked is not None
    assert moment == max(NOW + timedelta(seconds=seconds), unasked)


def test_an_impossible_number_is_never_asked_about_again() -> None:
    assert after_failure(NOW, ErrorKind.INVALID_NUMBER, 1, 60, 1, EVEN) is None


def test_an_open_page_hurries_a_question_but_not_below_its_interval() -> None:
    assert watched(NOW, None, None, Rules()) == NOW
    assert watched(NOW, NOW - HOUR, None, Rules()) == NOW
    assert watched(NOW, NOW - 2 * MINUTE, None, Rules()) == NOW + 3 * MINUTE
    assert watched(NOW, NOW, None, Rules(10)) == NOW + WATCHED / 10
    assert watched(NOW, NOW - 6 * MINUTE, None, Rules(stretch=(2, 1, 1))) == NOW + 4 * MINUTE
    assert watched(NOW, None, NOW + HOUR, Rules()) == NOW + HOUR


def test_no_pace_is_so_fast_that_questions_follow_at_once() -> None:
    assert asked_next(NOW, situation(Milestone.READY_FOR_PICKUP, seen=True), 100_000) == NOW + SHORTEST
    assert watched(NOW, NOW, None, Rules(100_000)) == NOW + SHORTEST


PARIS = ZoneInfo("Europe/Paris")


def at_the_door(now: datetime, zone: tzinfo | None = PARIS, **members: bool) -> Situation:
    """A parcel that is out for delivery."""
    return Situation(Milestone.OUT_FOR_DELIVERY, now - HOUR, None, zone=zone, **members)


@given(moment=st.integers(0, 730 * 24 * 60).map(lambda minutes: NOW + minutes * MINUTE), chance=chances)
@pytest.mark.parametrize("zone", ["Europe/Paris", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns"])
@pytest.mark.parametrize("seen", [True, False])
def test_a_parcel_out_for_delivery_is_left_alone_at_night_where_it_goes(
    zone: str, seen: bool, moment: datetime, chance: float
) -> None:
    plan = after_answer(moment, at_the_door(moment, ZoneInfo(zone), watched=seen), Rules(), chance)
    assert plan.next_poll_at is not None
    local = plan.next_poll_at.astimezone(ZoneInfo(zone))
    assert time(7) <= local.time() <= time(21)
    assert plan.next_poll_at - moment <= timedelta(hours=13)  # a night that is an hour longer, and half an hour
    if plan.quiet_until is not None:
        assert moment < plan.quiet_until <= plan.next_poll_at
        assert watched(moment, None, plan.quiet_until, Rules()) == plan.quiet_until


def test_by_day_it_is_asked_about_often_and_the_first_questions_of_a_day_are_spread() -> None:
    assert asked_next(NOW, at_the_door(NOW)) == NOW + 25 * MINUTE
    night = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    mornings = [after_answer(night, at_the_door(night), Rules(), chance).next_poll_at for chance in (-1, 0, 1)]
    assert mornings == [datetime(2026, 11, 20, 6, minute, tzinfo=UTC) for minute in (0, 15, 30)]
    assert asked_next(night, at_the_door(night), pace=60) == night + 25 * MINUTE / 60  # a day in a minute has no night
    assert asked_next(night, at_the_door(night, None)) == night + 25 * MINUTE
    assert after_answer(night, at_the_door(night, None), Rules(zone=PARIS), 0).next_poll_at == mornings[1]


URGENT = [
    (Situation(Milestone.OUT_FOR_DELIVERY, NOW, None), Urgency.HIGH),
    (Situation(Milestone.LABEL_CREATED, NOW, None, watched=True), Urgency.HIGH),
    (Situation(Milestone.IN_TRANSIT, NOW, None, late=True), Urgency.HIGH),
    (Situation(Milestone.IN_TRANSIT, NOW, None), Urgency.NORMAL),
    (Situation(Milestone.READY_FOR_PICKUP, NOW, None), Urgency.NORMAL),
    (Situation(Milestone.LABEL_CREATED, NOW, None), Urgency.LOW),
    (Situation(Milestone.DELIVERED, NOW, NOW, watched=True, late=True), Urgency.LOW),
]


@pytest.mark.parametrize(("state", "urgency"), URGENT)
def test_what_is_urgent(state: Situation, urgency: Urgency) -> None:
    plan = after_answer(NOW, state, Rules(), EVEN)
    assert plan.urgency is urgency
    if state.milestone is not Milestone.DELIVERED:
        stretched = after_answer(NOW, state, Rules(stretch=(2, 3, 4)), EVEN)
        assert plan.next_poll_at is not None
        assert stretched.next_poll_at == NOW + (plan.next_poll_at - NOW) * (2, 3, 4)[urgency]


def test_chance_spreads_parcels_evenly_and_is_the_same_for_the_same() -> None:
    drawn = [chance_of(number, NOW) for number in range(4000)]
    assert drawn == [chance_of(number, NOW) for number in range(4000)]
    slots = Counter(int((value + 1) * 5) for value in drawn)
    assert all(300 < slots[slot] < 500 for slot in range(10))
    assert chance_of(1, NOW) != chance_of(1, NOW + HOUR)
