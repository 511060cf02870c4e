"""What a carrier can tell us, in our own words: milestones, places, checkpoints and reports.

Owns the vocabulary shared by every adapter and by whoever reads their answers. Knows no carrier, no
database and no page. Every type is a frozen value; free text that a carrier wrote is private data,
because carriers write names and streets into it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from carriers.core.errors import CarrierError
from carriers.core.times import CarrierTime


class Milestone(StrEnum):
    """The coarse step of one parcel; `RANK` gives the order on the main line."""

    UNKNOWN = "unknown"
    PREPARING = "preparing"
    LABEL_CREATED = "label_created"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPTED = "attempted"
    READY_FOR_PICKUP = "ready_for_pickup"
    ACTION_REQUIRED = "action_required"
    EXCEPTION = "exception"
    RETURNING = "returning"
    DELIVERED = "delivered"
    COLLECTED = "collected"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


RANK: Final[dict[Milestone, int]] = {
    Milestone.UNKNOWN: 0,
    Milestone.PREPARING: 10,
    Milestone.LABEL_CREATED: 20,
    Milestone.HANDED_OVER: 30,
    Milestone.IN_TRANSIT: 40,
    Milestone.OUT_FOR_DELIVERY: 50,
    Milestone.ATTEMPTED: 55,
    Milestone.READY_FOR_PICKUP: 60,
    Milestone.ACTION_REQUIRED: 70,
    Milestone.EXCEPTION: 75,
    Milestone.RETURNING: 80,
    Milestone.DELIVERED: 90,
    Milestone.COLLECTED: 91,
    Milestone.RETURNED: 92,
    Milestone.LOST: 93,
    Milestone.CANCELLED: 94,
    Milestone.EXPIRED: 95,
}

TERMINAL: Final[frozenset[Milestone]] = frozenset(step for step, rank in RANK.items() if rank >= 90)


class Reason(StrEnum):
    """Why a parcel is not simply moving on; stands beside the milestone."""

    ADDRESS = "address"
    ABSENT = "absent"
    CLOSED = "closed"
    REFUSED = "refused"
    UNCOLLECTED = "uncollected"
    CUSTOMS = "customs"
    PAYMENT_DUE = "payment_due"
    DAMAGED = "damaged"
    LOST = "lost"
    WEATHER = "weather"
    CARRIER_OPERATIONS = "carrier_operations"
    SECURITY = "security"
    SHOP = "shop"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happened, as far as the carrier says. Country is ISO 3166 alpha-2."""

    city: str | None = None
    postcode: str | None = None
    region: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    text: str | None = None


NOWHERE: Final = Place()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One dated carrier event.

    `milestone` is None when the event says nothing about the status (a note, a signature image, a
    changed estimate) and `Milestone.UNKNOWN` when the code is not in the adapter's table.
    `at` is None when the carrier gave no date.
    """

    code: str | None
    text: str | None
    at: CarrierTime | None
    place: Place = NOWHERE
    milestone: Milestone | None = None
    reason: Reason | None = None
    delayed: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """When the carrier expects to deliver: a day, and a window inside it where one is given."""

    day: date | None = None
    earliest: CarrierTime | None = None
    latest: CarrierTime | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A proof-of-delivery document as the carrier sent it."""

    format: str
    content_base64: str


@dataclass(frozen=True, slots=True)
class ProofOfDelivery:
    """Who received the parcel, and what proves it. Private data throughout."""

    signed_by: str | None = None
    description: str | None = None
    document_url: str | None = None
    documents: tuple[Document, ...] = ()
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All that one answer says about one parcel.

    `milestone` is the carrier's own current status where it states one, else None: then the
    checkpoints decide. `checkpoints` come newest first. `unknown_codes` lists codes missing from the
    adapter's tables, for the metrics.
    """

    carrier: str
    number: str
    milestone: Milestone | None
    checkpoints: tuple[Checkpoint, ...] = ()
    reason: Reason | None = None
    delayed: bool = False
    estimate: Estimate | None = None
    delivered_at: CarrierTime | None = None
    proof: ProofOfDelivery | None = None
    service: str | None = None
    pickup_point: Place | None = None
    origin_country: str | None = None
    destination_country: str | None = None
    unknown_codes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Found:
    """The carrier knows the parcel."""

    number: str
    report: Report


@dataclass(frozen=True, slots=True)
class NotFound:
    """The carrier does not know the number (yet): normal for hours after a label is made."""

    number: str
    error: CarrierError


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer about this parcel; `error` says whether and when to ask again."""

    number: str
    error: CarrierError


Answer = Found | NotFound | Failed
