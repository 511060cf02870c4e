"""Carrier time: a wall clock, and the offset only where the carrier gave one.

Most carriers print local time without a zone. Such a time is kept as it is ("local, zone unknown")
and never stamped Z: inventing an offset moves a scan by up to a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_OFFSET = re.compile(r"^([+-])(\d{2}):?(\d{2})$")


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


def parse_offset(text: str) -> timedelta:
    """An offset like "+01:00" or "-0400". Raises ValueError for anything else."""
    if text in ("Z", "z"):
        return timedelta(0)
    match = _OFFSET.match(text.strip())
    if match is None:
        raise ValueError(f"not an offset: {text!r}")
    size = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return -size if match[1] == "-" else size


def parse_iso(text: str) -> CarrierTime:
    """An ISO 8601 date or date-time, with or without an offset. Raises ValueError for anything else."""
    moment = datetime.fromisoformat(text.strip())
    return CarrierTime(moment.replace(tzinfo=None), moment.utcoffset(), date_only=len(text.strip()) == 10)
