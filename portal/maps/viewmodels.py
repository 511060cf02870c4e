"""What a map is made from, and all that its template may see. Frozen values; lengths in units of the view box."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

WIDTH, HEIGHT = 1200, 720  # of the view box, whatever the size on the screen


class Stand(StrEnum):
    """What the last stop of a journey is."""

    UNDER_WAY = "under_way"  # where the parcel is now
    ARRIVED = "arrived"  # where it ended, as it should
    LAST_SEEN = "last_seen"  # where it was when it was lost sight of


@dataclass(frozen=True, slots=True)
class Stop:
    """A town on the way, never a street. `country` is an ISO 3166 code, None where it is not known."""

    name: str
    lat: float
    lon: float
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """Where a parcel has been, oldest first and never empty; `journey.travelled` makes one.

    `stand` says what the last stop is; `destination` is the town that the parcel still goes to.
    """

    stops: tuple[Stop, ...]
    destination: Stop | None = None
    stand: Stand = Stand.UNDER_WAY


@dataclass(frozen=True, slots=True)
class Ground:
    """Land and borders of a frame, as path data."""

    land: str
    borders: str


@dataclass(frozen=True, slots=True)
class NameView:
    """A country's name in the background. `roomy`: there is room for it on a phone as well."""

    x: int
    y: int
    text: str
    roomy: bool


@dataclass(frozen=True, slots=True)
class LegView:
    """A part of the way, as path data; `ahead` has not been travelled yet."""

    path: str
    ahead: bool


@dataclass(frozen=True, slots=True)
class DotView:
    """A town. `kind` is passed | first | now | arrived | destination."""

    x: int
    y: int
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class LabelView:
    """A town's name beside its dot. `side` is right | left | above | below."""

    x: int
    y: int
    side: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class InsetView:
    """The whole journey in a corner of a map that shows its end. `frame` is what the large map shows of it."""

    x: int
    y: int
    width: int
    height: int
    ground: Ground
    legs: tuple[LegView, ...]
    frame: tuple[int, int, int, int]  # x, y, width, height


@dataclass(frozen=True, slots=True)
class MapView:
    """One map. `via` are the towns to name between the first and where it is now."""

    journey: Journey
    via: tuple[Stop, ...]
    ground: Ground
    names: tuple[NameView, ...]
    legs: tuple[LegView, ...]
    dots: tuple[DotView, ...]
    labels: tuple[LabelView, ...]
    inset: InsetView | None

    @property
    def waypoints(self) -> str:
        """The towns for a map that the browser draws, as JSON: [[lat, lon, name, kind], …]."""
        stops = self.journey.stops
        kinds = ["first", *["passed"] * (len(stops) - 1)]
        kinds[-1] = "now" if self.journey.stand is Stand.UNDER_WAY else "arrived"
        way = [(stop.lat, stop.lon, stop.name, kind) for stop, kind in zip(stops, kinds, strict=True)]
        if ahead := self.journey.destination:
            way.append((ahead.lat, ahead.lon, ahead.name, "destination"))
        return json.dumps(way, ensure_ascii=False, separators=(",", ":"))
