"""One PrestaShop order as a neutral order, out of its record."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.platforms.neutral.document import neutral_order
from portal.platforms.neutral.money import MoneyError, to_minor
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.prestashop import words
from portal.platforms.prestashop.lines import Sides, lines_of, refunded_units, total
from portal.platforms.prestashop.record import Reading, Record
from portal.platforms.prestashop.shape import ZERO, Json, Node, amount, ident, moment, text, wall, yes
from portal.platforms.prestashop.shipping import address_of, deliveries_of, parcels_of
from portal.platforms.prestashop.words import Standing

_KEPT = ("id_shop", "id_cart", "module", "payment", "gift", "gift_message", "recyclable", "invoice_number")


def order_of(record: Record, reading: Reading) -> NeutralOrder:
    """The neutral order. Raises InvalidOrder when it has no id."""
    order = record.order
    number = ident(order, "current_state")
    stands = words.standing(number, record.of("order_states", number), reading.states)
    shop, buyer = record.currencies(reading)
    sides = _sides(shop, buyer)
    lines = lines_of(record, stands, sides)
    customer = record.customer
    changed = moment(order, "date_upd", reading.zone)
    return neutral_order({
        **_head(record, reading),
        "cancelled_at": (changed or _undated(order)) if stands == "cancelled" else None,
        "closed_at": (changed or _undated(order)) if stands == "refunded" else None,
        "state": _state(record, stands),
        "currency": {"shop": shop, "buyer": buyer},
        "taxes_included": True,
        "customer": _customer(record),
        "contact": {"email": text(customer, "email"), "phone": _phone(record)},
        "address": {
            "shipping": address_of(record, "id_address_delivery"),
            "billing": address_of(record, "id_address_invoice"),
        },
        "lines": lines,
        "deliveries": deliveries_of(record, reading, stands, lines),
        "parcels": parcels_of(record, reading, stands),
        "adjustments": [_slip(slip, reading, sides) for slip in record.slips],
        "totals": _totals(record, stands, sides),
    })  # fmt: skip


def _head(record: Record, reading: Reading) -> Json:
    order = record.order
    identity = ident(order, "id")
    language = record.linked("languages", "id_lang")
    return {
        "schema": "order/1",
        "source": {
            "platform": "prestashop",
            "shop": reading.shop,
            "order_id": identity,
            "channel": text(order, "module"),
        },
        # As long as nobody says in which zone the shop's clock stands, its wall clock still tells newer from older.
        "version": _version(order, reading),
        "number": text(order, "reference") or identity,
        "locale": text(language, "locale") or text(language, "language_code") or text(language, "iso_code"),
        "placed_at": moment(order, "date_add", reading.zone),
        "updated_at": moment(order, "date_upd", reading.zone),
        "note": text(order, "note"),
        "raw": {name: value for name in _KEPT if (value := text(order, name)) not in (None, "0")},
    }


def _version(order: Node, reading: Reading) -> str | None:
    changed = moment(order, "date_upd", reading.zone)
    return changed.isoformat() if changed else wall(order, "date_upd")


def _undated(order: Node) -> str | None:
    """A moment for what has no zone: that it happened matters more than the hour."""
    shown = wall(order, "date_upd") or wall(order, "date_add")
    return f"{shown}Z" if shown else "1970-01-01T00:00:00Z"


def _state(record: Record, stands: Standing) -> Json:
    number = ident(record.order, "current_state")
    name = text(record.of("order_states", number), "name", record.language)
    return {
        "payment": _payment(record, stands),
        "fulfilment": words.fulfilment(stands),
        "raw": {key: value for key, value in (("current_state", number), ("name", name)) if value},
    }


def _payment(record: Record, stands: Standing) -> str:
    if stands == "refunded":
        return "refunded"
    whole, back = amount(record.order, "total_paid_tax_incl", "total_paid") or ZERO, _back(record)
    if back:
        return "refunded" if back >= whole else "partially_refunded"
    if _is_paid(record, stands):
        return "paid"
    got = amount(record.order, "total_paid_real") or ZERO
    if got:
        return "partially_paid"
    return "voided" if stands == "cancelled" else "pending"


def _is_paid(record: Record, stands: Standing) -> bool:
    """Whether the shop has its money: as much as the order costs, or so its state says."""
    got = amount(record.order, "total_paid_real") or ZERO
    state = record.of("order_states", ident(record.order, "current_state"))
    whole = amount(record.order, "total_paid_tax_incl", "total_paid") or ZERO
    if got >= whole:
        return True
    return yes(state, "paid") if state else stands in words.PAID


def _customer(record: Record) -> Json | None:
    person = record.customer
    identity = ident(record.order, "id_customer")
    if not person:
        return {"external_id": identity} if identity else None
    return {
        "external_id": identity,
        "first_name": text(person, "firstname"),
        "last_name": text(person, "lastname"),
        "email": text(person, "email"),
        "phone": _phone(record),
    }


def _phone(record: Record) -> str | None:
    for name in ("id_address_delivery", "id_address_invoice"):
        row = record.linked("addresses", name)
        if found := text(row, "phone_mobile") or text(row, "phone"):
            return found
    return None


def _totals(record: Record, stands: Standing, sides: Sides) -> Json:
    """The order's sums less what credit slips paid back; discounts of the whole cart are in the total alone."""
    order, back = record.order, _back(record)
    whole, net = amount(order, "total_paid_tax_incl", "total_paid"), amount(order, "total_paid_tax_excl")
    goods = amount(order, "total_products_wt", "total_products")
    ways = amount(order, "total_shipping_tax_incl", "total_shipping")
    now = None if whole is None else whole - back
    got = amount(order, "total_paid_real") or ZERO
    owed = ZERO if _is_paid(record, stands) or stands in ("cancelled", "refunded") else max(ZERO, (now or ZERO) - got)
    return {
        "lines": sides(_less(goods, total(_products(slip) for slip in record.slips))),
        "shipping": sides(_less(ways, total(_shipping(slip) for slip in record.slips))),
        "tax": sides(None if whole is None or net is None else whole - net - total(map(_tax, record.slips))),
        "discount": sides(amount(order, "total_discounts_tax_incl", "total_discounts")),
        "fees": sides(amount(order, "total_wrapping_tax_incl", "total_wrapping")),
        "total": sides(now),
        "refunded": sides(back),
        "outstanding": sides(owed),
    }


