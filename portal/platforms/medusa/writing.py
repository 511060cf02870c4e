"""What is changed without a session's reckoning: the address, the instructions, and the end of the whole order.

Medusa takes a new address at any time, packed or not. So it is written inside an open session: while that lasts,
nothing of the order can be packed.
"""

from __future__ import annotations

from typing import Any, Final

from portal.platforms.changes import (
    Applied,
    CancelOrder,
    Edit,
    NotApplied,
    Quote,
    SetAddress,
    SetInstructions,
    Sums,
)
from portal.platforms.guards import refusal
from portal.platforms.medusa.amounts import Money, currency_of
from portal.platforms.medusa.api import Refused, escaped
from portal.platforms.medusa.deliveries import INSTRUCTIONS
from portal.platforms.medusa.editing import Editor, sums
from portal.platforms.medusa.reading import changes_of, neutral
from portal.platforms.medusa.sessions import note_of, of_note, session, unless_busy
from portal.platforms.medusa.settling import standing
from portal.platforms.medusa.shape import Node, nodes, part, text
from portal.platforms.neutral.parts import Address, Amount, NeutralOrder

MARK: Final = "jalon_edit"  # the member of an order's metadata that bears the last edit's mark
_ALL_BACK: Final = NotApplied(
    "unsupported", "Medusa pays everything back when an order is cancelled: no fee can be kept."
)


async def quote(editor: Editor, order: NeutralOrder, edit: Edit) -> Quote | NotApplied:
    """What it comes to: nothing, or the end of everything."""
    body = await editor.read(order.source.order_id)
    fresh, raw = neutral(body, editor.shop), part(body, "order")
    refused = refusal(fresh, edit) or _fee_refusal(raw, edit)
    if refused is not None:
        return refused
    money = Money(currency_of(raw))
    before = sums(raw, raw, money)
    if not isinstance(edit.change, CancelOrder):
        return Quote(before, before, Amount(shop=0, buyer=0), Amount(shop=0, buyer=0), exact=True)
    nothing, paid = Amount(shop=0, buyer=0), standing(raw, money).paid
    after = Sums(nothing, nothing, nothing, nothing, nothing, nothing)
    return Quote(before, after, nothing, Amount(shop=-paid, buyer=-paid), exact=True)


async def apply(editor: Editor, order: NeutralOrder, edit: Edit) -> Applied | NotApplied:
    """Write it."""
    try:
        if isinstance(edit.change, CancelOrder):
            return await _cancel(editor, order.source.order_id, edit)
        return await _write(editor, order.source.order_id, edit)
    except Refused as refused:
        return refused.outcome()


async def applied(editor: Editor, before: NeutralOrder, edit: Edit) -> Applied | None:
    """Whether it was written, by its mark."""
    order_id, mark = before.source.order_id, note_of(edit.key)
    changes = await changes_of(editor.api, order_id)
    await editor.take_back_own(order_id, of_note(changes, mark))
    if isinstance(edit.change, CancelOrder):
        order = part(await editor.read(order_id), "order")
        mine = part(order, "metadata").get(MARK) == mark
        return Applied() if mine and order.get("status") == "canceled" else None
    written = [change for change in changes if _bears(change, mark)]
    return Applied(text(written[-1], "id")) if written else None


async def _write(editor: Editor, order_id: str, edit: Edit) -> Applied | NotApplied:
    mark = note_of(edit.key)
    async with session(editor.api, order_id, mark):
        body = await editor.read(order_id)
        refused = refusal(neutral(body, editor.shop), edit)
        if refused is not None:
            return refused
        await editor.api.post(f"/admin/orders/{escaped(order_id)}", _written(edit, part(body, "order"), mark))
    return Applied(mark)


async def _cancel(editor: Editor, order_id: str, edit: Edit) -> Applied | NotApplied:
    """Medusa refuses it by itself once anything is packed, and pays back what was captured."""
    body = await editor.read(order_id)
    refused = refusal(neutral(body, editor.shop), edit) or _fee_refusal(part(body, "order"), edit)
    if refused is not None:
        return refused
    path = f"/admin/orders/{escaped(order_id)}"
    reason = edit.change.reason if isinstance(edit.change, CancelOrder) else ""
    await editor.api.post(path, {"metadata": {MARK: note_of(edit.key), "cancel_reason": reason}})
    await unless_busy(editor.api, order_id, lambda: editor.api.post(f"{path}/cancel"))
    return Applied(note_of(edit.key))


def _fee_refusal(order: Node, edit: Edit) -> NotApplied | None:
    wanted = isinstance(edit.change, CancelOrder) and (edit.fee.shop or 0) > 0
    return _ALL_BACK if wanted and standing(order, Money(currency_of(order))).paid > 0 else None


def _bears(change: Node, mark: str) -> bool:
    details = [part(action, "details") for action in nodes(change, "actions")]
    return any(part(one, "new").get(MARK) == mark for one in details if one.get("type") == "metadata")


def _written(edit: Edit, order: Node, mark: str) -> dict[str, Any]:
    match edit.change:
        case SetAddress(address):
            return {"shipping_address": _address(address, part(order, "shipping_address")), "metadata": {MARK: mark}}
        case SetInstructions(words):
            # An empty text takes a member of the metadata away.
            return {"metadata": {MARK: mark, INSTRUCTIONS: words or ""}}
        case _:
            return {"metadata": {MARK: mark}}


def _address(address: Address, before: Node) -> dict[str, str | None]:
    """Every member, so that nothing of the address before stays. The country cannot be changed, and is left out."""
    first, last = _names(address.name, before)
    return {
        "first_name": first,
        "last_name": last,
        "company": address.company,
        "address_1": address.line1,
        "address_2": address.line2,
        "postal_code": address.postcode,
        "city": address.city,
        "province": address.region,
        "phone": address.phone,
    }


def _names(name: str | None, before: Node) -> tuple[str | None, str | None]:
    """Medusa has two names where we have one: an unchanged one stays as it was, another is cut at its last space."""
    first, last = text(before, "first_name"), text(before, "last_name")
    if name == " ".join(part_ for part_ in (first, last) if part_):
        return first, last
    head, _, tail = (name or "").strip().rpartition(" ")
    return (head or None, tail or None) if head else (tail or None, None)
