"""One Vendure order, from an answer of the Admin API, as a neutral order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from portal.platforms.marks import mark_in
from portal.platforms.neutral.document import neutral_order
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.vendure import people, words
from portal.platforms.vendure.adjustments import adjustments_of
from portal.platforms.vendure.deliveries import deliveries_of, instructions_of, method_of
from portal.platforms.vendure.history import entries, newest, turned, version
from portal.platforms.vendure.ledger import Ledger, ledger_of
from portal.platforms.vendure.lines import Line, lines_of
from portal.platforms.vendure.money import channel_of, money_of
from portal.platforms.vendure.parcels import parcels_of
from portal.platforms.vendure.shape import Node, nodes, part, text, when
from portal.platforms.vendure.totals import payment_of, totals_of

API_VERSION: Final = "3.7"


@dataclass(frozen=True, slots=True)
class From:
    """Where a body is from. `root` is what was asked beside the order; `instructions` the order's custom field for
    them, if the shop has one."""

    shop: str | None = None
    root: Node = field(default_factory=dict, repr=False)
    instructions: str | None = None


def order_of(order: Node, source: From) -> NeutralOrder:
    """The neutral order of one order body. Raises InvalidOrder when it has no id or no code."""
    money = money_of(order, source.root)
    ledger = ledger_of(order)
    lines = lines_of(order, ledger, money, method_of(order))
    deliveries = deliveries_of(order, ledger, instructions_of(order, source.instructions))
    built = {
        **_head(order, source),
        "state": _state(order, lines, ledger),
        "currency": {"shop": money.currency, "buyer": money.currency},
        "taxes_included": money.with_tax,
        "customer": people.customer(order),
        "contact": people.contact(order),
        "address": {
            "shipping": people.address(part(order, "shippingAddress")),
            "billing": people.address(part(order, "billingAddress")),
        },
        "lines": lines,
        "deliveries": deliveries,
        "parcels": parcels_of(order, deliveries),
        "adjustments": adjustments_of(order, money),
        "totals": totals_of(order, money),
    }
    return neutral_order(built)


def _head(order: Node, source: From) -> dict[str, Any]:
    identity, latest = text(order, "id"), newest(order)
    cancelled = text(order, "state") == words.CANCELLED
    return {
        "schema": "order/1",
        "source": {
            "platform": "vendure",
            "shop": source.shop,
            "channel": text(channel_of(order), "code"),
            "order_id": identity,
            "api_version": API_VERSION,
        },
        "number": text(order, "code"),
        "version": version(order),
        "placed_at": when(order, "orderPlacedAt", "createdAt"),
        "updated_at": latest,
        "cancelled_at": (turned(order, words.CANCELLED) or latest) if cancelled else None,
        "cancel_reason": _cancel_reason(order) if cancelled else None,
        "shop_note": _public_note(order),
    }


def _state(order: Node, lines: list[Line], ledger: Ledger) -> dict[str, Any]:
    return {
        "payment": payment_of(order),
        "fulfilment": _fulfilment(order, lines, ledger),
        "edited": bool(nodes(order, "modifications")) or any(line["quantity"]["removed"] for line in lines),
        "raw": {"state": text(order, "state")},
    }


def _fulfilment(order: Node, lines: list[Line], ledger: Ledger) -> str:
    """Told by the units; by the order's state where there are none."""
    wanted = [line for line in lines if line["quantity"]["current"]]
    if not wanted:
        return words.fulfilment(text(order, "state")) or "unfulfilled"
    if all(line["quantity"]["fulfilled"] >= line["quantity"]["current"] for line in wanted):
        return "fulfilled"
    if sum(ledger.fulfilled.values()):
        return "partial"
    return "in_progress" if sum(ledger.in_progress.values()) else "unfulfilled"


def _cancel_reason(order: Node) -> str | None:
    reasons = [text(part(entry, "data"), "reason") for entry in entries(order, "ORDER_CANCELLATION")]
    said = [words.unmarked(reason) for reason in reasons if reason]
    return (said[-1] or "").lower() or None if said else None


def _public_note(order: Node) -> str | None:
    """The last note that the shop shows to its customer."""
    notes = [entry for entry in entries(order, "ORDER_NOTE") if entry.get("isPublic") is True]
    said = [note for entry in notes if (note := text(part(entry, "data"), "note")) and mark_in(note) is None]
    return said[-1] if said else None
