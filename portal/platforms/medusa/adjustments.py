"""What changed an order since it was placed: edits, fees, refunds, returns."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.platforms.medusa import words
from portal.platforms.medusa.amounts import Money, exact
from portal.platforms.medusa.history import History, moved
from portal.platforms.medusa.shape import Node, count, nodes, part, text, when
from portal.platforms.medusa.totals import refunds

Json = dict[str, Any]

_KINDS = {"edit": "edit", "exchange": "exchange", "claim": "exchange"}


def adjustments_of(order: Node, history: History, money: Money) -> list[Json]:
    """In no order; ids are Medusa's."""
    found = [*_changes(history), *_fees(order, money), *_refunds(order, money), *_returns(order)]
    return [item for item in found if item["id"]]


def _changes(history: History) -> Iterator[Json]:
    for change in history.changes:
        units = [{"line_id": line, "quantity": quantity} for line, quantity in moved(change) if quantity]
        kind = _KINDS.get(text(change, "change_type") or "")
        if kind and units:
            yield {**_told(change), "type": kind, "lines": units}
        elif _moves_address(change):
            yield {**_told(change), "type": "address_change"}


def _told(change: Node) -> Json:
    return {"id": text(change, "id"), "at": when(change, "confirmed_at", "created_at"), "by": _actor(change)}


def _actor(node: Node) -> str | None:
    """Medusa's ids say what they are of."""
    who = text(node, "created_by", "requested_by", "confirmed_by") or ""
    return {"user": "staff", "apk": "app", "cus": "customer"}.get(who.partition("_")[0])


def _moves_address(change: Node) -> bool:
    return any(
        action.get("action") == "UPDATE_ORDER_PROPERTIES" and part(action, "details").get("type") == "shipping_address"
        for action in nodes(change, "actions")
    )


def _fees(order: Node, money: Money) -> Iterator[Json]:
    """What was kept back of a refund is a credit below zero."""
    for line in nodes(order, "credit_lines"):
        amount = exact(line, "amount") or Decimal()
        if amount < 0:
            kept = money.sides(-amount)
            yield {
                "id": text(line, "id"),
                "type": "fee",
                "at": when(line, "created_at"),
                "amount": kept,
                "restocking_fee": kept,
                "reason": text(line, "reference"),
            }


def _refunds(order: Node, money: Money) -> Iterator[Json]:
    for refund in refunds(order):
        amount = exact(refund, "amount")
        yield {
            "id": text(refund, "id"),
            "type": "refund",
            "at": when(refund, "created_at"),
            "by": _actor(refund),
            "amount": money.sides(None if amount is None else -amount),
            "reason": text(part(refund, "refund_reason"), "code", "label"),
        }


def _returns(order: Node) -> Iterator[Json]:
    for item in nodes(order, "returns"):
        units = [
            {"line_id": line, "quantity": -(count(row, "quantity") or 0)}
            for row in nodes(item, "items")
            if (line := text(row, "item_id"))
        ]
        yield {
            "id": text(item, "id"),
            "type": "exchange" if part(item, "exchange") or part(item, "claim") else "return",
            "at": when(item, "requested_at", "created_at"),
            "status": words.return_status(item.get("status")),
            "by": _actor(item),
            "lines": units,
        }
