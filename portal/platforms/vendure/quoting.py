"""What an edit would come to: Vendure reckons it itself, in a modification that it takes back at once."""

from __future__ import annotations

from portal.platforms.changes import CancelOrder, Edit, NotApplied, Quote, SetInstructions, Sums
from portal.platforms.neutral.parts import Amount, Totals
from portal.platforms.vendure import operations, words
from portal.platforms.vendure.api import Refused
from portal.platforms.vendure.desk import Desk, Found, find
from portal.platforms.vendure.inputs import Input, input_of, refundable, with_fee
from portal.platforms.vendure.money import Money, money_of
from portal.platforms.vendure.refusals import refusal_of, thrown
from portal.platforms.vendure.shape import Node, from_minor, number, part, text
from portal.platforms.vendure.totals import totals_of
from portal.platforms.vendure.turns import came_from, is_ours, leave, turn


async def quote(desk: Desk, found: Found, edit: Edit) -> Quote | NotApplied:
    """The quote for an edit that the order allows. Raises ShopError."""
    if isinstance(edit.change, SetInstructions):
        return _free(found)
    if isinstance(edit.change, CancelOrder):
        return _of_cancelling(found, edit)
    if found.state == words.ARRANGING:
        return NotApplied("payment", "a payment for this order is still outstanding")
    if found.state == words.MODIFYING:
        if not is_ours(found.raw):
            return NotApplied("busy")
        await leave(desk, found)  # nobody else of us works on it: whoever did has died
    wanted = input_of(found.raw, edit.change, desk.line_fields)
    after = await _preview(desk, found, wanted)
    if isinstance(after, NotApplied):
        return after
    fee = fee_of(found, edit, difference(found.raw, after))
    if fee:  # a discount may be on the fee as well: then that is Vendure's to say
        after = await _preview(desk, found, with_fee(wanted, fee))
    return after if isinstance(after, NotApplied) else _quoted(desk, found, after, fee)


def difference(before: Node, after: Node) -> int:
    """How much more the order comes to, in Vendure's units."""
    return (number(after, "totalWithTax") or 0) - (number(before, "totalWithTax") or 0)


def fee_of(found: Found, edit: Edit, change: int) -> int:
    """The fee in Vendure's units: no more than what the change gives back."""
    currency = found.document.currency.shop
    wanted = 0 if edit.fee.shop is None or currency is None else from_minor(edit.fee.shop, currency, found.precision)
    return max(0, min(wanted, -change))


def unpayable(desk: Desk, order: Node, change: int) -> NotApplied | None:
    """Why this much more (or, below zero, less) cannot be settled; `change` has the fee in it."""
    if change > 0 and not desk.pay_url:
        return NotApplied("payment", "more is to be paid, and no page for that is set up")
    back = sum(payment.amount for payment in refundable(order))
    if change < 0 and back < -change:
        return NotApplied("payment", "what was paid cannot go back: it is only authorised, or has gone back already")
    return None


async def _preview(desk: Desk, found: Found, change: Input) -> Node | NotApplied:
    """The order's sums after the change: by the plugin, of which nothing is ever seen; by a modification of our own,
    which is taken back in the same request, where there is none."""
    order = {"orderId": found.id, "dryRun": True, **change}
    try:
        tried = part(await desk.api.do(operations.QUIET_PREVIEW, input=order), "jalonPreview")
        return refusal_of(part(tried, "error")) or part(tried, "order")
    except Refused as refused:
        if refused.code != "GRAPHQL_VALIDATION_FAILED":
            return thrown(refused)
    return await _seen_preview(desk, found, order)


async def _seen_preview(desk: Desk, found: Found, order: Input) -> Node | NotApplied:
    try:
        data = await desk.api.do(operations.PREVIEW, id=found.id, input=order, back=found.state)
    except Refused as refused:
        return thrown(refused)
    if refused_entry := refusal_of(part(data, "enter")):
        return refused_entry
    await _put_back(desk, found, part(data, "leave"))
    return refusal_of(part(data, "preview")) or part(data, "preview")


async def _put_back(desk: Desk, found: Found, left: Node) -> None:
    """The order is where it was before the preview. Where that was is only known for certain afterwards: a parcel may
    have gone meanwhile."""
    if text(left, "errorCode"):
        now = await find(desk, found.id)
        if now is not None and now.state == words.MODIFYING:
            await leave(desk, now)
    elif (before := came_from(left)) and before != found.state:
        await turn(desk, found.id, before)


def _quoted(desk: Desk, found: Found, after: Node, fee: int) -> Quote | NotApplied:
    """`after` has the fee in it."""
    change = difference(found.raw, after)
    if refused := unpayable(desk, found.raw, change):
        return refused
    money = _money(found)
    sums = totals_of({**after, "payments": []}, money)
    totals = Totals.model_validate({name: _both(side) for name, side in sums.items()})
    return Quote(
        before=_sums(found.document.totals),
        after=_sums(totals),
        fee=_amount(money, fee),
        due=_amount(money, change),
        exact=True,
    )


def _of_cancelling(found: Found, edit: Edit) -> Quote:
    """Everything that was paid goes back, but for the fee; what was only authorised is let go."""
    money, settled = _money(found), sum(payment.amount for payment in refundable(found.raw))
    fee = fee_of(found, edit, -settled)
    kept, nothing = _amount(money, fee), _amount(money, 0)
    after = Sums(nothing, nothing, nothing, nothing, kept, kept)
    return Quote(_sums(found.document.totals), after, kept, _amount(money, fee - settled), exact=True)


def _free(found: Found) -> Quote:
    sums, nothing = _sums(found.document.totals), _amount(_money(found), 0)
    return Quote(sums, sums, nothing, nothing, exact=True)


def _money(found: Found) -> Money:
    root = {"globalSettings": {"serverConfig": {"moneyStrategyPrecision": found.precision}}}
    return money_of(found.raw, root)


def _amount(money: Money, units: int) -> Amount:
    return Amount.model_validate(_both(money.amount(units)))


def _both(sides: dict[str, int | None]) -> dict[str, int | None]:
    """Vendure's orders have one currency."""
    return {"shop": sides["shop"], "buyer": sides["shop"]}


def _sums(totals: Totals) -> Sums:
    return Sums(totals.lines, totals.shipping, totals.tax, totals.discount, totals.fees, totals.total)
