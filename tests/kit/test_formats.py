"""Days, clocks, spans and money in English and French."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from portal import paths
from portal.kit import formats, i18n

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def catalogues() -> None:
    i18n.load(paths.LOCALES)


def plain(text: str) -> str:
    return re.sub(r"\s", " ", text)


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (date(2026, 11, 24), "Tuesday 24 November", "mardi 24 novembre"),
        (date(2026, 12, 1), "Tuesday 1 December", "mardi 1er décembre"),
        (date(2027, 1, 1), "Friday, 1 January 2027", "vendredi 1er janvier 2027"),
        (datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "Wednesday 25 November", "mercredi 25 novembre"),
    ],
)
def test_days(value: date, english: str, french: str) -> None:
    with i18n.using("en", "Europe/Paris"):
        assert formats.day(value, TODAY) == english
    with i18n.using("fr", "Europe/Paris"):
        assert formats.day(value, TODAY) == french


@pytest.mark.parametrize(
    ("apart", "expected"), [(-2, "dimanche 22 novembre"), (-1, "hier"), (0, "aujourd’hui"), (1, "demain")]
)
def test_near_days_have_names(apart: int, expected: str) -> None:
    with i18n.using("fr"):
        assert formats.day_relative(TODAY + timedelta(days=apart), TODAY) == expected


def test_clocks_follow_the_zone_and_walls_do_not() -> None:
    with i18n.using("en", "Europe/Paris"):
        assert (formats.clock(NOW), formats.clock("09:00")) == ("14:05", "09:00")
    with i18n.using("en", "America/New_York"):
        assert (formats.clock(NOW), formats.clock("09:00")) == ("08:05", "09:00")


def test_moments() -> None:
    with i18n.using("fr", "Europe/Paris"):
        assert formats.moment(NOW, TODAY) == "aujourd’hui à 14:05"
        assert formats.clock_or_moment(NOW, TODAY) == "14:05"
        assert formats.clock_or_moment(NOW - timedelta(days=1), TODAY) == "hier à 14:05"


@pytest.mark.parametrize(
    ("before", "english", "french"),
    [
        (timedelta(seconds=20), "just now", "à l’instant"),
        (timedelta(minutes=1), "1 minute ago", "il y a 1 minute"),
        (timedelta(minutes=50), "50 minutes ago", "il y a 50 minutes"),
        (timedelta(minutes=51), "1 hour ago", "il y a 1 heure"),
        (timedelta(hours=23), "1 day ago", "il y a 1 jour"),
        (timedelta(days=12), "2 weeks ago", "il y a 2 semaines"),
        (-timedelta(minutes=5), "in 5 minutes", "dans 5 minutes"),
    ],
)
def test_spans(before: timedelta, english: str, french: str) -> None:
    with i18n.using("en"):
        assert plain(formats.ago(NOW - before, NOW)) == english
    with i18n.using("fr"):
        assert plain(formats.ago(NOW - before, NOW)) == french


@pytest.mark.parametrize(
    ("minor", "currency", "english", "french"),
    [
        (8450, "EUR", "€84.50", "84,50 €"),
        (1200, "JPY", "JP¥1,200", "1 200 JPY"),
        (1234567, "KWD", "KWD 1,234.567", "1 234,567 KWD"),
        (-5, "GBP", "-£0.05", "-0,05 £GB"),
        (12345, "RSD", "RSD 123.45", "123,45 RSD"),
    ],
)
def test_money_has_the_digits_of_its_currency(minor: int, currency: str, english: str, french: str) -> None:
    with i18n.using("en"):
        assert plain(formats.money(minor, currency)) == english
    with i18n.using("fr"):
        assert plain(formats.money(minor, currency)) == french


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD", "CLF", "XXX"]))
def test_money_loses_no_digit(minor: int, currency: str) -> None:
    with i18n.using("fr"):
        shown = formats.money(minor, currency)
    assert int("".join(re.findall(r"[-0-9]", shown))) == minor


def test_iso_is_what_html_takes() -> None:
    assert formats.iso(datetime(2026, 11, 24, 14, 5, 1, 999999, tzinfo=UTC)) == "2026-11-24T14:05:01Z"
    assert formats.iso(TODAY) == "2026-11-24"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("EEEE, d. MMMM y", "EEEE, d. MMMM"),
        ("y年M月d日EEEE", "M月d日EEEE"),
        ("EEEE, d MMMM y 'г'.", "EEEE, d MMMM"),
        ("y 'm'. MMMM d 'd'., EEEE", "MMMM d 'd'., EEEE"),
        ("EEEE, d 'de' MMMM 'de' y", "EEEE, d 'de' MMMM"),
    ],
)
def test_years_leave_with_their_words(pattern: str, expected: str) -> None:
    assert formats._without_year(pattern) == expected
