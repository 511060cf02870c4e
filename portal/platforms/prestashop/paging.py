"""Orders by pages. A first reading goes by their numbers; later ones by the date of change, which is the shop's wall
clock: where nobody knows in which zone it stands, a day more is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from portal.platforms.prestashop.gathering import PER_PAGE
from portal.platforms.prestashop.shape import Node, ident, wall

_OVERLAP: Final = timedelta(minutes=5)
_ANYWHERE: Final = timedelta(hours=14)  # clocks of the earth are no further apart from UTC
_END: Final = "2999-12-31 23:59:59"
_LAST: Final = "2147483647"


@dataclass(frozen=True, slots=True)
class Place:
    """Where to read on: behind a number, or from a moment of the shop's clock on, `skip` orders of it left out."""

    number: int = 0
    since: str | None = None
    skip: int = 0

    def cursor(self) -> str:
        """As it is kept."""
        return f"{self.number}|{self.since or ''}|{self.skip}"


def begun(since: datetime | None, zone: tzinfo | None) -> Place:
    """Where to begin with what changed at or after `since`."""
    if since is None:
        return Place()
    local = since.astimezone(zone or UTC) - _OVERLAP - (timedelta() if zone else _ANYWHERE)
    return Place(since=local.strftime("%Y-%m-%d %H:%M:%S"))


def place_of(cursor: str) -> Place:
    """The place that a cursor names. Raises ValueError for one that is none of ours."""
    number, since, skip = cursor.split("|")
    if since:
        datetime.fromisoformat(since)
    return Place(int(number), since or None, int(skip))


def params(place: Place) -> list[tuple[str, str]]:
    """What to ask the webservice for at this place."""
    limit = ("limit", f"{place.skip},{PER_PAGE}")
    if place.since is None:
        return [("filter[id]", f"[{place.number + 1},{_LAST}]"), ("sort", "[id_ASC]"), limit]
    return [("filter[date_upd]", f"[{place.since},{_END}]"), ("date", "1"), ("sort", "[date_upd_ASC,id_ASC]"), limit]


def behind(place: Place, rows: Sequence[Node]) -> Place | None:
    """The place behind a page of orders; None at the end."""
    if len(rows) < PER_PAGE:
        return None
    if place.since is None:
        return Place(number=int(ident(rows[-1], "id") or 0))
    last = wall(rows[-1], "date_upd") or place.since
    if last > place.since:
        return Place(since=last)  # those of that second come again: others may be behind them
    return Place(since=place.since, skip=place.skip + PER_PAGE)
