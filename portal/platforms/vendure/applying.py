"""Making an edit, once: look, have the order to ourselves, look again, change it, put it back.

The mark of the edit is written in the same step as the change itself, so whether it was made can always be asked. What
is begun and not made is put back; what is made and not put back is gone on with.
"""

from __future__ import annotations

from portal.platforms.changes import (
    Applied,
    Begun,
    CancelOrder,
    Edit,
    NotApplied,
    SetAddress,
    SetInstructions,
    SwapVariant,
    Variant,
)
from portal.platforms.guards import refusal
from portal.platforms.live import ShopError
from portal.platforms.marks import mark_of
from portal.platforms.vendure import words
from portal.platforms.vendure.cancelling import cancel, is_paid_back
from portal.platforms.vendure.desk import Desk, Found, find
from portal.platforms.vendure.inputs import touched
from portal.platforms.vendure.instructing import instruct
from portal.platforms.vendure.modifying import change, take_back
from portal.platforms.vendure.shape import Node, text
from portal.platforms.vendure.traces import Trace, overdrawn, trace_of
from portal.platforms.vendure.turns import enter, is_ours, lacking, leave
from portal.platforms.vendure.variants import variant_of


async def apply(desk: Desk, found: Found, edit: Edit) -> Applied | NotApplied:
    """See `Editable.apply`; `found` is the order as it is now."""
    mark = mark_of(edit.key)
    if trace := trace_of(found.raw, mark):
        return await _go_on(desk, found, edit, trace)
    if refused := await _refused(desk, found, edit):
        return refused
    if isinstance(edit.change, SetInstructions):
        return await instruct(desk, found, edit.change, mark)
    if isinstance(edit.change, CancelOrder):
        return await cancel(desk, found, edit, mark)
    return await _modify(desk, found, edit)


async def applied(desk: Desk, found: Found, edit: Edit) -> Applied | Begun | None:
    """See `Editable.applied`. An order that we left in `Modifying` without having changed it is put back."""
    mark = mark_of(edit.key)
    if trace_of(found.raw, mark_of(edit.key, "back")):
        return None
    trace = trace_of(found.raw, mark)
    if trace is None:
        if is_ours(found.raw):
            await leave(desk, found)
        return None
    if isinstance(edit.change, CancelOrder):
        return _applied(desk, found.raw, trace) if is_paid_back(found, edit) else Begun()
    unfinished = is_ours(found.raw) or overdrawn(found.raw, touched(edit.change))
    return Begun() if unfinished else _applied(desk, found.raw, trace)


async def _refused(desk: Desk, found: Found, edit: Edit) -> NotApplied | None:
    """Why the order, as it is now, does not allow the edit."""
    if found.state == words.MODIFYING and not is_ours(found.raw):
        return NotApplied("busy")
    if found.state == words.ARRANGING and not isinstance(edit.change, CancelOrder | SetInstructions):
        return NotApplied("payment", "a payment for this order is still outstanding")
    variant: Variant | None = None
    if isinstance(edit.change, SwapVariant):
        variant = await variant_of(desk, found, edit.change)
    return refusal(found.document, edit, variant)


async def _go_on(desk: Desk, found: Found, edit: Edit, trace: Trace) -> Applied | NotApplied:
    """Finish what is made already."""
    if isinstance(edit.change, CancelOrder):
        return await cancel(desk, found, edit, mark_of(edit.key))
    if isinstance(edit.change, SetInstructions):
        return _applied(desk, found.raw, trace)
    if overdrawn(found.raw, touched(edit.change)):
        raise _look_at_it()
    if is_ours(found.raw):
        await leave(desk, found)
    return _applied(desk, found.raw, trace)


async def _modify(desk: Desk, found: Found, edit: Edit) -> Applied | NotApplied:
    """Everything that `modifyOrder` does."""
    ours = found if found.state == words.MODIFYING else await enter(desk, found, mark_of(edit.key, "begin"))
    if isinstance(ours, NotApplied):
        return ours
    refused = await _refused(desk, ours, edit)
    done = refused or await change(desk, ours, edit)
    if isinstance(done, NotApplied):
        return await _explained(desk, ours, edit, done)
    if _overtaken(done, edit):
        if not await take_back(desk, ours, done, edit):
            raise _look_at_it()
        return await _explained(desk, ours, edit, NotApplied("shipped"))
    await leave(desk, done)
    return _applied(desk, done.raw, trace_of(done.raw, mark_of(edit.key)) or Trace(None))


async def _explained(desk: Desk, ours: Found, edit: Edit, refused: NotApplied) -> NotApplied:
    """The order is put back. When a parcel has taken it away from us, that is why."""
    now = await find(desk, ours.id)
    if now is None:
        return refused
    if is_ours(now.raw):
        await leave(desk, now)
    overtaken = refusal(now.document, edit) if refused.why == "changed" else None
    return overtaken if overtaken is not None and overtaken.why in ("shipped", "cancelled") else refused


def _overtaken(found: Found, edit: Edit) -> bool:
    """Whether a parcel was made, in the very moment of the change, of what the change is about. Of an address, that can
    only be told at once: later, parcels go to the new one."""
    if isinstance(edit.change, SetAddress):
        return refusal(found.document, edit) is not None
    return overdrawn(found.raw, touched(edit.change))


def _applied(desk: Desk, order: Node, trace: Trace) -> Applied:
    page = desk.pay_url if lacking(order) > 0 else None
    return Applied(trace.reference, page.replace("{code}", text(order, "code") or "") if page else None)


def _look_at_it() -> ShopError:
    return ShopError("answer", "A parcel was made while the order was being changed: look at both in Vendure.")
