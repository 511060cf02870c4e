"""Refunds as WooCommerce is asked for them: exact to the minor unit, per line and per tax rate. Pure.

What is kept back is no line of its own: the sum that is paid back is smaller than the lines that it is for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from portal.platforms.changes import Change, Edit
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.repricing import reprice
from portal.platforms.woocommerce.amounts import ZERO, Purse, amount
from portal.platforms.woocommerce.ledger import EDIT, NOTHING_BACK, backs_of, refunds_of
from portal.platforms.woocommerce.shape import Node, count, ident, nodes

Json = dict[str, Any]


def refund_body(edit: Edit, purse: Purse, back: int, fee: int, lines: list[Json], *, restock: bool) -> Json:
    """A refund of `back` minor units. Whether the money is moved by the way of payment is said when it is asked for."""
    told: Json = {"key": edit.key, "by": edit.by}
    if fee:
        told["fee"] = purse.text(fee)
    return {
        "amount": purse.text(back),
        "reason": edit.note or ("Changed by the customer" if edit.by == "customer" else "Changed by the shop"),
        "api_restock": restock,
        "line_items": lines,
        "meta_data": [{"key": EDIT, "value": told}],
    }


def of_units(body: Node, order: NeutralOrder, change: Change, purse: Purse) -> list[Json]:
    """The lines of a refund for units that are not wanted any more."""
    lines = {ident(line, "id"): line for line in nodes(body, "line_items")}
    priced = reprice(order, change, None, "buyer")
    found = []
    for line_id, before in priced.before.items():
        after = priced.after[line_id]
        gone, tax = (before.total or 0) - (after.total or 0), (before.tax or 0) - (after.tax or 0)
        net = gone - tax if purse.with_tax else gone
        found.append(part(lines[line_id], before.quantity - after.quantity, net, tax, purse))
    return found


def of_everything(body: Node, purse: Purse) -> list[Json]:
    """The lines of a refund for all that is left of an order: its goods, its shipping, its fees."""
    backs = backs_of(refunds_of(body))
    found = []
    for name in ("line_items", "shipping_lines", "fee_lines"):
        for item in nodes(body, name):
            back = backs.get(ident(item, "id") or "", NOTHING_BACK)
            net = purse.minor((amount(item, "total") or ZERO) - back.net) or 0
            tax = purse.minor((amount(item, "total_tax") or ZERO) - back.tax) or 0
            units = count(item.get("quantity")) - back.quantity if name == "line_items" else 0
            if units > 0 or net or tax:
                found.append(part(item, max(0, units), net, tax, purse))
    return found


def part(item: Node, quantity: int, net: int, tax: int, purse: Purse) -> Json:
    """One line of a refund. Where no rate is told, the tax is a part of the sum."""
    taxes = _by_rate(nodes(item, "taxes"), tax)
    known = sum(taxes.values())
    return {
        "id": number(ident(item, "id") or ""),
        "quantity": quantity,
        "refund_total": purse.text(net + tax - known),
        "refund_tax": [{"id": number(rate), "refund_total": purse.text(share)} for rate, share in taxes.items()],
    }


def number(key: str) -> int | str:
    """An id as WooCommerce writes it."""
    return int(key) if key.isascii() and key.isdecimal() else key


def _by_rate(taxes: Sequence[Node], whole: int) -> Mapping[str, int]:
    """A tax among its rates, as these share it on the line; minor units that are left over go to the largest rests."""
    told = {key: abs(amount(tax, "total") or ZERO) for tax in taxes if (key := ident(tax, "id"))}
    total = sum(told.values(), ZERO)
    if not total or not whole:
        return {}
    exact = {key: Decimal(whole) * share / total for key, share in told.items() if share}
    floors = {key: int(share) for key, share in exact.items()}
    rests = sorted(exact, key=lambda key: (floors[key] - exact[key], key))
    for key in rests[: whole - sum(floors.values())]:
        floors[key] += 1
    return floors
