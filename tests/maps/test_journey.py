"""What becomes a journey, and what of it is said."""

from __future__ import annotations

import pytest

from portal.maps.journey import kilometres, travelled, via
from portal.maps.viewmodels import Stand, Stop

A, B, C = Stop("Mions", 45.66, 4.95, "FR"), Stop("Chilly-Mazarin", 48.7, 2.31, "FR"), Stop("Arras", 50.29, 2.78, "FR")


def test_repeated_scans_in_a_town_are_one_stop() -> None:
    beside = Stop("Mions", 45.67, 4.951, "FR")
    journey = travelled([A, beside, B, B, A])
    assert journey is not None
    assert [stop.name for stop in journey.stops] == ["Mions", "Chilly-Mazarin", "Mions"]


@pytest.mark.parametrize(("lat", "lon"), [(0, 0), (91, 0), (0, 181), (float("nan"), 5), (float("inf"), 0)])
def test_a_place_that_cannot_be_is_left_out(lat: float, lon: float) -> None:
    nowhere = Stop("?", lat, lon)
    assert travelled([nowhere]) is None
    journey = travelled([nowhere, A, nowhere], nowhere)
    assert journey is not None
    assert journey.stops == (A,)
    assert journey.destination is None


def test_what_has_arrived_goes_nowhere_else() -> None:
    journey = travelled([A, B], C, Stand.ARRIVED)
    assert journey is not None
    assert (journey.destination, journey.stand) == (None, Stand.ARRIVED)


def test_a_parcel_that_wanders_for_weeks_keeps_its_first_and_its_latest_stops() -> None:
    journey = travelled([C, *[A, B] * 50])
    assert journey is not None
    assert journey.stops[0] == C
    assert journey.stops[-1] == B
    assert len(journey.stops) == 40


def test_towns_between_are_named_once_and_not_the_ends() -> None:
    journey = travelled([A, B, A, C, B, Stop("Lille", 50.63, 3.06, "FR")])
    assert journey is not None
    assert [stop.name for stop in via(journey)] == ["Chilly-Mazarin", "Arras"]


def test_distances() -> None:
    assert kilometres(Stop("Paris", 48.8566, 2.3522), Stop("New York", 40.7128, -74.006)) == pytest.approx(5837, abs=5)
    assert kilometres(Stop("Fiji", -17, 179.9), Stop("Fiji", -17, -179.9)) < 25
