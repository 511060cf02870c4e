"""Invented orders as Medusa's Admin API tells them, with what its exact amounts look like."""

from __future__ import annotations

from typing import Any

from portal.platforms.medusa import documents
from portal.platforms.neutral import Line, NeutralOrder

Json = dict[str, Any]

ORDER = "order_01TEA"
SHIRT, MUG, LARGE = "ordli_01SHIRT", "ordli_01MUG", "ordli_01LARGE"
SENDING = "ordsm_01HOME"


def read(**changes: Any) -> NeutralOrder:
    """The neutral order of an answer with these changes to the order in it."""
    (found,) = documents({"order": order(**changes)})
    return found


def raw(**amounts: str) -> Json:
    """Amounts with their exact form beside them."""
    exact = {f"raw_{name}": {"value": text, "precision": 20} for name, text in amounts.items()}
    return {**{name: float(text) for name, text in amounts.items()}, **exact}


def item(name: str = SHIRT, sku: str = "TEE-S", quantity: int = 3, **changes: Any) -> Json:
    """A line of shirts at 25.00 with 20 % on top."""
    net, tax = 25 * quantity, 5 * quantity
    body = {
        "id": name,
        "title": "T-shirt Été",
        "subtitle": "S / Red",
        "product_title": "T-shirt Été",
        "product_id": "prod_01TEE",
        "variant_id": f"variant_{sku}",
        "variant_sku": sku,
        "variant_title": "S / Red",
        "requires_shipping": True,
        "is_giftcard": False,
        "is_tax_inclusive": False,
        "metadata": {},
        "thumbnail": None,
        "tax_lines": [],
        "adjustments": [],
        "quantity": quantity,
        "detail": {"quantity": quantity, "shipped_quantity": 0, "return_received_quantity": 0, "unit_price": None},
        "updated_at": "2026-11-18T09:00:00.000Z",
        **raw(unit_price="25", total=str(net + tax), tax_total=str(tax), discount_subtotal="0"),
    }
    return {**body, **changes}


def mug(**changes: Any) -> Json:
    """One mug at 18.00."""
    body = {
        "product_title": "Mug",
        "product_id": "prod_01MUG",
        "variant_title": "Default variant",
        **raw(unit_price="18", total="21.6", tax_total="3.6"),
    }
    return item(MUG, "MUG", 1, **{**body, **changes})


def fulfilment(name: str = "ful_01", units: dict[str, int] | None = None, **changes: Any) -> Json:
    """A parcel with one shirt, sent by Colissimo."""
    body = {
        "id": name,
        "packed_at": "2026-11-18T10:00:00.000Z",
        "shipped_at": "2026-11-18T15:00:00.000Z",
        "delivered_at": None,
        "canceled_at": None,
        "provider_id": "manual_manual",
        "metadata": None,
        "shipping_option": {"name": "Colissimo", "service_zone": {"fulfillment_set": {"type": "shipping"}}},
        "items": [{"line_item_id": line, "quantity": count} for line, count in (units or {SHIRT: 1}).items()],
        "labels": [{"tracking_number": "6A12345678901", "tracking_url": "#", "label_url": "#"}],
        "updated_at": "2026-11-18T15:00:00.000Z",
    }
    return {**body, **changes}


def payment(*refunds: Json, **changes: Any) -> Json:
    """A collection with one captured payment of 117.48."""
    captured = {"id": "capt_01", **raw(amount="117.48")}
    body = {
        "id": "pay_01",
        "captures": [captured],
        "refunds": list(refunds),
        "updated_at": "2026-11-18T09:00:05.000Z",
        **raw(amount="117.48"),
    }
    return {"id": "pay_col_01", "currency_code": "eur", "status": "completed", "payments": [body], **changes}


def order(**changes: Any) -> Json:
    """Three shirts and a mug, sending 4.90: 117.48 with taxes, paid."""
    home = {
        "first_name": "Zoé",
        "last_name": "Lambert",
        "company": "",
        "address_1": "3 rue du Port",
        "address_2": "",
        "postal_code": "69002",
        "city": "Lyon",
        "province": "",
        "country_code": "fr",
        "phone": "+33612345678",
    }
    way = {"id": SENDING, "name": "Colissimo", "detail": {"return_id": None}, **raw(total="5.88", tax_total="0.98")}
    body = {
        "id": ORDER,
        "display_id": 1001,
        "custom_display_id": None,
        "status": "pending",
        "version": 1,
        "currency_code": "eur",
        "email": "zoe@mail.example",
        "locale": "fr-FR",
        "metadata": None,
        "region_id": "reg_01EU",
        "created_at": "2026-11-18T09:00:00.000Z",
        "updated_at": "2026-11-18T09:00:00.000Z",
        "canceled_at": None,
        "payment_status": "captured",
        "fulfillment_status": "not_fulfilled",
        "customer": {"id": "cus_01ZOE", "first_name": "Zoé", "last_name": "Lambert", "email": "zoe@mail.example"},
        "shipping_address": home,
        "billing_address": home,
        "items": [item(), mug()],
        "shipping_methods": [way],
        "credit_lines": [],
        "payment_collections": [payment()],
        "fulfillments": [],
        "returns": [],
        "summary": summary("117.48"),
        **raw(total="117.48", tax_total="19.58", item_total="111.6", item_tax_total="18.6"),
        **raw(shipping_total="5.88", shipping_tax_total="0.98", discount_total="0", discount_tax_total="0"),
    }
    return {**body, **changes}


def summary(costs: str, paid: str = "117.48", pending: str | None = None) -> Json:
    """What Medusa counts: what the order costs, what was paid for it, and the difference."""
    open_now = pending if pending is not None else str(round(float(costs) - float(paid), 4))
    return raw(accounting_total=costs, current_order_total=costs, transaction_total=paid, pending_difference=open_now)


def edit(*actions: Json, **changes: Any) -> Json:
    """A confirmed edit of the order."""
    body = {
        "id": "ordch_01",
        "version": 2,
        "change_type": "edit",
        "status": "confirmed",
        "created_by": "user_01",
        "confirmed_at": "2026-11-18T11:00:00.000Z",
        "created_at": "2026-11-18T11:00:00.000Z",
        "internal_note": None,
        "actions": list(actions),
    }
    return {**body, **changes}


def updated(line: str, quantity: int, by: int) -> Json:
    """One action of an edit: a line has so many units now, `by` more than before."""
    return {"action": "ITEM_UPDATE", "details": {"reference_id": line, "quantity": quantity, "quantity_diff": by}}


def added(line: str, quantity: int) -> Json:
    """One action of an edit: a line came."""
    return {"action": "ITEM_ADD", "details": {"reference_id": line, "quantity": quantity}}


def units(found: Line) -> tuple[int, ...]:
    """(ordered, current, fulfilled, in progress, refunded, removed)."""
    counted = found.quantity
    kept = (counted.ordered, counted.current, counted.fulfilled, counted.in_progress)
    return (*kept, counted.refunded, counted.removed)
