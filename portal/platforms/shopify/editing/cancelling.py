"""Cancelling an order whole. Shopify does it by itself, after a while; it cannot be taken back.

It has no place for a fee: then all units are refunded first, less the fee, which takes them off, and the order that has
nothing left is cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portal.platforms.changes import Applied, CancelOrder, Edit, NotApplied
from portal.platforms.live import ShopError
from portal.platforms.marks import mark_of
from portal.platforms.neutral.parts import Amount
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.editing.progress import progress_of, units_left
from portal.platforms.shopify.editing.refunds import (
    Suggestion,
    note_of,
    places_of,
    refund,
    refund_marked,
    suggestion,
)
from portal.platforms.shopify.editing.refusals import because, said_in
from portal.platforms.shopify.editing.sums import least, priced
from portal.platforms.shopify.editing.ways import has_money
from portal.platforms.shopify.operations import editing
from portal.platforms.shopify.reading.whole import Whole, read_whole
from portal.platforms.shopify.shape import part, text, yes

_LONGEST_NOTE: Final = 255
_WAITS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0)  # seconds between looks at a cancellation that is under way
_REASONS: Final[Mapping[str, str]] = {
    "customer": "CUSTOMER",
    "out_of_stock": "INVENTORY",
    "fraud": "FRAUD",
    "payment": "DECLINED",
    "sold_in_store": "OTHER",
    "other": "OTHER",
}


async def cancel(admin: Admin, whole: Whole, edit: Edit) -> Applied | NotApplied:
    """Cancel it, or go on with it. Raises ShopError."""
    refunded = refund_marked(whole.body, edit)
    if refunded is None and has_money(whole.order):
        told = await suggestion(admin, whole.order, None, places_of(whole.body))
        fee = fee_of(edit, told)
        if fee.buyer:
            made = await refund(
                admin, whole.order, edit, told, (told.amount.buyer or 0) - fee.buyer, with_units=True, kept_back=True
            )
            if isinstance(made, NotApplied):
                return made
            refunded = made
    return await _cancel(admin, whole, edit, refunded)


def fee_of(edit: Edit, told: Suggestion) -> Amount:
    """What is kept back: no more than what would be paid back."""
    return least(priced(edit.fee, told.amount), told.amount)


async def _cancel(admin: Admin, whole: Whole, edit: Edit, refunded: str | None) -> Applied | NotApplied:
    """`refunded`: the refund that has taken the units off; then nothing is paid back or put into stock any more."""
    reason = edit.change.reason if isinstance(edit.change, CancelOrder) else "other"
    pays = refunded is None and has_money(whole.order)
    answer = await admin.ask(
        editing.CANCEL,
        id=whole.order.source.order_id,
        reason=_REASONS.get(reason, "OTHER"),
        restock=refunded is None,
        notify=edit.tell_customer,
        note=note_of(edit)[-_LONGEST_NOTE:],
        refund={"originalPaymentMethodsRefund": True} if pays else None,
    )
    payload = part(answer.data, "orderCancel")
    said = said_in(payload, "orderCancelUserErrors")
    job = part(payload, "job")
    ended = bool(said) or not job or yes(job, "done") or await _has_ended(admin, text(job, "id"))
    return await _outcome(admin, edit, whole.order.source.order_id, said, refunded, ended=ended)


async def _has_ended(admin: Admin, job: str | None) -> bool:
    for wait in _WAITS:
        await admin.pause(wait)
        answer = await admin.ask(editing.JOB, id=job)
        if yes(part(answer.data, "job"), "done"):
            return True
    return False


async def _outcome(
    admin: Admin, edit: Edit, order_id: str, said: str, refunded: str | None, *, ended: bool
) -> Applied | NotApplied:
    """What became of it, as the order is now. One that was refused may be under way since an earlier attempt."""
    under_way = not ended or because(said).why == "cancelled"
    for wait in (0.0, *(_WAITS if said and under_way else ())):
        await admin.pause(wait)
        now = await read_whole(admin, order_id)
        if now is None:
            return NotApplied("changed", "the order is not there any more")
        if progress_of(now, edit, now.order) == "done":
            return Applied(refunded or mark_of(edit.key))
    if under_way and (now is None or now.order.cancelled_at is None):
        raise ShopError("answer", "Shopify is still cancelling the order.")
    if refunded is None:
        return because(said or "the cancellation failed", now.order if now else None, edit)
    if now is None or units_left(now.order):
        raise ShopError("answer", f"The order was refunded, and Shopify does not cancel it: {said}")
    return Applied(refunded)  # nothing of it is left and the money is back: that is all that was wanted
