"""From what is known of a parcel's places to a journey that can be drawn and said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from portal.maps.viewmodels import Journey, Stand, Stop

_SAME_KM = 1.5  # stops of other names that are this close are one place to the eye and to the customer
_MOST = 40  # stops that a map shows; a parcel that goes back and forth for weeks keeps its first and last
_NAMED = 4  # towns between the first and the last that the sentence names


def travelled(stops: Iterable[Stop], destination: Stop | None = None, stand: Stand = Stand.UNDER_WAY) -> Journey | None:
    """The journey over `stops`, oldest first; None when there is none to draw.

    Repeated scans in one town are one stop; places that are nowhere are left out. Only a parcel that is under
    way has a destination ahead.
    """
    way: list[Stop] = []
    for stop in filter(_somewhere, stops):
        if not way or not same_place(way[-1], stop):
            way.append(stop)
    if not way:
        return None
    if len(way) > _MOST:
        way = [way[0], *way[1 - _MOST :]]
    if stand is not Stand.UNDER_WAY or destination is None or not _somewhere(destination):
        destination = None
    return Journey(tuple(way), destination, stand)


def via(journey: Journey) -> tuple[Stop, ...]:
    """The towns to name between the first and the last: each once, the latest ones when there are many."""
    ends = {journey.stops[0].name, journey.stops[-1].name}
    between = {stop.name: stop for stop in journey.stops[1:-1] if stop.name not in ends}
    return tuple(between.values())[-_NAMED:]


def same_place(one: Stop, other: Stop) -> bool:
    """Whether two stops are one town."""
    apart = kilometres(one, other)
    return apart < _SAME_KM or (one.name == other.name and apart < 10 * _SAME_KM)


def kilometres(one: Stop, other: Stop) -> float:
    """The distance as the crow flies."""
    north, south = math.radians(one.lat), math.radians(other.lat)
    east = math.radians(other.lon - one.lon)
    half = math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(east / 2) ** 2
    return 2 * 6371 * math.asin(min(1.0, math.sqrt(half)))


def _somewhere(stop: Stop) -> bool:
    """Whether a place can be; carriers write 0, 0 for "unknown"."""
    return -90 <= stop.lat <= 90 and -180 <= stop.lon <= 180 and (stop.lat, stop.lon) != (0, 0)


def ends(journey: Journey) -> Sequence[Stop]:
    """All towns on the map: the stops, then the destination."""
    return [*journey.stops, journey.destination] if journey.destination else journey.stops
