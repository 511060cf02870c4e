"""What the clocks show where a parcel is to be delivered, as well as it can be known. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo


def zone_at(country: str | None, scan_offset: int | None, now: datetime) -> tzinfo | None:
    """The zone of a destination: its country's; where that has several, the one whose clocks the newest scan
    (minutes from UTC) shows, else the middle one. None where nothing tells."""
    zones = _zones((country or "").strip().upper())
    if not zones:
        # Many carriers stamp everything in UTC: that says nothing about a place.
        return timezone(timedelta(minutes=scan_offset)) if scan_offset else None
    by_offset = sorted(zones, key=lambda zone: (zone.utcoffset(now) or timedelta(0), zone.key))
    shown = timedelta(minutes=scan_offset) if scan_offset is not None else None
    return next((zone for zone in by_offset if zone.utcoffset(now) == shown), by_offset[len(by_offset) // 2])


@cache
def _zones(country: str) -> tuple[ZoneInfo, ...]:
    return tuple(ZoneInfo(name) for name in _names().get(country, ()))


@cache
def _names() -> dict[str, list[str]]:
    """The zones of each country (ISO 3166, two letters)."""
    table = files("tzdata.zoneinfo").joinpath("zone1970.tab").read_text("utf-8")
    names: dict[str, list[str]] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            countries, _, name = line.split("\t")[:3]
            for country in countries.split(","):
                names.setdefault(country, []).append(name)
    return names
