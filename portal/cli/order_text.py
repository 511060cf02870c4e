"""An order, and lists of orders, as they are read in a terminal. Pure: documents in, lines out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.orders.waiting import Work, work_of
from portal.platforms.neutral import Address, Amount, Delivery, Line, NeutralOrder, Parcel
from portal.platforms.neutral.money import exponent
from portal.platforms.units import unshipped_units

WORK = {
    Work.TO_SHIP: "to ship",
    Work.TO_PREPARE: "to make ready for collection",
    Work.TO_COLLECT: "ready to collect",
    Work.TO_SETTLE: "to pay back",
}
NAMES = {
    Work.TO_SHIP: "to-ship",
    Work.TO_PREPARE: "to-prepare",
    Work.TO_COLLECT: "to-collect",
    Work.TO_SETTLE: "to-settle",
}


def money(amount: Amount, order: NeutralOrder) -> str:
    """What the customer pays or gets: in their currency, where that is known."""
    minor, currency = (
        (amount.buyer, order.currency.buyer) if amount.buyer is not None else (amount.shop, order.currency.shop)
    )
    if minor is None or currency is None:
        return "unknown"
    digits = exponent(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}.{rest:0{digits}} {currency}" if digits else f"{sign}{whole} {currency}"


def waits(order: NeutralOrder) -> list[str]:
    """What the order waits for, in words."""
    work = work_of(order)
    return [words for kind, words in WORK.items() if kind in work]


def short(order: NeutralOrder, zone: ZoneInfo) -> str:
    """The order in one line."""
    units = sum(unshipped_units(order).values())
    state = "cancelled" if order.cancelled_at else ", ".join(waits(order)) or order.state.fulfilment
    parts = [order.number, _moment(order.placed_at, zone), money(order.totals.total, order), state]
    if units and not order.cancelled_at:
        parts.append(f"{units} unit{'' if units == 1 else 's'} in the shop")
    return "  ".join(parts)


def whole(order: NeutralOrder, zone: ZoneInfo) -> str:
    """All of the order that somebody at the shop needs to know."""
    return "\n".join(_whole(order, zone))


def plain(order: NeutralOrder) -> dict[str, Any]:
    """The same for programs: the document, and what it waits for."""
    return {
        "number": order.number,
        "platform": order.source.platform,
        "shop": order.source.shop,
        "order_id": order.source.order_id,
        "placed_at": order.placed_at.isoformat() if order.placed_at else None,
        "cancelled_at": order.cancelled_at.isoformat() if order.cancelled_at else None,
        "waits_for": [NAMES[kind] for kind in Work if kind in work_of(order)],
        "lines": [
            {
                "id": line.id,
                "title": line.title,
                "options": [option.value for option in line.options],
                "quantity": line.quantity.model_dump(),
                "in_shop": unshipped_units(order)[line.id],
            }
            for line in order.lines
        ],
        "parcels": [parcel.model_dump(mode="json") for parcel in order.parcels],
        "deliveries": [delivery.model_dump(mode="json") for delivery in order.deliveries],
        "totals": order.totals.model_dump(mode="json"),
        "currency": order.currency.model_dump(mode="json"),
    }


def _whole(order: NeutralOrder, zone: ZoneInfo) -> Iterator[str]:
    source = order.source
    yield f"Order {order.number}  ({source.platform}{f', {source.shop}' if source.shop else ''}, {source.order_id})"
    state = order.state
    yield f"  placed {_moment(order.placed_at, zone)}, payment {state.payment}, fulfilment {state.fulfilment}"
    if order.cancelled_at:
        yield f"  cancelled {_moment(order.cancelled_at, zone)}, reason: {order.cancel_reason or 'none given'}"
    elif found := waits(order):
        yield f"  waits: {', '.join(found)}"
    if order.address.shipping:
        yield f"  to {_address(order.address.shipping)}"
    if reached := [each for each in (order.contact.email, order.contact.phone) if each]:
        yield f"  {' · '.join(reached)}"
    left = unshipped_units(order)
    yield "  items"
    yield from (_line(line, left[line.id], order) for line in order.lines)
    yield from (_delivery(delivery, zone) for delivery in order.deliveries)
    yield from (_parcel(parcel, zone) for parcel in order.parcels)
    totals = order.totals
    yield f"  total {money(totals.total, order)}" + "".join(
        f", {name} {money(amount, order)}"
        for name, amount in (("refunded", totals.refunded), ("to be paid", totals.outstanding))
        if amount.shop or amount.buyer
    )


def _line(line: Line, in_shop: int, order: NeutralOrder) -> str:
    options = ", ".join(option.value for option in line.options if option.value)
    quantity = line.quantity
    state = [f"{quantity.current} of {quantity.ordered} wanted" if quantity.current != quantity.ordered else ""]
    state += [f"{quantity.fulfilled} left the shop" if quantity.fulfilled else "", f"{in_shop} in the shop"]
    name = f"{line.title or line.sku or line.id}{f' ({options})' if options else ''}"
    price = money(line.price.unit, order)
    said = "; ".join(filter(None, state))
    return f"    {line.id}  {quantity.ordered} × {name}  {'' if price == 'unknown' else price + '  '}{said}"


def _delivery(delivery: Delivery, zone: ZoneInfo) -> str:
    pickup = delivery.pickup
    where = delivery.location.name if delivery.location and delivery.location.name else delivery.label
    told = [f"delivery {delivery.id}: {delivery.method}", delivery.state, where or ""]
    if pickup.collected_at:
        told.append(f"collected {_moment(pickup.collected_at, zone)}")
    elif pickup.ready_at:
        told.append(f"ready since {_moment(pickup.ready_at, zone)}")
    if delivery.instructions:
        told.append(f"asked: {delivery.instructions}")
    return "  " + ", ".join(filter(None, told))


def _parcel(parcel: Parcel, zone: ZoneInfo) -> str:
    tracking = ", ".join(
        " ".join(filter(None, (each.carrier_raw or each.carrier, each.number))) for each in parcel.tracking
    )
    left = f"left {_moment(parcel.created_at, zone)}" if parcel.created_at else ""
    arrived = f"arrived {_moment(parcel.delivered_at, zone)}" if parcel.delivered_at else ""
    state = "" if parcel.state == "ok" else parcel.state
    return "  " + ", ".join(filter(None, (f"parcel {parcel.id}: {tracking or 'no number'}", state, left, arrived)))


def _address(address: Address) -> str:
    town = " ".join(filter(None, (address.postcode, address.city)))
    parts: Sequence[str | None] = (address.name, address.company, address.line1, address.line2, town, address.country)
    return ", ".join(part for part in parts if part)


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else "at an unknown time"
