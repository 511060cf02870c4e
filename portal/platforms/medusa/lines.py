"""Order lines: what was bought, in how many units, at what price."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from portal.platforms.medusa.amounts import UNKNOWN, Money, Sides, exact, less
from portal.platforms.medusa.history import History
from portal.platforms.medusa.parcels import Packed
from portal.platforms.medusa.shape import Node, count, nodes, part, stated, text

_NO_CHOICE: Final = ("default", "default variant", "default title")
_WISHES: Final = ("personalisation", "personalization")


def lines_of(order: Node, history: History, units: Packed, money: Money) -> list[dict[str, Any]]:
    """All lines that the order ever had, as far as the body tells."""
    cancelled = order.get("status") == "canceled"
    there = [
        _line(item, _quantity(item, history, units, cancelled=cancelled), _price(item, money), history)
        for item in nodes(order, "items")
        if text(item, "id")
    ]
    return _sent([*there, *(_gone(item, history, money) for item in history.gone if text(item, "id"))])


def _sent(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of a line that an edit added Medusa does not always know that it is sent: another variant of it tells."""
    goods = {line["product_id"] for line in lines if line["requires_shipping"]} - {None}
    return [
        {**line, "requires_shipping": True, "kind": "physical"}
        if line["product_id"] in goods and line["kind"] == "digital"
        else line
        for line in lines
    ]


def are_taxed_inside(order: Node) -> bool | None:
    """Whether prices include their tax; where only some do, none are told with it."""
    items = nodes(order, "items")
    if not any("is_tax_inclusive" in item for item in items):
        return None
    return all(item.get("is_tax_inclusive") is True for item in items)


def _line(item: Node, quantity: dict[str, int], price: dict[str, Any], history: History) -> dict[str, Any]:
    product = part(item, "variant", "product") or part(item, "product")
    wishes = list(_wishes(part(item, "metadata")))
    ships = item.get("requires_shipping") is not False
    identity = text(item, "id") or ""
    return {
        "id": identity,
        "product_id": text(item, "product_id"),
        "variant_id": text(item, "variant_id"),
        "sku": text(item, "variant_sku"),
        "title": text(item, "product_title", "title"),
        "options": list(_options(item)),
        "personalisation": wishes,
        "categories": list(dict.fromkeys(_categories(item, product))),
        "tags": [tag for node in nodes(product, "tags") if (tag := text(node, "value"))],
        "image_url": text(item, "thumbnail"),
        "requires_shipping": ships,
        "kind": "gift_card" if item.get("is_giftcard") is True else "physical" if ships else "digital",
        "flags": {"personalised": bool(wishes)},
        "replaces_line_id": history.replaced.get(identity),
        "quantity": quantity,
        **price,
    }


def _options(item: Node) -> Iterator[dict[str, str | None]]:
    """Named where the variant came with them; its title has the values alone, joined as "S / Red"."""
    chosen = nodes(part(item, "variant"), "options")
    if chosen:
        for option in chosen:
            yield {"name": text(part(option, "option"), "title"), "value": text(option, "value")}
    elif isinstance(values := item.get("variant_option_values"), dict):
        for name, value in values.items():
            yield {"name": str(name), "value": value if isinstance(value, str) else None}
    elif (title := text(item, "variant_title")) and title.lower() not in _NO_CHOICE:
        yield from ({"name": None, "value": value.strip()} for value in title.split(" / "))


def _wishes(metadata: Node) -> Iterator[dict[str, Any]]:
    """Medusa's metadata are the shop's own notes; what the customer asked for stands in one member of them."""
    for member in _WISHES:
        for name, value in part(metadata, member).items():
            if isinstance(value, str | int | float) and not isinstance(value, bool) and str(name).strip():
                yield {"name": str(name), "value": str(value), "hidden": str(name).startswith("_")}


def _categories(item: Node, product: Node) -> Iterator[str]:
    names = [text(item, "product_type"), text(item, "product_collection")]
    names += [text(node, "name") for node in nodes(product, "categories")]
    yield from (name for name in names if name)


def _quantity(item: Node, history: History, units: Packed, *, cancelled: bool) -> dict[str, int]:
    """Units that came back are the customer's no more; what is packed is in the warehouse's hands."""
    line, detail = text(item, "id") or "", part(item, "detail")
    wanted = count(item, "quantity") or count(detail, "quantity") or 0
    ordered = max(wanted, history.most.get(line, 0))
    back = min(count(detail, "return_received_quantity") or 0, wanted)
    fulfilled = min(_fulfilled(detail, units, line), wanted)
    current = fulfilled if cancelled else wanted - back
    waiting = min(units.waiting.get(line, 0), max(0, wanted - fulfilled))
    return {
        "ordered": ordered,
        "current": current,
        "fulfilled": min(fulfilled, current),
        "in_progress": 0 if cancelled else waiting,
        "refunded": back,
        "removed": ordered - current - back,
    }


def _fulfilled(detail: Node, units: Packed, line: str) -> int:
    """By what left; bodies without their fulfilments have the line's own count."""
    counted = max(count(detail, "shipped_quantity") or 0, count(detail, "delivered_quantity") or 0)
    return max(units.left.get(line, 0), counted)


def _price(item: Node, money: Money) -> dict[str, Any]:
    inside = item.get("is_tax_inclusive") is True
    total, tax = exact(item, "total"), exact(item, "tax_total")
    return {
        "price": {
            "unit": money.sides(exact(item, "unit_price")),
            "total_after_discounts": money.sides(total if inside else less(total, tax)),
            "tax": money.sides(tax),
        },
        "discounts": list(_discounts(item, money)),
    }


def _discounts(item: Node, money: Money) -> Iterator[dict[str, Any]]:
    for adjustment in nodes(item, "adjustments"):
        yield {"label": text(adjustment, "code", "description"), "amount": money.sides(exact(adjustment, "amount"))}
    if not stated(item, "adjustments") and exact(item, "discount_subtotal"):
        yield {"label": None, "amount": money.sides(exact(item, "discount_subtotal"))}


def _gone(item: Node, history: History, money: Money) -> dict[str, Any]:
    """A line of which nothing is left: it costs nothing."""
    ordered = history.most.get(text(item, "id") or "", 0)
    nothing: Sides = UNKNOWN if money.currency is None else {"shop": 0}
    price = {
        "price": {
            "unit": money.sides(exact(item, "unit_price")),
            "total_after_discounts": nothing,
            "tax": nothing,
        },
        "discounts": [],
    }
    return _line(item, {"ordered": ordered, "current": 0, "removed": ordered}, price, history)
