"""What an edit of an order comes to, reckoned by ourselves for platforms that do not: exact, in whole minor units.

Lines keep their share of discounts and of tax. Shipping is paid for as long as anything of the order stays; an order
of which nothing stays has its shipping refunded, or not (`keep_shipping`). Pure; knows no platform and no policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.platforms.changes import Edit, NotApplied, Quote, Sums, Variant
from portal.platforms.guards import refusal
from portal.platforms.neutral.parts import Amount, NeutralOrder
from portal.platforms.repricing import Side, leaves_nothing, of_side, reprice, share
from portal.platforms.sums import SideSums, changed, emptied, sums_of

_NOT_PAID: Final = frozenset({"pending", "unpaid", "authorized", "voided", "expired", "refunded"})


@dataclass(frozen=True, slots=True)
class _Reckoned:
    """A quote in one currency."""

    before: SideSums
    after: SideSums
    fee: int | None
    due: int | None
    exact: bool


def quote(
    order: NeutralOrder, edit: Edit, variant: Variant | None = None, *, keep_shipping: bool = False
) -> Quote | NotApplied:
    """What the edit comes to, or why the order does not allow it. `variant` is what a line is swapped for."""
    refused = refusal(order, edit, variant)
    if refused is not None:
        return refused
    shop = _reckon(order, edit, variant, "shop", keep_shipping)
    buyer = _reckon(order, edit, variant, "buyer", keep_shipping)
    return Quote(
        before=_both(shop.before, buyer.before),
        after=_both(shop.after, buyer.after),
        fee=Amount(shop=shop.fee, buyer=buyer.fee),
        due=Amount(shop=shop.due, buyer=buyer.due),
        exact=shop.exact and buyer.exact,
    )


def paid(order: NeutralOrder, side: Side) -> tuple[int | None, bool]:
    """What the customer has paid and not got back, and whether that is known rather than likely."""
    total, outstanding = of_side(order.totals.total, side), of_side(order.totals.outstanding, side)
    if order.state.payment in _NOT_PAID:
        return 0, True
    sums = sums_of(order, side)
    certain, total = total is not None or sums.sure, sums.total
    if total is None or outstanding is not None:
        return (None if total is None else max(0, total - (outstanding or 0))), certain
    refunded = of_side(order.totals.refunded, side) or 0
    if order.state.payment == "paid" and not refunded:
        return total, certain
    return max(0, total - refunded), False  # whether the total is less what was refunded, nobody says


def _reckon(order: NeutralOrder, edit: Edit, variant: Variant | None, side: Side, keep_shipping: bool) -> _Reckoned:
    before = sums_of(order, side)
    lines = reprice(order, edit.change, variant, side)
    if not lines.before:
        return _Reckoned(before, before, 0, 0, exact=True)
    if leaves_nothing(order, edit.change):
        after = emptied(order, before, side, keep_shipping=keep_shipping)
    else:
        after = changed(before, lines)
    has, told = paid(order, side)
    if before.total is None or after.total is None or has is None:
        return _Reckoned(before, after, None, None, exact=False)
    wanted, fee_told = _fee(order, edit, side)
    fee = min(wanted, max(0, -_due(before.total, after.total, has)))
    due = _due(before.total, after.total + fee, has)
    return _Reckoned(before, after.with_fee(fee), fee, due, exact=after.sure and told and (fee_told or not fee))


def _due(before: int, after: int, has: int) -> int:
    """What is to be paid more, or goes back, because the total becomes another. What was open before stays open and is
    no part of it."""
    open_before, open_after = before - has, after - has
    back = min(open_after, 0) - min(open_before, 0)
    return back + max(0, max(open_after, 0) - max(open_before, 0))


def _fee(order: NeutralOrder, edit: Edit, side: Side) -> tuple[int, bool]:
    """The fee that may be kept back, and whether it was given in this currency: else the order's own rate tells."""
    mine, other = (edit.fee.shop, edit.fee.buyer) if side == "shop" else (edit.fee.buyer, edit.fee.shop)
    if mine is not None or not other:
        return max(0, mine or 0), True
    if order.currency.shop == order.currency.buyer:
        return max(0, other), True
    total = order.totals.total
    here, there = (total.shop, total.buyer) if side == "shop" else (total.buyer, total.shop)
    return (0, False) if not here or not there else (max(0, share(other, here, there)), False)


def _both(shop: SideSums, buyer: SideSums) -> Sums:
    return Sums(
        lines=Amount(shop=shop.lines, buyer=buyer.lines),
        shipping=Amount(shop=shop.shipping, buyer=buyer.shipping),
        tax=Amount(shop=shop.tax, buyer=buyer.tax),
        discount=Amount(shop=shop.discount, buyer=buyer.discount),
        fees=Amount(shop=shop.fees, buyer=buyer.fees),
        total=Amount(shop=shop.total, buyer=buyer.total),
    )
