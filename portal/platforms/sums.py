"""An order's sums in one of its currencies, as they are and as they are after a change. Pure, integers only."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.repricing import Repriced, Side, of_side, priced, share


@dataclass(frozen=True, slots=True)
class SideSums:
    """Minor units; None is not known. `rest` is what the total has beside its parts: a discount on the whole order
    (negative), or a part that is not told. `on_top`: tax is added to the other parts. `sure`: nothing was guessed."""

    lines: int | None
    shipping: int | None
    tax: int | None
    discount: int | None
    fees: int | None
    total: int | None
    rest: int = 0
    on_top: bool = False
    sure: bool = True

    def with_fee(self, fee: int) -> SideSums:
        """The sums with a fee that is kept back."""
        if not fee:
            return self
        return replace(self, fees=(self.fees or 0) + fee, total=None if self.total is None else self.total + fee)


def sums_of(order: NeutralOrder, side: Side) -> SideSums:
    """The order's sums as they are; what its document leaves out is worked out where that is possible."""
    totals = order.totals
    lines, shipping, tax = (of_side(amount, side) for amount in (totals.lines, totals.shipping, totals.tax))
    fees, total = of_side(totals.fees, side), of_side(totals.total, side)
    lines = _of_lines(order, side) if lines is None else lines
    goods = None if lines is None else lines + (shipping or 0) + (fees or 0)
    on_top, told = _on_top(order, goods, tax, total)
    parts = None if goods is None else goods + (tax or 0 if on_top else 0)
    if total is None:
        sure = told and shipping is not None and not (on_top and tax is None)
        return SideSums(lines, shipping, tax, of_side(totals.discount, side), fees, parts, 0, on_top, sure)
    rest = 0 if parts is None else total - parts
    return SideSums(lines, shipping, tax, of_side(totals.discount, side), fees, total, rest, on_top, told)


def changed(before: SideSums, lines: Repriced) -> SideSums:
    """The sums when some of the lines have changed and something of the order stays."""
    moved = lines.moved("total")
    if before.lines is None or before.total is None or moved is None:
        return replace(before, lines=None, tax=None, discount=None, total=None, sure=False)
    of_lines = max(0, before.lines + moved)
    rest = before.rest if before.rest >= 0 or not before.lines else share(before.rest, of_lines, before.lines)
    tax, tax_known = _tax_after(before, lines, of_lines)
    total = of_lines + (before.shipping or 0) + (before.fees or 0) + rest + (tax or 0 if before.on_top else 0)
    return replace(
        before,
        lines=of_lines,
        tax=tax,
        discount=_plus(before.discount, lines.moved("discount")),
        total=max(0, total),
        rest=rest,
        sure=before.sure and lines.sure and tax_known and (before.rest == 0 or not moved),
    )


def emptied(order: NeutralOrder, before: SideSums, side: Side, *, keep_shipping: bool) -> SideSums:
    """The sums when nothing of the order stays but what was kept back before, and shipping where that is kept."""
    kept = _kept_back(order, side)
    certain = before.sure or of_side(order.totals.total, side) is not None
    shipping, tax, told = (before.shipping or 0, *_shipping_tax(order, before, side)) if keep_shipping else (0, 0, True)
    total = kept + shipping + (tax or 0 if before.on_top else 0)
    sums = replace(before, lines=0, shipping=shipping, tax=tax, discount=0, fees=kept)
    return replace(sums, total=total, rest=0, sure=told and certain)


def _of_lines(order: NeutralOrder, side: Side) -> int | None:
    totals = [priced(line, side).total for line in order.lines]
    known = [total for total in totals if total is not None]
    return sum(known) if known and len(known) == len(totals) else None


def _on_top(order: NeutralOrder, goods: int | None, tax: int | None, total: int | None) -> tuple[bool, bool]:
    """Whether tax is added to the parts, and whether that is known: if nobody says it, the sum tells."""
    if order.taxes_included is not None:
        return not order.taxes_included, True
    if not tax or goods is None or total is None:
        return False, not tax
    return total == goods + tax, total in (goods, goods + tax)


def _tax_after(before: SideSums, lines: Repriced, of_lines: int) -> tuple[int | None, bool]:
    """The tax, and whether it is known as far as it matters: tax that is in the prices changes no total."""
    moved = lines.moved("tax")
    if not before.tax or not lines.moved("total"):
        return before.tax, before.tax is not None or not before.on_top
    if moved is not None:
        return max(0, before.tax + moved), True
    if not before.on_top:
        return None, True
    return share(before.tax, of_lines, before.lines) if before.lines else before.tax, False


def _shipping_tax(order: NeutralOrder, before: SideSums, side: Side) -> tuple[int | None, bool]:
    """The tax that is not the lines'."""
    of_lines = [priced(line, side).tax for line in order.lines]
    known = [tax for tax in of_lines if tax is not None]
    if not before.tax or len(known) < len(of_lines):
        return before.tax if not before.tax else None, before.shipping is not None and not before.on_top
    return max(0, before.tax - sum(known)), before.shipping is not None


def _kept_back(order: NeutralOrder, side: Side) -> int:
    """Fees of earlier changes, which no later one pays back."""
    fees = [part.restocking_fee for part in order.adjustments if part.restocking_fee and part.status != "failed"]
    return sum(of_side(fee, side) or 0 for fee in fees)


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(0, one + other)