def _slip(slip: Node, reading: Reading, sides: Sides) -> Json:
    identity = ident(slip, "id")
    return {
        "id": identity,
        "type": "refund",
        "at": moment(slip, "date_add", reading.zone),
        "status": "completed",
        "by": "staff",
        "lines": [{"line_id": line, "quantity": -quantity} for line, quantity in refunded_units(slip) if quantity],
        "amount": sides(-((_products(slip) or ZERO) + (_shipping(slip) or ZERO))),
        "external_id": identity,
    }


def _back(record: Record) -> Decimal:
    return total((_products(slip) or ZERO) + (_shipping(slip) or ZERO) for slip in record.slips)


def _products(slip: Node) -> Decimal | None:
    return amount(slip, "total_products_tax_incl", "amount")


def _shipping(slip: Node) -> Decimal | None:
    return amount(slip, "total_shipping_tax_incl", "shipping_cost_amount")


def _tax(slip: Node) -> Decimal | None:
    products, net = amount(slip, "total_products_tax_incl"), amount(slip, "total_products_tax_excl")
    ways, bare = amount(slip, "total_shipping_tax_incl"), amount(slip, "total_shipping_tax_excl")
    goods = products - net if products is not None and net is not None else ZERO
    return goods + (ways - bare if ways is not None and bare is not None else ZERO)


def _less(one: Decimal | None, other: Decimal) -> Decimal | None:
    return None if one is None else one - other


def _sides(shop: str | None, buyer: str | None) -> Sides:
    def both(value: Decimal | None) -> Json:
        minor: Any = None
        if value is not None and buyer is not None:
            try:
                minor = to_minor(value, buyer)
            except MoneyError:
                minor = None
        return {"shop": minor if shop == buyer else None, "buyer": minor}

    return both
