"""Where a parcel stands, whatever order its news came in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, strategies as st

from carriers import RANK, TERMINAL, CarrierTime, Checkpoint, Milestone, Place
from portal.tracking.timeline import Said, Source, Standing, fold, identity_of
from tests.support.parcels import START

MAIN_LINE = [step for step in Milestone if RANK[step] <= RANK[Milestone.OUT_FOR_DELIVERY]]
DETOURS = [step for step in Milestone if RANK[Milestone.OUT_FOR_DELIVERY] < RANK[step] < RANK[Milestone.DELIVERED]]
MOVING = [step for step in Milestone if RANK[Milestone.IN_TRANSIT] <= RANK[step] < RANK[Milestone.DELIVERED]]
ENDS = sorted(TERMINAL)


def at(hours: float) -> datetime:
    """So many hours after START."""
    return START + timedelta(hours=hours)


def scanned(milestone: Milestone | None, hours: float | None, **members: object) -> Said:
    """A scan of the carrier's."""
    return replace(Said(Source.SCAN, milestone, None if hours is None else at(hours)), **members)  # type: ignore[arg-type]  # members of Said


def stated(milestone: Milestone, hours: float, **members: object) -> Said:
    """The carrier's own current status."""
    return replace(scanned(milestone, hours, **members), source=Source.CARRIER)


def claimed(milestone: Milestone, hours: float) -> Said:
    """What the shop says."""
    return replace(scanned(milestone, hours), source=Source.SHOP)


MOMENTS = st.one_of(st.none(), st.integers(0, 3).map(at))  # few, so that ties are common
STATEMENTS = st.builds(
    Said,
    source=st.sampled_from(Source),
    milestone=st.one_of(st.none(), st.sampled_from(Milestone)),
    at=MOMENTS,
    reason=st.sampled_from([None, "absent", "customs"]),
    delayed=st.booleans(),
    identity=st.sampled_from(["", "a", "b"]),
)
STORIES = st.lists(STATEMENTS, max_size=7)


