"""The order's sums as they stand now. WooCommerce leaves an order's own total as it is when money goes back: what its
refunds say is taken off here."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from portal.platforms.woocommerce.amounts import ZERO, Purse, Sides, amount, total
from portal.platforms.woocommerce.ledger import NOTHING_BACK, Back, Refund
from portal.platforms.woocommerce.shape import Node, ident, nodes, yes
from portal.platforms.woocommerce.words import Standing

_NOT_OWED = frozenset({"cancelled", "refunded"})


def totals_of(
    order: Node, refunds: list[Refund], backs: Mapping[str, Back], purse: Purse, stands: Standing
) -> dict[str, Sides]:
    """Every sum of the document."""
    back = total(refund.amount for refund in refunds)
    whole = amount(order, "total")
    now = None if whole is None else whole - back
    tax = amount(order, "total_tax")
    off = amount(order, "discount_total")
    return {
        "lines": purse.sides(_net(order, "line_items", backs, purse)),
        "shipping": purse.sides(_net(order, "shipping_lines", backs, purse)),
        "tax": purse.sides(None if tax is None else tax - total(refund.tax for refund in refunds)),
        "discount": purse.sides(purse.told(off, amount(order, "discount_tax"))),
        "fees": purse.sides(_net(order, "fee_lines", backs, purse) + total(refund.kept for refund in refunds)),
        "total": purse.sides(now),
        "refunded": purse.sides(back),
        "outstanding": purse.sides(ZERO if is_paid(order) or stands in _NOT_OWED else now),
    }


def line_sums(line: Node, back: Back, purse: Purse) -> dict[str, Sides]:
    """What the line's remaining units cost after discounts, and the tax in or on that."""
    net, tax = amount(line, "total"), amount(line, "total_tax")
    left_net = None if net is None else net - back.net
    left_tax = None if tax is None else tax - back.tax
    return {"total_after_discounts": purse.sides(purse.told(left_net, left_tax)), "tax": purse.sides(left_tax)}


def gross(line: Node, purse: Purse) -> Decimal | None:
    """What all of the line's units cost before discounts."""
    return purse.told(amount(line, "subtotal", "total"), amount(line, "subtotal_tax", "total_tax"))


def is_paid(order: Node) -> bool:
    """Whether the shop has its money, as far as WooCommerce knows."""
    return bool(order.get("date_paid_gmt") or order.get("date_paid")) and not yes(order.get("needs_payment"))


def _net(order: Node, name: str, backs: Mapping[str, Back], purse: Purse) -> Decimal:
    parts = [(item, backs.get(ident(item, "id") or "", NOTHING_BACK)) for item in nodes(order, name)]
    told = (
        purse.told((amount(item, "total") or ZERO) - back.net, (amount(item, "total_tax") or ZERO) - back.tax)
        for item, back in parts
    )
    return total(told)
