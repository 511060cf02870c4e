"""Where an order stands, derived from its lines, deliveries and parcels. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from carriers import RANK, TERMINAL, Milestone
from portal.progress.values import OrderState

_PROBLEM = {
    Milestone.ACTION_REQUIRED,
    Milestone.EXCEPTION,
    Milestone.RETURNING,
    Milestone.RETURNED,
    Milestone.LOST,
    Milestone.EXPIRED,
}
ARRIVED = {Milestone.DELIVERED, Milestone.COLLECTED}
NOT_PHYSICAL = {"digital", "gift_card", "service", "fee", "tip"}
_SENT_OTHERWISE = {"digital", "gift_card", "physical"}


@dataclass(frozen=True, slots=True)
class Line:
    """An order line with its quantities."""

    id: int
    title: str
    options: str
    kind: str
    requires_shipping: bool
    ordered: int
    current: int
    fulfilled: int

    @property
    def physical(self) -> bool:
        """Whether it travels."""
        return self.kind not in NOT_PHYSICAL and self.requires_shipping

    @property
    def digital(self) -> bool:
        """Whether it reaches the customer without a parcel."""
        return not self.physical and self.kind in _SENT_OTHERWISE


@dataclass(frozen=True, slots=True)
class Pack:
    """A parcel: what is in it and where it stands."""

    shipment_id: int
    milestone: Milestone
    allocation: str
    quantities: Mapping[int, int]
    reason: str | None = None
    delayed: bool = False
    estimate_day: date | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Collect:
    """A delivery that the customer fetches at the shop."""

    ready_at: datetime | None
    collected_at: datetime | None
    closed: bool

    @property
    def state(self) -> str:
        """preparing, ready or collected."""
        if self.collected_at or self.closed:
            return "collected"
        return "ready" if self.ready_at else "preparing"

    def kept_until(self, zone: ZoneInfo, days: int) -> date | None:
        """The last day of `days` for which the shop, whose zone it is, keeps what is ready; None: no end of it."""
        if self.ready_at is None or self.state != "ready" or not days:
            return None
        return self.ready_at.astimezone(zone).date() + timedelta(days)


@dataclass(frozen=True, slots=True)
class Whole:
    """All that decides an order's state. `unshipped`: units that still have to leave the shop; those that the
    customer fetches there are not among them."""

    lines: Sequence[Line]
    packs: Sequence[Pack] = ()
    collect: Collect | None = None
    cancelled: bool = False
    fulfilment: str = "unknown"
    payment: str = "unknown"
    unshipped: Mapping[int, int] = field(default_factory=dict)


def unshipped(lines: Sequence[Line], packs: Sequence[Pack]) -> dict[int, int]:
    """Units that still have to leave the shop, by line id; lines with none are left out.

    Where the shop does not say what is in a parcel, its count of fulfilled units decides; what was in a
    parcel whose label was given up has not left, whatever it counts.
    """
    void = [pack for pack in packs if pack.milestone is Milestone.CANCELLED]
    real = [pack for pack in packs if pack.milestone is not Milestone.CANCELLED]
    left: dict[int, int] = {}
    for line in lines:
        sent = max(_units(real, line), line.fulfilled - _units(void, line))
        if line.physical and line.current > sent:
            left[line.id] = line.current - sent
    return left


def _units(packs: Sequence[Pack], line: Line) -> int:
    """Units of a line in these parcels, as far as the shop says what is in them."""
    if any(pack.allocation == "whole_order" for pack in packs):
        return line.current
    return sum(pack.quantities.get(line.id, 0) for pack in packs if pack.allocation == "exact")


def to_hand_out(lines: Sequence[Line], fulfilment: str) -> bool:
    """Whether something that needs no parcel has still to be handed out, as far as the shop says."""
    return fulfilment != "fulfilled" and any(line.digital and line.current > line.fulfilled for line in lines)


def order_state(order: Whole) -> OrderState:
    """The one word for the whole order."""
    if order.cancelled or (order.lines and all(line.current == 0 for line in order.lines)):
        return OrderState.CANCELLED
    if order.packs and any(pack.milestone in _PROBLEM for pack in order.packs):
        return OrderState.PROBLEM
    if order.packs:
        return _under_way(order)
    return _waiting(order) if order.collect is None else _collecting(order, order.collect)


def _collecting(order: Whole, collect: Collect) -> OrderState:
    if collect.state == "ready":
        return OrderState.READY_TO_COLLECT
    if collect.state == "collected":
        return OrderState.PARTLY_DELIVERED if order.unshipped else OrderState.COMPLETED
    return _waiting(order) if order.unshipped else OrderState.PREPARING


def _waiting(order: Whole) -> OrderState:
    if not order.unshipped:
        if any(line.physical and line.current for line in order.lines):
            return OrderState.SHIPPED  # so the shop says, and not how
        if order.lines and not to_hand_out(order.lines, order.fulfilment):
            return OrderState.COMPLETED
        if not order.lines:
            return OrderState.PLACED
    if order.fulfilment in ("in_progress", "preparing"):
        return OrderState.PREPARING
    return OrderState.CONFIRMED if order.payment in ("paid", "authorized", "partially_refunded") else OrderState.PLACED


def _under_way(order: Whole) -> OrderState:
    arrived = sum(pack.milestone in TERMINAL for pack in order.packs)
    more = bool(order.unshipped) or (order.collect is not None and order.collect.state != "collected")
    if arrived == len(order.packs):
        return OrderState.PARTLY_DELIVERED if more else OrderState.COMPLETED
    if arrived:
        return OrderState.PARTLY_DELIVERED
    if any(pack.milestone is Milestone.READY_FOR_PICKUP for pack in order.packs) and not more:
        return OrderState.READY_TO_COLLECT
    if all(RANK[pack.milestone] <= RANK[Milestone.LABEL_CREATED] for pack in order.packs):
        return OrderState.PREPARING
    return OrderState.PARTLY_SHIPPED if more else OrderState.SHIPPED
