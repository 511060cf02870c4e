"""What the played Shopify keeps: a shop's orders, their work, parcels, payments and marks. Amounts are pairs of minor
units, in the shop's and in the buyer's currency."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Pair = tuple[int, int]

NOTHING: Pair = (0, 0)
HANDED_OVER = frozenset({"SUBMITTED", "ACCEPTED", "CANCELLATION_REQUESTED", "CANCELLATION_REJECTED"})


def plus(*pairs: Pair) -> Pair:
    """Their sum."""
    return sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)


def times(pair: Pair, factor: float) -> Pair:
    """Each side, rounded half up."""
    return tuple(int(side * factor + (0.5 if side >= 0 else -0.5)) for side in pair)  # type: ignore[return-value] # of two


def less(one: Pair, other: Pair) -> Pair:
    """Their difference."""
    return one[0] - other[0], one[1] - other[1]


@dataclass
class Variant:
    """Something the shop sells. `stock` None: not counted."""

    id: str
    product: str
    options: tuple[tuple[str, str], ...]
    price: Pair
    stock: int | None = None

    @property
    def title(self) -> str:
        return " / ".join(value for _, value in self.options)


@dataclass
class Item:
    """A line of an order. `percent` is taken off its price."""

    id: str
    title: str
    unit: Pair
    quantity: int
    current: int
    variant: Variant | None = None
    percent: float = 0.0
    properties: tuple[tuple[str, str], ...] = ()
    ships: bool = True
    gift_card: bool = False
    tax_rate: float = 0.2

    def worth(self, units: int) -> Pair:
        """So many of them, after discounts."""
        return times((self.unit[0] * units, self.unit[1] * units), 1 - self.percent / 100)


@dataclass
class WorkLine:
    """Units of an item in a fulfilment order."""

    id: str
    item: str
    total: int
    remaining: int


@dataclass
class Work:
    """A fulfilment order."""

    id: str
    location: tuple[str, str]
    lines: list[WorkLine]
    method: str = "SHIPPING"
    status: str = "OPEN"
    request: str = "UNSUBMITTED"
    holds: list[dict[str, Any]] = field(default_factory=list)
    destination: dict[str, Any] | None = None
    prepared: bool = False

    @property
    def is_free(self) -> bool:
        """Whether nobody works on it."""
        return self.status in ("OPEN", "SCHEDULED", "ON_HOLD") and self.request not in HANDED_OVER


@dataclass
class Parcel:
    """A fulfilment."""

    id: str
    work: str
    at: datetime
    lines: list[tuple[str, str, int]]  # id, item, units
    tracking: dict[str, Any] | None = None
    status: str = "SUCCESS"
    display: str = "FULFILLED"
    events: list[dict[str, Any]] = field(default_factory=list)
    delivered: datetime | None = None


@dataclass
class Payment:
    """Money that came in."""

    id: str
    gateway: str
    amount: Pair
    returned: Pair = NOTHING


@dataclass
class Refund:
    """Units taken off, money paid back, or both."""

    id: str
    at: datetime
    note: str
    paid: Pair
    lines: list[dict[str, Any]]
    kept_back: Pair = NOTHING
    shipping: bool = False


@dataclass
class Return:
    """A wish to send something back."""

    id: str
    at: datetime
    lines: list[dict[str, Any]]
    status: str = "REQUESTED"


@dataclass
class Order:
    """One order. `rev` counts changes of what was bought and of what was done with it."""

    id: str
    name: str
    placed: datetime
    updated: datetime
    items: list[Item]
    works: list[Work]
    payments: list[Payment]
    address: dict[str, Any] | None
    customer: dict[str, Any] | None
    email: str | None
    shipping: Pair = NOTHING
    currencies: tuple[str, str] = ("EUR", "EUR")
    taxes_included: bool = True
    parcels: list[Parcel] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    attributes: list[dict[str, str]] = field(default_factory=list)
    metafields: dict[tuple[str, str], str] = field(default_factory=dict)
    cancelled: datetime | None = None
    cancel_reason: str | None = None
    cancel_note: str | None = None
    closed: datetime | None = None
    edited: bool = False
    note: str | None = None
    locale: str = "fr-FR"
    rev: int = 0

    def item(self, own: str) -> Item:
        """The line with this id."""
        return next(item for item in self.items if item.id == own)

    def open_units(self, own: str) -> int:
        """Units of a line that nobody works on."""
        return sum(line.remaining for work in self.works if work.is_free for line in work.lines if line.item == own)

    def waiting(self, own: str) -> int:
        """Units of a line that have not left."""
        return sum(line.remaining for work in self.works for line in work.lines if line.item == own)

    @property
    def lines_worth(self) -> Pair:
        return plus(*(item.worth(item.current) for item in self.items))

    @property
    def tax(self) -> Pair:
        return plus(*(self.tax_of(item, item.current) for item in self.items))

    def tax_of(self, item: Item, units: int) -> Pair:
        """In or on what so many units cost."""
        rate = item.tax_rate / (1 + item.tax_rate) if self.taxes_included else item.tax_rate
        return times(item.worth(units), rate)

    def parting(self, item: Item, units: int) -> tuple[Pair, Pair]:
        """By how much the order is worth less without so many units, and the tax of that: rounding loses nothing."""
        left = item.current - units
        tax = less(self.tax_of(item, item.current), self.tax_of(item, left))
        return less(item.worth(item.current), item.worth(left)), tax

    @property
    def kept_back(self) -> Pair:
        return plus(*(refund.kept_back for refund in self.refunds))

    @property
    def shipping_now(self) -> Pair:
        refunded = any(refund.shipping for refund in self.refunds)
        return NOTHING if self.cancelled or refunded else self.shipping

    @property
    def total(self) -> Pair:
        on_top = NOTHING if self.taxes_included else self.tax
        return plus(self.lines_worth, self.shipping_now, on_top, self.kept_back)

    @property
    def received(self) -> Pair:
        return less(plus(*(payment.amount for payment in self.payments)), self.refunded)

    @property
    def refunded(self) -> Pair:
        return plus(*(refund.paid for refund in self.refunds))

    @property
    def outstanding(self) -> Pair:
        return NOTHING if self.cancelled else less(self.total, self.received)
