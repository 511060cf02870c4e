"""What the resolver needs to know of an order, read from its document once. Pure.

Several policies, or several moments, can be asked about the same facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from portal.editing.answers import Code
from portal.editing.policy.deadlines import later
from portal.editing.policy.rules import token
from portal.platforms.neutral.parts import Amount, Line, NeutralOrder, Parcel
from portal.platforms.units import editable_units, is_out_of_reach, is_vague, nothing_left, nothing_shipped

NOWHERE: Final[Mapping[str, datetime]] = {}
_TAKEN_AS_ARRIVED: Final = timedelta(days=30)  # after it left, where nobody says
_OTHERS: Final = ""  # lines that no delivery names
_NOTHING_HELD: Final[Mapping[str, Code]] = {}
_FLAGS: Final = ("flag:personalised", "flag:preorder", "flag:final_sale")
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
    others = Code.UNCLEAR if vague else begun.get(_OTHERS)
    held = _NOTHING_HELD if vague else begun
    lines = tuple(
        [_line(line, units[line.id], returned.get(line.id, 0), held.get(line.id, others)) for line in order.lines]
    )
    items = [line for line in lines if line.is_item and line.current]
    parcels = [parcel for parcel in order.parcels if parcel.state == "ok"]
    moved = not nothing_shipped(order)
    return OrderFacts(
        order.placed_at,
        _left_first(parcels),
        _arrived(order, parcels, items, delivered),
        _over(order),
        order.state.payment,
        (order.currency.shop, order.currency.buyer),
        _order_tokens(order),
        lines,
        not moved and nothing_left(order) and all(line.editable == line.current for line in items),
        moved,
        _waiting(items, begun, vague=vague),
        _place(order),
    )


def _line(line: Line, editable: int, returned: int, waiting: Code | None) -> LineFacts:
    quantity, flags = line.quantity, line.flags
    current, fulfilled = quantity.current, quantity.fulfilled
    back = fulfilled - returned if returned < fulfilled else 0
    return LineFacts(
        line.id,
        line.sku or "",
        _tokens(
            line.kind,
            line.product_id or "",
            line.categories,
            line.tags,
            (flags.personalised, flags.preorder, flags.final_sale),
        ),
        line.price.total_after_discounts,
        line.kind not in _NO_ITEMS,
        current,
        min(current, fulfilled),
        editable,
        min(current, back),
        fulfilled > 0,
        waiting or (Code.PREPARING if quantity.in_progress else Code.LOCKED),
        tuple([option.name.casefold() if option.name else None for option in line.options]),
        line.requires_shipping,
    )


@lru_cache(4096)  # the same products are ordered again and again
def _tokens(
    kind: str, product: str, categories: tuple[str, ...], tags: tuple[str, ...], flags: tuple[bool, bool, bool]
) -> frozenset[str]:
    """What exceptions may know of an item: of its product, both the id and the number that a shop sees in it."""
    tokens = [f"kind:{kind}"]
    if product:
        tokens += [f"product:{product}", f"product:{product.rpartition('/')[2]}"]
    tokens += [token("category", category) for category in categories]
    tokens += [token("tag", tag) for tag in tags]
    tokens += [name for name, is_so in zip(_FLAGS, flags, strict=True) if is_so]
    return frozenset(tokens)


def _order_tokens(order: NeutralOrder) -> frozenset[str]:
    source, address = order.source, order.address.shipping
    tokens = [f"platform:{source.platform}"]
    tokens += [f"method:{delivery.method}" for delivery in order.deliveries]
    tokens += [token("tag", tag) for tag in order.tags]
    if source.shop:
        tokens.append(token("shop", source.shop))
    if source.channel:
        tokens.append(token("channel", source.channel))
    if address is not None and address.country:
        tokens.append(f"country:{address.country}")
    return frozenset(tokens)


def _over(order: NeutralOrder) -> Code | None:
    if order.cancelled_at is not None:
        return Code.CANCELLED
    if order.closed_at is not None:
        return Code.CLOSED
    return Code.REFUNDED if order.state.payment == "refunded" else None


def _returned(order: NeutralOrder) -> Mapping[str, int]:
    """Units by line that came back, or are to."""
    units: dict[str, int] = {}
    for change in order.adjustments:
        if change.type in _TAKEN_BACK and change.status != "failed":
            for part in change.lines:
                units[part.line_id] = units.get(part.line_id, 0) + max(0, -part.quantity)
    return units


def _begun(order: NeutralOrder) -> Mapping[str, Code]:
    """Lines in deliveries that the warehouse has begun with, by their ids; under _OTHERS those that no delivery names,
    where it has begun with one that does not say what is in it."""
    lines: dict[str, Code] = {}
    for delivery in order.deliveries:
        if delivery.state != "cancelled" and is_out_of_reach(delivery):
            code = Code.READY if delivery.pickup.ready_at else Code.PREPARING
            for part in delivery.lines:
                lines[part.line_id] = code
            if not delivery.lines and delivery.state != "closed":
                lines[_OTHERS] = code
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


def _left_first(parcels: list[Parcel]) -> datetime | None:
    known = [parcel.created_at for parcel in parcels if parcel.created_at is not None]
    return min(known) if known else None


def _arrived(
    order: NeutralOrder, parcels: list[Parcel], items: list[LineFacts], delivered: Mapping[str, datetime]
) -> datetime | None:
    """When the last of all was there: a time for returns does not run while something is on its way."""
    for line in items:
        if line.shipped < line.current:
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
