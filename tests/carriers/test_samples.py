"""Every sample of every carrier is read as written beside it."""

from __future__ import annotations

import pytest

import carriers
from carriers.core.contract import Pushes
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


def test_each_real_carrier_has_samples() -> None:
    real = {carrier.manifest.slug for carrier in carriers.all()} - {"demo"}
    assert {sample.carrier for sample in samples()} == real
