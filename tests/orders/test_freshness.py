"""How fresh a page says its knowledge is: to the minute, so that questions which bring nothing give the same page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from portal.orders.parcelview import _freshness
from portal.orders.viewmodels import FreshnessView

MINUTE = datetime(2026, 11, 20, 10, 7, tzinfo=UTC)


def told(answered_at: datetime | None, **members: Any) -> FreshnessView:
    """What the page says of a tracker that was answered then."""
    columns = {"known": True, "problem": None, "next_poll_at": None, "expected_at": None, "last_scan_at": None}
    return _freshness(SimpleNamespace(answered_at=answered_at, failing_since=None, **{**columns, **members}), ())


def test_answers_of_one_minute_read_the_same_and_of_the_next_another() -> None:
    first, second = told(MINUTE + timedelta(seconds=2)), told(MINUTE + timedelta(seconds=59, microseconds=7))
    assert first == second
    assert first.asked_at == MINUTE
    assert told(MINUTE + timedelta(seconds=60)) != first


def test_a_carrier_that_has_never_answered_has_no_minute() -> None:
    assert told(None).asked_at is None
