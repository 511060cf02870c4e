"""Every sample of every carrier is read as written beside it."""

from __future__ import annotations

import pytest

import carriers
from carriers.core.contract import Pushes
from carriers.core.errors import ErrorKind
from carriers.core.model import NotFound
from carriers.core.printing import answer_json
from tests.carriers.samples import Sample, lacking, samples


@pytest.mark.parametrize("sample", samples(), ids=str)
def test_reading(sample: Sample) -> None:
    carrier = carriers.get(sample.carrier)
    if sample.push:
        assert isinstance(carrier, Pushes)
        answers = carrier.parse_push(sample.body)
    else:
        answers = carrier.parse(sample.body, http_status=sample.http_status)
    given = [answer_json(sample.carrier, answer) for answer in answers]
    assert lacking(sample.answers, given) == []


@pytest.mark.parametrize(
    ("carrier", "case"),
    [
        ("aftership", "list_of_four"),
        ("easypost", "list_with_a_lost_one"),
        ("seventeentrack", "just_registered"),
        ("ship24", "waiting_for_the_courier"),
        ("shipengine", "not_yet_in_the_system"),
    ],
)
def test_a_number_that_nothing_is_known_of_is_no_refusal(carrier: str, case: str) -> None:
    """It is asked about again, as one that is not found; and nobody is told of an error."""
    (sample,) = (one for one in samples(carrier) if one.case == case)
    silent = [answer for answer in carriers.get(carrier).parse(sample.body) if isinstance(answer, NotFound)]
    assert [(answer.error.kind, answer.error.retryable) for answer in silent] == [(ErrorKind.NOT_FOUND, True)]
    printed = answer_json(carrier, silent[0])
    assert (printed["status"], printed["error"], printed["events"]) == ("unknown", None, [])


def test_each_real_carrier_has_samples() -> None:
    real = {carrier.manifest.slug for carrier in carriers.all()} - {"demo"}
    assert {sample.carrier for sample in samples()} == real
