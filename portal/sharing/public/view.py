"""From an order's rows to what its visitors see. Pure: no database, no request, no language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from carriers import RANK, TERMINAL, Milestone
from carriers.core.registry import get, slugs
from portal.maps.journey import travelled
from portal.maps.viewmodels import Journey, Stand as MapStand, Stop
from portal.progress import parcel as parcels
from portal.progress.headline import Facts, headline, rail_of, tone_of
from portal.progress.stand import Rows, Stand, stand
from portal.progress.state import ARRIVED, Line, Pack
from portal.progress.values import ArrivalView, OrderState, Tone
from portal.sharing.public.reads import SharedRows
from portal.sharing.public.values import Scope, SharedItem, SharedParcel, SharedStep, SharedView

# What needs the customer is nobody else's business: it is a hold-up to everyone else.
_MILDER: Final = {Milestone.ACTION_REQUIRED: Milestone.EXCEPTION}
_TOLD: Final = {m for m in Milestone if RANK[m] >= RANK[Milestone.LABEL_CREATED]} - {Milestone.CANCELLED}
# At the end of its way a parcel is where somebody lives.
_NEAR: Final = {
    Milestone.OUT_FOR_DELIVERY,
    Milestone.ATTEMPTED,
    Milestone.READY_FOR_PICKUP,
    Milestone.DELIVERED,
    Milestone.COLLECTED,
}
_ON_THE_WAY: Final = {m for m in _TOLD if RANK[m] <= RANK[Milestone.IN_TRANSIT]}


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all parcels of a page share."""

    at: Stand
    today: date
    zone: ZoneInfo
    polled: frozenset[str]
    promise: date | None
    steps: Mapping[int, list[Any]]
    items: Mapping[int, Any]
    gift: bool


def shared_view(rows: SharedRows, scope: Scope, *, now: datetime, zone: ZoneInfo, polled: frozenset[str]) -> SharedView:
    """The visitor's page. `polled` are the carriers that this installation has credentials for."""
    order, today = rows.order, now.astimezone(zone).date()
    off = order.cancelled_at is not None
    at = stand(
        Rows(
            lines=[_line(row) for row in rows.lines],
            deliveries=rows.deliveries,
            parcels=rows.parcels,
            shipments=rows.shipments,
            cancelled=off,
            fulfilment=order.fulfilment,
            payment="paid",  # whether it is, is the customer's business
        )
    )
    frame = _Frame(at, today, zone, polled, order.promise_to, _steps(rows), rows.items, scope.gift)
    shipments = {row.id: row for row in rows.shipments}
    shown = tuple(
        _parcel(frame, position, pack, shipments[pack.shipment_id]) for position, pack in enumerate(at.packs, 1)
    )
    facts = Facts(at.state, shown, at.collect, at.left, _promise(order), off, today, at.digital)
    key, arrival = headline(facts)
    return SharedView(
        scope=scope,
        state=at.state,
        tone=_calmer(tone_of(key, facts)),
        headline=key,
        arrival=arrival,
        delayed=any(parcel.delayed for parcel in shown),
        rail=rail_of(key, facts),
        parcels=shown,
        parcels_done=sum(pack.milestone in ARRIVED for pack in at.packs),
        at_shop=at.collect.state if at.collect else None,
        shop_items=_items(at.fetched, frame.items),
        waiting=() if off else _items(at.left, frame.items),
        over_at=_over_at(at, order.cancelled_at),
    )


def _line(row: Any) -> Line:
    return Line(row.id, "", "", row.kind, row.requires_shipping, row.ordered, row.current, row.fulfilled)


def _steps(rows: SharedRows) -> dict[int, list[Any]]:
    steps: dict[int, list[Any]] = {}
    for row in rows.steps:
        steps.setdefault(row.shipment_id, []).append(row)
    return steps


def _parcel(frame: _Frame, position: int, pack: Pack, row: Any) -> SharedParcel:
    milestone = _MILDER.get(pack.milestone, pack.milestone)
    tracked = row.answered_at is not None or row.carrier in frame.polled
    arrival = parcels.arrival_of(row, milestone)
    due = arrival.day if arrival else frame.promise
    late = parcels.is_late(milestone, row.delayed, due, frame.today)
    ended = row.finished_at.astimezone(frame.zone).date() if row.finished_at else None
    return SharedParcel(
        key=f"parcel-{position}",
        position=position,
        total=len(frame.at.packs),
        carrier=None if frame.gift or row.carrier not in slugs() else get(row.carrier).manifest.label,
        tracked=tracked,
        milestone=milestone.value,
        tone=_calmer(parcels.tone(milestone, late)),
        delayed=late,
        arrival=arrival,
        ended=ended,
        items=_items(parcels.contents(pack, frame.at.lines), frame.items),
        steps=_told(frame, row.id) if tracked else (),
        journey=_journey(frame, row.id, milestone) if tracked else None,
    )


def _told(frame: _Frame, shipment_id: int) -> tuple[SharedStep, ...]:
    """What happened, newest first: once a day and place, in our words."""
    told: dict[SharedStep, None] = {}
    ends = _ends(frame, shipment_id)
    for row in frame.steps.get(shipment_id, ()):
        milestone = Milestone(row.milestone) if row.milestone else Milestone.UNKNOWN
        if row.wall is None or milestone not in _TOLD:
            continue
        day = parcels.local_time(row.wall, row.offset_minutes, row.date_only, frame.zone).date()
        town = row.town if milestone in _ON_THE_WAY and row.town not in ends else None
        told.setdefault(SharedStep(_MILDER.get(milestone, milestone).value, day, town))
    return tuple(sorted(told, key=lambda step: step.day, reverse=True))


def _journey(frame: _Frame, shipment_id: int, milestone: Milestone) -> Journey | None:
    """The towns on the way, oldest first; not the one in which it ends."""
    ends = _ends(frame, shipment_id)
    stops = [
        Stop(row.town, round(row.town_lat, 2), round(row.town_lon, 2), row.town_country)
        for row in reversed(frame.steps.get(shipment_id, ()))
        if row.town and row.town_lat is not None and row.town_lon is not None and row.milestone in _ON_THE_WAY
        if row.town not in ends
    ]
    return travelled(stops, None, MapStand.UNDER_WAY if milestone in _ON_THE_WAY else MapStand.LAST_SEEN)


def _ends(frame: _Frame, shipment_id: int) -> set[str]:
    """The towns where somebody receives it: a depot in one of them would tell where."""
    return {row.town for row in frame.steps.get(shipment_id, ()) if row.town and row.milestone in _NEAR}


def _items(quantities: Mapping[int, int], items: Mapping[int, Any]) -> tuple[SharedItem, ...]:
    return tuple(
        SharedItem(items[line].title, items[line].options, count)
        for line, count in quantities.items()
        if line in items and count
    )


def _promise(order: Any) -> ArrivalView | None:
    day: date | None = order.promise_to or order.promise_from
    return ArrivalView(day, certain=False) if day else None


def _calmer(tone: Tone) -> Tone:
    return Tone.WAIT if tone is Tone.ALERT else tone


def _over_at(at: Stand, cancelled_at: datetime | None) -> datetime | None:
    """When the last thing happened, once nothing more is to come."""
    if at.state is OrderState.CANCELLED:
        return cancelled_at
    if at.state is not OrderState.COMPLETED or any(pack.milestone not in TERMINAL for pack in at.packs):
        return None
    moments = [pack.finished_at for pack in at.packs if pack.finished_at]
    if at.collect and at.collect.collected_at:
        moments.append(at.collect.collected_at)
    return max(moments, default=None)