@given(STORIES, st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_matter(story: list[Said], chance: object) -> None:
    again = story + story[: len(story) // 2]
    chance.shuffle(again)  # type: ignore[attr-defined]  # a random.Random of hypothesis
    assert fold(again) == fold(story)


@given(STORIES)
def test_a_standing_is_one_that_somebody_stated(story: list[Said]) -> None:
    standing = fold(story)
    said = [(s.milestone, s.at) for s in story]
    assert standing == replace(Standing(), delayed=standing.delayed) or (standing.milestone, standing.since) in said


@given(STORIES, MOMENTS)
def test_unknown_codes_and_notes_never_change_the_milestone(story: list[Said], moment: datetime | None) -> None:
    before = fold(story)
    for milestone in (None, Milestone.UNKNOWN):
        for source in Source:
            after = fold([*story, Said(source, milestone, moment, "other")])
            assert (after.milestone, after.reason, after.since) == (before.milestone, before.reason, before.since)


@given(st.lists(st.tuples(st.sampled_from(MAIN_LINE), st.integers(0, 5)), min_size=1, max_size=8))
def test_the_main_line_never_falls(scans: list[tuple[Milestone, int]]) -> None:
    heights = [RANK[fold(scanned(m, h) for m, h in scans[:n]).milestone] for n in range(1, len(scans) + 1)]
    assert heights == sorted(heights)
    assert heights[-1] == max(RANK[m] for m, _ in scans)


@given(STORIES, st.sampled_from(MAIN_LINE))
def test_a_backdated_scan_never_lowers(story: list[Said], milestone: Milestone) -> None:
    dated = [s for s in story if s.at is not None]
    late = Said(Source.SCAN, milestone, at(-10))
    assert RANK[fold([*dated, late]).milestone] >= RANK[fold(dated).milestone]


@pytest.mark.parametrize("detour", DETOURS)
@pytest.mark.parametrize("back", MOVING)
def test_a_newer_scan_steps_back_from_a_detour(detour: Milestone, back: Milestone) -> None:
    assert fold([scanned(detour, 1, reason="customs"), scanned(back, 2)]).milestone is back
    assert fold([scanned(detour, 2, reason="customs"), scanned(back, 1)]).milestone is detour


@pytest.mark.parametrize("detour", DETOURS)
@pytest.mark.parametrize("early", [step for step in MAIN_LINE if RANK[step] < RANK[Milestone.IN_TRANSIT]])
def test_a_detour_does_not_fall_back_to_before_the_journey(detour: Milestone, early: Milestone) -> None:
    assert fold([scanned(detour, 1), scanned(early, 2)]).milestone is detour


def silence(hours: float) -> Said:
    """We gave up."""
    return Said(Source.SILENCE, Milestone.EXPIRED, at(hours))


@pytest.mark.parametrize("before", MOVING)
def test_silence_ends_a_journey_and_later_news_undo_it(before: Milestone) -> None:
    assert fold([scanned(before, 1), silence(9)]).milestone is Milestone.EXPIRED
    assert fold([scanned(before, 1), silence(9), scanned(Milestone.IN_TRANSIT, 10)]).milestone is Milestone.IN_TRANSIT
    assert fold([scanned(before, 1), silence(9), claimed(Milestone.DELIVERED, 10)]).milestone is Milestone.DELIVERED
    assert fold([scanned(before, 1), silence(9), claimed(Milestone.IN_TRANSIT, 10)]).milestone is Milestone.EXPIRED


@pytest.mark.parametrize("end", ENDS)
def test_silence_after_an_end_says_nothing(end: Milestone) -> None:
    assert fold([scanned(end, 1), silence(9)]).milestone is end


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("later", MOVING)
def test_an_end_is_reopened_by_a_newer_scan_of_the_carrier_alone(end: Milestone, later: Milestone) -> None:
    assert fold([scanned(end, 1), scanned(later, 2)]).milestone is later
    assert fold([scanned(end, 1), stated(later, 2)]).milestone is later
    assert fold([scanned(end, 2), scanned(later, 1)]).milestone is end
    assert fold([scanned(end, 1), claimed(later, 2)]).milestone is end


@pytest.mark.parametrize("end", ENDS)
def test_an_end_is_not_reopened_by_what_comes_before_a_journey(end: Milestone) -> None:
    assert fold([scanned(end, 1), scanned(Milestone.LABEL_CREATED, 2), scanned(None, 3)]).milestone is end


def test_the_shop_may_end_a_journey_and_the_carrier_knows_better_later() -> None:
    moving, said = scanned(Milestone.IN_TRANSIT, 1), claimed(Milestone.DELIVERED, 2)
    assert fold([moving, said]).milestone is Milestone.DELIVERED
    assert fold([moving, said, scanned(Milestone.OUT_FOR_DELIVERY, 3)]).milestone is Milestone.OUT_FOR_DELIVERY


def test_at_one_moment_the_carrier_is_believed_before_its_scan_and_that_before_the_shop() -> None:
    together = [stated(Milestone.ATTEMPTED, 1), scanned(Milestone.EXCEPTION, 1), claimed(Milestone.RETURNING, 1)]
    assert fold(together).milestone is Milestone.ATTEMPTED
    assert fold(together[1:]).milestone is Milestone.EXCEPTION


def test_of_two_scans_at_one_moment_the_further_one_counts() -> None:
    both = [scanned(Milestone.DELIVERED, 1, identity="a"), scanned(Milestone.OUT_FOR_DELIVERY, 1, identity="b")]
    assert fold(both).milestone is Milestone.DELIVERED


def test_what_has_no_date_counts_as_oldest() -> None:
    assert (
        fold([scanned(Milestone.DELIVERED, None), scanned(Milestone.IN_TRANSIT, 1)]).milestone is Milestone.IN_TRANSIT
    )
    assert (
        fold([scanned(Milestone.IN_TRANSIT, None), scanned(Milestone.HANDED_OVER, 1)]).milestone is Milestone.IN_TRANSIT
    )


def test_since_is_when_the_milestone_was_reached_and_a_reason_is_kept_until_it_changes() -> None:
    story = [
        scanned(Milestone.EXCEPTION, 1, reason="customs"),
        scanned(Milestone.EXCEPTION, 2),
        scanned(Milestone.EXCEPTION, 3, reason="damaged"),
    ]
    assert fold(story[:2]) == Standing(Milestone.EXCEPTION, "customs", False, at(1))
    assert fold(story) == Standing(Milestone.EXCEPTION, "damaged", False, at(1))
    assert fold([*story, scanned(Milestone.IN_TRANSIT, 4)]) == Standing(Milestone.IN_TRANSIT, None, False, at(4))


@example(Milestone.DELIVERED)
@given(st.sampled_from(Milestone))
def test_finished_means_an_end(milestone: Milestone) -> None:
    assert fold([scanned(milestone, 1)]).finished is (milestone in TERMINAL)


DELAYED = [
    ("a scan says so", [scanned(Milestone.IN_TRANSIT, 1, delayed=True)], True),
    ("a note says so", [scanned(Milestone.IN_TRANSIT, 1), scanned(None, 2, delayed=True)], True),
    (
        "scans cannot take it back",
        [scanned(Milestone.IN_TRANSIT, 1, delayed=True), scanned(Milestone.IN_TRANSIT, 2)],
        True,
    ),
    (
        "the carrier takes it back",
        [scanned(Milestone.IN_TRANSIT, 1, delayed=True), stated(Milestone.IN_TRANSIT, 2)],
        False,
    ),
    ("the carrier says so", [scanned(Milestone.IN_TRANSIT, 1), stated(Milestone.IN_TRANSIT, 1, delayed=True)], True),
    (
        "the shop changes nothing",
        [scanned(Milestone.IN_TRANSIT, 1, delayed=True), claimed(Milestone.IN_TRANSIT, 2)],
        True,
    ),
    ("an end ends it", [scanned(Milestone.IN_TRANSIT, 1, delayed=True), scanned(Milestone.DELIVERED, 2)], False),
    ("the shop's end too", [scanned(Milestone.IN_TRANSIT, 1, delayed=True), claimed(Milestone.DELIVERED, 2)], False),
    ("an end is never late", [stated(Milestone.DELIVERED, 1, delayed=True)], False),
]


@pytest.mark.parametrize(("story", "late"), [row[1:] for row in DELAYED], ids=[str(row[0]) for row in DELAYED])
def test_the_delayed_flag(story: list[Said], late: bool) -> None:
    assert fold(story).delayed is late


CHECKPOINT = Checkpoint(
    "DI1", "Livré", CarrierTime(START, timedelta(hours=1)), Place("Lyon", "69002"), Milestone.DELIVERED
)
OTHERS = {
    "code": replace(CHECKPOINT, code="DI2"),
    "local time": replace(CHECKPOINT, at=CarrierTime(START + timedelta(minutes=1), timedelta(hours=1))),
    "no time": replace(CHECKPOINT, at=None),
    "city": replace(CHECKPOINT, place=Place("Bron", "69002")),
    "postcode": replace(CHECKPOINT, place=Place("Lyon", "69003")),
    "text instead of a code": replace(CHECKPOINT, code=None),
}
SAME = {
    "text": replace(CHECKPOINT, text="Delivered"),
    "milestone": replace(CHECKPOINT, milestone=None, reason=None, delayed=True),
    "offset": replace(CHECKPOINT, at=CarrierTime(START, timedelta(hours=2))),
    "country": replace(CHECKPOINT, place=Place("Lyon", "69002", country="FR", lat=45.7)),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_another_event_has_another_identity(other: Checkpoint) -> None:
    assert identity_of("6A1", other) != identity_of("6A1", CHECKPOINT)


@pytest.mark.parametrize("same", SAME.values(), ids=SAME)
def test_the_same_event_told_otherwise_keeps_its_identity(same: Checkpoint) -> None:
    assert identity_of("6A1", same) == identity_of("6A1", CHECKPOINT)


def test_identities_belong_to_a_number_and_cannot_run_together() -> None:
    assert identity_of("6A2", CHECKPOINT) != identity_of("6A1", CHECKPOINT)
    slid = replace(CHECKPOINT, place=Place("Lyo", "n69002"))
    assert identity_of("6A1", slid) != identity_of("6A1", CHECKPOINT)
    assert len(identity_of("6A1", CHECKPOINT)) == 32
