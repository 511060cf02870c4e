"""From a parcel's scans to the journey that its map shows. Pure.

Towns only: what a carrier says to the metre is taken to the kilometre, and a place without a town's name
is left off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from carriers import TERMINAL, Milestone
from portal.maps.journey import travelled
from portal.maps.viewmodels import Journey, Stand, Stop
from portal.tracking.scan import AT_THE_DOOR, Scan

_LOST_SIGHT = {Milestone.LOST, Milestone.EXPIRED}
_HAS_ARRIVED = (TERMINAL | {Milestone.READY_FOR_PICKUP}) - _LOST_SIGHT


def journey_of(scans: Sequence[Scan], milestone: Milestone, destination: Stop | None = None) -> Journey | None:
    """The journey over scans (newest first); None where the carrier gives no place.

    A parcel that goes back, has come to its end or waits at a pickup point has no destination ahead.
    """
    stand = Stand.ARRIVED if milestone in _HAS_ARRIVED else Stand.UNDER_WAY
    if milestone in _LOST_SIGHT:
        stand = Stand.LAST_SEEN
    ahead = None if milestone is Milestone.RETURNING else destination
    return travelled(_stops(reversed(scans)), ahead, stand)


def _stops(scans: Iterable[Scan]) -> Iterable[Stop]:
    for scan in scans:
        name = scan.town or (scan.city and _spelt(scan.city))
        point = _point(scan)
        if name and point is not None:
            yield Stop(name, *point, scan.town_country or scan.country)


def _point(scan: Scan) -> tuple[float, float] | None:
    """The carrier's own point wins, but at the customer's door, where the town has to do."""
    if scan.lat is not None and scan.lon is not None and scan.milestone not in AT_THE_DOOR:
        return round(scan.lat, 2), round(scan.lon, 2)
    if scan.town_lat is not None and scan.town_lon is not None:
        return round(scan.town_lat, 2), round(scan.town_lon, 2)
    return None


def _spelt(name: str) -> str:
    """A town's name as one writes it, where the carrier shouts."""
    return name.title() if name.isupper() else name
