"""Where the whole order stands: its payment, its fulfilment, its dates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.platforms.woocommerce import words
from portal.platforms.woocommerce.amounts import amount, total
from portal.platforms.woocommerce.edits import Record
from portal.platforms.woocommerce.ledger import Refund
from portal.platforms.woocommerce.shape import Node, meta_value, moment
from portal.platforms.woocommerce.totals import is_paid
from portal.platforms.woocommerce.words import Standing

_FULFILMENT = "_fulfillment_status"


def state_of(order: Node, refunds: list[Refund], stands: Standing, *, edited: bool) -> dict[str, Any]:
    """The state, with WooCommerce's own words beside it."""
    told = meta_value(order, _FULFILMENT)
    raw = {"status": order.get("status"), "fulfillment_status": told}
    return {
        "payment": _payment(order, refunds, stands),
        "fulfilment": words.fulfilment(stands, told),
        "edited": edited,
        "raw": {name: value for name, value in raw.items() if value is not None},
    }


def ends_of(order: Node, records: list[Record], stands: Standing) -> dict[str, Any]:
    """When the order was cancelled, and why; when there is nothing more to it. WooCommerce does not say when a status
    was set: the last change is the nearest that there is."""
    reason = next((record.reason for record in reversed(records) if record.type == "cancel" and record.reason), None)
    cancelled = stands == "cancelled"
    return {
        "cancelled_at": changed_at(order) if cancelled else None,
        "cancel_reason": reason if cancelled else None,
        "closed_at": changed_at(order) if stands == "refunded" else None,
    }


def changed_at(order: Node) -> datetime | None:
    """When the order last changed, as far as it says."""
    return moment(order, "date_modified") or moment(order, "date_created")


def _payment(order: Node, refunds: list[Refund], stands: Standing) -> str:
    if stands == "refunded":
        return "refunded"
    if stands == "deposit":
        return "partially_paid"
    if is_paid(order):
        back, whole = total(refund.amount for refund in refunds), amount(order, "total")
        if not back:
            return "paid"
        return "refunded" if whole is not None and back >= whole else "partially_refunded"
    if stands == "cancelled":
        return "voided"
    return "pending" if stands in ("unpaid", "failed") else "authorized"
