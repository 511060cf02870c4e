"""Order lines: what was bought, in how many units, at what price."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from portal.platforms.shopify.amounts import Currencies, Sides, added, each, known, sides
from portal.platforms.shopify.fees import is_fee
from portal.platforms.shopify.ledger import Gone, Ledger, Names, fulfilment_of, is_settled
from portal.platforms.shopify.shape import NOTHING, Node, count, first, gid, nodes, part, stated, text, word
from portal.platforms.shopify.swaps import replacements

_PREORDER = re.compile(r"pre[\s-]?order|pr[eé][\s-]?commande|vorbestell|preventa|pre[\s-]?ordine", re.IGNORECASE)

_NOTHING_YET = frozenset({"unfulfilled", "on_hold", "scheduled"})


def lines_of(order: Node, names: Names, ledger: Ledger, currencies: Currencies) -> list[dict[str, Any]]:
    """All lines that the order ever had, those with nothing left included."""
    found = nodes(order, "line_items")
    built = [_line(order, line, key, ledger, currencies) for key, line in zip(names.lines, found, strict=True)]
    replaced = replacements(built)
    return [{**line, "replaces_line_id": replaced.get(line["id"])} for line in built]


def units_of(line: Node, units: Sequence[Gone]) -> tuple[int, int]:
    """(ordered, current). Old bodies do not have the current quantity: then refunds tell."""
    ordered = count(line, "quantity") or 0
    current = count(line, "current_quantity")
    gone = sum(part.quantity for part in units)
    return ordered, max(0, ordered - gone) if current is None else current


def _line(order: Node, line: Node, key: str, ledger: Ledger, currencies: Currencies) -> dict[str, Any]:
    wishes = list(_personalisation(line))
    ships = line.get("requires_shipping") is not False
    return {
        "id": key,
        "parent_id": gid("LineItem", line, "parent_line_item_id"),
        "product_id": gid("Product", part(line, "product")) or gid("Product", line, "product_id"),
        "variant_id": gid("ProductVariant", part(line, "variant")) or gid("ProductVariant", line, "variant_id"),
        "sku": text(line, "sku"),
        "title": text(line, "title", "name"),
        "options": list(_options(line)),
        "personalisation": wishes,
        "categories": list(dict.fromkeys(_categories(part(line, "product")))),
        "tags": _tags(line),
        "image_url": text(part(line, "image"), "url", "src"),
        "requires_shipping": ships,
        "kind": _kind(order, line, ships=ships),
        "flags": {
            "preorder": _is_preorder(line),
            "final_sale": any(word(tag) == "finalsale" for tag in _tags(line)),
            "personalised": any(not wish["hidden"] for wish in wishes),
        },
        "quantity": _quantity(order, line, key, ledger),
        **_money(order, line, ledger.gone.get(key, ()), currencies),
    }


def _kind(order: Node, line: Node, *, ships: bool) -> str:
    if line.get("gift_card") is True or line.get("is_gift_card") is True:
        return "gift_card"
    if part(line, "tip"):
        return "tip"
    if ships:
        return "physical"
    return "digital" if _is_of_product(line) else _extra(order, line)


def _is_of_product(line: Node) -> bool:
    return any(part(line, name) or line.get(f"{name}_id") for name in ("product", "variant"))


def _extra(order: Node, line: Node) -> str:
    """What is neither shipped nor a product of the shop's: our fee, a tip (GraphQL tells only how much all tips were),
    or something that the shop wrote in by hand."""
    title = text(line, "title", "name")
    if is_fee(title):
        return "fee"
    tips = text(part(part(order, "total_tip_received_set"), "shop_money"), "amount") or ""
    return "tip" if title == "Tip" and tips.strip("0.") else "digital"


def _options(line: Node) -> Iterator[dict[str, str | None]]:
    """Named where the variant is there; REST has the values alone, joined by Shopify as "S / Red"."""
    chosen = nodes(part(line, "variant"), "selected_options")
    title = text(line, "variant_title")
    if chosen:
        for option in chosen:
            if text(option, "value") != "Default Title":
                yield {"name": text(option, "name"), "value": text(option, "value")}
    elif title and title != "Default Title":
        yield from ({"name": None, "value": value.strip()} for value in title.split(" / "))


def _personalisation(line: Node) -> Iterator[dict[str, Any]]:
    """`properties` is a list, an object, or missing; a leading underscore hides one from the buyer."""
    held = first(line, "properties", "custom_attributes")
    if isinstance(held, dict):
        held = [{"name": name, "value": value} for name, value in held.items()]
    for wish in held if isinstance(held, list) else ():
        name = text(wish, "name", "key") if isinstance(wish, dict) else None
        if name:
            value = wish.get("value")
            said = value if isinstance(value, str) or value is None else str(value)
            yield {"name": name, "value": said, "hidden": name.startswith("_")}


def _is_preorder(line: Node) -> bool:
    plan = part(line, "selling_plan") or part(part(line, "selling_plan_allocation"), "selling_plan")
    return bool(_PREORDER.search(text(plan, "name") or ""))


def _categories(product: Node) -> Iterator[str]:
    """What the shop calls the kind of product, and Shopify's own category: its name, and the way down to it."""
    category = part(product, "category")
    names = (text(product, "product_type"), text(category, "name"), text(category, "full_name"))
    yield from (name.strip() for name in names if name and name.strip())


