"""Recorded journeys, shuffled and repeated: always the same timeline and the same standing.

The samples are ours; where the recorded answers lie beside the repository, they are taken too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import carriers
from carriers import RANK, TERMINAL, CarrierTime, Checkpoint, Found, Milestone, Report
from carriers.core.contract import Pushes
from portal.tracking.merge import scan_said
from portal.tracking.timeline import Said, Standing, fold, identified
from tests.carriers.samples import samples

RECORDED = Path(__file__).resolve().parents[3] / "shared/fixtures/carriers"
PARCELS = settings(max_examples=20)


@dataclass(frozen=True, slots=True)
class Journey:
    """The checkpoints of one parcel."""

    name: str
    report: Report

    def __str__(self) -> str:
        return self.name


def journeys() -> list[Journey]:
    """Every parcel with at least two scans, of our samples and of the recorded answers."""
    bodies = [(s.carrier, s.case, s.body, s.http_status, s.push) for s in samples()]
    for path in sorted(RECORDED.glob("*/*.expected.json")):
        case = path.name.removesuffix(".expected.json")
        body = next(b for kind in ("json", "xml") if (b := path.with_name(f"{case}.{kind}")).is_file())
        bodies.append((path.parent.name, f"recorded-{case}", body.read_bytes(), 200, case.startswith("webhook")))
    return [
        Journey(f"{slug}-{case}-{place}", report)
        for slug, case, body, status, push in bodies
        for place, report in enumerate(_reports(slug, body, status, push=push))
        if len(report.checkpoints) > 1
    ]


def _reports(slug: str, body: bytes, status: int, *, push: bool) -> list[Report]:
    carrier = carriers.get(slug)
    answers = (
        carrier.parse_push(body) if push and isinstance(carrier, Pushes) else carrier.parse(body, http_status=status)
    )
    return [answer.report for answer in answers if isinstance(answer, Found)]


ALL = journeys()


def timeline(number: str, scans: Sequence[Checkpoint]) -> dict[str, Checkpoint]:
    """What is kept of scans that come in one answer in this order."""
    return identified(number, scans)


def one_by_one(number: str, scans: Sequence[Checkpoint]) -> dict[str, Checkpoint]:
    """What is kept of scans that come in this order, each in an answer of its own."""
    kept: dict[str, Checkpoint] = {}
    for scan in scans:
        kept = {**identified(number, [scan]), **kept}
    return kept


def standing(number: str, scans: Sequence[Checkpoint]) -> Standing:
    """Where the parcel stands after scans that come in this order."""
    return fold(scan_said(identity, scan) for identity, scan in timeline(number, scans).items())


def test_there_are_journeys_of_nearly_every_carrier() -> None:
    assert len({journey.report.carrier for journey in ALL}) >= 20


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers do not lie beside this repository")
def test_the_recorded_answers_are_among_them() -> None:
    assert sum("recorded-" in journey.name for journey in ALL) >= 20


@pytest.mark.parametrize("journey", ALL, ids=str)
@given(data=st.data())
@PARCELS
def test_any_order_and_any_repetition_give_the_same(journey: Journey, data: st.DataObject) -> None:
    number, scans = journey.report.number, journey.report.checkpoints
    again = data.draw(st.lists(st.sampled_from(scans), max_size=len(scans)))
    shuffled = data.draw(st.permutations([*scans, *again]))
    assert timeline(number, shuffled) == timeline(number, scans)
    assert one_by_one(number, shuffled) == timeline(number, scans)
    assert standing(number, shuffled) == standing(number, scans)


MAIN_LINE = RANK[Milestone.OUT_FOR_DELIVERY]


@pytest.mark.parametrize("journey", ALL, ids=str)
@given(data=st.data())
@PARCELS
def test_a_late_or_backdated_scan_lowers_nothing_on_the_main_line(journey: Journey, data: st.DataObject) -> None:
    """A scan that is older than the newest one is kept, and moves the standing back only off the main line:
    what counted before may turn out to have been followed by a detour."""
    number, scans = journey.report.number, [scan for scan in journey.report.checkpoints if scan.at is not None]
    before = standing(number, scans)
    if not scans or before.since is None:
        return
    older = before.since - timedelta(minutes=data.draw(st.integers(1, 60 * 24 * 40)))
    late = Checkpoint("LATE", None, CarrierTime(older, timedelta(0)), milestone=data.draw(st.sampled_from(Milestone)))
    after = standing(number, [*scans, late])
    if RANK[before.milestone] <= MAIN_LINE and late.milestone is not None and RANK[late.milestone] <= MAIN_LINE:
        assert RANK[after.milestone] >= RANK[before.milestone]
    if before.milestone in TERMINAL and RANK[late.milestone or Milestone.UNKNOWN] <= MAIN_LINE:
        assert after.milestone is before.milestone


# --- clocks that do odd things ------------------------------------------------------------------------------


def at(wall: str, offset: str | None = None) -> CarrierTime:
    """A time as carriers write it: "2026-10-25T02:30", "+02:00"."""
    moment = datetime.fromisoformat(f"{wall}{offset or ''}")
    return CarrierTime(moment.replace(tzinfo=None), moment.utcoffset())


NIGHTS = {
    "the hour that comes twice": [("2026-10-25T02:30", "+02:00"), ("2026-10-25T02:10", "+01:00")],
    "the hour that is missing": [("2026-03-29T01:59", "+01:00"), ("2026-03-29T03:01", "+02:00")],
    "Pago Pago, then Kiritimati, a day and an hour ahead": [
        ("2026-06-01T23:00", "-11:00"),
        ("2026-06-03T00:30", "+14:00"),
    ],
    "the same wall clock, fourteen hours apart": [("2026-06-01T10:00", "+14:00"), ("2026-06-01T10:00", "+00:00")],
    "New Year over the date line": [("2026-12-31T23:30", "-11:00"), ("2027-01-02T01:00", "+14:00")],
}


@pytest.mark.parametrize("scans", NIGHTS.values(), ids=NIGHTS)
def test_instants_decide_and_not_wall_clocks(scans: list[tuple[str, str]]) -> None:
    first, second = (at(wall, offset) for wall, offset in scans)
    steps = [
        Checkpoint("A", None, first, milestone=Milestone.READY_FOR_PICKUP),
        Checkpoint("B", None, second, milestone=Milestone.IN_TRANSIT),
    ]
    for order in (steps, steps[::-1]):
        assert standing("N", order).milestone is Milestone.IN_TRANSIT
    back = [replace(steps[0], at=second), replace(steps[1], at=first)]
    for order in (back, back[::-1]):
        assert standing("N", order).milestone is Milestone.READY_FOR_PICKUP


def test_two_scans_in_the_hour_that_comes_twice_are_two() -> None:
    twice = [Checkpoint("A", "Sorted", at("2026-10-25T02:30", offset)) for offset in ("+02:00", "+01:00")]
    assert len(timeline("N", twice)) == 2
    assert timeline("N", twice) == timeline("N", [*twice[::-1], *twice])
    known = timeline("N", twice[:1])
    assert known.items() <= timeline("N", twice).items()


def test_a_scan_that_gets_its_zone_later_is_the_same_scan() -> None:
    local, zoned = (
        Checkpoint("A", None, at("2026-10-24T02:30")),
        Checkpoint("A", None, at("2026-10-24T02:30", "+02:00")),
    )
    assert timeline("N", [local]).keys() == timeline("N", [zoned]).keys() == timeline("N", [local, zoned]).keys()


def test_of_two_readings_of_one_scan_the_one_that_says_more_is_taken() -> None:
    note, step = (Checkpoint("A", None, at("2026-10-24T02:30"), milestone=m) for m in (None, Milestone.IN_TRANSIT))
    assert [*timeline("N", [note, step]).values()] == [*timeline("N", [step, note]).values()] == [step]


def test_a_time_without_a_zone_is_off_by_fourteen_hours_at_most() -> None:
    local, apart = at("2026-06-01T10:00"), timedelta(hours=14, minutes=1)
    for offset in (timedelta(hours=-11), timedelta(0), timedelta(hours=14)):
        true = CarrierTime(local.wall, offset).sort_key
        assert abs(true - local.sort_key) < apart


@pytest.mark.parametrize("wall", ["0001-01-01", "9999-12-31T23:59:59", "--11-20", "20-11", "11/20", "Nov 20", ""])
def test_a_missing_year_is_no_date(wall: str) -> None:
    from carriers.core.reading import time

    assert time(wall) is None


@given(
    st.lists(st.sampled_from([scan for journey in ALL for scan in journey.report.checkpoints]), max_size=12), st.data()
)
@settings(max_examples=300)
def test_scans_of_any_journeys_in_any_order(scans: list[Checkpoint], data: st.DataObject) -> None:
    said = [
        Said(said.source, said.milestone, said.at, said.reason, said.delayed, str(i))
        for i, said in enumerate(scan_said("", scan) for scan in scans)
    ]
    shuffled = data.draw(st.permutations(said))
    assert fold(shuffled) == fold(said) == fold([*said, *shuffled])
