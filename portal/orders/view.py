"""From an order's rows to what its page shows. Pure: no database, no request, no language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from carriers import Milestone
from portal.maps.viewmodels import Stop
from portal.orders.parcelview import Frame, parcel_view
from portal.orders.queries import OrderRows
from portal.orders.threads import changes, threads
from portal.orders.viewmodels import ArrivalView, CollectView, ItemView, Money, OrderState, OrderView, ShopView
from portal.progress.headline import Facts, headline, rail_of, tone_of
from portal.progress.stand import Rows, stand
from portal.progress.state import ARRIVED, Collect, Line
from portal.tracking.scan import Scan

_SAYS_NOTHING = {"", "other", "staff", "unknown"}


def order_view(
    rows: OrderRows,
    *,
    shop: ShopView,
    now: datetime,
    zone: ZoneInfo,
    polled: frozenset[str],
    demo: bool = False,
    keep_days: int = 0,
) -> OrderView:
    """The order page's view. `polled` are the carriers that this installation has credentials for; `keep_days` for how
    long the shop keeps what is ready to be collected, 0: no end of it."""
    order = rows.order
    off = order.cancelled_at is not None
    lines = [_line(row) for row in rows.lines]
    parts = Rows(lines, rows.deliveries, rows.parcels, rows.shipments, off, order.fulfilment, order.payment)
    at = stand(parts)
    shipments = {row.id: row for row in rows.shipments}
    packs, by_id, left, collect = at.packs, at.lines, at.left, at.collect
    told = threads(rows.promises, rows.estimates, rows.shipments)
    frame = Frame(now, zone, len(packs), by_id, polled, _scans(rows), order.promise_to, _destination(order), told)
    parcels = tuple(
        parcel_view(frame, position, pack, shipments[pack.shipment_id]) for position, pack in enumerate(packs, 1)
    )
    facts = Facts(at.state, parcels, collect, left, _promise(order), off, now.astimezone(zone).date(), at.digital)
    key, arrival = headline(facts)
    return OrderView(
        shop=shop,
        number=order.number,
        placed_at=order.placed_at,
        state=at.state,
        tone=tone_of(key, facts),
        headline=key,
        arrival=arrival,
        delayed=any(parcel.delayed for parcel in parcels),
        rail=rail_of(key, facts),
        parcels=parcels,
        parcels_done=sum(pack.milestone in ARRIVED for pack in packs),
        collect=_collect(at.shop_row, collect, _items(at.fetched, by_id), order, zone, keep_days),
        unshipped=_items(left, by_id) if not off else (),
        digital=tuple(_item(line, line.current) for line in lines if line.digital and line.current),
        cancelled=_items(_cancelled(lines, left if off else {}), by_id, cancelled=True),
        cancel_reason=None if order.cancel_reason in _SAYS_NOTHING else order.cancel_reason,
        total=Money(order.total, order.currency) if order.total is not None and order.currency else None,
        refunded=_more_than_nothing(order.refunded, order.currency),
        outstanding=None if off else _more_than_nothing(order.outstanding, order.currency),
        demo=demo,
        ref=order.ref,
        dates=changes(told.promised) if not parcels and not off else (),
        instructions=order.instructions,
        note=order.shop_note,
        shop_key=order.shop or None,
    )


def _more_than_nothing(minor: int | None, currency: str | None) -> Money | None:
    return Money(minor, currency) if minor is not None and minor > 0 and currency else None


def finished(view: OrderView) -> bool:
    """Whether the page has nothing more to wait for."""
    if view.changes is not None and view.changes.under_way is not None:
        return False
    over = view.state in (OrderState.COMPLETED, OrderState.CANCELLED)
    return over and all(Milestone(parcel.milestone) in ARRIVED or not parcel.tracked for parcel in view.parcels)


def _line(row: Any) -> Line:
    return Line(
        row.id, row.title, row.options, row.kind, row.requires_shipping, row.ordered, row.current, row.fulfilled
    )


def _destination(order: Any) -> Stop | None:
    """The town that the order goes to; never the street."""
    if order.town is None:
        return None
    return Stop(order.town, round(order.town_lat, 2), round(order.town_lon, 2), order.town_country)


def _scans(rows: OrderRows) -> dict[int, list[Scan]]:
    scans: dict[int, list[Scan]] = {}
    for scan in rows.checkpoints:
        scans.setdefault(scan.shipment_id, []).append(scan)
    return scans


def _item(line: Line, quantity: int, *, cancelled: bool = False) -> ItemView:
    return ItemView(line.title, line.options, quantity, cancelled)


def _items(
    quantities: Mapping[int, int], lines: Mapping[int, Line], *, cancelled: bool = False
) -> tuple[ItemView, ...]:
    return tuple(
        _item(lines[line], quantity, cancelled=cancelled)
        for line, quantity in quantities.items()
        if line in lines and quantity
    )


def _cancelled(lines: Sequence[Line], not_sent: Mapping[int, int]) -> dict[int, int]:
    """Units that were taken off the order, and those that a cancelled order will not send any more."""
    return {line.id: line.ordered - line.current + not_sent.get(line.id, 0) for line in lines}


def _promise(order: Any) -> ArrivalView | None:
    day: date | None = order.promise_to or order.promise_from
    return ArrivalView(day, certain=False) if day else None


def _collect(
    row: Any, collect: Collect | None, items: tuple[ItemView, ...], order: Any, zone: ZoneInfo, keep_days: int
) -> CollectView | None:
    if row is None or collect is None:
        return None
    return CollectView(
        location=row.location or row.label,
        state=collect.state,
        ready_at=row.ready_at,
        collected_at=row.collected_at,
        hold_until=collect.kept_until(zone, keep_days),
        items=items,
        opening_hours=row.opening_hours,
        code=order.collect_code if collect.state == "ready" else None,
        address=tuple((row.address or "").splitlines()),
        collector=order.collector,
    )
