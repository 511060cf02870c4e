"""What the order page says of changing an order: the change under way, the last one, and whether there may be another.

Only the shape is known here; what stands in it is worked out by whoever makes changes, and handed to the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portal.orders.amounts import Money


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """An item that a change is about: how many were wanted, and are wanted afterwards. `becomes` is what `units` of
    them become."""

    title: str
    options: str
    before: int
    after: int
    units: int
    becomes: str | None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change. `action` is what was wanted (swap, quantity, cancel_line, cancel_order, address, instructions),
    `state` where it is (requested, pending, sending, stuck, applied, refused, declined, undone, expired), `code`
    why.

    `undo_until`: it can be taken back at least until then. `answer_by`: until when the shop answers. `to_pay` and
    `back` are what the customer pays or gets, `fee` what is kept back of it. `by_shop`: the shop wanted it. `note`
    is the shop's word.
    """

    ref: str
    action: str
    state: str
    code: str | None
    items: tuple[ChangedItem, ...]
    by_shop: bool
    undoable: bool
    undo_until: datetime | None
    answer_by: datetime | None
    settled_at: datetime | None
    to_pay: Money | None
    back: Money | None
    fee: Money | None
    pay_url: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ChangesView:
    """`under_way` is the change that has not come to its end, else `last` one that did within days. `verdict` says
    whether something may still be changed: allowed (until `until`, where there is a limit), ask (the shop), no.
    `returns`: items that have been sent can be sent back."""

    under_way: ChangeView | None
    last: ChangeView | None
    verdict: str
    until: datetime | None
    returns: bool
    refund_days: int | None = None


class Changing(Protocol):
    """Whoever makes changes, as far as the order page is concerned."""

    async def of_order(self, order_id: int, now: datetime) -> ChangesView | None:
        """What the page says; None for an order of which nobody knows enough to change anything."""
        ...

    async def event(self) -> int:
        """The event since which all pages may say something else than before. Raises Unavailable."""
        ...
