"""A change that is under way, and the steps of those that were, as the shop's people see them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from portal.editing.answers import EditState
from portal.editing.engine import is_by_hand
from portal.editing.values import EditView
from portal.platforms.changes import Change, SetAddress, SetInstructions
from portal.platforms.live import Shop
from portal.platforms.neutral import NeutralOrder
from portal.staff.money import money_of
from portal.staff.values import Noted
from portal.staff.viewmodels import ChangeView


def change_view(edit: EditView, document: NeutralOrder, shop: Shop | None) -> ChangeView:
    """The open edit of an order. `shop` is the order's, if it is connected."""
    due = None if edit.quote is None else money_of(edit.quote.due, document)
    asked = edit.state is EditState.REQUESTED
    return ChangeView(
        ref=edit.ref,
        state=edit.state.value,
        wish=edit.action.value,
        by_shop=edit.who != "person",
        touched=edit.touched,
        words=_words(edit.change),
        back=due if due is not None and due.minor < 0 else None,
        until=edit.expires_at if asked else edit.undo_until,
        code=edit.code,
        by_hand=edit.change is not None and is_by_hand(shop, edit.code, edit.change, edit.fee),
    )


def merged(acts: Sequence[Noted], steps: Iterable[Any]) -> list[Noted]:
    """What the shop's people did, and the steps of edits, the newest first."""
    edits = [Noted(row.at, row.staff, f"edit_{row.action}", row.became, row.code, "", kind=row.who) for row in steps]
    return sorted([*acts, *edits], key=lambda step: step.at, reverse=True)


def _words(change: Change | None) -> tuple[str, ...]:
    """What is wanted besides items."""
    if isinstance(change, SetInstructions):
        return (change.text,) if change.text else ()
    if not isinstance(change, SetAddress):
        return ()
    address = change.address
    town = " ".join(filter(None, (address.postcode, address.city)))
    parts = (address.name, address.company, address.line1, address.line2, town, address.region, address.phone)
    return tuple(part for part in parts if part)
