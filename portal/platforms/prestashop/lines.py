"""Order lines. What was chosen is a part of the product's name, in three spellings that PrestaShop has had."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from portal.platforms.prestashop.record import Record
from portal.platforms.prestashop.shape import ZERO, Json, Node, amount, associated, ident, text, units, yes
from portal.platforms.prestashop.words import SENT, Standing

Sides = Callable[[Decimal | None], Json]

# As in: T-shirt - Size : S, Color : White; T-shirt - Size : S- Color : White; T-shirt (Size: S - Color: White)
_INSIDE: Final = re.compile(r"(.+) \(([^:]+: .+)\)")
_BETWEEN: Final = re.compile(r"(?:, ?| ?- ?)(?=[^:,]+ ?: )")


def lines_of(record: Record, stands: Standing, sides: Sides) -> list[Json]:
    """Every line of the order: its details where they were read, else its rows, which know less."""
    rows = record.details or tuple(associated(record.order, "order_rows"))
    return [_line(record, row, stands, sides) for row in rows]


def chosen(name: str) -> tuple[str, list[tuple[str, str]]]:
    """A product's name without what was chosen, and that."""
    for title, rest in _split(name):
        pairs = [(label.strip(), value.strip()) for label, _, value in (p.partition(":") for p in _BETWEEN.split(rest))]
        if all(label and value for label, value in pairs):
            return title.strip(), pairs
    return name, []


def _split(name: str) -> Iterator[tuple[str, str]]:
    """Where the title may end: names have dashes of their own, and so have values."""
    if found := _INSIDE.fullmatch(name):
        yield found[1], found[2]
    pieces = name.split(" - ")
    for n in range(1, len(pieces)):
        yield " - ".join(pieces[:n]), " - ".join(pieces[n:])


def _line(record: Record, row: Node, stands: Standing, sides: Sides) -> Json:
    name, variant = text(row, "product_name") or "", ident(row, "product_attribute_id")
    title, options = chosen(name) if variant else (name, [])
    wishes = list(_wishes(record, row))
    digital = bool(text(row, "download_hash")) or yes(row, "is_virtual")
    return {
        "id": ident(row, "id"),
        "product_id": ident(row, "product_id"),
        "variant_id": variant,
        "sku": text(row, "product_reference"),
        "title": title or None,
        "options": [{"name": label, "value": value} for label, value in options],
        "personalisation": wishes,
        "requires_shipping": not digital,
        "kind": "digital" if digital else "physical",
        "flags": {"personalised": bool(wishes)},
        "quantity": _quantity(row, stands),
        "price": _price(row, sides),
    }


def _quantity(row: Node, stands: Standing) -> dict[str, int]:
    """Units that were paid back before they left, and those that came back later, are both wanted no more."""
    ordered = units(row, "product_quantity")
    refunded = min(ordered, units(row, "product_quantity_refunded") + units(row, "product_quantity_return"))
    current = ordered - refunded
    preparing = current if stands in ("preparing", "ready") else 0
    return {
        "ordered": ordered,
        "current": current,
        "fulfilled": current if stands in SENT else 0,
        "in_progress": preparing,
        "refunded": refunded,
        "removed": 0,
        "editable": current if stands in ("unpaid", "open") else 0,
    }


def _price(row: Node, sides: Sides) -> Json:
    quantity, current = units(row, "product_quantity"), _quantity(row, "open")["current"]
    with_tax, without = amount(row, "unit_price_tax_incl"), amount(row, "unit_price_tax_excl")
    whole = _total(row, "total_price_tax_incl", with_tax, quantity, current)
    net = _total(row, "total_price_tax_excl", without, quantity, current)
    return {
        "unit": sides(with_tax),
        "total_after_discounts": sides(whole),
        "tax": sides(None if whole is None or net is None else whole - net),
    }


def _total(row: Node, name: str, unit: Decimal | None, quantity: int, current: int) -> Decimal | None:
    told = amount(row, name)
    if told is not None and quantity == current:
        return told
    return None if unit is None else unit * current


def _wishes(record: Record, row: Node) -> Iterator[Json]:
    """What the customer wrote for this line; the field's own name is in the product, which is not read."""
    custom = record.of("customizations", ident(row, "id_customization"))
    for field in associated(custom, "customized_data_text_fields"):
        if value := text(field, "value"):
            yield {"name": "Personalisation", "value": value, "hidden": False}


def refunded_units(slip: Node) -> list[tuple[str, int]]:
    """(line, units) of a credit slip."""
    parts = associated(slip, "order_slip_details")
    return [(line, units(part, "product_quantity")) for part in parts if (line := ident(part, "id_order_detail"))]


def total(amounts: Iterator[Decimal | None]) -> Decimal:
    """The sum of what is known."""
    return sum((one for one in amounts if one is not None), ZERO)
