"""One parcel's section of the order page. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from carriers import TERMINAL
from portal.maps.viewmodels import Stop
from portal.orders.journeys import journey_of
from portal.orders.threads import Threads
from portal.orders.viewmodels import DayView, EntryView, FormerView, FreshnessView, ItemView, ParcelView
from portal.progress.parcel import arrival_of, contents, is_late, local_time, tone
from portal.progress.state import Line, Pack
from portal.tracking.scan import LACKS, Scan


@dataclass(frozen=True, slots=True)
class Frame:
    """What all parcels of a page share. `promise` is the last day that was promised at checkout,
    `destination` the town that the order goes to."""

    now: datetime
    zone: ZoneInfo
    total: int
    lines: Mapping[int, Line]
    polled: frozenset[str]
    scans: Mapping[int, list[Scan]]
    promise: date | None = None
    destination: Stop | None = None
    threads: Threads = field(default_factory=Threads)


def parcel_view(frame: Frame, position: int, pack: Pack, row: Any) -> ParcelView:
    """The section of one parcel; `row` is its shipment."""
    milestone = pack.milestone
    tracked = row.answered_at is not None or (row.carrier in frame.polled and row.carrier is not None)
    entries = frame.scans.get(row.id, []) if tracked else []
    arrival = arrival_of(row, milestone)
    due = arrival.day if arrival else frame.promise
    return ParcelView(
        dom_id=f"parcel-{row.id}",
        position=position,
        total=frame.total,
        carrier=row.carrier_label,
        number=row.number,
        tracking_url=row.tracking_url,
        tracked=tracked,
        milestone=milestone.value,
        reason=row.reason,
        tone=tone(milestone, late := is_late(milestone, row.delayed, due, frame.now.astimezone(frame.zone).date())),
        delayed=late,
        arrival=arrival,
        finished_at=row.finished_at,
        items=_items(frame, pack),
        items_exact=pack.allocation == "exact" or (pack.allocation == "whole_order" and frame.total == 1),
        timeline=timeline(entries, frame.zone),
        freshness=_freshness(row, entries) if tracked and milestone not in TERMINAL else None,
        shipped_at=row.shipped_at,
        pickup_point=row.pickup_point,
        says_where=any(_place(scan) for scan in entries) or not entries,
        journey=journey_of(entries, milestone, frame.destination),
        dates=frame.threads.dates(row.id),
        former=tuple(_former(frame, old) for old in frame.threads.before(row.id)),
    )


def timeline(scans: Sequence[Scan], zone: ZoneInfo) -> tuple[DayView, ...]:
    """Checkpoints (newest first) by the customer's days. Undated ones cannot be placed and are left out."""
    days: dict[date, list[EntryView]] = {}
    for day, local, scan in _placed(scans, zone):
        days.setdefault(day, []).append(_entry(local, scan))
    return tuple(DayView(day, tuple(days[day])) for day in sorted(days, reverse=True))


def _placed(scans: Sequence[Scan], zone: ZoneInfo) -> Iterator[tuple[date, datetime, Scan]]:
    """Each scan with its day and clock: the customer's where its zone is known, else the carrier's own."""
    for scan in scans:
        if scan.wall is None:
            continue
        local = local_time(scan.wall, scan.offset_minutes, scan.date_only, zone)
        yield local.date(), local, scan


def _entry(local: datetime, scan: Scan) -> EntryView:
    iso = local.isoformat(timespec="minutes")
    return EntryView(
        milestone=scan.milestone or "note",
        reason=scan.reason,
        clock=None if scan.date_only else iso[11:16],
        iso=iso[:10] if scan.date_only else iso,
        zone_known=scan.offset_minutes is not None or scan.date_only,
        place=_place(scan),
        text=scan.text,
    )


def _place(scan: Scan) -> str | None:
    if scan.place:
        return scan.place
    if scan.city and scan.region:
        return f"{scan.city}, {scan.region}"
    return scan.city or scan.region or scan.country


def _former(frame: Frame, row: Any) -> FormerView:
    scans = timeline(frame.scans.get(row.id, []), frame.zone)
    return FormerView(f"parcel-{row.id}", row.carrier_label, row.number, row.replaced_at, scans)


def _items(frame: Frame, pack: Pack) -> tuple[ItemView, ...]:
    lines, inside = frame.lines, contents(pack, frame.lines)
    return tuple(ItemView(lines[i].title, lines[i].options, count) for i, count in inside.items() if i in lines)


def _freshness(row: Any, entries: Sequence[Any]) -> FreshnessView:
    # A carrier that has not answered yet has not said either that it does not know the number.
    known = bool(row.known or entries or row.answered_at is None)
    lacks = row.problem.removeprefix(LACKS) if (row.problem or "").startswith(LACKS) else None
    next_at = row.next_poll_at
    if next_at is not None and row.expected_at is not None:  # where not all can be asked when they are due
        next_at = max(next_at, row.expected_at)
    # The page counts in minutes: a question that brought nothing within the same one gives the same page, and no
    # frame is sent for it.
    answered_at = row.answered_at and row.answered_at.replace(second=0, microsecond=0)
    return FreshnessView(answered_at, row.last_scan_at, next_at, row.failing_since, known=known, lacks=lacks)
