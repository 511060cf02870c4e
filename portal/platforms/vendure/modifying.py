"""The change itself, on an order that we have to ourselves: tried first, then made, with its fee and its refunds."""

from __future__ import annotations

from typing import Any

from portal.platforms.changes import Edit, NotApplied
from portal.platforms.marks import mark_of
from portal.platforms.vendure import operations, words
from portal.platforms.vendure.api import Refused
from portal.platforms.vendure.desk import Desk, Found, again
from portal.platforms.vendure.inputs import (
    Input,
    input_of,
    inverse,
    refundable,
    shared_out,
    touched,
    with_fee,
    with_refunds,
)
from portal.platforms.vendure.quoting import difference, fee_of, unpayable
from portal.platforms.vendure.refusals import refusal_of, thrown
from portal.platforms.vendure.shape import Node, number, part
from portal.platforms.vendure.traces import overdrawn


async def change(desk: Desk, ours: Found, edit: Edit) -> Found | NotApplied:
    """The order as it is with the change. Units are looked at once more in the answer of the trial. Raises
    ShopError."""
    wanted = input_of(ours.raw, edit.change, desk.line_fields)
    trial = await _tried(desk, ours, edit, wanted)
    if isinstance(trial, NotApplied):
        return trial
    fee = fee_of(ours, edit, difference(ours.raw, trial))
    if fee:
        wanted = with_fee(wanted, fee)
        trial = await _tried(desk, ours, edit, wanted)
    if isinstance(trial, NotApplied):
        return trial
    whole = _settled(desk, ours, edit, wanted, difference(ours.raw, trial))
    if isinstance(whole, NotApplied):
        return whole
    note = words.marked(edit.note or "Changed through Jalon", mark_of(edit.key))
    order = {"orderId": ours.id, "dryRun": False, "note": note, **whole}
    result = await _modified(desk, operations.modify(*desk.fields), order)
    return result if isinstance(result, NotApplied) else again(desk, ours, result)


async def take_back(desk: Desk, ours: Found, done: Found, edit: Edit) -> bool:
    """The order as it was before the change; False when money has moved with it. Raises ShopError."""
    if number(ours.raw, "totalWithTax") != number(done.raw, "totalWithTax"):
        return False
    note = words.marked("Taken back: a parcel was made meanwhile", mark_of(edit.key, "back"))
    order = {"orderId": ours.id, "dryRun": False, "note": note, **inverse(ours.raw, done.raw, edit.change)}
    return not isinstance(await _modified(desk, operations.modify(*desk.fields), order), NotApplied)


async def _tried(desk: Desk, ours: Found, edit: Edit, wanted: Input) -> Node | NotApplied:
    """The order as it would be."""
    trial = await _modified(desk, operations.DRY_RUN, {"orderId": ours.id, "dryRun": True, **wanted})
    if isinstance(trial, NotApplied):
        return trial
    return NotApplied("shipped") if overdrawn(trial, touched(edit.change)) else trial


def _settled(desk: Desk, ours: Found, edit: Edit, wanted: Input, difference: int) -> Input | NotApplied:
    """The change with its refunds; its fee is in it, and in the difference."""
    if refused := unpayable(desk, ours.raw, difference):
        return refused
    shares = shared_out(max(0, -difference), refundable(ours.raw)) or []
    return with_refunds(wanted, shares, words.marked(edit.note or "Changed order", mark_of(edit.key)))


async def _modified(desk: Desk, document: str, order: dict[str, Any]) -> Node | NotApplied:
    try:
        result = part(await desk.api.do(document, input=order), "modifyOrder")
    except Refused as refused:
        return thrown(refused)
    return refusal_of(result) or result
