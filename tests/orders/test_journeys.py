"""Which of a parcel's scans are on its map, and where."""

from __future__ import annotations

from typing import Any

import pytest

from carriers import Milestone
from portal.maps.viewmodels import Journey, Stand, Stop
from portal.orders.journeys import journey_of
from portal.tracking.scan import Scan

HOME = Stop("Le Havre", 49.49, 0.11, "FR")


def scan(milestone: str = "in_transit", **known: Any) -> Scan:
    fields: dict[str, Any] = dict.fromkeys(Scan._fields)
    return Scan(**(fields | {"shipment_id": 1, "milestone": milestone, "date_only": False, "country": "FR"} | known))


def town(name: str, lat: float, lon: float) -> dict[str, Any]:
    return {"town": name, "town_country": "FR", "town_lat": lat, "town_lon": lon}


MIONS, PARIS = town("Mions", 45.663, 4.953), town("Paris", 48.853, 2.349)


def drawn(*scans: Scan, milestone: Milestone = Milestone.IN_TRANSIT) -> Journey:
    journey = journey_of(scans, milestone, HOME)
    assert journey is not None
    return journey


def test_towns_come_oldest_first_and_the_destination_is_ahead() -> None:
    journey = drawn(scan(**PARIS), scan(**MIONS))
    assert [stop.name for stop in journey.stops] == ["Mions", "Paris"]
    assert journey.destination == HOME


def test_the_carriers_own_point_wins_to_the_kilometre() -> None:
    journey = drawn(scan(**PARIS, lat=48.99712345, lon=2.51298765))
    assert journey.stops == (Stop("Paris", 49.0, 2.51, "FR"),)


@pytest.mark.parametrize("milestone", ["delivered", "attempted"])
def test_at_the_door_the_town_has_to_do(milestone: str) -> None:
    assert drawn(scan(milestone, **PARIS, lat=48.8, lon=2.2)).stops == (Stop("Paris", 48.85, 2.35, "FR"),)
    assert journey_of([scan(milestone, city="PARIS", lat=48.8, lon=2.2)], Milestone.DELIVERED) is None


def test_a_point_without_a_town_takes_the_carriers_word_for_it() -> None:
    assert drawn(scan(city="CHILLY-MAZARIN", lat=48.7, lon=2.3)).stops[0].name == "Chilly-Mazarin"
    assert journey_of([scan(lat=48.7, lon=2.3, place="12 rue des Lilas")], Milestone.IN_TRANSIT) is None


def test_a_carrier_that_gives_no_place_makes_no_map() -> None:
    assert journey_of([scan(), scan(city="Somewhere")], Milestone.IN_TRANSIT, HOME) is None


@pytest.mark.parametrize(
    ("milestone", "stand", "ahead"),
    [
        (Milestone.IN_TRANSIT, Stand.UNDER_WAY, True),
        (Milestone.OUT_FOR_DELIVERY, Stand.UNDER_WAY, True),
        (Milestone.RETURNING, Stand.UNDER_WAY, False),
        (Milestone.READY_FOR_PICKUP, Stand.ARRIVED, False),
        (Milestone.DELIVERED, Stand.ARRIVED, False),
        (Milestone.RETURNED, Stand.ARRIVED, False),
        (Milestone.LOST, Stand.LAST_SEEN, False),
        (Milestone.EXPIRED, Stand.LAST_SEEN, False),
    ],
)
def test_only_what_is_on_its_way_to_the_customer_has_a_way_ahead(
    milestone: Milestone, stand: Stand, ahead: bool
) -> None:
    journey = drawn(scan(**MIONS), milestone=milestone)
    assert (journey.stand, journey.destination is not None) == (stand, ahead)
