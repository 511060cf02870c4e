"""What the page of everything that can be changed shows: item by item, and for the order. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.editing.answers import Action, Answer, Code, Verdict
from portal.editing.pages.forms import options_of, title_of
from portal.editing.pages.owner import Owner
from portal.editing.shown import change_view, money, positive
from portal.editing.values import Looked
from portal.orders.amounts import Money
from portal.orders.changing import ChangeView
from portal.platforms.neutral.parts import Currency, Line

_ITEMS = (Action.SWAP, Action.QUANTITY, Action.CANCEL_LINE, Action.RETURN)
_ORDER = (Action.ADDRESS, Action.INSTRUCTIONS, Action.CANCEL_ORDER)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done, or not. `href` leads to its form; `away`: to the shop's own page."""

    action: str
    answer: Answer
    href: str | None
    away: bool
    until: datetime | None
    fee: Money | None

    @property
    def can(self) -> bool:
        """Whether there is something to press."""
        return self.href is not None


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the order: how many are wanted, and how many of them have left."""

    title: str
    options: str
    wanted: int
    sent: int
    acts: tuple[Act, ...]
    why: Answer | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole page. `until` is when the first of what can be done ends."""

    number: str
    items: tuple[Item, ...]
    removed: tuple[Item, ...]
    acts: tuple[Act, ...]
    more: Answer
    under_way: ChangeView | None
    past: tuple[ChangeView, ...]
    refund_days: int | None
    until: datetime | None


def overview(owner: Owner, looked: Looked) -> Overview:
    """All that may be done with the order now."""
    order, currency = looked.order, looked.order.currency
    acts = tuple(_act(owner, action, looked.answers.order[action], None, currency) for action in _ORDER)
    items = [(line, _item(owner, line, looked.answers.lines.get(line.id, {}), currency)) for line in order.lines]
    return Overview(
        number=order.number,
        items=tuple(item for line, item in items if line.quantity.current and line.kind not in ("fee", "tip")),
        removed=tuple(item for line, item in items if not line.quantity.current),
        acts=acts,
        more=looked.answers.order[Action.ADD],
        under_way=change_view(looked.open, currency) if looked.open else None,
        past=tuple(change_view(edit, currency) for edit in looked.past),
        refund_days=looked.answers.refund_days,
        until=min(
            (act.until for act in (*acts, *(a for _, item in items for a in item.acts)) if act.until), default=None
        ),
    )


def _item(owner: Owner, line: Line, answers: Mapping[Action, Answer], currency: Currency) -> Item:
    acts = tuple(_act(owner, action, answers[action], line.id, currency) for action in _ITEMS if action in answers)
    usable = tuple(act for act in acts if act.can)
    why = None if usable else next((act.answer for act in acts if act.action == Action.CANCEL_LINE.value), None)
    quantity = line.quantity
    return Item(title_of(line), options_of(line), quantity.current, quantity.fulfilled, usable, why)


def _act(owner: Owner, action: Action, answer: Answer, line: str | None, currency: Currency) -> Act:
    fee = positive(money(answer.fee, currency)) if answer.fee is not None else None
    if answer.verdict is Verdict.NO:
        return Act(action.value, answer, None, False, None, None)
    if action is Action.RETURN:
        away = answer.code is not Code.RETURN_REQUEST
        return Act(action.value, answer, answer.link if away else owner.giving_back(line), away, answer.until, fee)
    return Act(action.value, answer, owner.form(action.value, line), False, answer.until, fee)
