"""An order as it was at an earlier moment, as far as its document tells. Pure.

What is known with its moment is taken back: parcels that left later, cancellations, changes and refunds. What has no
moment is taken as if it had not happened yet: the warehouse counts as having begun with something when its parcel left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from portal.platforms.neutral.parts import Adjustment, Delivery, Line, NeutralOrder, Parcel

_GONE_BACK: Final = frozenset({"refunded", "partially_refunded", "voided"})
_CHANGING: Final = frozenset({"edit", "cancel", "refund"})


def as_at(order: NeutralOrder, moment: datetime) -> NeutralOrder:
    """The order as it was then. From its last change on that is the document itself."""
    if order.updated_at is not None and moment >= order.updated_at:
        return order
    kept = tuple(parcel for parcel in order.parcels if _had_left(parcel, moment))
    later = [change for change in order.adjustments if change.at is not None and change.at > moment]
    return order.model_copy(
        update={
            "parcels": kept,
            "adjustments": tuple(change for change in order.adjustments if change not in later),
            "lines": _lines(order, later, kept, moment),
            "deliveries": tuple(_delivery(delivery, moment) for delivery in order.deliveries),
            "cancelled_at": _if_before(order.cancelled_at, moment),
            "closed_at": _if_before(order.closed_at, moment),
            "state": _state(order, later, moment),
        }
    )


def left_at(parcel: Parcel) -> datetime | None:
    """When a parcel left, as far as anything says."""
    known = [parcel.created_at, *(event.at for event in parcel.events), parcel.delivered_at]
    return min((at for at in known if at is not None), default=None)


def _had_left(parcel: Parcel, moment: datetime) -> bool:
    at = left_at(parcel)
    return at is not None and at <= moment


def _if_before(at: datetime | None, moment: datetime) -> datetime | None:
    return at if at is not None and at <= moment else None


def _lines(
    order: NeutralOrder, later: Sequence[Adjustment], kept: Sequence[Parcel], moment: datetime
) -> tuple[Line, ...]:
    """The lines with what had left by then. Units in parcels that left since had not."""
    back, sent = _taken_off(later), _units(parcel for parcel in order.parcels if parcel not in kept)
    was_whole = order.cancelled_at is not None and order.cancelled_at > moment and not any(back.values())
    lines = []
    for line in order.lines:
        quantity = line.quantity
        current = quantity.ordered if was_whole and not quantity.current else quantity.current + back[line.id]
        then = {
            "current": max(0, min(quantity.ordered, current)),
            "fulfilled": max(0, quantity.fulfilled - sent[line.id]) if kept else 0,
            "in_progress": 0,
            "editable": None,
        }
        lines.append(line.model_copy(update={"quantity": quantity.model_copy(update=then)}))
    return tuple(lines)


def _taken_off(later: Sequence[Adjustment]) -> Counter[str]:
    """Units by line that were taken off since; negative where some were added."""
    units: Counter[str] = Counter()
    for change in later:
        if change.type in _CHANGING and change.status != "failed":
            for part in change.lines:
                units[part.line_id] -= part.quantity
    return units


def _units(parcels: Iterable[Parcel]) -> Counter[str]:
    units: Counter[str] = Counter()
    for parcel in parcels:
        for part in parcel.lines if parcel.state == "ok" else ():
            units[part.line_id] += part.quantity
    return units


def _delivery(delivery: Delivery, moment: datetime) -> Delivery:
    if delivery.state == "cancelled":
        return delivery
    pickup = delivery.pickup
    then = {
        "ready_at": _if_before(pickup.ready_at, moment),
        "collected_at": _if_before(pickup.collected_at, moment),
    }
    parts = tuple(part.model_copy(update={"remaining": None}) for part in delivery.lines)
    update = {"state": "open", "handed_to_warehouse": False, "lines": parts, "pickup": pickup.model_copy(update=then)}
    return delivery.model_copy(update=update)


def _state(order: NeutralOrder, later: Sequence[Adjustment], moment: datetime) -> Any:
    """What was paid back since was still paid then."""
    since = any(change.type in _CHANGING for change in later)
    since = since or (order.cancelled_at is not None and order.cancelled_at > moment)
    if order.state.payment in _GONE_BACK and since:
        return order.state.model_copy(update={"payment": "paid"})
    return order.state
