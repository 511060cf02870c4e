"""Paying back: what Shopify suggests for units that are cancelled, and the refund, made once.

A refund of cancelled units takes them out of the open work and pays back in one step. It bears our
mark in its note, and has the edit's key as its idempotency key: asked again, Shopify gives the same refund.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.platforms.changes import Edit, NotApplied
from portal.platforms.live import ShopError
from portal.platforms.marks import mark_in, mark_of
from portal.platforms.neutral.parts import Amount, NeutralOrder
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.amounts import Currencies
from portal.platforms.shopify.editing.refusals import because, said_in
from portal.platforms.shopify.editing.sums import amount, currencies_of, decimal
from portal.platforms.shopify.operations import editing
from portal.platforms.shopify.reading.whole import read_whole
from portal.platforms.shopify.shape import Node, nodes, part, text

Units = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Source:
    """A payment that money can go back to: `suggested` and at most `most` of it, in the buyer's currency."""

    gateway: str
    parent: str | None
    suggested: int
    most: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What Shopify would pay back. `lines` are the units with where they go back into stock."""

    amount: Amount
    lines_worth: Amount
    tax: Amount
    shipping: Amount
    lines: Sequence[Mapping[str, Any]]
    sources: Sequence[Source]


def note_of(edit: Edit) -> str:
    """What staff read, with our mark at its end."""
    return f"{edit.note} {mark_of(edit.key)}".strip()


def refund_marked(body: Mapping[str, Any], edit: Edit) -> str | None:
    """The id of the refund that this edit made."""
    mark = mark_of(edit.key)
    marked = (refund for refund in nodes(body, "refunds") if mark_in(text(refund, "note")) == mark)
    return next((text(refund, "id") for refund in marked), None)


async def suggestion(
    admin: Admin, order: NeutralOrder, units: Units | None, places: Mapping[str, str] | None = None
) -> Suggestion:
    """What goes back for these units, or for the whole order with its shipping (None); for no units, which payments
    there are. `places`: the location by line at which they would have been prepared. Raises ShopError."""
    wanted = [_wanted(line, quantity, (places or {}).get(line)) for line, quantity in (units or {}).items()]
    answer = await admin.ask(
        editing.SUGGEST, id=order.source.order_id, lines=wanted, shipping=units is None, full=units is None
    )
    told = part(part(answer.data, "order"), "suggestedRefund")
    if not told:
        raise ShopError("answer", "Shopify suggests no refund for this order.")
    money = currencies_of(order)
    return Suggestion(
        amount(told, "amountSet", money),
        amount(told, "discountedSubtotalSet", money),
        amount(told, "totalTaxSet", money),
        amount(part(told, "shipping"), "amountSet", money),
        [_stocked(node, places or {}) for node in nodes(told, "refundLineItems")],
        [_source(node, money) for node in nodes(told, "suggestedTransactions")],
    )


def payable(sources: Sequence[Source]) -> int:
    """How much can go back at most."""
    return sum(source.most for source in sources)


async def refund(
    admin: Admin, order: NeutralOrder, edit: Edit, told: Suggestion, due: int, *, with_units: bool, kept_back: bool
) -> str | NotApplied:
    """Pay `due` back (minor units of the buyer's currency) and take the units off; the refund's id. `kept_back`: it is
    less than Shopify suggests, for a fee. Raises ShopError."""
    currency = order.currency.buyer
    if currency is None:
        return NotApplied("unsupported", "the order's currency is not known")
    answer = await admin.ask(
        editing.REFUND,
        key=edit.key,
        order=order.source.order_id,
        currency=currency,
        note=note_of(edit),
        notify=edit.tell_customer,
        lines=list(told.lines) if with_units else [],
        shipping={"fullRefund": True} if with_units and told.shipping.buyer else None,
        transactions=list(_transactions(order, told.sources, due, currency)),
        reason="RESTOCK" if kept_back else None,
    )
    payload = part(answer.data, "refundCreate")
    said = said_in(payload)
    own = text(part(payload, "refund"), "id")
    if own is not None and not said:
        return own
    if "idempot" in said.lower():  # the same refund is under way, or was made with other amounts
        raise ShopError("answer", f"Shopify does not make the refund twice: {said}")
    now = await read_whole(admin, order.source.order_id)
    return because(said or "no refund was made", now.order if now else None, edit)


def places_of(body: Mapping[str, Any]) -> Mapping[str, str]:
    """The location at which each line is prepared, as its open work has it."""
    places: dict[str, str] = {}
    for work in nodes(body, "fulfillmentOrders"):
        location = text(part(part(work, "assignedLocation"), "location"), "id")
        for line in nodes(work, "lineItems"):
            own = text(part(line, "lineItem"), "id")
            if own and location and line.get("remainingQuantity"):
                places.setdefault(own, location)
    return places


def _wanted(line: str, quantity: int, location: str | None) -> dict[str, Any]:
    return {"lineItemId": line, "quantity": quantity, "restockType": "CANCEL", "locationId": location}


def _stocked(node: Node, places: Mapping[str, str]) -> dict[str, Any]:
    """Units that have not left go back where they would have been prepared; without a place, nowhere."""
    line = text(part(node, "lineItem"), "id") or ""
    location = text(part(node, "location"), "id") or places.get(line)
    quantity = node.get("quantity")
    return {
        "lineItemId": line,
        "quantity": quantity if isinstance(quantity, int) else 0,
        "restockType": "CANCEL" if location else "NO_RESTOCK",
        "locationId": location,
    }


def _source(node: Node, money: Currencies) -> Source:
    suggested = amount(node, "amountSet", money).buyer or 0
    most = amount(node, "maximumRefundableSet", money).buyer
    return Source(
        text(node, "gateway") or "",
        text(part(node, "parentTransaction"), "id"),
        suggested,
        suggested if most is None else most,
    )


def _transactions(order: NeutralOrder, sources: Sequence[Source], due: int, currency: str) -> Sequence[dict[str, Any]]:
    """The payments back: as Shopify suggests them first, then what is left of each."""
    given = [0] * len(sources)
    for rooms in ([source.suggested for source in sources], [source.most for source in sources]):
        for number, room in enumerate(rooms):
            given[number] += max(0, min(room - given[number], due - sum(given)))
    return [
        {
            "orderId": order.source.order_id,
            "gateway": source.gateway,
            "parentId": source.parent,
            "kind": "REFUND",
            "amount": decimal(part_, currency),
        }
        for source, part_ in zip(sources, given, strict=True)
        if part_
    ]
