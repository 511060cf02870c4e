"""Pigeon Vole: the same number tells the same story, over real HTTP, at any speed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

import carriers
from carriers.core.answers import milestone_of
from carriers.core.auth import TokenCache
from carriers.demo import STORIES, number_for, number_reaching, seed_between
from carriers.demo.codes import CODES
from carriers.demo.journey import journey
from carriers.demo.numbers import read_number
from carriers.demo.server import FAULTS, app
from carriers.demo.stories import story_named
from tests.carriers.playing import a_client, running

Milestone = carriers.Milestone
NOON = datetime(2026, 3, 27, 11, 0, tzinfo=UTC)
ENDS = {
    "in_france": Milestone.DELIVERED,
    "delivered": Milestone.DELIVERED,
    "international": Milestone.DELIVERED,
    "delayed": Milestone.DELIVERED,
    "pickup": Milestone.COLLECTED,
    "attempted": Milestone.DELIVERED,
    "address": Milestone.DELIVERED,
    "exception": Milestone.EXCEPTION,
    "lost": Milestone.LOST,
    "returning": Milestone.RETURNED,
    "cancelled": Milestone.CANCELLED,
}


def codes_of(story: str) -> list[str]:
    return list(dict.fromkeys(step.code for step in story_named(story).steps))


class Carrier:
    """The running server, with a clock to move and a mood to set."""

    def __init__(self, speed: float = 1.0) -> None:
        self.now = NOON
        self.fault: str | None = None
        self.app = app(speed, self.clock, fault=lambda: self.fault)

    def clock(self) -> float:
        return self.now.timestamp()

    async def about(self, *numbers: str, country: str | None = None, key: str = "demo") -> list[carriers.Answer]:
        async with running(self.app) as url, a_client(0.2 if self.fault == "hang" else 5.0) as client:
            requests = [carriers.TrackRequest(number, country=country) for number in numbers]
            account = carriers.Account("demo", {"api_key": key}, url)
            return await carriers.get("demo").track(requests, account, client, TokenCache())


def found(answers: list[carriers.Answer]) -> list[carriers.Report]:
    return [answer.report for answer in answers if isinstance(answer, carriers.Found)]


async def test_every_story_is_told_to_its_end() -> None:
    play = Carrier()
    play.now = NOON + timedelta(days=30)
    reports = found(await play.about(*(number_for(story, 1, NOON) for story in STORIES)))
    assert {story: milestone_of(r) for story, r in zip(STORIES, reports, strict=True)} == ENDS
    assert not any(report.unknown_codes for report in reports)
    assert all(report.delivered_at is not None for report in reports if report.milestone is Milestone.DELIVERED)


async def test_a_batch_keeps_its_order_and_knows_its_own_numbers() -> None:
    play = Carrier()
    good = number_for("in_france", 7, NOON)
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    later = number_for("in_france", 8, NOON + timedelta(hours=1))
    answers = await play.about(wrong, good, "1Z999", later)
    assert [type(answer) for answer in answers] == [
        carriers.NotFound,
        carriers.Found,
        carriers.NotFound,
        carriers.NotFound,
    ]


async def test_the_estimate_moves_when_the_wind_turns() -> None:
    play, number = Carrier(), number_for("delayed", 3, NOON)
    promised: list[date] = []
    for hours in (8, 24 * 6):
        play.now = NOON + timedelta(hours=hours)
        (report,) = found(await play.about(number))
        assert report.estimate is not None
        assert report.estimate.day is not None
        promised.append(report.estimate.day)
    assert report.delivered_at is not None
    assert promised[0] < promised[1] == report.delivered_at.wall.date()


@given(
    st.sampled_from(STORIES),
    st.integers(0, 32**4 - 1),
    st.integers(0, 400),
    st.integers(0, 500),
    st.sampled_from([1.0, 60.0, 720.0]),
)
def test_history_only_grows(story: str, seed: int, lived: int, later: int, speed: float) -> None:
    parcel = read_number(number_for(story, seed, NOON, timedelta(hours=lived)))
    assert parcel is not None
    before, after = journey(parcel, NOON, speed), journey(parcel, NOON + timedelta(hours=later), speed)
    assert before is not None
    assert after is not None
    assert after.events[: len(before.events)] == before.events
    times = [event.at for event in after.events]
    assert times == sorted(times)
    assert times[-1] <= NOON + timedelta(hours=later)


@pytest.mark.parametrize("speed", [1.0, 720.0])
def test_parcels_live_faster_than_life_from_their_start(speed: float) -> None:
    parcel = read_number(number_for("in_france", 5, NOON, timedelta(hours=12)))
    assert parcel is not None
    hour = journey(parcel, NOON + timedelta(hours=1), speed)
    past = journey(parcel, NOON, speed)
    assert hour is not None
    assert past is not None
    assert past.events[0].at == NOON - timedelta(hours=12)
    assert (hour.events[-1].step.code == "D90") is (speed > 1)


@pytest.mark.parametrize("story", STORIES)
@given(data=st.data(), minutes=st.integers(0, 24 * 60))
def test_a_parcel_can_begin_in_the_middle_at_any_time_of_day(story: str, data: st.DataObject, minutes: int) -> None:
    code, now = data.draw(st.sampled_from(codes_of(story))), NOON + timedelta(minutes=minutes)
    parcel = read_number(number_reaching(story, code, 9, now))
    assert parcel is not None
    told = journey(parcel, now, 720.0)
    assert told is not None
    assert told.events[-1].step.code == code
    assert told.events[-1].at > now - timedelta(hours=50)


@given(st.integers(0, 999), st.integers(0, 24 * 7))
def test_nobody_delivers_on_sundays(seed: int, hours: int) -> None:
    parcel = read_number(number_for("attempted", seed, NOON + timedelta(hours=hours)))
    assert parcel is not None
    told = journey(parcel, NOON + timedelta(days=30), 1.0)
    assert told is not None
    rounds = {event.at.weekday() for event in told.events if event.step.code in ("D10", "D20", "D90")}
    assert 6 not in rounds
    assert told.estimate is None or told.estimate.earliest.weekday() != 6


def test_an_end_that_a_story_does_not_have() -> None:
    with pytest.raises(ValueError, match="never comes to"):
        number_reaching("cancelled", "D90", 1, NOON)


@pytest.mark.parametrize(
    ("day", "offsets"),
    [
        (datetime(2026, 3, 28, 9, 0, tzinfo=UTC), ["+01:00", "+02:00"]),
        (datetime(2026, 10, 24, 8, 0, tzinfo=UTC), ["+02:00", "+01:00"]),
    ],
    ids=["spring", "autumn"],
)
def test_scans_carry_the_clock_of_their_town_through_the_night_of_the_change(day: datetime, offsets: list[str]) -> None:
    parcel = read_number(number_for("in_france", 2, day))
    assert parcel is not None
    told = journey(parcel, day + timedelta(days=5), 1.0)
    assert told is not None
    written = list(dict.fromkeys(event.at.isoformat()[-6:] for event in told.events))
    assert written == offsets
    assert [event.at.hour for event in told.events if event.step.code == "D10"] == [8]


@given(
    st.sampled_from(STORIES), st.integers(0, 32**4 - 1), st.integers(0, 2**29), st.integers(0, 1023), st.integers(0, 31)
)
def test_numbers_say_what_was_written_into_them(story: str, seed: int, seconds: int, hours: int, idle: int) -> None:
    started = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    number = number_for(story, seed, started, timedelta(hours=hours), timedelta(hours=idle))
    parcel = read_number(f" {number.lower()} ")
    assert parcel is not None
    assert (parcel.seed, parcel.started) == (seed, started)
    assert (parcel.lived, parcel.rested) == (timedelta(hours=hours), timedelta(hours=idle))


@given(st.integers(2, 16), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_slip_of_the_pen_is_noticed(place: int, wrong: str) -> None:
    number = number_for("pickup", 4711, NOON)
    spoilt = number[:place] + wrong + number[place + 1 :]
    assert (read_number(spoilt) is None) is (spoilt != number)


@pytest.mark.parametrize("started", [datetime(2026, 1, 1), datetime(2019, 1, 1, tzinfo=UTC)])  # noqa: DTZ001  # naive on purpose
def test_a_start_that_no_number_can_hold(started: datetime) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        number_for("in_france", 1, started)


def test_an_unknown_story() -> None:
    with pytest.raises(ValueError, match="no story 'moon'"):
        number_for("moon", 1, NOON)


@pytest.mark.parametrize(
    ("fault", "kind", "pause"),
    [
        ("html", "server", None),
        ("too_fast", "rate_limited", 7.0),
        ("broken", "server", None),
        ("hang", "server", None),
        ("half", "server", None),
    ],
)
async def test_it_misbehaves_on_demand(fault: str, kind: str, pause: float | None) -> None:
    assert fault in FAULTS
    play = Carrier()
    play.fault = fault
    (answer,) = await play.about(number_for("in_france", 1, NOON))
    assert isinstance(answer, carriers.Failed)
    assert (answer.error.kind, answer.error.retry_after) == (kind, pause)


async def test_the_wrong_key() -> None:
    (answer,) = await Carrier().about(number_for("in_france", 1, NOON), key="crow")
    assert isinstance(answer, carriers.Failed)
    assert (answer.error.kind, answer.error.code) == ("auth", "bad_key")


@pytest.mark.parametrize(("country", "word"), [("FR", "colis"), (None, "colis"), ("GB", "parcel")])
async def test_it_speaks_the_recipients_language(country: str | None, word: str) -> None:
    (report,) = found(await Carrier().about(number_for("in_france", 1, NOON), country=country))
    assert word in (report.checkpoints[-1].text or "")


def test_all_wordings_fill_in() -> None:
    assert all("{" not in wording.format(town="Lyon") for code in CODES.values() for wording in (code.fr, code.en))


def test_a_seed_can_be_found_for_two_towns() -> None:
    for story, origin in (("in_france", "Arras"), ("international", "Leeds")):
        seed = seed_between(story, origin, "Vannes", 500)
        parcel = read_number(number_for(story, seed, NOON))
        assert parcel is not None
        told = journey(parcel, NOON + timedelta(hours=1), 1.0)
        assert told is not None
        assert (seed >= 500, told.origin.name, told.destination.name) == (True, origin, "Vannes")
    with pytest.raises(ValueError, match="never goes"):
        seed_between("in_france", "Leeds", "Vannes", 1)
