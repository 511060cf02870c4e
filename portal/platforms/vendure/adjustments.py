"""Modifications, cancellations and refunds as adjustments: everything that changed the order since it was placed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from portal.platforms.marks import mark_in
from portal.platforms.vendure import words
from portal.platforms.vendure.history import entries
from portal.platforms.vendure.ledger import moved, refunds_of
from portal.platforms.vendure.money import Money, Sides
from portal.platforms.vendure.shape import Node, nodes, number, part, text, when

Adjustment = dict[str, Any]


def adjustments_of(order: Node, money: Money) -> list[Adjustment]:
    """The oldest first, as far as their dates are known."""
    built = [*_modifications(order, money), *_cancellations(order), *_refunds(order, money)]
    return sorted(built, key=lambda item: (item["at"] is not None, item["at"].timestamp() if item["at"] else 0))


def _modifications(order: Node, money: Money) -> Iterator[Adjustment]:
    for item in nodes(order, "modifications"):
        note, change = text(item, "note"), number(item, "priceChange")
        yield {
            "id": f"modification:{text(item, 'id')}",
            "type": _type(item),
            "at": when(item, "createdAt"),
            "status": _status(order, item),
            "by": "app" if mark_in(note) else "staff",
            "lines": _lines(item),
            "amount": money.amount(change),
            "restocking_fee": _fee(order, item, money),
            "note": words.unmarked(note),
            "external_id": text(item, "id"),
        }


def _type(modification: Node) -> str:
    """A modification without lines and surcharges changed an address, or a coupon: money tells."""
    units = [quantity for _, quantity in moved(modification)]
    if units:
        return "cancel" if all(quantity < 0 for quantity in units) else "edit"
    if nodes(modification, "surcharges"):
        return "fee"
    return "edit" if number(modification, "priceChange") else "address_change"


def _status(order: Node, modification: Node) -> str:
    refund = text(part(modification, "refund"), "id")
    for known in refunds_of(order):
        if refund is not None and text(known, "id") == refund:
            return words.refund_status(text(known, "state"))
    return "completed" if modification.get("isSettled") is not False else "pending"


def _fee(order: Node, modification: Node, money: Money) -> Sides | None:
    """What was kept back of units that were taken off; its amount may stand at the order alone."""
    if not any(quantity < 0 for _, quantity in moved(modification)):
        return None
    of_order = nodes(order, "surcharges")
    fees = [_amount(fee, of_order) for fee in nodes(modification, "surcharges")]
    kept = sum(fee for fee in fees if fee and fee > 0)
    return money.amount(kept) if kept else None


def _amount(fee: Node, of_order: list[Node]) -> int | None:
    own = number(fee, "priceWithTax", "price")
    same = [one for one in of_order if text(one, "description") == text(fee, "description")]
    return own if own is not None or len(same) != 1 else number(same[0], "priceWithTax", "price")


def _lines(node: Node, sign: int = 1) -> list[dict[str, Any]]:
    units: Counter[str] = Counter()
    for line, quantity in moved(node):
        units[line] += sign * quantity
    return [{"line_id": line, "quantity": quantity} for line, quantity in units.items()]


def _cancellations(order: Node) -> Iterator[Adjustment]:
    """Cancellations of their own. A modification that takes units off leaves one of each line beside itself."""
    taken = Counter((line, -q) for item in nodes(order, "modifications") for line, q in moved(item) if q < 0)
    for position, entry in enumerate(entries(order, "ORDER_CANCELLATION"), 1):
        data = part(entry, "data")
        units, reason = list(moved(data)), text(data, "reason")
        if reason is None and len(units) == 1 and taken[units[0]] > 0:
            taken[units[0]] -= 1
            continue
        yield {
            "id": f"cancellation:{text(entry, 'id') or f'#{position}'}",
            "type": "cancel",
            "at": when(entry, "createdAt"),
            "by": "app" if mark_in(reason) else "staff",
            "lines": _lines(data, -1),
            "reason": words.unmarked(reason),
            "external_id": text(entry, "id"),
        }


def _refunds(order: Node, money: Money) -> Iterator[Adjustment]:
    """Refunds that no modification holds."""
    held = {text(part(item, "refund"), "id") for item in nodes(order, "modifications")}
    for refund in refunds_of(order):
        total, reason = number(refund, "total"), text(refund, "reason")
        if text(refund, "id") in held:
            continue
        yield {
            "id": f"refund:{text(refund, 'id')}",
            "type": "refund",
            "at": when(refund, "createdAt", "updatedAt"),
            "status": words.refund_status(text(refund, "state")),
            "by": "app" if mark_in(reason) else "staff",
            "lines": _lines(refund, -1),
            "amount": money.amount(None if total is None else -total),
            "reason": words.unmarked(reason),
            "external_id": text(refund, "id"),
        }
