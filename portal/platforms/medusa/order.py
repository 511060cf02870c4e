"""One order of Medusa as a neutral order."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from portal.platforms.contract import Delivered
from portal.platforms.medusa import people, words
from portal.platforms.medusa.adjustments import adjustments_of
from portal.platforms.medusa.amounts import Money, currency_of, exact
from portal.platforms.medusa.deliveries import deliveries_of, sending_id
from portal.platforms.medusa.history import History, history_of
from portal.platforms.medusa.lines import are_taxed_inside, lines_of
from portal.platforms.medusa.parcels import packed, parcels_of
from portal.platforms.medusa.shape import Node, moments, nodes, part, text, when
from portal.platforms.medusa.totals import totals_of
from portal.platforms.neutral.document import neutral_order
from portal.platforms.neutral.parts import NeutralOrder

_OVER: Final = frozenset({"completed", "archived"})


def order_of(order: Node, delivered: Delivered, beside: Node) -> NeutralOrder:
    """The neutral order of one order body; `beside` holds what was asked for with it. Raises InvalidOrder."""
    money = Money(currency_of(order))
    history, units = history_of(order, beside), packed(order)
    lines = lines_of(order, history, units, money)
    taxed_inside = are_taxed_inside(order)
    return neutral_order(
        {
            **_head(order, delivered, beside),
            "state": _state(order, history),
            "currency": {"shop": money.currency},
            "taxes_included": taxed_inside,
            "customer": people.customer(order),
            "contact": people.contact(order),
            "address": {
                "shipping": people.address(part(order, "shipping_address")),
                "billing": people.address(part(order, "billing_address")),
            },
            "lines": lines,
            "deliveries": deliveries_of(order, lines),
            "parcels": parcels_of(order, sending_id(order)),
            "adjustments": adjustments_of(order, history, money),
            "totals": totals_of(order, money, taxed_inside=taxed_inside is True),
            "raw": {name: order[name] for name in ("region_id", "metadata") if order.get(name)},
        }
    )


def _head(order: Node, delivered: Delivered, beside: Node) -> dict[str, Any]:
    identity, changed = text(order, "id"), _changed(order, beside)
    status = text(order, "status")
    return {
        "schema": "order/1",
        "source": {
            "platform": "medusa",
            "shop": delivered.shop,
            "channel": text(part(order, "sales_channel"), "name"),
            "order_id": identity,
        },
        "version": changed.isoformat() if changed else None,
        "number": text(order, "custom_display_id", "display_id", "id"),
        "locale": text(order, "locale"),
        "placed_at": when(order, "created_at"),
        "updated_at": changed,
        "cancelled_at": (when(order, "canceled_at") or changed) if status == "canceled" else None,
        "closed_at": changed if status in _OVER else None,
    }


def _changed(order: Node, beside: Node) -> datetime | None:
    """When the order or any part of it was last changed: a payment, for one, leaves the order's own date alone. What
    the shop sells changes as well, and is no part of it."""
    own = {name: value for name, value in order.items() if name not in ("items", "customer", "region", "sales_channel")}
    items = [{**item, "variant": None, "product": None} for item in nodes(order, "items")]
    ways = [{**way, "shipping_option": None} for way in nodes(order, "shipping_methods")]
    parcels = [{**one, "shipping_option": None, "provider": None} for one in nodes(order, "fulfillments")]
    parts = [own | {"shipping_methods": ways, "fulfillments": parcels}, items, nodes(beside, "order_changes")]
    return max(moments(parts), default=when(order, "created_at"))


def _state(order: Node, history: History) -> dict[str, Any]:
    raw = {name: order[name] for name in ("status", "payment_status", "fulfillment_status") if order.get(name)}
    return {
        "payment": _payment(order),
        "fulfilment": words.fulfilment(order.get("fulfillment_status")),
        "return": _returning(order),
        "edited": bool(history.most),
        "raw": raw,
    }


def _payment(order: Node) -> str:
    """Answers to a change have no status of the payment: then what was paid tells, where that is enough."""
    if order.get("payment_status"):
        return words.payment(order["payment_status"])
    summary = part(order, "summary")
    has, costs = exact(summary, "transaction_total"), exact(summary, "current_order_total")
    return "paid" if has is not None and costs is not None and has >= costs > 0 else words.UNKNOWN


def _returning(order: Node) -> str:
    if not isinstance(order.get("returns"), list):
        return words.UNKNOWN
    states = {words.return_status(item.get("status")) for item in nodes(order, "returns")}
    return "requested" if "pending" in states else "returned" if "completed" in states else "none"
