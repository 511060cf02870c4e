"""Order lines: what was bought, as which variant, with which wishes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from portal.platforms.woocommerce.amounts import ZERO, Purse
from portal.platforms.woocommerce.edits import Record, replaced_by
from portal.platforms.woocommerce.shape import (
    Meta,
    Node,
    ident,
    meta_value,
    metas,
    nodes,
    part,
    text,
    yes,
)

_SLUG = re.compile(r"[a-z0-9%_-]+")
_NO_WISH: Final = frozenset({"backordered", "sold by", "sold_by", "items"})  # the shop's own remarks on a line
_GIFT_CARD = re.compile(r"gift_?card", re.IGNORECASE)
_PREORDER: Final = ("_ywpo_item_preorder", "_wc_pre_orders_is_pre_order", "_preorder", "_is_pre_order")


def described(order: Node, line: Node) -> dict[str, Any]:
    """Everything about a line but its units and its money."""
    wishes, options = list(_wishes(line)), list(_options(line))
    ships = requires_shipping(order, line)
    gift = any(_GIFT_CARD.search(meta.key) for meta in metas(line))
    product = part(line, "product")
    return {
        "id": ident(line, "id"),
        "parent_id": ident(line, "bundled_by", "composite_parent"),
        "product_id": ident(line, "product_id"),
        "variant_id": ident(line, "variation_id"),
        "sku": text(line, "sku"),
        "title": _title(line, options),
        "options": options,
        "personalisation": wishes,
        "categories": [name for item in nodes(product, "categories") if (name := text(item, "name"))],
        "tags": [name for item in nodes(product, "tags") if (name := text(item, "name"))],
        "image_url": text(part(line, "image"), "src"),
        "requires_shipping": ships and not gift,
        "kind": "gift_card" if gift else "physical" if ships else "digital",
        "flags": {"preorder": _is_preorder(order, line), "final_sale": False, "personalised": bool(wishes)},
        "replaces_line_id": replaced_by(line),
    }


def removed(record: Record, was: Node, purse: Purse) -> dict[str, Any]:
    """A line that an edit of ours took out whole: WooCommerce does not have it any more."""
    line = ident(was, "id") or ""
    units = record.removed.get(line, 0)
    unit = was.get("unit") if isinstance(was.get("unit"), int) else None
    options = was.get("options")
    return {
        "id": line,
        "product_id": ident(was, "product_id"),
        "variant_id": ident(was, "variant_id"),
        "sku": text(was, "sku"),
        "title": text(was, "title"),
        "options": [
            {"name": pair[0], "value": pair[1]}
            for pair in (options if isinstance(options, list) else ())
            if isinstance(pair, list) and len(pair) == 2
        ],
        "image_url": text(was, "image"),
        "requires_shipping": was.get("ships") is not False,
        "quantity": {"ordered": units, "current": 0, "fulfilled": 0, "removed": units, "editable": 0},
        "price": {
            "unit": {"shop": unit if purse.shop == purse.buyer else None, "buyer": unit},
            "total_after_discounts": purse.sides(ZERO),
            "tax": purse.sides(ZERO),
        },
    }


def requires_shipping(order: Node, line: Node) -> bool:
    """Whether the line travels. Orders do not say it of a line: the product does, where it was read too, or its bundle;
    else the order as a whole, which has no shipping line when nothing in its cart needed one."""
    needs = meta_value(line, "_bundled_item_needs_shipping")
    if needs is not None:
        return yes(needs)
    virtual = part(line, "product").get("virtual")
    if isinstance(virtual, bool):
        return not virtual
    if nodes(order, "shipping_lines"):
        return True
    from_cart = text(order, "created_via") in ("checkout", "store-api")
    return not from_cart and order.get("needs_processing") is not False


def is_bundled(line: Node) -> bool:
    """Whether the line holds others, or is held by one: their prices and stock hang together."""
    return any(line.get(name) for name in ("bundled_by", "bundled_items", "composite_parent", "composite_children"))


def _title(line: Node, options: list[dict[str, str | None]]) -> str | None:
    """The product's name. Old versions do not have it apart from the variant's, which ends in what was chosen."""
    name = text(line, "parent_name") or text(line, "name") or ""
    chosen = ", ".join(option["value"] or "" for option in options)
    return (name.removesuffix(f" - {chosen}") if chosen else name) or None


def _options(line: Node) -> Iterator[dict[str, str | None]]:
    for meta in metas(line):
        if _is_option(line, meta) and meta.shown:
            yield {"name": meta.label or unquote(meta.key.removeprefix("pa_")), "value": meta.shown}


def _wishes(line: Node) -> Iterator[dict[str, Any]]:
    for meta in metas(line):
        if is_wish(line, meta):
            yield {"name": meta.label or meta.key, "value": meta.shown, "hidden": False}


def is_wish(line: Node, meta: Meta) -> bool:
    """Whether the entry is something that the customer asked for on this line."""
    hidden = meta.internal or meta.key.lower() in _NO_WISH or not meta.shown
    return not hidden and not _is_option(line, meta)


def _is_option(line: Node, meta: Meta) -> bool:
    """Whether the entry is a choice of the variant. The shop's attributes start with `pa_`; a product's own ones have
    a plain key like anything that plugins write: the line's name, or the key's form, tells them apart."""
    if meta.key.startswith("pa_"):
        return True
    if meta.internal or ident(line, "variation_id") is None:
        return False
    name, parent = text(line, "name") or "", text(line, "parent_name")
    if parent and name.startswith(f"{parent} - ") and meta.shown:
        chosen = [value.strip() for value in name.removeprefix(f"{parent} - ").split(",")]
        return meta.shown in chosen
    return _SLUG.fullmatch(meta.key) is not None


def _is_preorder(order: Node, line: Node) -> bool:
    return any(yes(meta_value(node, key)) for node in (line, order) for key in _PREORDER)
