"""One Saleor order, from a GraphQL answer or a delivery, as a neutral order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import carriers
from portal.platforms.neutral.document import neutral_order
from portal.platforms.neutral.money import MoneyError, currency_code, to_minor
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.saleor.lines import SENT, Sides, contents, line_of, lines_by_id, units_of
from portal.platforms.saleor.shape import (
    ZERO,
    Json,
    Node,
    amount,
    count,
    decimal_of,
    folded,
    known,
    nodes,
    part,
    text,
    when,
)

INSTRUCTIONS: Final = "jalon.instructions"
_FULFILMENT: Final = {
    "unconfirmed": "unfulfilled",
    "unfulfilled": "unfulfilled",
    "partially_fulfilled": "partial",
    "fulfilled": "fulfilled",
    "partially_returned": "fulfilled",
    "returned": "fulfilled",
}
_RETURN: Final = {"partially_returned": "in_progress", "returned": "returned"}
_OVER: Final = frozenset({"canceled", "cancelled", "expired"})
_CHARGED: Final = {"full": "paid", "overcharged": "paid", "partial": "partially_paid"}
_PAID: Final = {
    "fully_charged": "paid",
    "partially_charged": "partially_paid",
    "partially_refunded": "partially_refunded",
    "fully_refunded": "refunded",
    "not_charged": "pending",
    "pending": "pending",
    "refused": "pending",
    "cancelled": "voided",
}


def order_of(body: Node, shop: str | None) -> NeutralOrder:
    """The neutral order. Raises InvalidOrder when it has no id or no number."""
    order: Node = folded(body)
    status = (text(order, "status") or "").lower().replace(" ", "_")
    currency = _currency(order)
    sides = _sides(currency)
    gross = order.get("display_gross_prices") is not False
    side = "gross" if gross else "net"
    units = units_of(order)
    over = status in _OVER or status in _RETURN
    lines = [line_of(key, line, units, side, sides, over=over) for key, line in lines_by_id(order).items()]
    goes = address_of(part(order, "shipping_address"))
    return neutral_order({
        "schema": "order/1",
        "source": {
            "platform": "saleor", "shop": shop, "order_id": text(order, "id"),
            "channel": text(part(order, "channel"), "slug"),
        },
        "version": text(order, "updated_at"),
        "number": text(order, "number"),
        "locale": (text(order, "language_code") or "").replace("_", "-").lower() or None,
        "placed_at": when(order, "created") or when(order, "created_at"),
        "updated_at": when(order, "updated_at"),
        "cancelled_at": _ended(order) if status in _OVER else None,
        "closed_at": None,
        "state": _state(order, status),
        "currency": {"shop": currency, "buyer": currency},
        "taxes_included": gross,
        "customer": _customer(order),
        "contact": {"email": _email(order), "phone": _phone(order)},
        "address": {"shipping": goes, "billing": address_of(part(order, "billing_address"))},
        "lines": lines,
        "deliveries": _deliveries(order, status, lines, goes),
        "parcels": [_parcel(order, item) for item in nodes(order, "fulfillments") if _is_parcel(item)],
        "adjustments": _adjustments(order, sides),
        "totals": _totals(order, side, sides, status),
        "note": text(order, "customer_note"),
        "raw": {name: value for name in ("origin", "voucher_code") if (value := text(order, name))},
    })  # fmt: skip


def address_of(node: Node) -> Json | None:
    """A postal address, or None for one that says nothing."""
    names = (text(node, "first_name"), text(node, "last_name"))
    country = text(part(node, "country"), "code") or text(node, "country")
    cities = (text(node, "city"), text(node, "city_area"))
    built = {
        "name": " ".join(name for name in names if name) or None,
        "company": text(node, "company_name"),
        "line1": text(node, "street_address1", "street_address_1"),
        "line2": text(node, "street_address2", "street_address_2"),
        "postcode": text(node, "postal_code"),
        "city": ", ".join(name for name in cities if name) or None,
        "region": text(node, "country_area"),
        "country": country.upper() if country and len(country) == 2 else None,
        "phone": text(node, "phone"),
    }
    return built if any(built.values()) else None


def _state(order: Node, status: str) -> Json:
    raw = {name: order.get(name) for name in ("status", "payment_status", "charge_status") if order.get(name)}
    return {
        "payment": _payment(order),
        "fulfilment": _FULFILMENT.get(status, "unknown"),
        "return": _RETURN.get(status, "none" if status else "unknown"),
        "raw": raw,
    }


def _payment(order: Node) -> str:
    back, whole = _refunded(order), amount(order, "total", "gross")
    if back:
        return "refunded" if whole is not None and back >= whole else "partially_refunded"
    charged = _CHARGED.get((text(order, "charge_status") or "").lower())
    if charged:
        return charged
    if (text(order, "authorize_status") or "").lower() == "full":
        return "authorized"
    active = [item for item in nodes(order, "payments") if item.get("is_active") is True]  # in old payloads
    told = text(order, "payment_status") or (text(active[-1], "charge_status") if active else None) or ""
    return _PAID.get(told.lower().replace("-", "_"), "unknown")


def _refunded(order: Node) -> Decimal:
    """What went back, as the order tells it, or its fulfilments in old payloads."""
    told = amount(order, "total_refunded")
    return sum((_back(item) or ZERO for item in nodes(order, "fulfillments")), ZERO) if told is None else told


def _back(fulfilment: Node) -> Decimal | None:
    told = amount(fulfilment, "total_refunded_amount")
    return amount(fulfilment, "total_refund") if told is None else told


def _charged(order: Node) -> Decimal | None:
    told = amount(order, "total_charged")
    if told is not None or not isinstance(order.get("payments"), list):
        return told
    return sum((amount(item, "captured") or ZERO for item in nodes(order, "payments")), ZERO)


def _ended(order: Node) -> Any:
    return when(order, "updated_at") or when(order, "created") or "1970-01-01T00:00:00Z"


def _customer(order: Node) -> Json | None:
    person = part(order, "user")
    billing = part(order, "billing_address")
    known_ = {
        "external_id": text(person, "id"),
        "first_name": text(person, "first_name") or text(billing, "first_name"),
        "last_name": text(person, "last_name") or text(billing, "last_name"),
        "email": _email(order),
        "phone": _phone(order),
    }
    return known_ if any(known_.values()) else None


def _email(order: Node) -> str | None:
    return text(order, "user_email") or text(part(order, "user"), "email")


def _phone(order: Node) -> str | None:
    return text(part(order, "shipping_address"), "phone") or text(part(order, "billing_address"), "phone")


def _deliveries(order: Node, status: str, lines: list[Json], goes: Json | None) -> list[Json]:
    """One for what is sent or fetched, one for what needs neither."""
    way = part(order, "delivery_method")
    physical = [line for line in lines if line["requires_shipping"] and line["quantity"]["current"]]
    digital = [line for line in lines if not line["requires_shipping"] and line["quantity"]["current"]]
    found = []
    if physical:
        pickup = way.get("__typename") == "Warehouse" or bool(text(order, "collection_point_name"))
        name = text(way, "name") or text(order, "collection_point_name", "shipping_method_name")
        found.append({
            "id": text(way, "id") or "shipping",
            "method": "pickup" if pickup else "shipping",
            "label": name,
            "state": _delivery_state(status, physical),
            "location": {"name": name, "address": address_of(part(way, "address")) or {}} if pickup else None,
            "destination": None if pickup else goes,
            "promise": {} if pickup else _promise(order, way),
            "lines": [_share(line) for line in physical],
            "instructions": None if pickup else known(order, INSTRUCTIONS),
        })  # fmt: skip
    if digital:
        shared = [_share(line) for line in digital]
        found.append({"id": "digital", "method": "digital", "state": _delivery_state(status, digital), "lines": shared})
    return found


def _promise(order: Node, way: Node) -> Json:
    """The days that the way of shipping takes, from the day of the order on."""
    placed = when(order, "created")
    days = (count(way, "minimum_delivery_days"), count(way, "maximum_delivery_days"))
    if placed is None or not days[1]:
        return {}
    try:
        return {"earliest": placed + timedelta(days[0]) if days[0] else None, "latest": placed + timedelta(days[1])}
    except OverflowError:
        return {}


def _delivery_state(status: str, lines: list[Json]) -> str:
    if status in _OVER:
        return "cancelled"
    if all(line["quantity"]["current"] <= line["quantity"]["fulfilled"] for line in lines):
        return "closed"
    return "open" if status in _FULFILMENT else "unknown"


def _share(line: Json) -> Json:
    quantity = line["quantity"]
    remaining = quantity["current"] - quantity["fulfilled"]
    return {"line_id": line["id"], "quantity": quantity["current"], "remaining": remaining}


def _is_parcel(fulfilment: Node) -> bool:
    return (text(fulfilment, "status") or "").lower() in (*SENT, "canceled", "cancelled")


def _parcel(order: Node, fulfilment: Node) -> Json:
    """What left. Some enter a whole link where the number goes."""
    told = text(fulfilment, "tracking_number")
    link = told if told and told.startswith(("http://", "https://")) else None
    name = text(order, "shipping_method_name")
    carrier = carriers.named(name) if name else None
    sent = (text(fulfilment, "status") or "").lower() in SENT
    inside, whole = contents(order, fulfilment)
    return {
        "id": text(fulfilment, "id"),
        "state": "ok" if sent else "cancelled",
        "created_at": when(fulfilment, "created"),
        "lines": [{"line_id": line, "quantity": quantity} for line, quantity in inside],
        "allocation": "exact" if whole else "unknown",
        "tracking": [
            {
                "carrier_raw": name if carrier else None,
                "carrier": carrier.manifest.slug if carrier else None,
                "number": None if link else told,
                "url": link,
            }
        ]
        if told
        else [],
        "status": "handed_over" if sent else "cancelled",
        "status_raw": text(fulfilment, "status"),
    }


def _adjustments(order: Node, sides: Sides) -> list[Json]:
    """Fulfilments that are refunds or returns."""
    found = []
    for item in nodes(order, "fulfillments"):
        state = (text(item, "status") or "").lower()
        if state not in ("refunded", "returned", "refunded_and_returned", "replaced"):
            continue
        back = _back(item)
        found.append({
            "id": text(item, "id"),
            "type": "exchange" if state == "replaced" else "refund" if state == "refunded" else "return",
            "at": when(item, "created"),
            "lines": [{"line_id": line, "quantity": -quantity} for line, quantity in contents(order, item)[0]],
            "amount": sides(-back if back is not None else None),
            "external_id": text(item, "id"),
        })  # fmt: skip
    return found


def _totals(order: Node, side: str, sides: Sides, status: str) -> Json:
    """Saleor leaves an order's total as it is when money goes back."""
    whole, back = amount(order, "total", "gross"), _refunded(order)
    charged = _charged(order)
    gross, net = amount(order, "total", "gross"), amount(order, "total", "net")
    owed = None
    if whole is not None and charged is not None:
        owed = ZERO if status in _OVER or back else max(ZERO, whole - charged)
    off = [amount(item, "amount") or decimal_of(item.get("amount_value")) or ZERO for item in nodes(order, "discounts")]
    return {
        "lines": sides(amount(order, "subtotal", side)),
        "shipping": sides(amount(order, "shipping_price", side)),
        "tax": sides(gross - net if gross is not None and net is not None else None),
        "discount": sides(sum(off, ZERO)),
        "total": sides(None if whole is None else whole - back),
        "refunded": sides(back),
        "outstanding": sides(owed),
    }


def _currency(order: Node) -> str | None:
    told = text(part(part(order, "total"), "gross"), "currency") or text(order, "currency")
    told = told or text(part(order, "channel"), "currency_code")
    try:
        return currency_code(told or "")
    except MoneyError:
        return None


def _sides(currency: str | None) -> Sides:
    def both(value: Decimal | None) -> Json:
        try:
            minor = None if value is None or currency is None else to_minor(value, currency)
        except MoneyError:
            minor = None
        return {"shop": minor, "buyer": minor}

    return both
