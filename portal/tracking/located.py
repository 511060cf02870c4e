"""Where scans were, as far as their words say: the town of each, and the offset of clocks that carriers write without.

Works on a report as it comes, before it is kept, and on nothing else, so that reading an answer again comes to the
same. A town is public (see `portal.places`); the carrier's own words and coordinates stay with the private columns.
An offset is worked out to put scans in order, never to be shown: pages show the carrier's own clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from carriers import Checkpoint, Report
from portal.places import gazetteer
from portal.places.finding import Found, find, near
from portal.places.reading import country_code


@dataclass(frozen=True, slots=True)
class LocatedScan(Checkpoint):
    """A checkpoint with its town, and the offset of its wall clock where the carrier gave none."""

    town: Found | None = None
    inferred: timedelta | None = None


def countries_of(report: Report, destination: str | None) -> tuple[str, ...]:
    """Where a parcel comes from and goes to, as far as the carrier and the shop say."""
    return countries_of_codes(report.origin_country, report.destination_country, destination)


@lru_cache(512)
def countries_of_codes(*given: str | None) -> tuple[str, ...]:
    """Countries in any spelling as their codes, each once."""
    return tuple(sorted({code for country in given if (code := country_code(country))}))


def located(scans: Mapping[str, Checkpoint], likely: tuple[str, ...]) -> dict[str, LocatedScan]:
    """The scans of a report, each where it was: in its own country, else probably in a `likely` one. A scan that names
    no place is on the clock of the one before it."""
    towns = {identity: _town(scan, likely) for identity, scan in scans.items()}
    zones = {identity: _zone(scan, towns[identity]) for identity, scan in scans.items()}
    clocks = sorted((scan.at.wall, zone) for identity, scan in scans.items() if scan.at and (zone := zones[identity]))
    return {
        identity: _sited(scan, towns[identity], _inferred(scan, zones[identity], clocks))
        for identity, scan in scans.items()
    }


def moment_of(scan: Checkpoint) -> datetime | None:
    """Naive UTC to order by; where even the offset cannot be worked out, the wall clock read as UTC."""
    if scan.at is None:
        return None
    inferred = scan.inferred if isinstance(scan, LocatedScan) else None
    return scan.at.sort_key if inferred is None else scan.at.wall - inferred


def newest_of(scans: Iterable[Checkpoint]) -> datetime | None:
    """The moment of the newest dated scan."""
    return max((at.replace(tzinfo=UTC) for scan in scans if (at := moment_of(scan)) is not None), default=None)


def town_columns(town: Found | None) -> dict[str, str | float | None]:
    """The public columns of where a scan was."""
    return {
        "town": town.name if town else None,
        "town_country": town.country if town else None,
        "town_lat": town.lat if town else None,
        "town_lon": town.lon if town else None,
    }


def _sited(scan: Checkpoint, town: Found | None, inferred: timedelta | None) -> LocatedScan:
    given = (scan.code, scan.text, scan.at, scan.place, scan.milestone, scan.reason, scan.delayed)
    return LocatedScan(*given, town, inferred)


def _town(scan: Checkpoint, likely: tuple[str, ...]) -> Found | None:
    place = scan.place
    found = find(place.text, place.city, place.postcode, place.region, place.country, likely)
    if found is None and place.lat is not None and place.lon is not None:
        return near(place.lat, place.lon, place.country)
    return found


def _zone(scan: Checkpoint, town: Found | None) -> str | None:
    return town.zone if town else _zone_of_country(scan.place.country) if scan.place.country else None


def _inferred(scan: Checkpoint, zone: str | None, clocks: Sequence[tuple[datetime, str]]) -> timedelta | None:
    at = scan.at
    if at is None or at.offset is not None or at.date_only:
        return None
    if zone is None and clocks:
        before = [near_by for wall, near_by in clocks if wall <= at.wall]
        zone = before[-1] if before else clocks[0][1]
    return _offset(zone, at.wall) if zone else None


def _offset(zone: str, wall: datetime) -> timedelta | None:
    """What the clocks of a zone were off UTC; of the hour that comes twice in autumn, the first."""
    known = _zoneinfo(zone)
    return wall.replace(tzinfo=known).utcoffset() if known else None


@lru_cache(512)
def _zoneinfo(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


@lru_cache(512)
def _zone_of_country(country: str) -> str | None:
    code = country_code(country)
    return gazetteer.zone_of_country(code) if code else None
