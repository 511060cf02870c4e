"""Order lines: what was bought, in how many units, at what price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from portal.platforms.vendure.ledger import Ledger, moved
from portal.platforms.vendure.money import Money, Sides
from portal.platforms.vendure.shape import Node, count, nodes, number, part, text

Line = dict[str, Any]


def lines_of(order: Node, ledger: Ledger, money: Money, method: str) -> list[Line]:
    """All lines that the order ever had: Vendure keeps those with nothing left. `method` is how the whole order
    travels."""
    built = [_line(line, ledger, money, method) for line in nodes(order, "lines") if text(line, "id")]
    replaced = _replacements(order, built)
    return [{**line, "replaces_line_id": replaced.get(line["id"])} for line in built]


def _line(line: Node, ledger: Ledger, money: Money, method: str) -> Line:
    variant = part(line, "productVariant")
    product = part(variant, "product")
    wishes = list(_personalisation(line))
    return {
        "id": text(line, "id"),
        "product_id": text(product, "id") or text(variant, "productId"),
        "variant_id": text(variant, "id"),
        "sku": text(variant, "sku"),
        "title": _title(variant, product),
        "options": [
            {"name": text(part(option, "group"), "name", "code"), "value": text(option, "name", "code")}
            for option in nodes(variant, "options")
        ],
        "personalisation": wishes,
        "categories": list(_facets(variant, product, of_category=True)),
        "tags": list(_facets(variant, product, of_category=False)),
        "image_url": _image(line, variant),
        "requires_shipping": method not in ("digital", "none"),
        "kind": "digital" if method == "digital" else "physical",
        "flags": {"personalised": bool(wishes)},
        "quantity": _quantity(line, ledger),
        "price": _price(line, money),
        "discounts": [
            {"label": text(discount, "description"), "amount": _positive(money.shown(discount, "amount"))}
            for discount in nodes(line, "discounts")
        ],
    }


def _title(variant: Node, product: Node) -> str | None:
    """The product's name where the options say which variant it is; else the variant's, which says both."""
    return (text(product, "name") if nodes(variant, "options") else None) or text(variant, "name")


def _personalisation(line: Node) -> Iterator[dict[str, Any]]:
    """The line's custom fields that were asked for and say something."""
    for name, value in part(line, "customFields").items():
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            yield {"name": name, "value": str(value)}


def _facets(variant: Node, product: Node, *, of_category: bool) -> Iterator[str]:
    """The names of the product's facet values; those of a facet `category` are categories, the others tags."""
    values = [*nodes(product, "facetValues"), *nodes(variant, "facetValues")]
    for name in dict.fromkeys((text(part(value, "facet"), "code"), text(value, "name")) for value in values):
        if name[1] and (name[0] == "category") is of_category:
            yield name[1]


def _image(line: Node, variant: Node) -> str | None:
    return text(part(line, "featuredAsset"), "preview") or text(part(variant, "featuredAsset"), "preview")


def _quantity(line: Node, ledger: Ledger) -> dict[str, int]:
    """What was ordered are the units at the time of placing and all that was added since."""
    key = text(line, "id") or ""
    current = count(line, "quantity")
    placed = number(line, "orderPlacedQuantity")
    ordered = max(current, (current if placed is None else max(placed, 0)) + ledger.added[key])
    fulfilled, in_progress = ledger.fulfilled[key], ledger.in_progress[key]
    gone = ordered - current
    refunded = min(gone, ledger.refunded[key])
    return {
        "ordered": ordered,
        "current": current,
        "fulfilled": fulfilled,
        "in_progress": in_progress,
        "refunded": refunded,
        "removed": gone - refunded,
        "editable": max(0, current - fulfilled - in_progress),
    }


def _price(line: Node, money: Money) -> dict[str, Sides]:
    net, gross = number(line, "proratedLinePrice"), number(line, "proratedLinePriceWithTax")
    return {
        "unit": money.shown(line, "unitPrice"),
        "total_after_discounts": money.shown(line, "proratedLinePrice", "discountedLinePrice", "linePrice"),
        "tax": money.amount(None if net is None or gross is None else gross - net),
    }


def _positive(amount: Sides) -> Sides:
    return {side: None if value is None else abs(value) for side, value in amount.items()}


def _replacements(order: Node, lines: Sequence[Line]) -> dict[str, str]:
    """The replaced line's id by that of its replacement: a change that took units of one line and put no more of a new
    line of the same product in their place, with no rival."""
    known = {line["id"]: line for line in lines}
    placed = {text(line, "id"): count(line, "orderPlacedQuantity") for line in nodes(order, "lines")}
    found: dict[str, str] = {}
    for modification in nodes(order, "modifications"):
        units = dict(moved(modification))
        came = [key for key, quantity in units.items() if quantity > 0 and key in known and not placed.get(key)]
        went = [key for key, quantity in units.items() if quantity < 0 and key in known]
        if len(came) == len(went) == 1 and _is_swap(known[went[0]], known[came[0]], units):
            found.setdefault(came[0], went[0])
    return found


def _is_swap(old: Line, new: Line, units: dict[str, int]) -> bool:
    same = old["product_id"] is not None and old["product_id"] == new["product_id"]
    return same and old["variant_id"] != new["variant_id"] and units[new["id"]] <= -units[old["id"]]
