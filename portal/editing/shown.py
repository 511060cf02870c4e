"""From edits and answers to what pages show of them. Pure: no database, no request, no language."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from portal.editing.answers import CHANGES, Action, Answers, EditState, Verdict
from portal.editing.values import EditView, Looked
from portal.orders.amounts import Money
from portal.orders.changing import ChangedItem, ChangesView, ChangeView
from portal.platforms.neutral.parts import Amount, Currency

LAST_FOR: Final = timedelta(days=3)  # after which a change that is over is history


def changes_view(looked: Looked, now: datetime) -> ChangesView:
    """All that the order page says."""
    currency = looked.order.currency
    last = next((edit for edit in looked.past if _is_fresh(edit, now)), None)
    verdict, until = _best(looked.answers)
    returns = looked.answers.order[Action.RETURN].verdict is not Verdict.NO
    return ChangesView(
        under_way=change_view(looked.open, currency) if looked.open else None,
        last=change_view(last, currency) if last and not looked.open else None,
        verdict=verdict.value,
        until=until,
        returns=returns,
        refund_days=looked.answers.refund_days,
    )


def change_view(edit: EditView, currency: Currency) -> ChangeView:
    """One edit."""
    due = money(edit.quote.due, currency) if edit.quote else None
    return ChangeView(
        ref=edit.ref,
        action=edit.action.value,
        state=edit.state.value,
        code=edit.code,
        items=tuple(
            ChangedItem(item.title, item.options, item.before, item.after, item.units, item.becomes)
            for item in edit.touched
        ),
        by_shop=edit.who != "person",
        undoable=edit.can_be_undone and edit.who == "person",
        undo_until=edit.undo_until if edit.state is EditState.PENDING else None,
        answer_by=edit.expires_at if edit.state is EditState.REQUESTED else None,
        settled_at=edit.settled_at,
        to_pay=due if due and due.minor > 0 else None,
        back=Money(-due.minor, due.currency) if due and due.minor < 0 else None,
        fee=positive(money(edit.quote.fee if edit.quote else edit.fee, currency)),
        pay_url=edit.pay_url if edit.state is EditState.APPLIED else None,
        note=edit.note,
    )


def money(amount: Amount, currency: Currency) -> Money | None:
    """An amount as the customer knows it: in their own currency where that is known."""
    if amount.buyer is not None and currency.buyer is not None:
        return Money(amount.buyer, currency.buyer)
    if amount.shop is not None and currency.shop is not None:
        return Money(amount.shop, currency.shop)
    return None


def positive(amount: Money | None) -> Money | None:
    """The amount, if it is one."""
    return amount if amount is not None and amount.minor > 0 else None


def _best(answers: Answers) -> tuple[Verdict, datetime | None]:
    """Whether anything can be changed, and until when the last of it can be."""
    found = [answers.order[action] for action in CHANGES if action in answers.order]
    for verdict in (Verdict.ALLOWED, Verdict.ASK):
        of_it = [answer for answer in found if answer.verdict is verdict]
        if of_it:
            ends = [answer.until for answer in of_it]
            return verdict, max((end for end in ends if end), default=None) if all(ends) else None
    return Verdict.NO, None


def _is_fresh(edit: EditView, now: datetime) -> bool:
    if edit.settled_at is None or edit.state is EditState.UNDONE:
        return False
    return now - edit.settled_at < LAST_FOR
