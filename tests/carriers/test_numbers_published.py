"""Published test numbers of many couriers, where the fixtures are present."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from carriers import Candidate, detect

COURIERS = Path(__file__).resolve().parents[3] / "shared/fixtures/tracking-numbers/couriers"

pytestmark = pytest.mark.skipif(
    not COURIERS.is_dir(), reason="the published test numbers are not beside the repository"
)


def published(kind: str) -> Iterator[tuple[str, str]]:
    """Courier and number, of the numbers that are `valid` or `invalid`."""
    for path in sorted(COURIERS.glob("*.json")):
        courier = json.loads(path.read_text("utf-8"))
        forms = courier["tracking_numbers"]
        good = {number for form in forms for number in form["test_numbers"]["valid"]}
        numbers = [number for form in forms for number in form["test_numbers"][kind]]
        yield from ((courier["courier_code"], number) for number in numbers if kind == "valid" or number not in good)


def own(courier: str, number: str) -> list[Candidate]:
    """The candidates that are this courier; for postal numbers, those that carry the number's suffix."""
    found = detect(number)
    if courier == "s10":
        return [c for c in found if c.country == number[-2:]]
    return [c for c in found if c.carrier.replace("_", "").startswith(courier.replace("_", ""))]


def test_valid_numbers_are_recognised() -> None:
    missed = [(c, n) for c, n in published("valid") if all(found.check_digit_ok is False for found in own(c, n))]
    assert missed == []
    assert len(list(published("valid"))) > 150


def test_invalid_numbers_are_refused() -> None:
    claimed = [(c, n) for c, n in published("invalid") if any(found.check_digit_ok is not False for found in own(c, n))]
    assert claimed == []
    assert len(list(published("invalid"))) > 50


def test_nearly_all_come_first() -> None:
    second = [number for courier, number in published("valid") if detect(number)[0] not in own(courier, number)]
    assert len(second) <= 2, second
