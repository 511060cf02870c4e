"""What the lines that a change touches cost afterwards, from what they cost now. Pure, integers only.

A line's share of its discounts goes with its units. Amounts are minor units of one currency of the order, its `Side`;
None is an amount that is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from portal.platforms.changes import CancelOrder, CancelUnits, Change, SetQuantity, SwapVariant, Variant
from portal.platforms.guards import cancelled
from portal.platforms.neutral.parts import Amount, Line, NeutralOrder

Side = Literal["shop", "buyer"]


@dataclass(frozen=True, slots=True)
class Priced:
    """Units of a line, what they cost after discounts, the tax in or on that, and the discounts taken off."""

    quantity: int
    total: int | None
    tax: int | None
    discount: int | None


@dataclass(frozen=True, slots=True)
class Repriced:
    """Touched lines by id, before and after; `added` is the line of another variant. `sure`: no price was guessed."""

    before: Mapping[str, Priced]
    after: Mapping[str, Priced]
    added: Priced | None = None
    sure: bool = True

    def moved(self, part: Literal["total", "tax", "discount"]) -> int | None:
        """By how much a sum of the order's lines changes; None where an amount of it is not known."""
        gone = [getattr(self.before[line], part) for line in self.before]
        come = [getattr(priced, part) for priced in (*self.after.values(), *([self.added] if self.added else []))]
        return None if None in (*gone, *come) else sum(come) - sum(gone)


def share(amount: int, part: int, whole: int) -> int:
    """`amount` times `part` / `whole`, rounded half away from zero. `whole` is not 0."""
    rounded = (2 * abs(amount) * part + whole) // (2 * whole)
    return rounded if amount >= 0 else -rounded


def units_after(order: NeutralOrder, change: Change) -> Mapping[str, int]:
    """How many units are wanted afterwards of each line that the change touches."""
    current = {line.id: line.quantity.current for line in order.lines}
    match change:
        case CancelOrder():
            return {line: 0 for line, quantity in current.items() if quantity}
        case CancelUnits():
            return {line: current[line] - quantity for line, quantity in cancelled(change).items()}
        case SetQuantity(line_id, quantity):
            return {line_id: quantity}
        case SwapVariant(line_id, _, quantity):
            return {line_id: current[line_id] - quantity}
        case _:
            return {}


def leaves_nothing(order: NeutralOrder, change: Change) -> bool:
    """Whether no unit of the order is wanted afterwards: then it is cancelled, whatever the change was called."""
    after = units_after(order, change)
    kept = any(after.get(line.id, line.quantity.current) for line in order.lines)
    return not isinstance(change, SwapVariant) and bool(after) and not kept


def reprice(order: NeutralOrder, change: Change, variant: Variant | None, side: Side) -> Repriced:
    """The lines of a change that the order allows (`guards.refusal`)."""
    lines = {line.id: line for line in order.lines}
    wanted = units_after(order, change)
    before = {line: priced(lines[line], side) for line in wanted}
    after = {line: _scaled(before[line], quantity) for line, quantity in wanted.items()}
    if not isinstance(change, SwapVariant) or variant is None:
        return Repriced(before, after)
    line = lines[change.line_id]
    taken = _difference(before[line.id], after[line.id])
    old, new = of_side(line.price.unit, side), of_side(variant.price, side)
    added = taken if new is None or new == old else _at_price(taken, old, new)
    return Repriced(before, after, added, sure=new is not None)


def priced(line: Line, side: Side) -> Priced:
    """What the line's current units cost."""
    quantity = line.quantity
    if quantity.current == 0:
        return Priced(0, 0, 0, 0)
    unit, total = of_side(line.price.unit, side), of_side(line.price.total_after_discounts, side)
    off = _discounts(line, side)
    gross = None if unit is None else unit * quantity.current
    if total is None and gross is not None and off is not None:
        total = gross - off
    if gross is not None and total is not None:
        off = gross - total
    return Priced(quantity.current, total, of_side(line.price.tax, side), off)


def of_side(amount: Amount, side: Side) -> int | None:
    """The amount in one of the order's currencies."""
    return amount.shop if side == "shop" else amount.buyer


def _discounts(line: Line, side: Side) -> int | None:
    """Those of the current units: the document's are of all that were ordered."""
    given = [of_side(discount.amount, side) for discount in line.discounts]
    known = [amount for amount in given if amount is not None]
    if len(known) < len(given):
        return None
    return share(sum(known), line.quantity.current, max(line.quantity.ordered, 1))


def _scaled(line: Priced, quantity: int) -> Priced:
    def part(amount: int | None) -> int | None:
        return None if amount is None else share(amount, quantity, line.quantity) if line.quantity else 0

    return Priced(quantity, part(line.total), part(line.tax), part(line.discount))


def _difference(one: Priced, other: Priced) -> Priced:
    def less(a: int | None, b: int | None) -> int | None:
        return None if a is None or b is None else a - b

    return Priced(
        one.quantity - other.quantity,
        less(one.total, other.total),
        less(one.tax, other.tax),
        less(one.discount, other.discount),
    )


def _at_price(taken: Priced, old: int | None, new: int) -> Priced:
    """The units at another price: their discount keeps its share of it, and so does their tax."""
    gross = new * taken.quantity
    total = gross
    if old and taken.total is not None:
        total = share(taken.total, new, old)
    return Priced(taken.quantity, total, _tax(taken, total), gross - total)


def _tax(taken: Priced, total: int) -> int | None:
    if taken.tax is None or taken.total is None:
        return None
    if taken.total:
        return share(taken.tax, total, taken.total)
    return 0 if total == 0 else None