def _tags(line: Node) -> list[str]:
    tags = part(line, "product").get("tags")
    return [tag.strip() for tag in tags if isinstance(tag, str) and tag.strip()] if isinstance(tags, list) else []


def _quantity(order: Node, line: Node, key: str, ledger: Ledger) -> dict[str, int | None]:
    units = ledger.gone.get(key, ())
    ordered, current = units_of(line, units)
    refunded = min(sum(part.quantity for part in units if part.paid), max(0, ordered - current))
    editable = None if ledger.free is None else min(current, ledger.free.get(key, 0))
    if editable is not None and (is_settled(order) or line.get("merchant_editable") is False):
        editable = 0
    return {
        "ordered": ordered,
        "current": current,
        "fulfilled": _fulfilled(order, line, key, ledger, current),
        "in_progress": ledger.in_progress.get(key, 0),
        "refunded": refunded,
        "removed": max(0, ordered - current - refunded),
        "editable": editable,
    }


def _fulfilled(order: Node, line: Node, key: str, ledger: Ledger, current: int) -> int:
    """What cannot be fulfilled may be held back as well: that counts only where something was fulfilled at all."""
    if ledger.fulfilled is not None:
        return ledger.fulfilled.get(key, 0)
    waiting = count(line, "unfulfilled_quantity")
    if waiting is None and fulfilment_of(order) not in _NOTHING_YET:
        waiting = count(line, "fulfillable_quantity")
    return 0 if waiting is None else max(0, current - waiting)


def _money(order: Node, line: Node, units: Sequence[Gone], currencies: Currencies) -> dict[str, Any]:
    ordered, current = units_of(line, units)
    unit = _unit(line, currencies)
    gross = each(lambda price: price * ordered, unit)
    discounts = list(_discounts(order, line, currencies))
    after = _after_discounts(line, gross, discounts, currencies, ordered)
    total = _of_current(after, [part.subtotal for part in units], units, ordered, current)
    if not discounts and known(each(lambda a, b: a - b, gross, after)) and gross != after:
        discounts = [{"label": None, "amount": each(lambda a, b: a - b, gross, after)}]
    taxes = [sides(tax, "price_set", currencies, "price") for tax in nodes(line, "tax_lines")]
    tax: Sides = added(taxes, currencies) if stated(line, "tax_lines") else {"shop": None, "buyer": None}
    price = {
        "unit": unit,
        "total_after_discounts": total,
        "tax": _of_current(tax, [part.tax for part in units], units, ordered, current),
    }
    return {"price": price, "discounts": discounts}


def _unit(line: Node, currencies: Currencies) -> Sides:
    if part(line, "original_unit_price_set"):
        return sides(line, "original_unit_price_set", currencies)
    return sides(line, "price_set", currencies, "price")


def _discounts(order: Node, line: Node, currencies: Currencies) -> Iterator[dict[str, Any]]:
    """As the platform allocated them, on units that are gone since included."""
    applications = nodes(order, "discount_applications")
    for allocation in nodes(line, "discount_allocations"):
        name = "allocated_amount_set" if part(allocation, "allocated_amount_set") else "amount_set"
        index = count(allocation, "discount_application_index")
        inline = part(allocation, "discount_application")
        given = applications[index] if index is not None and index < len(applications) else inline or NOTHING
        label = text(given, "title", "code", "description")
        yield {"label": label, "amount": sides(allocation, name, currencies, "amount")}


def _after_discounts(
    line: Node, gross: Sides, discounts: list[dict[str, Any]], currencies: Currencies, ordered: int
) -> Sides:
    """What all ordered units cost after all discounts."""
    if stated(line, "discount_allocations"):
        return each(lambda price, off: max(0, price - off), gross, added((d["amount"] for d in discounts), currencies))
    if part(line, "discounted_unit_price_after_all_discounts_set"):
        return _from_unit_price(line, currencies, ordered)
    if part(line, "discounted_total_set"):
        return sides(line, "discounted_total_set", currencies)
    off = sides(line, "total_discount_set", currencies, "total_discount")
    return each(lambda price, less: max(0, price - less), gross, off) if known(off) else gross


def _from_unit_price(line: Node, currencies: Currencies, ordered: int) -> Sides:
    """The unit price after discounts is rounded; the line's own total is exact, but has no discounts of
    the whole order. Where both differ by no more than the rounding, the total is right."""
    rough = each(
        lambda price: price * ordered, sides(line, "discounted_unit_price_after_all_discounts_set", currencies)
    )
    exact = sides(line, "discounted_total_set", currencies)
    near = each(lambda a, b: abs(a - b), rough, exact)
    return {side: exact[side] if _is_near(near[side], ordered) else rough[side] for side in rough}


def _is_near(difference: int | None, ordered: int) -> bool:
    return difference is not None and difference <= ordered


def _of_current(whole: Sides, parts: list[Sides], units: Sequence[Gone], ordered: int, current: int) -> Sides:
    """The share of the units that are left: exact where refunds account for all that are gone."""
    if ordered == current:
        return whole
    if current == 0 or ordered == 0:
        return each(lambda _: 0, whole)
    share = each(lambda amount: (2 * amount * current + ordered) // (2 * ordered), whole)
    if sum(part.quantity for part in units) != ordered - current:
        return share
    rest = each(lambda amount, *less: max(0, amount - sum(less)), whole, *parts)
    return {side: share[side] if rest[side] is None else rest[side] for side in share}
