"""What the sample order pages are made of; all people, shops and parcels are invented.

`NOW` is a Tuesday afternoon.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from portal.maps.journey import travelled
from portal.maps.viewmodels import Journey, Stand, Stop
from portal.orders.viewmodels import (
    ArrivalView,
    DayView,
    EntryView,
    FreshnessView,
    ItemView,
    Money,
    OrderState,
    OrderView,
    ParcelView,
    ShopView,
    StepState,
    StepView,
    Tone,
)

ZONE = "Europe/Paris"
NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
TODAY = date(2026, 11, 24)

SHOP = ShopView(name="Atelier Nord", home_url="https://shop.example", contact="hello@shop.example")
APRON = ItemView("Linen apron", "Sage, size M", 1)
BOWL = ItemView("Stoneware bowl", "", 2)
LAMP = ItemView("Table lamp “Brume”", "Oak, warm white", 1)
KNIFE = ItemView("Bread knife", "", 1)
PATTERN = ItemView("Sewing pattern (PDF)", "", 1)

TO_THE_DOOR = ("ordered", "prepared", "in_transit", "out_for_delivery", "delivered")
TO_A_POINT = ("ordered", "prepared", "in_transit", "ready_to_collect", "collected")
AT_THE_SHOP = ("ordered", "prepared", "ready_to_collect", "collected")
BACK = ("ordered", "in_transit", "returning", "returned")


def rail(keys: tuple[str, ...], current: str | None) -> tuple[StepView, ...]:
    """Steps up to `current`; None: all done."""
    place = keys.index(current) if current else len(keys)
    states = [
        StepState.DONE if index < place else StepState.CURRENT if index == place else StepState.TODO
        for index in range(len(keys))
    ]
    return tuple(StepView(key, state) for key, state in zip(keys, states, strict=True))


def entry(
    day: int, clock: str | None, milestone: str, place: str | None, text: str | None, **more: object
) -> EntryView:
    """A checkpoint in November 2026, with its zone known unless said otherwise."""
    known = bool(more.get("zone_known", True))
    iso = f"2026-11-{day:02}" + (f"T{clock}:00{'+01:00' if known else ''}" if clock else "")
    reason = more.get("reason")
    return EntryView(milestone, str(reason) if reason else None, clock, iso, known, place, text)


def days(*entries: EntryView) -> tuple[DayView, ...]:
    """Entries, newest first, grouped by their day."""
    found: dict[date, list[EntryView]] = {}
    for one in entries:
        found.setdefault(date.fromisoformat(one.iso[:10]), []).append(one)
    return tuple(DayView(day, tuple(those)) for day, those in found.items())


ANNOUNCED = entry(19, "16:40", "label_created", None, "Votre expédition est annoncée")
HANDED = entry(20, "18:20", "handed_over", "Mions", "Pris en charge par notre réseau")
SORTED = entry(23, "04:38", "in_transit", "Chilly-Mazarin", "Départ de la plateforme")
NEAR = entry(24, "09:12", "in_transit", "Gennevilliers", "Arrivée au centre de tri")
OUT = entry(24, "08:02", "out_for_delivery", "Le Havre", "En cours de livraison")
DONE = entry(24, "13:47", "delivered", "Le Havre", "Livré, remis en mains propres")

TOWNS = {
    "Mions": Stop("Mions", 45.66, 4.95, "FR"),
    "Chilly-Mazarin": Stop("Chilly-Mazarin", 48.7, 2.31, "FR"),
    "Gennevilliers": Stop("Gennevilliers", 48.93, 2.3, "FR"),
    "Le Havre": Stop("Le Havre", 49.49, 0.11, "FR"),
    "Lyon": Stop("Lyon", 45.75, 4.85, "FR"),
    "ROISSY CDG": Stop("Roissy-en-France", 49.0, 2.52, "FR"),
    "SHANGHAI PVG": Stop("Shanghai", 31.15, 121.8, "CN"),
    "HANGZHOU": Stop("Hangzhou", 30.29, 120.16, "CN"),
    "YIWU": Stop("Yiwu", 29.32, 120.08, "CN"),
    "FRESNO CA": Stop("Fresno", 36.75, -119.77, "US"),
    "LOS ANGELES CA": Stop("Los Angeles", 34.05, -118.24, "US"),
    "MEMPHIS TN": Stop("Memphis", 35.15, -90.05, "US"),
    "OSAKA": Stop("Osaka", 34.69, 135.5, "JP"),
    "TOKYO": Stop("Tokyo", 35.69, 139.69, "JP"),
    "ANCHORAGE AK": Stop("Anchorage", 61.22, -149.9, "US"),
    "LONDON LHR": Stop("London", 51.51, -0.13, "GB"),
}


def mapped(order: OrderView) -> OrderView:
    """The order with a map for each parcel of which a town is known; all go to Le Havre."""
    return replace(order, parcels=tuple(replace(parcel, journey=_journey(parcel)) for parcel in order.parcels))


def _journey(parcel: ParcelView) -> Journey | None:
    places = [one.place or "" for group in parcel.timeline for one in group.entries]
    stand = Stand.ARRIVED if parcel.finished_at or parcel.milestone == "ready_for_pickup" else Stand.UNDER_WAY
    if parcel.milestone in ("lost", "expired"):
        stand = Stand.LAST_SEEN
    return travelled([TOWNS[place] for place in reversed(places) if place in TOWNS], TOWNS["Le Havre"], stand)


FRESH = FreshnessView(
    asked_at=NOW - timedelta(minutes=4),
    last_scan_at=NOW - timedelta(hours=2),
    next_at=NOW + timedelta(minutes=16),
    failing_since=None,
)

PARCEL = ParcelView(
    dom_id="parcel-1",
    position=1,
    total=1,
    carrier="Colissimo",
    number="6A12345678901",
    tracking_url="https://carrier.example/follow/6A12345678901",
    tracked=True,
    milestone="in_transit",
    reason=None,
    tone=Tone.CALM,
    delayed=False,
    arrival=ArrivalView(date(2026, 11, 25), "09:00", "13:00"),
    finished_at=None,
    items=(APRON, BOWL),
    items_exact=True,
    timeline=days(NEAR, SORTED, HANDED, ANNOUNCED),
    freshness=FRESH,
    shipped_at=datetime(2026, 11, 20, 17, 20, tzinfo=UTC),
)

ORDER = OrderView(
    shop=SHOP,
    number="#1042",
    placed_at=datetime(2026, 11, 18, 20, 11, tzinfo=UTC),
    state=OrderState.SHIPPED,
    tone=Tone.CALM,
    headline="arriving",
    arrival=PARCEL.arrival,
    delayed=False,
    rail=rail(TO_THE_DOOR, "in_transit"),
    parcels=(PARCEL,),
    parcels_done=0,
    collect=None,
    unshipped=(),
    digital=(),
    cancelled=(),
    cancel_reason=None,
    total=Money(8450, "EUR"),
)
