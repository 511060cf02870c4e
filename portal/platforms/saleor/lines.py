"""Order lines, and which of their units left or came back: told by the order's fulfilments, refunds and returns among
them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from portal.platforms.saleor.shape import Json, Node, amount, count, nodes, part, text

Sides = Callable[[Decimal | None], Json]

SENT: Final = frozenset({"fulfilled"})
_BACK: Final = frozenset({"refunded", "returned", "replaced", "refunded_and_returned"})
_WAITS: Final = "waiting_for_approval"


@dataclass(frozen=True, slots=True)
class Units:
    """Units by line that left and stayed away, came back or were paid back, and are packed."""

    sent: Mapping[str, int]
    back: Mapping[str, int]
    packed: Mapping[str, int]


def lines_by_id(order: Node) -> Mapping[str, Node]:
    """The order's lines; those of a body that does not name them, by their places."""
    return {text(line, "id") or f"line-{place}": line for place, line in enumerate(nodes(order, "lines"), 1)}


def units_of(order: Node) -> Units:
    """Count the units in the order's fulfilments."""
    sent: Counter[str] = Counter()
    back: Counter[str] = Counter()
    packed: Counter[str] = Counter()
    for item in nodes(order, "fulfillments"):
        state = (text(item, "status") or "").lower()
        units = dict(contents(order, item)[0])
        if state in SENT:
            sent.update(units)
        elif state in _BACK:
            back.update(units)
        elif state == _WAITS:
            packed.update(units)
    return Units(sent, back, packed)


def contents(order: Node, fulfilment: Node) -> tuple[list[tuple[str, int]], bool]:
    """(line, units) of one fulfilment, and whether that is all of it. Old payloads name the variant and no line, which
    tells it while one line alone has that variant."""
    units: Counter[str] = Counter()
    whole = isinstance(fulfilment.get("lines"), list)
    for item in nodes(fulfilment, "lines"):
        line = text(part(item, "order_line"), "id") or _only_line_of(order, text(item, "product_variant_id"))
        if line:
            units[line] += count(item, "quantity")
        whole = whole and line is not None
    return [(line, quantity) for line, quantity in units.items() if quantity], whole


def _only_line_of(order: Node, variant: str | None) -> str | None:
    found = [line for line, body in lines_by_id(order).items() if variant and _variant(body) == variant]
    return found[0] if len(found) == 1 else None


def _variant(line: Node) -> str | None:
    return text(part(line, "variant"), "id") or text(line, "product_variant_id")


def line_of(line_id: str, line: Node, units: Units, side: str, sides: Sides, *, over: bool) -> Json:
    """One line; `side` is gross or net, as the shop tells its prices. `over`: nothing more happens to the order."""
    variant, product = part(line, "variant"), part(part(line, "variant"), "product")
    ships = line.get("is_shipping_required") is not False
    gift = (text(part(product, "product_type"), "kind") or "").lower() == "gift_card"
    quantity = _quantity(line_id, line, units, over=over)
    return {
        "id": line_id,
        "product_id": text(product, "id"),
        "variant_id": _variant(line),
        "sku": text(line, "product_sku") or text(variant, "sku"),
        "title": text(line, "product_name") or text(product, "name"),
        "options": list(_options(line)),
        "categories": [name for name in (text(part(product, "category"), "name"),) if name],
        "tags": [name for item in nodes(product, "collections") if (name := text(item, "name"))],
        "image_url": text(part(line, "thumbnail"), "url"),
        "requires_shipping": ships and not gift,
        "kind": "gift_card" if gift else "physical" if ships else "digital",
        "quantity": quantity,
        **_price(line, quantity, side, sides),
    }


def _quantity(key: str, line: Node, units: Units, *, over: bool) -> dict[str, int]:
    ordered = count(line, "quantity")
    refunded = min(ordered, units.back.get(key, 0))
    current = ordered - refunded
    fulfilled = min(units.sent.get(key, 0), current)
    left = current - fulfilled
    packed = min(left, units.packed.get(key, 0))
    return {
        "ordered": ordered,
        "current": current,
        "fulfilled": fulfilled,
        "in_progress": packed,
        "refunded": refunded,
        "removed": 0,
        "editable": 0 if over else left - packed,
    }


def _options(line: Node) -> Iterator[dict[str, str | None]]:
    """The attributes that variants are told apart by; else the variant's name, which lists their values."""
    chosen = nodes(part(line, "variant"), "attributes")
    for item in chosen:
        values = [name for value in nodes(item, "values") if (name := text(value, "name"))]
        if values:
            yield {"name": text(part(item, "attribute"), "name"), "value": ", ".join(values)}
    name = text(line, "variant_name")
    if not chosen and name and name != text(line, "product_sku"):
        yield from ({"name": None, "value": value.strip()} for value in name.split(" / "))


def _price(line: Node, quantity: Mapping[str, int], side: str, sides: Sides) -> Json:
    ordered, current = quantity["ordered"], quantity["current"]
    unit = amount(line, "unit_price", side)
    plain = amount(line, "undiscounted_unit_price", side)
    whole = amount(line, "total_price", side)
    whole = unit * ordered if whole is None and unit is not None else whole
    gross, net = amount(line, "total_price", "gross"), amount(line, "total_price", "net")
    tax = gross - net if gross is not None and net is not None else None
    off = (plain - unit) * ordered if plain is not None and unit is not None and plain > unit else None
    return {
        "price": {
            "unit": sides(plain if plain is not None else unit),
            "total_after_discounts": sides(_share(whole, current, ordered)),
            "tax": sides(_share(tax, current, ordered)),
        },
        "discounts": [{"label": None, "amount": sides(off)}] if off else [],
    }


def _share(whole: Decimal | None, current: int, ordered: int) -> Decimal | None:
    return whole if whole is None or current == ordered else whole * current / max(ordered, 1)
