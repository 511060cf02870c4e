"""Invented Shopify orders in the documented format of webhook bodies."""

from __future__ import annotations

from typing import Any

from portal.platforms.neutral import Line, NeutralOrder
from portal.platforms.shopify import documents

Json = dict[str, Any]

STEP = 32768  # between the ids of lines that were created together
FIRST = "gid://shopify/LineItem/44000000000001"
SECOND = f"gid://shopify/LineItem/{44000000000001 + STEP}"


def read(**changes: Any) -> NeutralOrder:
    """The neutral order of a webhook body with these changes."""
    (found,) = documents(order(**changes))
    return found


def units(found: Line) -> tuple[int, ...]:
    """(ordered, current, fulfilled, refunded, removed)."""
    quantity = found.quantity
    return (quantity.ordered, quantity.current, quantity.fulfilled, quantity.refunded, quantity.removed)


def money(shop: str, buyer: str | None = None, currencies: tuple[str, str] = ("EUR", "EUR")) -> Json:
    """A money set; the buyer's amount is the shop's unless given."""
    return {
        "shop_money": {"amount": shop, "currency_code": currencies[0]},
        "presentment_money": {"amount": shop if buyer is None else buyer, "currency_code": currencies[1]},
    }


def line(number: int = 0, **changes: Any) -> Json:
    """An order line of a webhook body."""
    own = 44000000000001 + number * STEP
    body = {
        "id": own,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{own}",
        "current_quantity": 1,
        "fulfillable_quantity": 1,
        "fulfillment_status": None,
        "gift_card": False,
        "name": "Linen apron - M / Sage",
        "price": "40.00",
        "price_set": money("40.00"),
        "product_id": 7001 + number,
        "properties": [],
        "quantity": 1,
        "requires_shipping": True,
        "sku": f"APRON-{number}",
        "title": "Linen apron",
        "variant_id": 9001 + number,
        "variant_title": "M / Sage",
        "tax_lines": [],
        "discount_allocations": [],
    }
    return body | changes


def address(**changes: Any) -> Json:
    """A postal address of a webhook body."""
    body = {
        "first_name": "Inès",
        "last_name": "Ferrand",
        "name": "Inès Ferrand",
        "company": None,
        "address1": "4 quai des Tanneurs",
        "address2": "",
        "zip": "69005",
        "city": "Lyon",
        "province": None,
        "province_code": None,
        "country": "France",
        "country_code": "FR",
        "phone": "+33400000000",
        "latitude": 45.76,
        "longitude": 4.82,
    }
    return body | changes


def order(**changes: Any) -> Json:
    """An orders/* webhook body with one line."""
    body = {
        "id": 5550000000001,
        "admin_graphql_api_id": "gid://shopify/Order/5550000000001",
        "cancel_reason": None,
        "cancelled_at": None,
        "closed_at": None,
        "confirmation_number": "QK7PLM",
        "contact_email": "ines@example.test",
        "created_at": "2026-10-01T09:00:00+02:00",
        "currency": "EUR",
        "current_shipping_price_set": money("5.00"),
        "current_subtotal_price": "40.00",
        "current_subtotal_price_set": money("40.00"),
        "current_total_additional_fees_set": None,
        "current_total_discounts_set": money("0.00"),
        "current_total_duties_set": None,
        "current_total_price": "45.00",
        "current_total_price_set": money("45.00"),
        "current_total_tax_set": money("7.50"),
        "customer_locale": "fr-FR",
        "email": "ines@example.test",
        "financial_status": "paid",
        "fulfillment_status": None,
        "name": "#3001",
        "note": None,
        "number": 2001,
        "order_number": 3001,
        "order_status_url": "https://atelier-demo.myshopify.com/77/orders/abc/authenticate?key=def",
        "phone": None,
        "presentment_currency": "EUR",
        "processed_at": "2026-10-01T09:00:00+02:00",
        "tags": "gift, priority",
        "taxes_included": True,
        "test": False,
        "total_outstanding": "0.00",
        "updated_at": "2026-10-02T10:30:00+02:00",
        "billing_address": address(),
        "shipping_address": address(),
        "customer": {
            "id": 8001,
            "admin_graphql_api_id": "gid://shopify/Customer/8001",
            "first_name": "Inès",
            "last_name": "Ferrand",
            "email": "ines@example.test",
            "phone": None,
            "verified_email": True,
        },
        "discount_applications": [],
        "fulfillments": [],
        "line_items": [line()],
        "refunds": [],
        "returns": [],
        "shipping_lines": [{"id": 1, "code": "Standard", "title": "Standard", "price": "5.00", "is_removed": False}],
    }
    return body | changes


def fulfilment(number: int = 1, **changes: Any) -> Json:
    """A fulfilment of a webhook body with one unit of the first line."""
    body = {
        "id": 660 + number,
        "admin_graphql_api_id": f"gid://shopify/Fulfillment/{660 + number}",
        "created_at": "2026-10-02T08:00:00+02:00",
        "status": "success",
        "shipment_status": "in_transit",
        "tracking_company": "UPS",
        "tracking_number": "1Z0000000000000001",
        "tracking_numbers": ["1Z0000000000000001"],
        "tracking_url": "https://example.test/1",
        "tracking_urls": ["https://example.test/1"],
        "line_items": [line(quantity=1)],
    }
    return body | changes


def refund(quantity: int = 1, paid: str | None = "40.00", **changes: Any) -> Json:
    """A refund of units of the first line; without `paid`, units that an edit took away."""
    payment = {"id": 1, "kind": "refund", "status": "success", "amount": paid, "currency": "EUR"}
    body = {
        "id": 771,
        "admin_graphql_api_id": "gid://shopify/Refund/771",
        "created_at": "2026-10-03T08:00:00+02:00",
        "processed_at": "2026-10-03T08:00:00+02:00",
        "note": None,
        "user_id": 12,
        "transactions": [payment] if paid else [],
        "refund_line_items": [
            {
                "id": 1,
                "line_item_id": line()["id"],
                "quantity": quantity,
                "restock_type": "cancel",
                "subtotal_set": money("40.00"),
                "total_tax_set": money("0.00"),
            }
        ],
    }
    return body | changes
