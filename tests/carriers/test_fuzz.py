"""Whatever bytes come, an adapter gives answers or a CarrierError: nothing else leaves it, and nothing that
cannot be kept, shown or printed."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

import carriers
from carriers import Answer, CarrierError, Failed, Found, NotFound
from carriers.core.contract import Carrier, Proves, Pushes
from carriers.core.printing import answer_json, answer_lines
from carriers.core.proving import opened
from portal.tracking.rows import checkpoint_private_row, checkpoint_row, estimate_columns
from portal.tracking.timeline import identified
from tests.carriers.fuzzing import Body, bodies

SLUGS = [carrier.manifest.slug for carrier in carriers.all()]
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def sound(carrier: Carrier, answers: list[Answer], body: Body) -> None:
    """Each answer is of the right kind, and all that the portal does with it works."""
    assert answers, body
    for answer in answers:
        assert isinstance(answer, Found | NotFound | Failed)
        json.dumps(answer_json(carrier.manifest.slug, answer)).encode()
        "\n".join(answer_lines(carrier.manifest.slug, answer)).encode()
        if isinstance(answer, Found):
            report = answer.report
            estimate_columns(report)
            for identity, scan in identified(report.number, report.checkpoints).items():
                checkpoint_row(1, identity, scan, NOW)
                words = checkpoint_private_row(1, scan)
                assert not any("\x00" in word for word in words.values() if isinstance(word, str))
        else:
            assert isinstance(answer.error, CarrierError)
            answer.error.message.encode()


def sound_readings(slug: str, count: int, seed: str) -> int:
    """Have an adapter read that many bodies; how many of them it read soundly, which is all or a failed assertion."""
    carrier, read = carriers.get(slug), 0
    pushes = carrier if isinstance(carrier, Pushes) else None
    proves = carrier if isinstance(carrier, Proves) else None
    for body in bodies(slug, count, seed):
        read += 1
        sound(carrier, carrier.parse(body.content, http_status=body.http_status, asked=body.asked), body)
        if pushes is not None:
            sound(carrier, pushes.parse_push(body.content), body)
        if proves is not None:
            try:
                documents = proves.parse_proof(body.content)
            except CarrierError:
                continue
            assert all(opened(document) is None or document.format for document in documents)
    return read


@pytest.mark.parametrize("slug", SLUGS)
def test_some_hundred_bodies(slug: str) -> None:
    assert sound_readings(slug, 250, "fast") == 250


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_ten_thousand_bodies(slug: str) -> None:
    assert sound_readings(slug, 10_000, "slow") == 10_000
