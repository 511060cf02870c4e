"""The list of a person's orders as its templates see it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.orders.viewmodels import ItemView, OrderView, ShopView
from portal.progress.values import Tone

FILTERS: Final = ("attention", "moving", "arrived", "cancelled")
_URGENCY: Final = {Tone.ALERT: 0, Tone.WAIT: 1, Tone.CALM: 2, Tone.GOOD: 3, Tone.OFF: 4}
_LATER: Final = date.max


@dataclass(frozen=True, slots=True)
class CardView:
    """One order of the list; `order` is the view that its page is made of."""

    ref: str
    order: OrderView

    @property
    def items(self) -> tuple[ItemView, ...]:
        """What was ordered, each product once: parcels first, then what has not been sent."""
        order = self.order
        fetched = order.collect.items if order.collect else ()
        every = [*(i for p in order.parcels for i in p.items), *fetched, *order.unshipped, *order.digital]
        return tuple({(item.title, item.options): item for item in every or order.cancelled}.values())

    @property
    def reason(self) -> str | None:
        """Why the parcel that the first sentence speaks of is not moving on."""
        return next((p.reason for p in self.order.parcels if p.milestone == self.order.headline and p.reason), None)

    @property
    def place(self) -> str | None:
        """Where it waits for the customer."""
        if self.order.headline == "ready_to_collect" and self.order.collect:
            return self.order.collect.location
        return next((p.pickup_point for p in self.order.parcels if p.milestone == "ready_for_pickup"), None)

    @property
    def kind(self) -> str:
        """Which of `FILTERS` it falls under."""
        if self.order.headline == "cancelled":
            return "cancelled"
        if self.order.tone in (Tone.ALERT, Tone.WAIT) or self.order.headline == "expired":
            return "attention"
        return "arrived" if self.order.tone is Tone.GOOD else "moving"


@dataclass(frozen=True, slots=True)
class DashboardView:
    """The page. `found` is None where nothing was searched for; then `now` and `past` are the list. `known`: the
    person is signed in, else this browser has only opened links. `older` and `newer` are pages of the history;
    `calendar` is the address of the person's calendar."""

    shop: ShopView
    known: bool
    now: tuple[CardView, ...]
    past: tuple[CardView, ...]
    found: tuple[CardView, ...] | None = None
    words: str = ""
    show: str = ""
    newer: int | None = None
    older: int | None = None
    calendar: str | None = None
    demo: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing at all to show."""
        return not self.now and not self.past and self.found is None


def by_urgency(cards: Iterable[CardView]) -> tuple[CardView, ...]:
    """What needs the customer first, then what arrives soonest, then as given."""
    return tuple(sorted(cards, key=_order))


def only(cards: Iterable[CardView], show: str) -> tuple[CardView, ...]:
    """The cards of one filter; all of them for ""."""
    return tuple(card for card in cards if show in ("", card.kind))


def cards_of(views: Mapping[str, OrderView]) -> tuple[CardView, ...]:
    """Cards in the order given, from views by ref."""
    return tuple(CardView(ref, view) for ref, view in views.items())


def _order(card: CardView) -> tuple[int, date]:
    order = card.order
    return _URGENCY[order.tone], order.arrival.day if order.arrival else _LATER
