"""A checkpoint as pages read it. Pure: whoever draws it needs no database."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from carriers import Milestone

# Here the carrier's own point is the customer's house: the town has to do.
AT_THE_DOOR: Final = (Milestone.DELIVERED.value, Milestone.ATTEMPTED.value)

LACKS = "lacks_"  # problem of a tracker, with the field after it that its carrier needs and nobody gave


class Scan(NamedTuple):
    """A checkpoint as the owner's page reads it; a page has dozens, hence no dataclass."""

    shipment_id: int
    milestone: str | None
    reason: str | None
    wall: datetime | None
    offset_minutes: int | None
    date_only: bool
    country: str | None
    text: str | None
    city: str | None
    region: str | None
    place: str | None
    town: str | None = None
    town_country: str | None = None
    town_lat: float | None = None
    town_lon: float | None = None
    lat: float | None = None
    lon: float | None = None


class Stop(NamedTuple):
    """A scan as a point of its parcel's journey. `sort_at` is naive UTC to order by; `wall` is the carrier's clock,
    with `offset_minutes` where it gave one. `exact`: the point is the carrier's own, not the town's."""

    shipment_id: int
    milestone: str | None
    sort_at: datetime | None
    wall: datetime | None
    offset_minutes: int | None
    date_only: bool
    town: str | None
    country: str | None
    lat: float
    lon: float
    exact: bool
