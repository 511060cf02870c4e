"""Cancelling a whole order: first its lines and its shipping, in one step that nothing can follow; then the money.

Vendure keeps no surcharge on a cancelled order, so the fee is what is not paid back.
"""

from __future__ import annotations

from portal.platforms.changes import Applied, CancelOrder, Edit, NotApplied
from portal.platforms.live import ShopError
from portal.platforms.vendure import operations, words
from portal.platforms.vendure.api import Refused
from portal.platforms.vendure.desk import Desk, Found, again
from portal.platforms.vendure.inputs import Refundable, refundable, shared_out
from portal.platforms.vendure.quoting import fee_of
from portal.platforms.vendure.refusals import refusal_of, thrown
from portal.platforms.vendure.shape import Node, nodes, part, text
from portal.platforms.vendure.traces import live_units, trace_of
from portal.platforms.vendure.turns import leave


async def cancel(desk: Desk, found: Found, edit: Edit, mark: str) -> Applied | NotApplied:
    """Cancel the order, or go on with it where that is done. Raises ShopError."""
    done: Found | NotApplied = found
    if trace_of(found.raw, mark) is None:
        done = await _cancelled(desk, found, edit, mark)
    if isinstance(done, NotApplied):
        return done
    if live_units(done.raw):
        raise ShopError("answer", "A parcel was made while the order was being cancelled: look at it in Vendure.")
    await _pay_back(desk, done, edit, mark)
    trace = trace_of(done.raw, mark)
    return Applied(trace.reference if trace else None)


def is_paid_back(found: Found, edit: Edit) -> bool:
    """Whether nothing is left to be paid back or let go."""
    return _still_to_go(found, edit) <= 0 and not _authorised(found.raw)


async def _cancelled(desk: Desk, found: Found, edit: Edit, mark: str) -> Found | NotApplied:
    """From `Modifying` there is no way to `Cancelled`: the order is put back before."""
    if found.state == words.MODIFYING:
        await leave(desk, found)
    reason = edit.change.reason if isinstance(edit.change, CancelOrder) else "other"
    order = {"orderId": found.id, "cancelShipping": True, "reason": words.marked(reason, mark)}
    try:
        data = await desk.api.do(operations.cancel(*desk.fields), input=order)
    except Refused as refused:
        return thrown(refused)
    result = part(data, "cancelOrder")
    return refusal_of(result) or again(desk, found, result)


async def _pay_back(desk: Desk, found: Found, edit: Edit, mark: str) -> None:
    """What is left of it, by payment."""
    for payment in _authorised(found.raw):
        _must(part(await desk.api.do(operations.CANCEL_PAYMENT, id=payment), "cancelPayment"))
    shares = shared_out(max(0, _still_to_go(found, edit)), refundable(found.raw)) or []
    for share in shares:
        _must(part(await _refund(desk, share, words.marked("Order cancelled", mark)), "refundOrder"))


async def _refund(desk: Desk, share: Refundable, reason: str) -> Node:
    """The amount is what counts; its deprecated members have no default in Vendure's tables."""
    order = {"paymentId": share.payment, "amount": share.amount, "reason": reason}
    try:
        return await desk.api.do(operations.REFUND, input={**order, "lines": [], "shipping": 0, "adjustment": 0})
    except Refused as refused:
        raise _unpaid(refused.code) from refused


def _must(result: Node) -> None:
    if refused := refusal_of(result):
        raise _unpaid(refused.said)
    if text(result, "state") == "Failed":
        raise _unpaid("the payment's provider refused")


def _unpaid(said: str) -> ShopError:
    return ShopError("answer", f"The order is cancelled, and what was paid could not go back: {said}"[:300])


def _still_to_go(found: Found, edit: Edit) -> int:
    """What is to go back and has not yet, in Vendure's units: all but the fee. So nothing goes back twice."""
    paid = sum(payment.amount for payment in refundable(found.raw))
    return paid - fee_of(found, edit, -paid)


def _authorised(order: Node) -> list[str]:
    return [text(p, "id") or "" for p in nodes(order, "payments") if text(p, "state") == "Authorized"]
