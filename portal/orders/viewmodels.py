"""All that the order page's templates may see: frozen values, no rows, no request.

Texts that depend on a language are not here: templates word them through gettext, and dates, times and
money go through the filters of `kit.i18n`. Datetimes are aware UTC unless a field says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from portal.maps.viewmodels import Journey
from portal.notices.values import Shown
from portal.orders.amounts import Money
from portal.orders.changing import ChangesView
from portal.progress.values import ArrivalView, OrderState, StepState, StepView, Tone

__all__ = [
    "ArrivalView",
    "CollectView",
    "DateView",
    "DayView",
    "EntryView",
    "FormerView",
    "FreshnessView",
    "ItemView",
    "LiveView",
    "Money",
    "OrderState",
    "OrderView",
    "ParcelView",
    "ShopView",
    "StepState",
    "StepView",
    "Tone",
]


@dataclass(frozen=True, slots=True)
class ShopView:
    """Who the customer bought from. `contact` is an e-mail address or an https URL, or None."""

    name: str
    home_url: str | None
    contact: str | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """A product and how many of it; `options` is like "Size M, sage"."""

    title: str
    options: str
    quantity: int
    cancelled: bool = False


class EntryView(NamedTuple):
    """One checkpoint; a page has dozens, hence no dataclass. `clock` is the local wall clock "HH:MM", or
    None when only the day is known. `zone_known` is False where the carrier gave local time without a zone.
    `text` is the carrier's own wording and may be in any language; `place` is as the carrier writes it.
    """

    milestone: str
    reason: str | None
    clock: str | None
    iso: str
    zone_known: bool
    place: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class DayView:
    """Checkpoints of one day, newest first."""

    day: date
    entries: tuple[EntryView, ...]


class DateView(NamedTuple):
    """A day that was given for the arrival, who gave it ("shop" or "carrier") and when. `day_from`: the first of the
    days, where several were given."""

    day: date
    said_by: str
    said_at: datetime
    day_from: date | None = None


class FormerView(NamedTuple):
    """A parcel that was replaced: under which number it went, until when, and its journey."""

    dom_id: str
    carrier: str | None
    number: str | None
    replaced_at: datetime
    timeline: tuple[DayView, ...]


@dataclass(frozen=True, slots=True)
class FreshnessView:
    """How fresh our knowledge is. `asked_at` is the minute of the carrier's last answer,
    `failing_since` the start of the present run of failures, `next_at` the next planned question
    (None: none planned). `known` is False while the carrier does not know the number yet. `lacks` is what the
    carrier wants to know and nobody told us: "postcode", or another word."""

    asked_at: datetime | None
    last_scan_at: datetime | None
    next_at: datetime | None
    failing_since: datetime | None
    known: bool = True
    lacks: str | None = None


@dataclass(frozen=True, slots=True)
class ParcelView:
    """One parcel's section.

    `dom_id` is unique and stable on the page ("parcel-12"). `tracked` is False for carriers that we can
    only link to: then `milestone` is what the shop said or "handed_over", `timeline` is empty and
    `freshness` None. `items_exact` is False when the shop does not say which item is in which parcel.
    `number` and `carrier` may be None (sent without tracking). `says_where` is False when none
    of the carrier's scans names a place; `journey` is None when none of them is a town that we know. `dates` are all
    days that were given for it, the first one first; `former` the parcels whose place it took, the last one first.
    """

    dom_id: str
    position: int
    total: int
    carrier: str | None
    number: str | None
    tracking_url: str | None
    tracked: bool
    milestone: str
    reason: str | None
    tone: Tone
    delayed: bool
    arrival: ArrivalView | None
    finished_at: datetime | None
    items: tuple[ItemView, ...]
    items_exact: bool
    timeline: tuple[DayView, ...]
    freshness: FreshnessView | None
    shipped_at: datetime | None
    pickup_point: str | None = None
    says_where: bool = True
    journey: Journey | None = None
    dates: tuple[DateView, ...] = ()
    former: tuple[FormerView, ...] = ()
    notices: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class CollectView:
    """Click & Collect at the shop. `state` is preparing | ready | collected. `address` is the shop's, in lines;
    `hold_until` the last day for which it is kept, `collector` who may collect it besides the customer."""

    location: str | None
    state: str
    ready_at: datetime | None
    collected_at: datetime | None
    hold_until: date | None
    items: tuple[ItemView, ...]
    opening_hours: str | None = None
    code: str | None = None
    address: tuple[str, ...] = ()
    collector: str | None = None


@dataclass(frozen=True, slots=True)
class LiveView:
    """Where the page's stream is and from which event on; absent on finished orders."""

    url: str
    after: int


@dataclass(frozen=True, slots=True)
class OrderView:
    """The order page. `headline` is the key of the sentence that comes first:

    arriving (with `arrival`), arriving_today, arriving_late, out_for_delivery, in_transit, preparing, confirmed,
    ready_to_collect, ready_for_pickup, attempted, action_required, exception, returning, delivered, collected,
    returned, lost, cancelled, expired, link_only, partly_delivered, available. `parcels_done` of the parcels have
    arrived. `digital` items need no parcel. `cancel_reason` is a shop's code or a sentence of its own. `ref` names
    the order in addresses. `dates` are the days given for what has no parcel yet; `instructions` what the customer
    asked of whoever delivers, `note` what the shop tells the customer. `notices` are the shop's messages to all whom
    they concern; `shop_key` names the shop on its platform; `changes` is what there is to say of changing the order.
    `total` is as of now; `refunded` and `outstanding` are there when they are more than nothing.
    """

    shop: ShopView
    number: str
    placed_at: datetime | None
    state: OrderState
    tone: Tone
    headline: str
    arrival: ArrivalView | None
    delayed: bool
    rail: tuple[StepView, ...]
    parcels: tuple[ParcelView, ...]
    parcels_done: int
    collect: CollectView | None
    unshipped: tuple[ItemView, ...]
    digital: tuple[ItemView, ...]
    cancelled: tuple[ItemView, ...]
    cancel_reason: str | None
    total: Money | None
    demo: bool = False
    ref: str = ""
    dates: tuple[DateView, ...] = ()
    instructions: str | None = None
    note: str | None = None
    notices: tuple[Shown, ...] = ()
    shop_key: str | None = None
    changes: ChangesView | None = None
    refunded: Money | None = None
    outstanding: Money | None = None
