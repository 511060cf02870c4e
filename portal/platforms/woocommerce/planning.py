"""What an edit comes to in WooCommerce's terms: one change of the order, one refund, or both. Pure.

An order that was paid keeps its lines and gets a refund, as a shop's staff would do it: the order remembers what was
paid, and its total less its refunds is what it costs now. One that is not paid is changed in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.platforms.changes import (
    CancelOrder,
    CancelUnits,
    Edit,
    NotApplied,
    Quote,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
    Variant,
)
from portal.platforms.neutral.parts import Address, NeutralOrder
from portal.platforms.pricing import paid
from portal.platforms.repricing import leaves_nothing, units_after
from portal.platforms.woocommerce import moving
from portal.platforms.woocommerce.amounts import Purse, purse_of
from portal.platforms.woocommerce.edits import described, remembered
from portal.platforms.woocommerce.ledger import NOTHING_BACK, backs_of, refunds_of
from portal.platforms.woocommerce.refunding import of_everything, of_units, refund_body
from portal.platforms.woocommerce.shape import Node, count, ident, nodes, part, text

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """A refund, then a change of the order, or one of the two. What a change pays back afterwards it remembers."""

    refund: Json | None = None
    put: Json | None = None


def is_paid(order: NeutralOrder) -> bool:
    """Whether there is money to be paid back."""
    return bool(paid(order, "buyer")[0])


def is_whole(order: NeutralOrder, edit: Edit) -> bool:
    """Whether nothing of the order stays."""
    return isinstance(edit.change, CancelOrder) or leaves_nothing(order, edit.change)


def not_payable(order: NeutralOrder, edit: Edit, quote: Quote) -> NotApplied | None:
    """Why the order's payment does not allow the edit, if it does not: WooCommerce collects no difference for an order
    that was paid, and does not say what was paid of one that was paid in part."""
    if isinstance(edit.change, SetAddress | SetInstructions):
        return None
    if order.state.payment == "partially_paid":
        return NotApplied("payment", "the order is paid in part, by a plugin")
    due = quote.due.buyer
    if due is None:
        return NotApplied("payment", "what this comes to is not known: the order is in another currency than the shop")
    if due > 0 and is_paid(order):
        return NotApplied("payment", "WooCommerce cannot collect a difference for an order that was paid")
    return None


def repriced_there(order: NeutralOrder, edit: Edit) -> bool:
    """Whether WooCommerce reckons the tax anew, by its rates of today and its own way of rounding."""
    return bool(units_after(order, edit.change)) and not is_paid(order) and bool(order.totals.tax.buyer)


def plan_of(body: Node, order: NeutralOrder, edit: Edit, quote: Quote, variant: Variant | None, now: datetime) -> Plan:
    """The steps of an edit that the order allows; `order` is what `body` says, `quote` what it comes to."""
    purse = purse_of(body)
    record = _record(order, edit, now)
    match edit.change:
        case SetAddress(address):
            return Plan(put={"shipping": _address(part(body, "shipping"), address), **_kept(body, record)})
        case SetInstructions(words):
            return Plan(put={"customer_note": words or "", **_kept(body, record)})
        case SwapVariant() if variant is not None:
            return _swap(body, order, edit, edit.change, quote, variant, record)
        case _ if is_whole(order, edit):
            return _cancel(body, order, edit, quote, purse, record)
        case CancelUnits() | SetQuantity() if is_paid(order) and (quote.due.buyer or 0) <= 0 and _fewer(order, edit):
            lines = of_units(body, order, edit.change, purse)
            return Plan(refund=refund_body(edit, purse, *_back(quote), lines, restock=True))
        case _:
            return Plan(put={"line_items": _units(body, order, edit, purse), **_kept(body, record)})


def cancelling(body: Node, order: NeutralOrder, edit: Edit, now: datetime) -> Json:
    """The change that says that an order is cancelled."""
    return {"status": "cancelled", **_kept(body, _record(order, edit, now))}


def _swap(
    body: Node, order: NeutralOrder, edit: Edit, change: SwapVariant, quote: Quote, variant: Variant, record: Json
) -> Plan:
    """One change takes units off one line and adds another. Paid units keep the price that was paid for them; what
    the other variant costs less is then paid back on the new line."""
    purse, bought = purse_of(body), is_paid(order)
    line = next(line for line in nodes(body, "line_items") if ident(line, "id") == change.line_id)
    keeps = count(line.get("quantity")) - change.quantity
    new = moving.as_variant(line, variant, change.quantity, edit.key, purse, at_price=not bought)
    lines = [moving.with_units(line, keeps, purse), new]
    back, fee = _back(quote)
    if bought and back:
        tax = _tax_of(quote)
        later = {"net": purse.text(back + fee - tax), "tax": purse.text(tax)}
        record = {**record, "refund": refund_body(edit, purse, back, fee, [], restock=False) | later}
    return Plan(put={"line_items": lines, **_kept(body, record)})


def _cancel(body: Node, order: NeutralOrder, edit: Edit, quote: Quote, purse: Purse, record: Json) -> Plan:
    put = {"status": "cancelled", **_kept(body, record)}
    if not is_paid(order):
        return Plan(put=put)
    return Plan(refund_body(edit, purse, *_back(quote), of_everything(body, purse), restock=True), put)


def _units(body: Node, order: NeutralOrder, edit: Edit, purse: Purse) -> list[Json]:
    """The touched lines, each with the units that are wanted of it; those that were refunded before are still in it."""
    after, backs = units_after(order, edit.change), backs_of(refunds_of(body))
    return [
        moving.with_units(line, after[key] + backs.get(key, NOTHING_BACK).quantity, purse)
        for line in nodes(body, "line_items")
        if (key := ident(line, "id") or "") in after
    ]


def _back(quote: Quote) -> tuple[int, int]:
    """What goes back, and what is kept of it."""
    return max(0, -(quote.due.buyer or 0)), quote.fee.buyer or 0


def _tax_of(quote: Quote) -> int:
    """The tax in what becomes cheaper."""
    before, after = quote.before.tax.buyer, quote.after.tax.buyer
    return max(0, before - after) if before is not None and after is not None else 0


def _fewer(order: NeutralOrder, edit: Edit) -> bool:
    current = {line.id: line.quantity.current for line in order.lines}
    return any(units < current[line] for line, units in units_after(order, edit.change).items())


def _record(order: NeutralOrder, edit: Edit, now: datetime) -> Json:
    """What the order is to remember. Units that are refunded are remembered by their refund."""
    record: Json = {"key": edit.key, "type": _type(order, edit), "at": now.isoformat(), "by": edit.by}
    if isinstance(edit.change, CancelOrder):
        record["reason"] = edit.change.reason
    taken = {} if is_whole(order, edit) or _is_refunded(order, edit) else _taken(order, edit)
    if taken:
        gone = {line.id for line in order.lines if taken.get(line.id) == line.quantity.current}
        record["removed"] = taken
        record["was"] = [described(line) for line in order.lines if line.id in gone and not line.quantity.refunded]
    return record


def _is_refunded(order: NeutralOrder, edit: Edit) -> bool:
    return is_paid(order) and isinstance(edit.change, CancelUnits | SetQuantity)


def _taken(order: NeutralOrder, edit: Edit) -> Mapping[str, int]:
    current = {line.id: line.quantity.current for line in order.lines}
    after = units_after(order, edit.change)
    return {line: current[line] - units for line, units in after.items() if units < current[line]}


def _type(order: NeutralOrder, edit: Edit) -> str:
    if isinstance(edit.change, SetAddress):
        return "address_change"
    return "cancel" if isinstance(edit.change, CancelUnits) or is_whole(order, edit) else "edit"


def _kept(body: Node, record: Json) -> Json:
    return {"meta_data": [remembered(body, record)]}


def _address(before: Node, address: Address) -> Json:
    """A name that stays is not taken apart anew: nobody knows where somebody's family name begins."""
    known = (text(before, "first_name") or "", text(before, "last_name") or "")
    given = address.name or ""
    first, _, last = given.rpartition(" ")
    names = known if " ".join(filter(None, known)) == given else (first, last)
    return {
        "first_name": names[0],
        "last_name": names[1],
        "company": address.company or "",
        "address_1": address.line1 or "",
        "address_2": address.line2 or "",
        "postcode": address.postcode or "",
        "city": address.city or "",
        "state": address.region or "",
        "country": address.country or text(before, "country") or "",
        "phone": address.phone or "",
    }
