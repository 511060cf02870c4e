"""Between the carriers' values and this slice's rows. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from carriers import Checkpoint, Estimate, Milestone, Report
from portal.tracking.located import LocatedScan, moment_of, town_columns
from portal.tracking.timeline import Said, Source

CHECKPOINT_COLUMNS = (
    "shipment_id",
    "identity",
    "code",
    "milestone",
    "reason",
    "delayed",
    "wall",
    "offset_minutes",
    "date_only",
    "sort_at",
    "country",
    "town",
    "town_country",
    "town_lat",
    "town_lon",
    "offset_inferred",
    "seen_at",
)
PRIVATE_COLUMNS = ("checkpoint_id", "text", "city", "region", "postcode", "place", "lat", "lon")


def naive(moment: datetime | None) -> datetime | None:
    """An aware moment as naive UTC, to order by."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


def checkpoint_row(shipment_id: int, identity: str, checkpoint: Checkpoint, seen_at: datetime) -> dict[str, Any]:
    """The impersonal part of a checkpoint."""
    at = checkpoint.at
    return {
        "shipment_id": shipment_id,
        "identity": identity,
        "code": (checkpoint.code or "")[:80] or None,
        "milestone": checkpoint.milestone.value if checkpoint.milestone else None,
        "reason": checkpoint.reason.value if checkpoint.reason else None,
        "delayed": checkpoint.delayed,
        "wall": at.wall if at else None,
        "offset_minutes": minutes(at.offset) if at else None,
        "date_only": bool(at and at.date_only),
        "sort_at": moment_of(checkpoint),
        "country": (checkpoint.place.country or "")[:60] or None,
        **town_columns(checkpoint.town if isinstance(checkpoint, LocatedScan) else None),
        "offset_inferred": minutes(checkpoint.inferred) if isinstance(checkpoint, LocatedScan) else None,
        "seen_at": seen_at,
    }


def minutes(offset: timedelta | None) -> int | None:
    """An offset as its column has it."""
    return int(offset / timedelta(minutes=1)) if offset is not None else None


def checkpoint_private_row(checkpoint_id: int, checkpoint: Checkpoint) -> dict[str, Any]:
    """The carrier's own words and places."""
    place = checkpoint.place
    return {
        "checkpoint_id": checkpoint_id,
        "text": checkpoint.text,
        "city": place.city,
        "region": place.region,
        "postcode": place.postcode,
        "place": place.text,
        "lat": place.lat,
        "lon": place.lon,
    }


def said_of(row: Any) -> Said:
    """A checkpoint row as a statement for the fold."""
    milestone = Milestone(row.milestone) if row.milestone else None
    return Said(Source.SCAN, milestone, row.sort_at, row.reason, row.delayed, row.identity)


def estimate_columns(report: Report) -> dict[str, Any]:
    """The estimate as columns; empty when the report has none, so that an earlier one stays."""
    estimate: Estimate | None = report.estimate
    if estimate is None:
        return {}
    timed = estimate.latest or estimate.earliest
    return {
        "estimate_day": estimate.day or (timed.wall.date() if timed else None),
        "estimate_from": f"{estimate.earliest.wall:%H:%M}" if estimate.earliest else None,
        "estimate_to": f"{estimate.latest.wall:%H:%M}" if estimate.latest else None,
    }
