"""Expected deliveries as a calendar: days and windows, nothing personal, readable by a calendar program."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, strategies as st
from icalendar import Calendar

from portal import paths
from portal.dashboard.calendar import calendar
from portal.dashboard.view import CardView
from portal.kit import i18n
from portal.progress.values import ArrivalView
from tests.dashboard.cards import PARCEL, a_card

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)


def events(*cards: CardView, shop: str = "Atelier Lune") -> list[Any]:
    """The events of the document, as a calendar program reads them."""
    i18n.load(paths.LOCALES)
    with i18n.using("fr", "Europe/Paris"):
        document = calendar(cards, shop=shop, base_url="https://track.example", now=NOW)
    return list(Calendar.from_ical(document).walk("VEVENT"))


def arriving(arrival: ArrivalView | None, **more: Any) -> CardView:
    """An order of one parcel that is expected then."""
    return a_card(parcels=(replace(PARCEL, arrival=arrival, **more),))


def test_a_day_is_a_whole_day_and_a_window_is_local_time() -> None:
    (whole,) = events(arriving(ArrivalView(DAY)))
    assert (whole.decoded("dtstart"), whole.decoded("dtend")) == (DAY, date(2026, 11, 24))
    (timed,) = events(arriving(ArrivalView(DAY, "14:00", "16:30")))
    assert timed.decoded("dtstart") == datetime(2026, 11, 23, 14, 0)  # noqa: DTZ001 - a wall clock without a zone
    assert timed.decoded("dtend") == datetime(2026, 11, 23, 16, 30)  # noqa: DTZ001 - the same


def test_it_says_whose_parcel_it_is_in_the_persons_language_and_leads_to_the_page() -> None:
    (event,) = events(arriving(ArrivalView(DAY)))
    assert str(event["summary"]) == "Colis – Atelier Lune"
    assert str(event["url"]) == "https://track.example/orders/00000000000000aa"


def test_what_has_arrived_or_has_no_day_is_not_in_it() -> None:
    assert events(arriving(None)) == []
    assert events(arriving(ArrivalView(DAY), finished_at=NOW)) == []


def test_nothing_of_the_order_is_in_it() -> None:
    i18n.load(paths.LOCALES)
    with i18n.using("en", "Europe/Paris"):
        text = calendar([arriving(ArrivalView(DAY))], shop="Lune", base_url="https://t.example", now=NOW).decode()
    for secret in ("Blue mug", "#1001", "6A12345678901", "Relais Lilas"):
        assert secret not in text


@given(st.text(max_size=60))
def test_any_name_of_a_shop_gives_one_event(shop: str) -> None:
    assert len(events(arriving(ArrivalView(DAY)), shop=shop)) == 1
