"""Expected deliveries as an iCalendar document (RFC 5545), for calendars that subscribe to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from icalendar import Calendar, Event

from portal.dashboard.view import CardView
from portal.kit import i18n
from portal.orders.viewmodels import ParcelView
from portal.progress.values import ArrivalView

_REFRESH = timedelta(hours=1)


def calendar(cards: Iterable[CardView], *, shop: str, base_url: str, now: datetime) -> bytes:
    """One event for each parcel that is expected on a known day. It names the shop and leads to the order's page,
    which opens for the person alone; what was bought, and from whom to whom, is not in it."""
    shop = "".join(letter if letter.isprintable() else " " for letter in shop)  # a line break would end the property
    document = Calendar()
    document.add("prodid", "-//Jalon//Deliveries//EN")
    document.add("version", "2.0")
    document.add("method", "PUBLISH")
    document.add("x-wr-calname", i18n.gettext("Deliveries from %(shop)s") % {"shop": shop})
    document.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    for card in cards:
        for parcel, arrival in coming(card):
            document.add_component(_event(card, parcel, arrival, shop, base_url, now))
    return bytes(document.to_ical())


def coming(card: CardView) -> list[tuple[ParcelView, ArrivalView]]:
    """The parcels that are expected on a known day, with that."""
    return [(p, p.arrival) for p in card.order.parcels if p.arrival is not None and p.finished_at is None]


def _event(card: CardView, parcel: ParcelView, arrival: ArrivalView, shop: str, base_url: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{card.ref}-{parcel.dom_id}@jalon")
    event.add("dtstamp", now)
    event.add("summary", i18n.gettext("Parcel from %(shop)s") % {"shop": shop})
    event.add("url", f"{base_url}/orders/{card.ref}")
    event.add("transp", "TRANSPARENT")
    begin, end = _when(arrival)
    event.add("dtstart", begin)
    event.add("dtend", end)
    return event


def _when(arrival: ArrivalView) -> tuple[date, date]:
    """A window as local times without a zone, which is what the carrier promises at the door; else the day."""
    if arrival.earliest and arrival.latest and arrival.earliest < arrival.latest:
        return _at(arrival.day, arrival.earliest), _at(arrival.day, arrival.latest)
    return arrival.day, arrival.day + timedelta(days=1)


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock))
