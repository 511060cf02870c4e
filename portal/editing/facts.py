"""What the resolver needs to know of an order, read from its document once. Pure.

Several policies, or several moments, can be asked about the same facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from portal.editing.answers import Code
from portal.editing.policy.deadlines import later
from portal.editing.policy.rules import token
from portal.platforms.neutral.parts import Amount, Line, NeutralOrder, Parcel
from portal.platforms.units import editable_units, is_out_of_reach, is_vague, nothing_left, nothing_shipped

NOWHERE: Final[Mapping[str, datetime]] = {}
_TAKEN_AS_ARRIVED: Final = timedelta(days=30)  # after it left, where nobody says
_NO_ITEMS: Final = frozenset({"fee", "tip"})
_TO_AN_ADDRESS: Final = frozenset({"shipping", "local", "unknown"})
_TAKEN_BACK: Final = frozenset({"return", "exchange"})


class LineFacts(NamedTuple):
    """A line. The first members tell it from others, `kind` is all the rest. `current` units are wanted, `shipped` of
    them have left, `editable` can be changed; `waiting` tells why others that have not left cannot. `returnable`:
    units that left and did not come back; `left_once`: whether any ever did. `options` are the names of what was
    chosen, folded, None where one has no name. `price` is that of the current units, after discounts."""

    id: str
    sku: str
    tokens: frozenset[str]
    price: Amount
    is_item: bool
    current: int
    shipped: int
    editable: int
    returnable: int
    left_once: bool
    waiting: Code
    options: tuple[str | None, ...]
    ships: bool

    @property
    def kind(self) -> tuple[object, ...]:
        """What lines have in common of which the same is true, but for exceptions and fees."""
        return self[4:]


class OrderFacts(NamedTuple):
    """An order. `over`: why nothing of it can be changed any more. `whole`: nothing has left and nothing is with the
    warehouse; `moved`: something has left; `waiting`: why it is not whole although nothing has. `place`: why it has no
    address to change. `shipped_at` is when something first left, `arrived_at` when the last of it arrived: None while
    not all of it has."""

    placed_at: datetime | None
    shipped_at: datetime | None
    arrived_at: datetime | None
    over: Code | None
    payment: str
    currency: tuple[str | None, str | None]
    tokens: frozenset[str]
    lines: tuple[LineFacts, ...]
    whole: bool
    moved: bool
    waiting: Code
    place: Code | None


def facts_of(order: NeutralOrder, delivered: Mapping[str, datetime] = NOWHERE) -> OrderFacts:
    """The facts. `delivered`: when which parcel (by the platform's id) arrived, as the carriers say."""
    units, returned, begun = editable_units(order), _returned(order), _begun(order)
    vague = is_vague(order)
    lines = tuple(
        _line(line, units[line.id], returned.get(line.id, 0), Code.UNCLEAR if vague else begun.get(line.id))
        for line in order.lines
    )
    items = [line for line in lines if line.is_item and line.current]
    parcels = [parcel for parcel in order.parcels if parcel.state == "ok"]
    return OrderFacts(
        placed_at=order.placed_at,
        shipped_at=min((parcel.created_at for parcel in parcels if parcel.created_at), default=None),
        arrived_at=_arrived(order, parcels, items, delivered),
        over=_over(order),
        payment=order.state.payment,
        currency=(order.currency.shop, order.currency.buyer),
        tokens=frozenset(_order_tokens(order)),
        lines=lines,
        whole=nothing_left(order) and all(line.editable == line.current for line in items),
        moved=not nothing_shipped(order),
        waiting=_waiting(items, begun, vague=vague),
        place=_place(order),
    )


def _line(line: Line, editable: int, returned: int, waiting: Code | None) -> LineFacts:
    quantity = line.quantity
    current, fulfilled = quantity.current, quantity.fulfilled
    return LineFacts(
        line.id,
        line.sku or "",
        _line_tokens(line),
        line.price.total_after_discounts,
        line.kind not in _NO_ITEMS,
        current,
        min(fulfilled, current),
        editable,
        max(0, min(current, fulfilled - returned)),
        fulfilled > 0,
        waiting or (Code.PREPARING if quantity.in_progress else Code.LOCKED),
        tuple(option.name.casefold() if option.name else None for option in line.options),
        line.requires_shipping,
    )


def _line_tokens(line: Line) -> frozenset[str]:
    tokens = [f"kind:{line.kind}"]
    if line.product_id:
        tokens.append(f"product:{line.product_id}")
        tokens.append(f"product:{line.product_id.rpartition('/')[2]}")  # the number that a shop sees, of a global id
    tokens += [token("category", category) for category in line.categories]
    tokens += [token("tag", tag) for tag in line.tags]
    flags = line.flags
    if flags.personalised:
        tokens.append("flag:personalised")
    if flags.preorder:
        tokens.append("flag:preorder")
    if flags.final_sale:
        tokens.append("flag:final_sale")
    return frozenset(tokens)


def _order_tokens(order: NeutralOrder) -> Iterator[str]:
    source = order.source
    yield f"platform:{source.platform}"
    if source.shop:
        yield token("shop", source.shop)
    if source.channel:
        yield token("channel", source.channel)
    if order.address.shipping and order.address.shipping.country:
        yield f"country:{order.address.shipping.country}"
    for tag in order.tags:
        yield token("tag", tag)
    for delivery in order.deliveries:
        yield f"method:{delivery.method}"


def _over(order: NeutralOrder) -> Code | None:
    if order.cancelled_at is not None:
        return Code.CANCELLED
    if order.closed_at is not None:
        return Code.CLOSED
    return Code.REFUNDED if order.state.payment == "refunded" else None


def _returned(order: NeutralOrder) -> Mapping[str, int]:
    """Units by line that came back, or are to."""
    units: Counter[str] = Counter()
    for change in order.adjustments:
        if change.type in _TAKEN_BACK and change.status != "failed":
            for part in change.lines:
                units[part.line_id] += max(0, -part.quantity)
    return units


def _begun(order: NeutralOrder) -> Mapping[str, Code]:
    """Lines in deliveries that the warehouse has begun with."""
    lines: dict[str, Code] = {}
    for delivery in order.deliveries:
        if delivery.state != "cancelled" and is_out_of_reach(delivery):
            code = Code.READY if delivery.pickup.ready_at else Code.PREPARING
            lines.update((part.line_id, code) for part in delivery.lines)
    return lines


def _waiting(items: list[LineFacts], begun: Mapping[str, Code], *, vague: bool) -> Code:
    if vague:
        return Code.UNCLEAR
    if begun:
        return Code.READY if Code.READY in begun.values() else Code.PREPARING
    return Code.PREPARING if any(line.waiting is Code.PREPARING for line in items) else Code.LOCKED


def _place(order: NeutralOrder) -> Code | None:
    methods = {delivery.method for delivery in order.deliveries if delivery.state not in ("cancelled", "closed")}
    methods = methods or {delivery.method for delivery in order.deliveries if delivery.state != "cancelled"}
    if not methods:
        ships = not order.lines or any(line.requires_shipping for line in order.lines)
        return None if ships else Code.NO_DELIVERY
    if not methods.isdisjoint(_TO_AN_ADDRESS):
        return None
    if "pickup_point" in methods:
        return Code.PICKUP_POINT
    return Code.PICKUP if "pickup" in methods else Code.NO_DELIVERY


def _arrived(
    order: NeutralOrder, parcels: list[Parcel], items: list[LineFacts], delivered: Mapping[str, datetime]
) -> datetime | None:
    """When the last of all was there: a time for returns does not run while something is on its way."""
    if any(line.shipped < line.current for line in items):
        return None
    moments = [_arrival(parcel, delivered) for parcel in parcels]
    moments += [delivery.pickup.collected_at for delivery in order.deliveries if delivery.pickup.collected_at]
    known = [moment for moment in moments if moment is not None]
    return max(known) if known and len(known) == len(moments) else None


def _arrival(parcel: Parcel, delivered: Mapping[str, datetime]) -> datetime | None:
    moment = parcel.delivered_at or delivered.get(parcel.id)
    if moment is None and parcel.created_at is not None:
        return later(parcel.created_at, _TAKEN_AS_ARRIVED)
    return moment
