"""Journeys that maps must be right for."""

from __future__ import annotations

from typing import Final

from portal.maps.journey import travelled
from portal.maps.viewmodels import Journey, Stand, Stop

_SHENZHEN = Stop("Shenzhen", 22.54, 114.06, "CN")
_HONG_KONG = Stop("Hong Kong", 22.3, 114.17, "HK")
_LEIPZIG = Stop("Leipzig", 51.34, 12.37, "DE")
_ROISSY = Stop("Roissy-en-France", 49.0034, 2.517, "FR")
_LYON = Stop("Lyon", 45.75, 4.85, "FR")
_ANCHORAGE = Stop("Anchorage", 61.2, -149.9, "US")
_DALLAS = Stop("Dallas", 32.78, -96.8, "US")
_AUCKLAND = Stop("Auckland", -36.85, 174.76, "NZ")
_SANTIAGO = Stop("Santiago", -33.45, -70.67, "CL")


def _way(*stops: Stop, to: Stop | None = None, arrived: bool = False) -> Journey:
    journey = travelled(stops, to, Stand.ARRIVED if arrived else Stand.UNDER_WAY)
    assert journey is not None
    return journey


JOURNEYS: Final = {
    "in_france": _way(
        Stop("Mions", 45.66, 4.95, "FR"),
        Stop("Chilly-Mazarin", 48.70, 2.31, "FR"),
        Stop("Gennevilliers", 48.93, 2.30, "FR"),
        to=Stop("Le Havre", 49.49, 0.1, "FR"),
    ),
    "delivered": _way(
        Stop("Corbas", 45.6676, 4.9019, "FR"),
        Stop("Lesquin", 50.59, 3.11, "FR"),
        Stop("Arras", 50.291, 2.7775, "FR"),
        arrived=True,
    ),
    "from_china_early": _way(_SHENZHEN, _HONG_KONG, to=_LYON),
    "from_china": _way(_SHENZHEN, _HONG_KONG, _LEIPZIG, _ROISSY, to=_LYON),
    "from_china_delivered": _way(_SHENZHEN, _HONG_KONG, _LEIPZIG, _ROISSY, _LYON, arrived=True),
    "to_dallas": _way(_SHENZHEN, _ANCHORAGE, to=_DALLAS),
    "to_dallas_late": _way(_SHENZHEN, _ANCHORAGE, Stop("Louisville", 38.25, -85.76, "US"), to=_DALLAS),
    "to_chile": _way(_AUCKLAND, to=_SANTIAGO),
    "from_chile": _way(_SANTIAGO, to=_AUCKLAND),
    "in_a_city": _way(Stop("Villeurbanne", 45.766, 4.88, "FR"), Stop("Lyon", 45.76, 4.84, "FR"), to=_LYON),
    "single": _way(Stop("Rennes", 48.11, -1.68, "FR")),
    "to_reunion": _way(_ROISSY, Stop("Saint-Denis", -20.88, 55.45, "RE"), to=Stop("Saint-Pierre", -21.34, 55.48, "RE")),
    "to_martinique": _way(_ROISSY, to=Stop("Fort-de-France", 14.6, -61.07, "MQ")),
    "fiji": _way(
        Stop("Sydney", -33.87, 151.2, "AU"),
        Stop("Nadi", -17.8, 177.42, "FJ"),
        to=Stop("Taveuni", -16.85, -179.97, "FJ"),
    ),
    "to_kiritimati": _way(Stop("Honolulu", 21.3, -157.86, "US"), to=Stop("Kiritimati", 1.87, -157.4, "KI")),
    "poles": _way(
        Stop("Nordpol", 90, 0), Stop("Longyearbyen", 78.2, 15.6, "SJ"), to=Stop("McMurdo", -77.85, 166.67, "AQ")
    ),
}
