"""What can be changed about an order on its platform, what that costs, and how the platform took it. Pure values.

Lines, variants and orders are named by the platform's own ids. Amounts are minor units of the order's currencies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from portal.platforms.neutral.parts import Address, Amount

_NONE = Amount()


class Can(StrEnum):
    """What a platform lets us do with an order. What it does not: the portal asks the shop instead, or does not
    offer it."""

    SWAP = "swap"  # another variant of the same product
    QUANTITY = "quantity"
    ADDRESS = "address"
    INSTRUCTIONS = "instructions"
    CANCEL_LINES = "cancel_lines"
    CANCEL_ORDER = "cancel_order"
    FEE = "fee"  # a restocking fee is kept back in the same step
    HOLD = "hold"  # the warehouse can be told to wait
    RETURN = "return"  # the customer's wish to send something back becomes a request there
    EVENTS = "events"  # what carriers say can be written back
    SHIP = "ship"  # parcels and pickups can be reported from here
    PREPARE = "prepare"  # and that an order is being made ready, and that money went back


@dataclass(frozen=True, slots=True)
class SwapVariant:
    """`quantity` units of a line become another variant of the same product."""

    line_id: str
    variant_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class SetQuantity:
    """So many units of a line are wanted from now on, those that have shipped included; 0 is `CancelUnits`' to say."""

    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class SetAddress:
    """What has not shipped goes to this address."""

    address: Address = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetInstructions:
    """What whoever delivers is asked to do; None: nothing any more."""

    text: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class CancelUnits:
    """Units (by line id) that are not wanted any more, and not shipped. `reason` is one of those of `CancelOrder`."""

    units: tuple[tuple[str, int], ...]
    reason: str = "customer"


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """The whole order is not wanted any more; nothing of it has shipped. `reason` is a code: customer, sold_in_store,
    out_of_stock, fraud, payment, other."""

    reason: str = "customer"


Change = SwapVariant | SetQuantity | SetAddress | SetInstructions | CancelUnits | CancelOrder


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to be made once. `key` is a UUID of ours: the platform is given it wherever it has a place for it, so
    that the edit is found again after a crash. `fee` is kept back of what is refunded (positive). `note` is for the
    shop's staff and holds no personal word. `by`: staff may take back what is being prepared, customers may not."""

    key: str
    change: Change
    fee: Amount = _NONE
    note: str = ""
    tell_customer: bool = False  # whether the platform sends its own message about it
    by: Literal["customer", "staff"] = "customer"


@dataclass(frozen=True, slots=True)
class Variant:
    """Something a line could be instead. `options` are pairs of name and value; `price` of one unit; `available`:
    None when the platform does not say."""

    id: str
    title: str
    options: tuple[tuple[str, str], ...]
    price: Amount
    available: int | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """An order's sums, as `neutral.parts.Totals` has them; a member without amounts is not known."""

    lines: Amount = _NONE
    shipping: Amount = _NONE
    tax: Amount = _NONE
    discount: Amount = _NONE
    fees: Amount = _NONE
    total: Amount = _NONE


@dataclass(frozen=True, slots=True)
class Quote:
    """What an edit comes to, before it is made. `after` has the fee among its `fees` and in its `total`; `fee` is no
    more than what it is kept back of. `due` is what the customer is to pay because of the edit (positive) or gets back
    (negative), the fee taken into account: of an order that is not paid, nothing goes back. `exact`: the platform
    reckoned it itself, or everything that we reckoned it from is known."""

    before: Sums
    after: Sums
    fee: Amount
    due: Amount
    exact: bool


@dataclass(frozen=True, slots=True)
class Applied:
    """The platform made the edit. `pay_url`: where the customer pays what is due. `reference` is the platform's own
    name of it."""

    reference: str | None = None
    pay_url: str | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """Some steps of the edit are made, and not all: `apply` goes on with it, given the order as it was before."""


Why = Literal[
    "shipped",  # units left, or are in the warehouse's hands, meanwhile
    "changed",  # the order is not as it was when the customer saw it
    "cancelled",
    "closed",
    "unavailable",  # the wanted variant or quantity cannot be had
    "unsupported",  # this platform cannot do this to this order
    "busy",  # somebody else is editing the order on the platform
    "payment",  # the order's payment does not allow it
    "refused",  # for a reason of the platform's own
]


@dataclass(frozen=True, slots=True)
class NotApplied:
    """The platform was asked and nothing of the edit was made. `said` is the platform's own word, for staff."""

    why: Why
    said: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a carrier says of a parcel, to be written to the platform. `status` is a milestone of ours."""

    key: str
    parcel_id: str
    status: str
    at: datetime
    city: str | None = None
    postcode: str | None = None
    country: str | None = None
    estimated_at: datetime | None = None
