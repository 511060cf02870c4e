"""Whose clocks say when it is day where a parcel goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.tracking.destination import zone_at

WINTER = datetime(2026, 1, 15, 12, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "scan", "now", "hours"),
    [
        ("FR", None, WINTER, 1),
        ("fr ", None, SUMMER, 2),
        ("KI", 840, WINTER, 14),  # Kiritimati, by its scan
        ("US", -480, WINTER, -8),
        ("US", -420, SUMMER, -7),
        ("AS", None, WINTER, -11),  # Pago Pago
    ],
)
def test_the_zone_of_a_country_that_the_newest_scan_fits(
    country: str, scan: int | None, now: datetime, hours: int
) -> None:
    zone = zone_at(country, scan, now)
    assert zone is not None
    assert zone.utcoffset(now) == timedelta(hours=hours)


def test_without_a_scan_that_fits_it_is_the_middle_of_the_country() -> None:
    for scan in (None, 0, 60):
        zone = zone_at("US", scan, WINTER)
        assert zone is not None
        assert timedelta(hours=-10) < (zone.utcoffset(WINTER) or timedelta()) < timedelta(hours=-5)


@pytest.mark.parametrize("country", [None, "", "XX", "France"])
def test_an_unknown_country_has_the_clock_of_the_scan_unless_that_is_utc(country: str | None) -> None:
    zone = zone_at(country, 330, WINTER)
    assert zone is not None
    assert zone.utcoffset(WINTER) == timedelta(hours=5, minutes=30)
    assert zone_at(country, 0, WINTER) is None  # many carriers stamp everything so
    assert zone_at(country, None, WINTER) is None
