"""One parcel: its colour, when it arrives, whether it is late, where its scans fall in the calendar. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from carriers import TERMINAL, Milestone
from portal.progress.state import Line, Pack
from portal.progress.values import ArrivalView, Tone

_ALERT = {Milestone.ACTION_REQUIRED, Milestone.EXCEPTION, Milestone.LOST, Milestone.RETURNING, Milestone.RETURNED}
_WAIT = {Milestone.READY_FOR_PICKUP, Milestone.ATTEMPTED}
_GOOD = {Milestone.DELIVERED, Milestone.COLLECTED}
_OFF = {Milestone.CANCELLED, Milestone.EXPIRED, Milestone.UNKNOWN}


def tone(milestone: Milestone, late: bool) -> Tone:
    """How a milestone is coloured."""
    if milestone in _GOOD:
        return Tone.GOOD
    if milestone in _ALERT:
        return Tone.ALERT
    if milestone in _OFF:
        return Tone.OFF
    return Tone.WAIT if milestone in _WAIT or late else Tone.CALM


def arrival_of(shipment: Any, milestone: Milestone) -> ArrivalView | None:
    """When a parcel that is still expected arrives, as far as anyone said: estimate_day, estimate_from, estimate_to."""
    if shipment.estimate_day is None or milestone in TERMINAL or milestone is Milestone.READY_FOR_PICKUP:
        return None
    return ArrivalView(shipment.estimate_day, shipment.estimate_from, shipment.estimate_to)


def is_late(milestone: Milestone, delayed: bool, due: date | None, today: date) -> bool:
    """Whether a parcel is behind what was said: by the carrier or shop, or by the calendar."""
    if milestone in TERMINAL or milestone is Milestone.READY_FOR_PICKUP:
        return False
    return bool(delayed or (due is not None and due < today))


def contents(pack: Pack, lines: Mapping[int, Line]) -> Mapping[int, int]:
    """What is in a parcel, as far as the shop says: quantities by line id."""
    if not pack.quantities and pack.allocation == "whole_order":
        return {line.id: line.current for line in lines.values() if line.physical and line.current}
    return pack.quantities


def local_time(wall: datetime, offset_minutes: int | None, date_only: bool, zone: ZoneInfo) -> datetime:
    """A scan's day and clock: the customer's where its zone is known, else the carrier's own."""
    if offset_minutes is None or date_only:
        return wall
    return wall.replace(tzinfo=_offset(offset_minutes)).astimezone(zone)


@lru_cache(256)
def _offset(minutes: int) -> timezone:
    return timezone(timedelta(minutes=minutes))
