"""Invented WooCommerce orders in the format of its REST API (wc/v3)."""

from __future__ import annotations

from typing import Any

from portal.platforms.neutral import Line, NeutralOrder
from portal.platforms.woocommerce import documents

Json = dict[str, Any]

SHOP = "https://woo.example"


def read(body: Json | None = None, **changes: Any) -> NeutralOrder:
    """The neutral order of a body (or of the usual one) with these changes."""
    (found,) = documents({**(order() if body is None else body), **changes})
    return found


def units(found: Line) -> tuple[int, ...]:
    """(ordered, current, fulfilled, refunded, removed)."""
    quantity = found.quantity
    return (quantity.ordered, quantity.current, quantity.fulfilled, quantity.refunded, quantity.removed)


def meta(key: str, value: Any, label: str | None = None, shown: Any = None) -> Json:
    """An entry of `meta_data`, as those of lines are: with what is shown of it."""
    return {"id": 900, "key": key, "value": value, "display_key": label or key, "display_value": shown or value}


def line(number: int = 0, **changes: Any) -> Json:
    """An order line: a linen apron in M, sage."""
    body = {
        "id": 501 + number,
        "name": "Linen apron - M, Sage",
        "product_id": 70 + number,
        "variation_id": 701 + number,
        "quantity": 1,
        "tax_class": "",
        "subtotal": "40.00",
        "subtotal_tax": "0.00",
        "total": "40.00",
        "total_tax": "0.00",
        "taxes": [],
        "meta_data": [meta("pa_size", "m", "Size", "M"), meta("pa_colour", "sage", "Colour", "Sage")],
        "sku": f"APRON-{number}",
        "price": 40,
        "image": {"id": 0, "src": ""},
        "parent_name": "Linen apron",
    }
    return body | changes


def shipping_line(**changes: Any) -> Json:
    """A way of shipping."""
    body = {
        "id": 601,
        "method_title": "Colissimo",
        "method_id": "flat_rate",
        "instance_id": "3",
        "total": "5.00",
        "total_tax": "0.00",
        "taxes": [],
        "meta_data": [],
    }
    return body | changes


def address(**changes: Any) -> Json:
    """A postal address."""
    body = {
        "first_name": "Inès",
        "last_name": "Ferrand",
        "company": "",
        "address_1": "4 quai des Tanneurs",
        "address_2": "",
        "city": "Lyon",
        "state": "",
        "postcode": "69005",
        "country": "FR",
        "phone": "+33400000000",
    }
    return body | changes


def order(**changes: Any) -> Json:
    """An order's body with one line."""
    body = {
        "id": 4711,
        "parent_id": 0,
        "status": "processing",
        "currency": "EUR",
        "version": "10.2.0",
        "prices_include_tax": True,
        "date_created": "2026-10-01T09:00:00",
        "date_created_gmt": "2026-10-01T07:00:00",
        "date_modified": "2026-10-02T10:30:00",
        "date_modified_gmt": "2026-10-02T08:30:00",
        "date_paid": "2026-10-01T09:00:00",
        "date_paid_gmt": "2026-10-01T07:00:00",
        "date_completed": None,
        "date_completed_gmt": None,
        "discount_total": "0.00",
        "discount_tax": "0.00",
        "shipping_total": "5.00",
        "shipping_tax": "0.00",
        "cart_tax": "0.00",
        "total": "45.00",
        "total_tax": "0.00",
        "customer_id": 12,
        "order_key": "wc_order_invented",
        "billing": address(email="ines@example.test"),
        "shipping": address(),
        "payment_method": "invented_card",
        "payment_method_title": "Card",
        "transaction_id": "t-1",
        "customer_ip_address": "203.0.113.9",
        "customer_user_agent": "A browser",
        "created_via": "checkout",
        "customer_note": "",
        "cart_hash": "c0ffee",
        "number": "4711",
        "meta_data": [],
        "line_items": [line()],
        "tax_lines": [],
        "shipping_lines": [shipping_line()],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
        "payment_url": f"{SHOP}/checkout/order-pay/4711/?pay_for_order=true&key=wc_order_invented",
        "is_editable": False,
        "needs_payment": False,
        "needs_processing": True,
        "currency_symbol": "€",
        "_links": {"self": [{"href": f"{SHOP}/wp-json/wc/v3/orders/4711"}]},
    }
    return body | changes


def refund(quantity: int = 1, total: str = "40.00", of: int = 501, **changes: Any) -> Json:
    """A refund, as its own address tells it."""
    item = line(quantity=-quantity, total=f"-{total}", subtotal=f"-{total}", id=9001)
    item["meta_data"] = [meta("_refunded_item_id", str(of))]
    body = {
        "id": 801,
        "date_created": "2026-10-03T09:00:00",
        "date_created_gmt": "2026-10-03T07:00:00",
        "amount": total,
        "reason": "Sold out",
        "refunded_by": 1,
        "refunded_payment": True,
        "meta_data": [],
        "line_items": [item],
        "shipping_lines": [],
        "fee_lines": [],
        "tax_lines": [],
        "_links": {"up": [{"href": f"{SHOP}/wp-json/wc/v3/orders/4711"}]},
    }
    return body | changes


def fulfilment(number: int = 1, items: tuple[tuple[int, int], ...] = ((501, 1),), **changes: Any) -> Json:
    """A fulfilment, as a list of them tells it."""
    told = {
        "_items": [{"item_id": item, "qty": quantity} for item, quantity in items],
        "_tracking_number": "6A00000000001",
        "_shipment_provider": "colissimo",
        "_tracking_url": "https://carrier.example/6A00000000001",
        "_date_fulfilled": "2026-10-02T08:00:00Z",
    } | changes.pop("meta", {})
    body = {
        "id": number,
        "entity_type": "WC_Order",
        "entity_id": "4711",
        "status": "fulfilled",
        "is_fulfilled": "1",
        "date_updated": "2026-10-02T08:00:00Z",
        "date_deleted": None,
        "meta_data": [{"id": n, "key": key, "value": value} for n, (key, value) in enumerate(told.items()) if value],
    }
    return body | changes


def tracked(*entries: Json) -> Json:
    """The entry of an order that shipment tracking plugins write."""
    return {"id": 1, "key": "_wc_shipment_tracking_items", "value": list(entries)}


def tracking(number: str = "1Z999AA10123456784", **changes: Any) -> Json:
    """One of their numbers."""
    body = {
        "tracking_provider": "UPS",
        "custom_tracking_provider": "",
        "custom_tracking_link": "",
        "tracking_number": number,
        "date_shipped": "1790899200",
        "tracking_id": f"id-of-{number}",
    }
    return body | changes
