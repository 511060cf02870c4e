"""Refunds and returns as adjustments."""

from __future__ import annotations

from collections import Counter
from typing import Any

from portal.platforms.marks import mark_in
from portal.platforms.shopify import words
from portal.platforms.shopify.amounts import Currencies, Sides, added, each, sides
from portal.platforms.shopify.ledger import Names, moves_money, refund_lines, refunded
from portal.platforms.shopify.shape import Node, count, first, gid, nodes, part, text, when, word

_RESTOCKING = frozenset({"restock", "restocking", "restockingfee"})


def adjustments_of(order: Node, names: Names, currencies: Currencies) -> list[dict[str, Any]]:
    """Everything that changed the order since it was placed, as far as its body tells."""
    refunds = [_refund(order, item, names, currencies, n) for n, item in enumerate(nodes(order, "refunds"), 1)]
    returns = [_return(item, names, n) for n, item in enumerate(nodes(order, "returns"), 1)]
    return [*refunds, *returns]


def _refund(order: Node, refund: Node, names: Names, currencies: Currencies, number: int) -> dict[str, Any]:
    identity = gid("Refund", refund) or f"refund-{number}"
    paid = moves_money(refund, currencies)
    units: Counter[str] = Counter()
    for key, part_ in refund_lines(refund, names):
        units[key] -= count(part_, "quantity") or 0
    return {
        "id": identity,
        "type": "refund" if paid else "cancel" if when(order, "cancelled_at") else "edit",
        "at": when(refund, "processed_at", "created_at"),
        "status": _paid_status(refund),
        "by": "staff" if first(refund, "user_id", "staff_member") else None,
        "lines": [{"line_id": key, "quantity": quantity} for key, quantity in units.items()],
        "amount": each(lambda amount: -amount, refunded(refund, currencies)),
        "restocking_fee": _kept_back(refund, currencies),
        "reason": None,
        "note": _without_mark(text(refund, "note")),
        "external_id": identity,
    }


def _without_mark(note: str | None) -> str | None:
    """What was said, without what tells us that it was done from here."""
    mark = mark_in(note)
    return note if mark is None or note is None else note.replace(mark, "").strip() or None


def _kept_back(refund: Node, currencies: Currencies) -> Sides | None:
    """What was not paid back of the units' worth, where the shop says that it is for putting them back."""
    fees = [one for one in nodes(refund, "order_adjustments") if word(one.get("reason")) in _RESTOCKING]
    if not fees:
        return None
    names = ("amount_set", "tax_amount_set")
    parts = [sides(fee, name, currencies, name.removesuffix("_set")) for fee in fees for name in names if fee.get(name)]
    return each(abs, added(parts, currencies))


def _paid_status(refund: Node) -> str:
    states = {word(payment.get("status")) for payment in nodes(refund, "transactions")}
    if not states or states & {"success", ""}:
        return "completed"
    return "pending" if "pending" in states or "awaitingresponse" in states else "failed"


def _return(item: Node, names: Names, number: int) -> dict[str, Any]:
    identity = gid("Return", item) or f"return-{number}"
    units: Counter[str] = Counter()
    for line in nodes(item, "return_line_items"):
        owner = part(part(line, "fulfillment_line_item"), "line_item")
        if key := names.key(gid("LineItem", owner)):
            units[key] -= count(line, "quantity") or 0
    return {
        "id": identity,
        "type": "return",
        "at": when(item, "created_at", "request_approved_at"),
        "status": words.return_status(item.get("status")),
        "by": None,
        "lines": [{"line_id": key, "quantity": quantity} for key, quantity in units.items()],
        "note": text(part(item, "decline"), "note"),
        "external_id": identity,
    }
