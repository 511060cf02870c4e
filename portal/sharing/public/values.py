"""All that a visitor's page may hold: frozen values that inherit nothing, each member spelled out.

There is no member for a name, an address, a contact, a price, a number, a carrier's text or a note, so none can
be filled in. Texts that depend on a language are in the templates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.maps.viewmodels import Journey
from portal.progress.values import ArrivalView, OrderState, StepView, Tone


@dataclass(frozen=True, slots=True)
class Scope:
    """What a link shows besides the status. `gift` hides what is in the parcel, whatever `items` says."""

    items: bool = False
    towns: bool = False
    gift: bool = False

    @property
    def shows_items(self) -> bool:
        """Whether items are listed."""
        return self.items and not self.gift


@dataclass(frozen=True, slots=True)
class SharedLink:
    """A share link as its visitors' requests need it. `event` is the last of its order."""

    id: int
    order_id: int
    scope: Scope
    expires_at: datetime
    until_arrival: bool
    limited: bool
    used_up: bool
    revoked: bool
    event: int

    def is_over(self, now: datetime) -> bool:
        """Whether it opens nothing any more, as far as the link alone can say."""
        return self.revoked or self.expires_at <= now


@dataclass(frozen=True, slots=True)
class SharedShop:
    """Whose page it is; nothing but the name."""

    name: str


@dataclass(frozen=True, slots=True)
class SharedItem:
    """A product and how many of it."""

    title: str
    options: str
    quantity: int


@dataclass(frozen=True, slots=True)
class SharedStep:
    """Something that happened, in our words. `town` is from the gazetteer, and only where the link shows towns."""

    milestone: str
    day: date
    town: str | None


@dataclass(frozen=True, slots=True)
class SharedParcel:
    """One parcel. `key` names its section on the page. `carrier` is our own name of the carrier, None for one that
    we know by the shop's words only. `arrival` has no hours. `ended` is the day on which its journey was over.
    `journey`: the towns it came through, for the map, where the link shows towns."""

    key: str
    position: int
    total: int
    carrier: str | None
    tracked: bool
    milestone: str
    tone: Tone
    delayed: bool
    arrival: ArrivalView | None
    ended: date | None
    items: tuple[SharedItem, ...]
    steps: tuple[SharedStep, ...]
    journey: Journey | None


@dataclass(frozen=True, slots=True)
class SharedView:
    """The visitor's page. `headline`, `rail` and `tone` are as on the customer's page, in milder words where
    something needs the customer. `at_shop`: preparing, ready or collected, where it is fetched at the shop.
    `waiting`: items not sent yet. `over_at`: since when nothing more is to come."""

    scope: Scope
    state: OrderState
    tone: Tone
    headline: str
    arrival: ArrivalView | None
    delayed: bool
    rail: tuple[StepView, ...]
    parcels: tuple[SharedParcel, ...]
    parcels_done: int
    at_shop: str | None
    shop_items: tuple[SharedItem, ...]
    waiting: tuple[SharedItem, ...]
    over_at: datetime | None
