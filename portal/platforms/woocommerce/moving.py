"""Lines as WooCommerce is told them when an edit changes them. It prices nothing anew by itself: a line whose
quantity alone is changed keeps the price of the units that it had. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.platforms.changes import Variant
from portal.platforms.repricing import share
from portal.platforms.woocommerce.amounts import ZERO, Purse, amount
from portal.platforms.woocommerce.edits import REPLACES
from portal.platforms.woocommerce.ledger import EDIT
from portal.platforms.woocommerce.lines import is_wish
from portal.platforms.woocommerce.refunding import number
from portal.platforms.woocommerce.shape import Node, count, ident, metas

Json = dict[str, Any]


def with_units(line: Node, units: int, purse: Purse) -> Json:
    """The line with so many units at the price that each has; none: it is taken out."""
    key = number(ident(line, "id") or "")
    if units == 0:
        return {"id": key, "quantity": 0}
    return {"id": key, "quantity": units, **_sums(line, units, purse)}


def as_variant(line: Node, variant: Variant, units: int, key: str, purse: Purse, *, at_price: bool) -> Json:
    """A new line of so many units of a variant, with the wishes of the line that it stands in for. `at_price`: at the
    variant's own price; else at the line's, whatever the variant costs."""
    has = count(line.get("quantity"))
    keeps = _sums(line, has - units, purse)
    taken = {name: _less(line, name, keeps[name], purse) for name in ("subtotal", "total")}
    sums = _repriced(line, taken, variant, units, purse) if at_price else taken
    return {
        "product_id": number(ident(line, "product_id") or ""),
        "variation_id": number(variant.id),
        "quantity": units,
        **{name: purse.text(minor) for name, minor in sums.items()},
        "meta_data": [
            *({"key": meta.key, "value": meta.value} for meta in metas(line) if is_wish(line, meta)),
            {"key": REPLACES, "value": ident(line, "id")},
            {"key": EDIT, "value": key},
        ],
    }


def _sums(line: Node, units: int, purse: Purse) -> dict[str, str]:
    """What so many units cost, without tax: WooCommerce adds that by itself."""
    has = max(1, count(line.get("quantity")))
    return {name: purse.text(share(_minor(line, name, purse), units, has)) for name in ("subtotal", "total")}


def _less(line: Node, name: str, keeps: str, purse: Purse) -> int:
    return _minor(line, name, purse) - (purse.minor(Decimal(keeps)) or 0)


def _repriced(line: Node, taken: dict[str, int], variant: Variant, units: int, purse: Purse) -> dict[str, int]:
    """The units at the variant's price, with their share of discount. Prices that have tax in them are brought to the
    ones that WooCommerce keeps by the line's own tax."""
    price = variant.price.buyer if variant.price.buyer is not None else variant.price.shop
    gross = (price or 0) * units
    net, tax = amount(line, "subtotal") or ZERO, amount(line, "subtotal_tax") or ZERO
    if purse.with_tax and net + tax:
        gross = purse.minor(Decimal(purse.text(gross)) * net / (net + tax)) or 0
    before = taken["subtotal"]
    return {"subtotal": gross, "total": share(taken["total"], gross, before) if before > 0 else gross}


def _minor(line: Node, name: str, purse: Purse) -> int:
    return purse.minor(amount(line, name) or ZERO) or 0
