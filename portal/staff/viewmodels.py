"""All that the staff pages' templates may see of orders: frozen values, no rows, no request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portal.editing.values import Touched
from portal.orders.viewmodels import ItemView, Money, OrderView
from portal.orders.waiting import Work
from portal.staff.values import Noted


@dataclass(frozen=True, slots=True)
class CardView:
    """An order in a list. `since`: when it was placed, or for one that is to be collected, when it was ready."""

    ref: str
    order: OrderView
    since: datetime | None
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class ListView:
    """A page of the list `name`, or what was searched for. `counts` are those of all lists, in the page's order."""

    counts: Mapping[str, int]
    name: str
    cards: tuple[CardView, ...]
    words: str = ""
    newer: int | None = None
    older: int | None = None


@dataclass(frozen=True, slots=True)
class LineView:
    """A line: of `ordered` units `wanted` are, `gone` have left the shop, and `sendable` can be sent now. `wishes` are
    what was personalised. `replaces`: it took the place of another line; `physical`: it needs a parcel."""

    id: str
    title: str
    options: str
    sku: str | None
    wishes: tuple[tuple[str, str], ...] = field(repr=False)
    ordered: int
    wanted: int
    gone: int
    in_shop: int
    sendable: int
    physical: bool
    price: Money | None
    replaces: bool


@dataclass(frozen=True, slots=True)
class PickupView:
    """What is to be collected, or was. `state`: preparing, ready, collected."""

    id: str
    location: str | None
    state: str
    ready_at: datetime | None
    collected_at: datetime | None
    has_code: bool


@dataclass(frozen=True, slots=True)
class ParcelView:
    """A parcel. `milestone` is where it is, as the carrier says, or else the shop. `closes`: somebody of the shop may
    say that it arrived."""

    id: str
    carrier: str | None
    number: str | None
    url: str | None
    milestone: str
    left_at: datetime | None
    closes: bool


@dataclass(frozen=True, slots=True)
class CanView:
    """Which buttons there are. `told`: this order's shop is connected at all, and `ships` and `prepares` what it can be
    told."""

    told: bool
    ships: bool
    prepares: bool
    edits: bool


@dataclass(frozen=True, slots=True)
class QuoteView:
    """What a cancellation comes to: the new total, and what goes back. Not `exact`: a guess."""

    total: Money | None
    back: Money | None
    exact: bool


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change of the order that is under way: asked for (requested), about to be made (pending, sending), or stuck.
    `wish` says what is wanted, `words` what of it is more than items: a new address, other instructions. `until` is
    when a request ends, or until when its customer can take it back. `by_hand`: somebody has to make it in the shop's
    own system."""

    ref: str
    state: str
    wish: str
    by_shop: bool
    touched: tuple[Touched, ...]
    words: tuple[str, ...] = field(repr=False)
    back: Money | None
    until: datetime | None
    code: str | None
    by_hand: bool


@dataclass(frozen=True, slots=True)
class StaffOrderView:
    """An order as the shop's people need it: with whom it is for and where it goes."""

    ref: str
    order: OrderView
    source: str
    work: Work
    can: CanView
    address: tuple[str, ...] = field(repr=False)
    country: str | None
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    lines: tuple[LineView, ...]
    pickups: tuple[PickupView, ...]
    parcels: tuple[ParcelView, ...]
    refunded: Money | None
    outstanding: Money | None
    to_pay_back: Money | None
    note: str | None
    being_prepared: bool
    steps: tuple[Noted, ...]
    change: ChangeView | None = None

    @property
    def to_send(self) -> bool:
        """Whether anything is still to be sent."""
        return any(line.sendable for line in self.lines)

    @property
    def suggested(self) -> Mapping[str, int]:
        """How many units of each line the next parcel holds, unless somebody says otherwise: what needs no parcel goes
        along in none."""
        physical = {line.id: line.sendable for line in self.lines if line.physical and line.sendable}
        return physical or {line.id: line.sendable for line in self.lines}
