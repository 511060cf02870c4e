"""A checkpoint as pages read it. Pure: whoever draws it needs no database."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


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
