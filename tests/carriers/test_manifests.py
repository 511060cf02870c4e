"""A manifest claims what the carrier's samples show, and no more: nobody else keeps the pages about it true."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import carriers
from carriers import Found, Report
from carriers.core.contract import Gives, Pushes, Times
from tests.carriers.samples import samples

ASKED = {name for name in carriers.TrackRequest.__dataclass_fields__ if name != "number"}
SLUGS = sorted({sample.carrier for sample in samples()})


def reports(slug: str) -> Iterator[Report]:
    """All that the samples of a carrier say."""
    carrier = carriers.get(slug)
    for sample in samples(slug):
        if sample.push and isinstance(carrier, Pushes):
            answers = carrier.parse_push(sample.body)
        else:
            answers = carrier.parse(sample.body, http_status=sample.http_status)
        yield from (answer.report for answer in answers if isinstance(answer, Found))


def given(report: Report) -> set[Gives]:
    """What a report tells."""
    places = [c.place for c in report.checkpoints]
    points = [*places, report.pickup_point, report.proof]
    shown = {
        Gives.PLACES: any(p.city or p.text or p.postcode for p in places),
        Gives.COORDINATES: any(p is not None and p.lat is not None for p in points),
        Gives.ESTIMATE: report.estimate is not None,
        Gives.WINDOW: report.estimate is not None and report.estimate.earliest is not None,
        Gives.SIGNER: report.proof is not None and report.proof.signed_by is not None,
        Gives.PICKUP_POINT: report.pickup_point is not None,
    }
    return {what for what, is_given in shown.items() if is_given}


@pytest.mark.parametrize("slug", SLUGS)
def test_what_a_manifest_claims_is_seen_in_a_sample(slug: str) -> None:
    assert {what for report in reports(slug) for what in given(report)} == carriers.get(slug).manifest.gives


@pytest.mark.parametrize("slug", SLUGS)
def test_times_are_written_as_the_manifest_says(slug: str) -> None:
    times = [c.at for report in reports(slug) for c in report.checkpoints if c.at is not None and not c.at.date_only]
    kinds = {at.offset is not None for at in times}
    assert (
        kinds
        == {Times.OFFSET: {True}, Times.LOCAL: {False}, Times.MIXED: {True, False}}[carriers.get(slug).manifest.times]
    )


@pytest.mark.parametrize("slug", [carrier.manifest.slug for carrier in carriers.all()])
def test_fields_are_those_of_a_question(slug: str) -> None:
    manifest = carriers.get(slug).manifest
    assert {*manifest.required_fields, *manifest.better_with} <= ASKED
    credentials = {credential.name for credential in manifest.credentials}
    assert all(name in manifest.required_fields and by in credentials for name, by in manifest.stand_ins)
    assert not {*manifest.required_fields} & {*manifest.better_with}
    assert {*manifest.instead} <= {carrier.manifest.slug for carrier in carriers.all()} - {slug}
    assert all(text is None or text.endswith(".") for text in (manifest.terms,))
