"""What is to be known of edits outside: drafts, what became of them, and why something cannot be done. Pure values.

Amounts are minor units of the order's currencies, as in the neutral document. Datetimes are aware, in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portal.editing.answers import OPEN, Action, Answer, Answers, EditState, Verdict
from portal.platforms.changes import Change, Quote
from portal.platforms.neutral.parts import Amount, NeutralOrder


@dataclass(frozen=True, slots=True)
class Touched:
    """An item that an edit touches: how many units were wanted, and are wanted afterwards. `becomes` is what `units`
    of them become, as its options, or its title where it has none."""

    line_id: str
    title: str
    options: str
    before: int
    after: int
    units: int
    becomes: str | None = None


@dataclass(frozen=True, slots=True)
class EditView:
    """An edit. `ref` names it in addresses, beside its order's.

    DRAFT: previewed; `verdict` says what confirming does (ALLOWED: it will be made; ASK: the shop will be asked), and
    until `expires_at` it can be confirmed. REQUESTED: the shop has until `expires_at`. PENDING: it can be undone, at
    least until `undo_until`, and is sent then. SENDING, STUCK: nobody can change it; STUCK: the shop looks at it.
    The others are over; `code` says why (`answers.Code`, or one of `codes.SETTLED`).

    `quote` is what was shown and agreed to; None where only the shop can say. `fee` is kept back of the refund.
    `who`: person, staff, api. `pay_url`: where the customer pays what is due. `note` is the shop's word to them.
    """

    id: int
    ref: str
    order_id: int
    action: Action
    state: EditState
    code: str | None
    verdict: Verdict
    who: str
    created_at: datetime
    expires_at: datetime | None
    confirmed_at: datetime | None
    undo_until: datetime | None
    settled_at: datetime | None
    quote: Quote | None
    fee: Amount
    touched: tuple[Touched, ...] = field(repr=False)
    change: Change | None = field(repr=False)
    note: str | None = field(default=None, repr=False)
    pay_url: str | None = field(default=None, repr=False)

    @property
    def is_open(self) -> bool:
        """Whether it keeps others from being begun."""
        return self.state in OPEN

    @property
    def can_be_undone(self) -> bool:
        """Whether whoever confirmed it can take it back."""
        return self.state in (EditState.PENDING, EditState.REQUESTED)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why it cannot be done, or not now; nothing was changed. `code` is one of `answers.Code` or `codes.TURNED_DOWN`.
    `answer` is the resolver's, where it was asked: with its time limit, its words and what to do instead."""

    code: str
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """All that a page says of changing an order. `order` is what was looked at, `open` the edit under way, `past`
    are those that are over, the last one first."""

    order: NeutralOrder = field(repr=False)
    answers: Answers
    open: EditView | None
    past: Sequence[EditView]
