"""Making an edit once, whatever breaks on the way: each attempt begins by reading how far the last one came.

Nothing lasts before our mark does; what comes after it is found by it. An order is edited in two steps where money goes
back (commit, refund), and cancelled in two where a fee is kept back (refund, cancel); everything else is one.
"""

from __future__ import annotations

from portal.platforms.changes import Applied, Begun, CancelOrder, Edit, NotApplied, SetAddress, SwapVariant, Variant
from portal.platforms.guards import refusal
from portal.platforms.live import ShopError
from portal.platforms.marks import mark_of
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.editing.cancelling import cancel, fee_of
from portal.platforms.shopify.editing.marks import mark_on, write_mark
from portal.platforms.shopify.editing.progress import progress_of, still_owed
from portal.platforms.shopify.editing.refunds import (
    note_of,
    payable,
    places_of,
    refund,
    refund_marked,
    suggestion,
)
from portal.platforms.shopify.editing.refusals import because, said_in
from portal.platforms.shopify.editing.session import Staged, staged
from portal.platforms.shopify.editing.updating import followed, update
from portal.platforms.shopify.editing.variants import variant_of
from portal.platforms.shopify.editing.ways import taken, way_of, whole_or_part
from portal.platforms.shopify.operations import editing
from portal.platforms.shopify.reading.whole import Whole, read_whole
from portal.platforms.shopify.shape import part

_GONE = NotApplied("changed", "the order is not there any more")


async def applied(admin: Admin, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
    """How far the edit has come. Raises ShopError."""
    edit = whole_or_part(before, edit)
    whole = await read_whole(admin, before.source.order_id)
    if whole is None:
        return None
    progress = progress_of(whole, edit, before)
    if progress == "begun":
        return Begun()
    return _done(whole, edit) if progress == "done" else None


async def apply(admin: Admin, order: NeutralOrder, edit: Edit) -> Applied | NotApplied:
    """Make the edit, or go on with it. Raises ShopError."""
    edit = whole_or_part(order, edit)
    whole = await read_whole(admin, order.source.order_id)
    if whole is None:
        return _GONE
    progress = progress_of(whole, edit, order)
    if progress == "done":
        return _done(whole, edit)
    if progress == "begun":
        return await _go_on(admin, whole, edit, order)
    refused = await refused_now(admin, whole.order, edit) or _changed(order, whole.order, edit)
    return refused or await _begin(admin, whole, edit)


async def refused_now(admin: Admin, order: NeutralOrder, edit: Edit) -> NotApplied | None:
    """Why the order, as it is, does not allow the edit. Raises ShopError."""
    variant: Variant | None = None
    if isinstance(edit.change, SwapVariant):
        line = next((line for line in order.lines if line.id == edit.change.line_id), None)
        if line is not None:
            variant = await variant_of(admin, order, line, edit.change.variant_id)
    return refusal(order, edit, variant)


def _changed(seen: NeutralOrder, now: NeutralOrder, edit: Edit) -> NotApplied | None:
    """Whether the lines are others than those for which the edit was meant."""
    before, after = ({line.id: line.quantity.current for line in order.lines} for order in (seen, now))
    touched = before if isinstance(edit.change, CancelOrder) else {**taken(seen, edit), **_line_of(edit)}
    if isinstance(edit.change, CancelOrder) and before.keys() != after.keys():
        return NotApplied("changed", "the order has other lines than it had")
    moved = [line for line in touched if before.get(line) != after.get(line)]
    return NotApplied("changed", "units of it were added or taken off meanwhile") if moved else None


def _line_of(edit: Edit) -> dict[str, int]:
    line = getattr(edit.change, "line_id", None)
    return {line: 0} if line is not None else {}


async def _begin(admin: Admin, whole: Whole, edit: Edit) -> Applied | NotApplied:
    match way_of(whole.order, edit):
        case "update":
            return await update(admin, whole, edit)
        case "cancel":
            return await cancel(admin, whole, edit)
        case "refund":
            return await _refund(admin, whole, edit)
        case "session":
            return await _edit(admin, whole, edit)


async def _go_on(admin: Admin, whole: Whole, edit: Edit, before: NeutralOrder) -> Applied | NotApplied:
    if isinstance(edit.change, CancelOrder):
        return await cancel(admin, whole, edit)
    if isinstance(edit.change, SetAddress):
        return await followed(admin, whole, edit, before.address.shipping)
    return await _pay_back(admin, whole, edit)


async def _refund(admin: Admin, whole: Whole, edit: Edit) -> Applied | NotApplied:
    """Take units off and pay them back, in one step."""
    told = await suggestion(admin, whole.order, taken(whole.order, edit), places_of(whole.body))
    fee = fee_of(edit, told)
    due = (told.amount.buyer or 0) - (fee.buyer or 0)
    if due > payable(told.sources):
        return NotApplied("payment", "no payment of the order can take it back")
    made = await refund(admin, whole.order, edit, told, due, with_units=True, kept_back=bool(fee.buyer))
    return made if isinstance(made, NotApplied) else Applied(made)


async def _edit(admin: Admin, whole: Whole, edit: Edit) -> Applied | NotApplied:
    """Commit an edit session, then pay back what was paid too much."""
    refused = await write_mark(admin, whole.body, whole.order, "edit", mark_of(edit.key))
    if refused is not None:
        return refused
    found = await staged(admin, whole.order, edit)
    if isinstance(found, NotApplied):
        return found
    if (found.due.buyer or 0) < 0 and await _cannot_pay(admin, whole, -(found.due.buyer or 0)):
        return NotApplied("payment", "no payment of the order can take back what it would be cheaper")
    said = await _commit(admin, found, edit)
    now = await read_whole(admin, whole.order.source.order_id)
    if now is None:
        return _GONE
    if said:
        return because(said, now.order, edit)
    return await _pay_back(admin, now, edit)


async def _cannot_pay(admin: Admin, whole: Whole, due: int) -> bool:
    return due > payable((await suggestion(admin, whole.order, {})).sources)


async def _commit(admin: Admin, found: Staged, edit: Edit) -> str:
    answer = await admin.ask(editing.COMMIT, id=found.session, note=note_of(edit), notify=edit.tell_customer)
    return said_in(part(answer.data, "orderEditCommit"))


async def _pay_back(admin: Admin, whole: Whole, edit: Edit) -> Applied | NotApplied:
    """The second step of an edit that made the order cheaper. `whole` bears our mark."""
    mark = mark_on(whole.body, "edit")
    due = still_owed(whole.order, mark) if mark is not None else 0
    if due and refund_marked(whole.body, edit) is None:
        told = await suggestion(admin, whole.order, {})
        made = await refund(admin, whole.order, edit, told, due, with_units=False, kept_back=False)
        if isinstance(made, NotApplied):
            raise ShopError("answer", f"The order was edited, and Shopify does not pay back the rest: {made.said}")
        return Applied(made)
    return _done(whole, edit)


def _done(whole: Whole, edit: Edit) -> Applied:
    """With where to pay, where something is open because of it."""
    mark = mark_on(whole.body, "edit")
    before = (mark.outstanding.buyer or 0) if mark is not None and mark.mark == mark_of(edit.key) else None
    open_ = whole.order.totals.outstanding.buyer or 0
    more = before is not None and open_ > max(before, 0)
    return Applied(
        refund_marked(whole.body, edit) or mark_of(edit.key),
        whole.order.links.pay_outstanding if more else None,
    )
