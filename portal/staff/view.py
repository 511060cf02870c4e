"""From an order's document and its page to what the shop's people see of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from carriers import TERMINAL, Milestone
from portal.editing.values import EditView
from portal.orders.parcels import safe_url
from portal.orders.viewmodels import Money, OrderView
from portal.orders.waiting import Work, work_of
from portal.platforms.live import Editable, Prepares, Ships, Shop
from portal.platforms.neutral import Address, Amount, Delivery, Line, NeutralOrder, Parcel
from portal.platforms.neutral.handing import sendable
from portal.platforms.units import unshipped_units
from portal.staff.changeview import change_view
from portal.staff.money import money_of
from portal.staff.values import Noted
from portal.staff.viewmodels import CanView, CardView, LineView, ParcelView, PickupView, StaffOrderView

_OVER: Final = frozenset(step.value for step in TERMINAL)


def card_of(ref: str, order: OrderView, work: Work | None) -> CardView:
    """An order in the list of those that wait for `work`, or of all."""
    collect = order.collect
    ready = collect.ready_at if collect is not None and work is Work.TO_COLLECT else None
    waits = order.unshipped if work is Work.TO_SHIP else collect.items if collect is not None else ()
    sent = tuple(item for parcel in order.parcels for item in parcel.items)
    return CardView(ref, order, ready or order.placed_at, waits or (*order.unshipped, *sent, *order.digital))


def staff_view(
    ref: str,
    document: NeutralOrder,
    order: OrderView,
    shop: Shop | None,
    steps: Sequence[Noted],
    edit: EditView | None = None,
) -> StaffOrderView:
    """The whole of an order. `order` is what its customer sees; `shop` is its connected shop, if it has one; `edit` is
    the change that is under way."""
    free, left = sendable(document), unshipped_units(document)
    source = document.source
    lines = tuple(_line(line, free[line.id], left[line.id], document) for line in document.lines)
    customer = document.customer
    return StaffOrderView(
        ref=ref,
        order=order,
        source=" · ".join(filter(None, (source.platform, source.shop, source.order_id))),
        work=work_of(document),
        can=_can(shop),
        address=_address(document.address.shipping),
        country=document.address.shipping.country if document.address.shipping else None,
        email=document.contact.email or (customer.email if customer else None),
        phone=document.contact.phone or (customer.phone if customer else None),
        lines=lines,
        pickups=tuple(_pickup(each) for each in document.deliveries if each.method == "pickup"),
        parcels=tuple(_parcel(parcel, order) for parcel in document.parcels if parcel.state == "ok"),
        refunded=_some(document.totals.refunded, document),
        outstanding=_some(document.totals.outstanding, document),
        to_pay_back=_to_pay_back(document),
        note=document.note,
        being_prepared=document.state.fulfilment == "in_progress",
        steps=tuple(steps),
        change=None if edit is None else change_view(edit, document, shop),
    )


def _can(shop: Shop | None) -> CanView:
    return CanView(
        told=shop is not None,
        ships=isinstance(shop, Ships),
        prepares=isinstance(shop, Prepares),
        edits=isinstance(shop, Editable),
    )


def _line(line: Line, free: int, left: int, document: NeutralOrder) -> LineView:
    quantity = line.quantity
    return LineView(
        id=line.id,
        title=line.title or line.sku or line.id,
        options=", ".join(option.value for option in line.options if option.value),
        sku=line.sku,
        wishes=tuple((wish.name, wish.value) for wish in line.personalisation if wish.value),
        ordered=quantity.ordered,
        wanted=quantity.current,
        gone=quantity.fulfilled,
        in_shop=left,
        sendable=free,
        physical=line.requires_shipping,
        price=money_of(line.price.unit, document),
        replaces=line.replaces_line_id is not None,
    )


def _pickup(delivery: Delivery) -> PickupView:
    pickup = delivery.pickup
    over = pickup.collected_at is not None or delivery.state in ("closed", "cancelled")
    return PickupView(
        id=delivery.id,
        location=(delivery.location.name if delivery.location else None) or delivery.label,
        state="collected" if over else "ready" if pickup.ready_at else "preparing",
        ready_at=pickup.ready_at,
        collected_at=pickup.collected_at,
        has_code=bool(pickup.code),
    )


def _parcel(parcel: Parcel, order: OrderView) -> ParcelView:
    """What the carrier says of it is found by its number."""
    tracking = parcel.tracking[0] if parcel.tracking else None
    number = tracking.number if tracking else None
    shown = next((each for each in order.parcels if number and each.number == "".join(number.split())), None)
    said = parcel.status if parcel.status != Milestone.UNKNOWN else Milestone.HANDED_OVER.value
    milestone = shown.milestone if shown is not None and shown.tracked else said
    return ParcelView(
        id=parcel.id,
        carrier=(shown.carrier if shown else None) or (tracking.carrier_raw or tracking.carrier if tracking else None),
        number=number,
        url=shown.tracking_url if shown else safe_url(tracking.url if tracking else None),
        milestone=milestone,
        left_at=parcel.created_at,
        closes=milestone not in _OVER and said not in _OVER,
    )


def _address(address: Address | None) -> tuple[str, ...]:
    """Its lines, as they stand on a parcel, without the country."""
    if address is None:
        return ()
    town = " ".join(filter(None, (address.postcode, address.city)))
    parts = (address.name, address.company, address.line1, address.line2, town, address.region)
    return tuple(part for part in parts if part)


def _some(amount: Amount, document: NeutralOrder) -> Money | None:
    found = money_of(amount, document)
    return found if found is not None and found.minor else None


def _to_pay_back(document: NeutralOrder) -> Money | None:
    """What was promised to go back and has not."""
    waiting = [money_of(part.amount, document) for part in document.adjustments if part.status == "pending"]
    found = [money for money in waiting if money is not None and money.minor < 0]
    return Money(-sum(money.minor for money in found), found[0].currency) if found else None
