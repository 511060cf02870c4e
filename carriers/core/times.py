"""Carrier time: a wall clock, and the offset only where the carrier gave one.

Most carriers print local time without a zone. Such a time is kept as it is ("local, zone unknown")
and never stamped Z: inventing an offset moves a scan by up to a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_OFFSET = re.compile(r"^([+-])(\d{1,2}):?(\d{2})$")
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?$")
_YEARS = range(1990, 2101)  # 0001-01-01 and 9999-12-31 are how systems print "none"
_WIDEST = timedelta(hours=14)
_GRAIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class CarrierTime:
    """`wall` is the naive local reading; `offset` is None when the carrier gave no zone.

    `date_only` marks a time of which only the day is meant.
    """

    wall: datetime
    offset: timedelta | None = None
    date_only: bool = False

    @property
    def instant(self) -> datetime | None:
        """The moment in UTC, or None when the zone is unknown."""
        if self.offset is None:
            return None
        return self.wall.replace(tzinfo=timezone(self.offset)).astimezone(UTC)

    @property
    def sort_key(self) -> datetime:
        """A naive UTC time to sort by; an unknown zone is read as UTC, off by at most 14 hours."""
        return self.wall - self.offset if self.offset is not None else self.wall

    def isoformat(self) -> str:
        """RFC 3339 with the offset where known, without one where not; a bare date for `date_only`."""
        if self.date_only:
            return self.wall.date().isoformat()
        if self.offset is None:
            return self.wall.isoformat()
        return self.wall.replace(tzinfo=timezone(self.offset)).isoformat()


@lru_cache(256)  # there are few of them, and each scan has one
def parse_offset(text: str) -> timedelta:
    """An offset like "+01:00", "-0400" or "Z". Raises ValueError for anything else."""
    if text in ("Z", "z"):
        return timedelta(0)
    match = _OFFSET.match(text.strip())
    if match is None:
        raise ValueError(f"not an offset: {text!r}")
    size = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if size > _WIDEST:
        raise ValueError(f"no place on earth is that far from UTC: {text!r}")
    return -size if match[1] == "-" else size


def parse_iso(text: str) -> CarrierTime:
    """An ISO 8601 date or date-time, with or without an offset. Raises ValueError for anything else."""
    plain = text.strip()
    moment = datetime.fromisoformat(plain)
    offset = moment.utcoffset()
    if offset is not None and abs(offset) > _WIDEST:
        raise ValueError(f"no place on earth is that far from UTC: {text!r}")
    return CarrierTime(_plausible(moment.replace(tzinfo=None)), offset, date_only=_has_no_clock(plain))


def parse_compact(day: str, clock: str | None) -> CarrierTime:
    """A day "YYYYMMDD" and a clock "HHMMSS", "HMMSS", "HHMM" or "HH:MM:SS"; without a clock, the day only.

    Raises ValueError for anything else.
    """
    if not (len(day) == 8 and day.isascii() and day.isdigit()):
        raise ValueError(f"not a day: {day!r}")
    year, month, date = int(day[:4]), int(day[4:6]), int(day[6:])
    if clock is None:
        return CarrierTime(_plausible(datetime(year, month, date)), date_only=True)  # noqa: DTZ001 - a wall clock
    return CarrierTime(_plausible(datetime(year, month, date, *_clock(clock))))  # noqa: DTZ001 - a wall clock


def with_offset(local: CarrierTime, utc: CarrierTime | None, offset: timedelta | None) -> CarrierTime:
    """`local` with the offset that a carrier gives beside it: said, or to be read off its UTC twin.

    A difference no time zone has (more than 14 hours, not a multiple of 15 minutes) proves nothing:
    then the zone stays unknown.
    """
    if local.date_only or (offset is None and utc is None):
        return local
    if offset is None and utc is not None and not utc.date_only:
        gap = local.wall - utc.wall
        offset = gap if abs(gap) <= _WIDEST and gap % _GRAIN == timedelta(0) else None
    return CarrierTime(local.wall, offset)


def _clock(text: str) -> tuple[int, int, int]:
    plain = text.strip()
    if 4 <= len(plain) <= 6 and plain.isascii() and plain.isdigit():
        digits = plain.ljust(6, "0") if len(plain) == 4 else plain.zfill(6)
        return int(digits[:2]), int(digits[2:4]), int(digits[4:])
    match = _CLOCK.match(plain)
    if match is None:
        raise ValueError(f"not a clock: {text!r}")
    return int(match[1]), int(match[2]), int(match[3] or 0)


def _has_no_clock(text: str) -> bool:
    return len(text) <= 10 and ":" not in text and "T" not in text


def _plausible(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        raise ValueError(f"not the time of a parcel: {moment.isoformat()}")
    return moment
