"""The document of an order after its shop has done something with it: made it ready, sent it, paid it back. Pure.

For orders that are kept here and nowhere else. What is said twice changes nothing the second time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import carriers
from portal.platforms.changes import NotApplied
from portal.platforms.neutral.bumping import following
from portal.platforms.neutral.holding import is_held
from portal.platforms.neutral.parts import Amount, Delivery, Line, NeutralOrder, Parcel, ParcelLine, State, Tracking
from portal.platforms.neutral.replanning import to_do
from portal.platforms.units import unshipped_units

_OVER: Final = frozenset({"closed", "cancelled"})


def sendable(order: NeutralOrder) -> Mapping[str, int]:
    """Units by line id that are still to be sent: those that are collected at the shop are not."""
    kept = Counter[str]()
    for delivery in order.deliveries:
        if delivery.method == "pickup" and delivery.state not in _OVER:
            kept.update({part.line_id: to_do(part) for part in delivery.lines})
    whole = any(delivery.method == "pickup" and not delivery.lines for delivery in order.deliveries)
    left = unshipped_units(order)
    return {line.id: 0 if whole else max(0, left[line.id] - kept[line.id]) for line in order.lines}


def preparing(order: NeutralOrder, at: datetime) -> NeutralOrder | NotApplied:
    """What is to be sent is being made ready: its customer can change it no more."""
    if refused := _refusal(order, at):
        return refused
    waiting = sendable(order)
    if not any(waiting.values()):
        return NotApplied("shipped", "nothing of this order is still to be sent")
    if all(line.quantity.in_progress >= waiting[line.id] for line in order.lines):
        return order
    lines = tuple(_with(line, in_progress=waiting[line.id]) for line in order.lines)
    deliveries = tuple(
        _in(delivery, "in_progress") if delivery.method != "pickup" and delivery.state not in _OVER else delivery
        for delivery in order.deliveries
    )
    return following(order, at, lines=lines, deliveries=deliveries, state=_fulfilment(order, "in_progress"))


def shipped(
    order: NeutralOrder, key: str, wanted: Mapping[str, int], tracking: Tracking | None, at: datetime
) -> NeutralOrder | NotApplied:
    """Units by line id were handed to a carrier, in one parcel, which has `key` for its id."""
    if any(parcel.id == key for parcel in order.parcels):
        return order
    if refused := _refusal(order, at) or _of_parcel(order, wanted, tracking):
        return refused
    home = _delivery_of(order, wanted)
    parcel = Parcel(
        id=key,
        delivery_id=home.id if home else None,
        state="ok",
        created_at=at,
        lines=tuple(ParcelLine(line_id=line, quantity=quantity) for line, quantity in wanted.items()),
        allocation="exact",
        tracking=() if tracking is None else (tracking,),
        status="handed_over",
    )
    deliveries = tuple(
        delivery if delivery.method == "pickup" else left(delivery, wanted) for delivery in order.deliveries
    )
    return _fulfilled(order, at, wanted, parcels=(*order.parcels, parcel), deliveries=deliveries)


def tracking_of(carrier: str | None, number: str | None) -> Tracking | None:
    """A parcel's carrier (a slug of ours, or the shop's own word) and number, as the document has them."""
    if not carrier and not number:
        return None
    named = carriers.named(carrier) if carrier else None
    word = named.manifest.label if named and carrier == named.manifest.slug else carrier
    return Tracking(carrier_raw=word, carrier=named.manifest.slug if named else None, number=number)


def ready(order: NeutralOrder, delivery_id: str, code: str, at: datetime) -> NeutralOrder | NotApplied:
    """What is to be collected is ready. `code` is shown to whoever collects it, where the shop gave none."""
    delivery = _pickup(order, delivery_id)
    if refused := _refusal(order, at) or (None if delivery else NotApplied("unsupported", "nothing is collected")):
        return refused
    if delivery is None or delivery.pickup.ready_at is not None:
        return order
    pickup = delivery.pickup.model_copy(update={"ready_at": at, "code": delivery.pickup.code or code})
    done = _in(delivery, "in_progress").model_copy(update={"pickup": pickup})
    return following(order, at, deliveries=_replaced(order, done), state=_fulfilment(order, "in_progress"))


def collected(order: NeutralOrder, delivery_id: str, at: datetime) -> NeutralOrder | NotApplied:
    """It was collected."""
    delivery = _pickup(order, delivery_id)
    if refused := _refusal(order, at) or (None if delivery else NotApplied("unsupported", "nothing is collected")):
        return refused
    if delivery is None or delivery.pickup.collected_at is not None:
        return order
    there = Counter[str]()
    for part in delivery.lines:
        there[part.line_id] += to_do(part)
    if not delivery.lines:
        there.update(unshipped_units(order))
    moments = {"ready_at": delivery.pickup.ready_at or at, "collected_at": at}
    done = left(delivery, there).model_copy(
        update={"pickup": delivery.pickup.model_copy(update=moments), "state": "closed"}
    )
    return _fulfilled(order, at, there, deliveries=_replaced(order, done))


def delivered(order: NeutralOrder, parcel_id: str, at: datetime) -> NeutralOrder | NotApplied:
    """A parcel arrived, as somebody at the shop says."""
    parcel = next((parcel for parcel in order.parcels if parcel.id == parcel_id and parcel.state == "ok"), None)
    if parcel is None:
        return NotApplied("changed", "the order has no such parcel")
    if parcel.status == "delivered":
        return order
    done = parcel.model_copy(update={"status": "delivered", "delivered_at": at})
    return following(order, at, parcels=tuple(done if each is parcel else each for each in order.parcels))


def settled(order: NeutralOrder, at: datetime) -> NeutralOrder:
    """What was to be paid back was paid back, and what was still to be paid was paid."""
    owed = order.totals.outstanding
    pending = any(part.status == "pending" for part in order.adjustments)
    if not pending and not owed.shop and not owed.buyer:
        return order
    done = tuple(
        part.model_copy(update={"status": "completed"}) if part.status == "pending" else part
        for part in order.adjustments
    )
    state = order.state
    if owed.shop or owed.buyer:
        state = state.model_copy(update={"payment": "paid"})
    totals = order.totals.model_copy(update={"outstanding": _none_of(owed)})
    return following(order, at, adjustments=done, totals=totals, state=state)


def left(delivery: Delivery, gone: Mapping[str, int]) -> Delivery:
    """The delivery after these units have left it; over when it has none any more."""
    rest, parts = dict(gone), []
    for part in delivery.lines:
        fewer = min(to_do(part), rest.get(part.line_id, 0))
        rest[part.line_id] = rest.get(part.line_id, 0) - fewer
        parts.append(part.model_copy(update={"remaining": to_do(part) - fewer}))
    over = bool(parts) and delivery.state not in _OVER and not any(to_do(part) for part in parts)
    changed = delivery.model_copy(update={"lines": tuple(parts)})
    return _in(changed, "closed") if over else changed


def _refusal(order: NeutralOrder, at: datetime) -> NotApplied | None:
    if order.cancelled_at is not None:
        return NotApplied("cancelled")
    if order.closed_at is not None:
        return NotApplied("closed")
    return NotApplied("busy", "its customer is changing it") if is_held(order, at) else None


def _of_parcel(order: NeutralOrder, wanted: Mapping[str, int], tracking: Tracking | None) -> NotApplied | None:
    free = sendable(order)
    if not wanted or any(line not in free or quantity < 1 for line, quantity in wanted.items()):
        return NotApplied("changed", "the order has no such units")
    if any(quantity > free[line] for line, quantity in wanted.items()):
        return NotApplied("shipped", "so many units are not there to be sent")
    number = tracking.number if tracking else None
    known = {part.number for parcel in order.parcels if parcel.state == "ok" for part in parcel.tracking}
    return NotApplied("changed", "a parcel of this order has this number already") if number in known - {None} else None


def _fulfilled(order: NeutralOrder, at: datetime, gone: Mapping[str, int], **members: Any) -> NeutralOrder:
    """The order after these units have left the shop."""
    lines = tuple(_gone(line, gone.get(line.id, 0)) for line in order.lines)
    more = any(line.quantity.current > line.quantity.fulfilled for line in lines)
    return following(order, at, lines=lines, state=_fulfilment(order, "partial" if more else "fulfilled"), **members)


def _gone(line: Line, units: int) -> Line:
    quantity = line.quantity
    fulfilled = min(quantity.current, quantity.fulfilled + units)
    left_over = quantity.current - fulfilled
    changes: dict[str, int] = {"fulfilled": fulfilled, "in_progress": min(quantity.in_progress, left_over)}
    if quantity.editable is not None:
        changes["editable"] = min(quantity.editable, left_over)
    return _with(line, **changes)


def _with(line: Line, **quantity: int) -> Line:
    return line.model_copy(update={"quantity": line.quantity.model_copy(update=quantity)})


def _in(delivery: Delivery, state: str) -> Delivery:
    return delivery.model_copy(update={"state": state})


def _fulfilment(order: NeutralOrder, word: str) -> State:
    return order.state.model_copy(update={"fulfilment": word})


def _pickup(order: NeutralOrder, delivery_id: str) -> Delivery | None:
    found = (each for each in order.deliveries if each.id == delivery_id and each.method == "pickup")
    return next((each for each in found if each.state != "cancelled"), None)


def _delivery_of(order: NeutralOrder, units: Mapping[str, int]) -> Delivery | None:
    sent = [each for each in order.deliveries if each.method != "pickup" and each.state != "cancelled"]
    named = (each for each in sent if any(part.line_id in units for part in each.lines))
    return next(named, next((each for each in sent if not each.lines), None))


def _replaced(order: NeutralOrder, delivery: Delivery) -> tuple[Delivery, ...]:
    return tuple(delivery if each.id == delivery.id else each for each in order.deliveries)


def _none_of(amount: Amount) -> Amount:
    return Amount(shop=None if amount.shop is None else 0, buyer=None if amount.buyer is None else 0)
