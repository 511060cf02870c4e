"""What was paid back of an order and which units went with it: its refunds, as far as they are told.

An order's body names each refund with its sum alone; with `refunds` replaced by the answers of the refunds' own
address, their lines are there too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from portal.platforms.woocommerce.amounts import ZERO, amount, total
from portal.platforms.woocommerce.shape import Node, count, ident, meta_value, nodes, part

EDIT: Final = "_jalon_edit"  # under this key a refund says which edit of ours it belongs to, and what was kept back


@dataclass(frozen=True, slots=True)
class Back:
    """What came back of one line: units, and money without and of tax (positive)."""

    quantity: int = 0
    net: Decimal = ZERO
    tax: Decimal = ZERO

    def plus(self, other: Back) -> Back:
        """Both."""
        return Back(self.quantity + other.quantity, self.net + other.net, self.tax + other.tax)


NOTHING_BACK: Final = Back()


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund. `lines` by the id of the line, shipping and fees included; `amount` and `tax` of all of it, `kept`
    the fee that was kept back (all positive). `detailed`: its lines are told."""

    body: Node = field(repr=False)
    amount: Decimal
    tax: Decimal
    kept: Decimal
    lines: Mapping[str, Back]
    detailed: bool


def refunds_of(order: Node) -> list[Refund]:
    """The order's refunds, in the body's order."""
    return [_refund(order, body) for body in nodes(order, "refunds")]


def backs_of(refunds: list[Refund]) -> Mapping[str, Back]:
    """What came back of each line, by its id."""
    found: dict[str, Back] = {}
    for refund in refunds:
        for line, back in refund.lines.items():
            found[line] = found.get(line, NOTHING_BACK).plus(back)
    return found


def edit_of(refund: Node) -> Node:
    """What a refund of ours says of its edit; empty for those of others."""
    told = meta_value(refund, EDIT)
    return told if isinstance(told, dict) else {}


def _refund(order: Node, body: Node) -> Refund:
    parts = list(_parts(order, body))
    lines: dict[str, Back] = {}
    for line, back in parts:
        lines[line] = lines.get(line, NOTHING_BACK).plus(back)
    given = amount(body, "amount", "total") or ZERO
    tax = amount(body, "total_tax")
    return Refund(
        body,
        abs(given),
        abs(tax) if tax else total(back.tax for back in lines.values()),
        amount(edit_of(body), "fee") or ZERO,
        lines,
        "line_items" in body,
    )


def _parts(order: Node, refund: Node) -> Iterator[tuple[str, Back]]:
    for name in ("line_items", "shipping_lines", "fee_lines"):
        for item in nodes(refund, name):
            line = _line(order, name, item)
            if line is not None:
                quantity = count(str(item.get("quantity", 0)).lstrip("-")) if name == "line_items" else 0
                net, tax = amount(item, "total") or ZERO, amount(item, "total_tax") or ZERO
                yield line, Back(quantity, abs(net), abs(tax))


def _line(order: Node, name: str, item: Node) -> str | None:
    """The line that a part of a refund is of: said by its meta, else the only one with the same product."""
    told = meta_value(item, "_refunded_item_id")
    if told is not None:
        return ident({"id": told}, "id")
    alike = [line for line in nodes(order, name) if _kind(line) == _kind(item)]
    return ident(alike[0], "id") if len(alike) == 1 else None


def _kind(item: Node) -> tuple[str | None, ...]:
    return (ident(item, "product_id"), ident(item, "variation_id"), ident(item, "method_id"), _name(item))


def _name(item: Node) -> str | None:
    return None if part(item, "image") or "product_id" in item else str(item.get("name") or item.get("method_title"))
