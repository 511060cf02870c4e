"""What an edit comes to, as Shopify itself reckons it; nothing is changed by asking."""

from __future__ import annotations

from portal.platforms.changes import Edit, NotApplied, Quote, Sums
from portal.platforms.neutral.parts import Amount, NeutralOrder
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.editing.cancelling import fee_of
from portal.platforms.shopify.editing.refunds import Suggestion, places_of, suggestion
from portal.platforms.shopify.editing.session import Staged, staged
from portal.platforms.shopify.editing.sums import ZERO, minus, negative, plus
from portal.platforms.shopify.editing.ways import Way, has_money, taken
from portal.platforms.shopify.reading.whole import Whole


async def quoted(admin: Admin, whole: Whole, edit: Edit, way: Way) -> Quote | NotApplied:
    """The quote of an edit that the order allows. Raises ShopError."""
    before = sums_of(whole.order)
    if way == "update":
        return Quote(before, before, ZERO, ZERO, exact=True)
    if way == "session":
        found = await staged(admin, whole.order, edit)
        return found if isinstance(found, NotApplied) else _of_session(before, found)
    if way == "cancel" and not has_money(whole.order):
        return Quote(before, _emptied(whole.order, ZERO), ZERO, ZERO, exact=True)
    units = None if way == "cancel" else taken(whole.order, edit)
    told = await suggestion(admin, whole.order, units, places_of(whole.body))
    return _of_refund(before, told, fee_of(edit, told), whole=way == "cancel", order=whole.order)


def sums_of(order: NeutralOrder) -> Sums:
    """The order's sums as they are."""
    totals = order.totals
    return Sums(totals.lines, totals.shipping, totals.tax, totals.discount, totals.fees, totals.total)


def _of_session(before: Sums, found: Staged) -> Quote:
    after = Sums(
        lines=minus(found.after.lines, found.fee),
        shipping=found.after.shipping,
        tax=found.after.tax,
        fees=_with(before.fees, found.fee),
        total=found.after.total,
    )
    return Quote(before, after, found.fee, found.due, exact=True)


def _of_refund(before: Sums, told: Suggestion, fee: Amount, *, whole: bool, order: NeutralOrder) -> Quote:
    due = negative(minus(told.amount, fee))
    if whole:
        return Quote(before, _emptied(order, due), fee, due, exact=True)
    worth = told.lines_worth if order.taxes_included is not False else plus(told.lines_worth, told.tax)
    after = Sums(
        lines=minus(before.lines, told.lines_worth),
        shipping=before.shipping,
        tax=minus(before.tax, told.tax),
        fees=_with(before.fees, fee),
        total=plus(minus(before.total, worth), fee),
    )
    return Quote(before, after, fee, due, exact=True)


def _emptied(order: NeutralOrder, due: Amount) -> Sums:
    """Nothing stays but what is kept back of what was paid: now, and for earlier changes."""
    kept = plus(minus(order.totals.total, order.totals.outstanding), due)
    return Sums(lines=ZERO, shipping=ZERO, tax=ZERO, discount=ZERO, fees=kept, total=kept)


def _with(fees: Amount, fee: Amount) -> Amount:
    known = Amount(shop=fees.shop or 0, buyer=fees.buyer or 0)
    return plus(known, fee)
