"""Orders by pages, those that changed first first.

WooCommerce leaves an order's date of change alone when its address, its lines or its fulfilments change. So behind
the orders that changed since a moment come the waiting ones that say they did not, and those that were put into the
bin; those deleted for good are known by asking for them.

A place in the list is a moment and a page behind it, so that reading goes on where it was after a day, whatever
changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from portal.platforms.woocommerce.gathering import PER_PAGE
from portal.platforms.woocommerce.shape import Node, moment

Phase = Literal["changed", "waiting", "binned"]

_OVERLAP: Final = timedelta(minutes=5)  # for clocks that differ, and for writes that take their time
_WAITS: Final = timedelta(days=60)  # an order that has waited for longer waits for nothing that is read here
_SECOND: Final = timedelta(seconds=1)
_BEGINNING: Final = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to read on: `page` counts from 1 behind `after`; `since` is where all of it began, None at the beginning
    of time."""

    phase: Phase
    after: datetime
    page: int = 1
    since: datetime | None = None

    def cursor(self) -> str:
        """As it is kept."""
        since = "" if self.since is None else _written(self.since)
        return f"{self.phase}|{_written(self.after)}|{self.page}|{since}"


def begun(since: datetime | None) -> Place:
    """Where to begin with what changed at or after `since`."""
    if since is None:
        return Place("changed", _BEGINNING)
    start = since.astimezone(UTC) - _OVERLAP
    return Place("changed", start, 1, start)


def place_of(cursor: str) -> Place:
    """The place that a cursor names. Raises ValueError for one that is none of ours."""
    phase, after, page, since = cursor.split("|")
    known: tuple[Phase, ...] = ("changed", "waiting", "binned")
    at = next(one for one in (*known, None) if one == phase or one is None)
    if at is None:
        raise ValueError(cursor)
    return Place(at, _read(after), int(page), _read(since) if since else None)


def params(place: Place, waiting: Sequence[str], now: datetime) -> list[tuple[str, str]]:
    """What to ask WooCommerce for at this place; `waiting` are the statuses of orders that wait."""
    same = [("dates_are_gmt", "true"), ("page", str(place.page))]
    if place.phase == "waiting":
        made = ("after", _written(now - _WAITS))
        return [("status", ",".join(waiting)), made, ("modified_before", _written(place.after)), ("orderby", "id"),
                ("order", "asc"), *same]  # fmt: skip
    status = "trash" if place.phase == "binned" else "any"
    return [("status", status), ("modified_after", _written(place.after)), ("orderby", "modified"), ("order", "asc"),
            *same]  # fmt: skip


def behind(place: Place, orders: Sequence[Node]) -> Place | None:
    """The place behind a page of orders; None at the end."""
    if len(orders) < PER_PAGE:
        return _next_phase(place)
    last = moment(orders[-1], "date_modified")
    on = Place(place.phase, place.after, place.page + 1, place.since)
    if place.phase == "waiting" or last is None:
        return on
    # Orders of the same second may go on behind this page: it is begun anew, unless it is all there was here.
    after = last.astimezone(UTC) - _SECOND
    return Place(place.phase, after, 1, place.since) if after > place.after else on


def _next_phase(place: Place) -> Place | None:
    if place.since is None or place.phase == "binned":
        return None
    return Place("waiting" if place.phase == "changed" else "binned", place.since, 1, place.since)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
