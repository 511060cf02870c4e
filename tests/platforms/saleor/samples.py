"""Invented Saleor orders: as its GraphQL API answers, and as its old fixed payloads tell them."""

from __future__ import annotations

from typing import Any

from portal.platforms.neutral import NeutralOrder
from portal.platforms.saleor import documents

Json = dict[str, Any]

ORDER_ID = "T3JkZXI6Nzc="
LINE_ID = "T3JkZXJMaW5lOjEx"
SAGE, SAND = "UHJvZHVjdFZhcmlhbnQ6MQ==", "UHJvZHVjdFZhcmlhbnQ6Mg=="


def money(gross: float, net: float, currency: str = "EUR") -> Json:
    """A price with its tax."""
    amounts = {"gross": gross, "net": net, "tax": round(gross - net, 3)}
    return {name: {"amount": value, "currency": currency} for name, value in amounts.items()}


def address(**changes: Any) -> Json:
    """An address."""
    body = {
        "firstName": "Ada", "lastName": "von Ahn", "companyName": "", "streetAddress1": "Kanalstr. 8",
        "streetAddress2": "", "city": "Leipzig", "cityArea": "", "postalCode": "04229", "country": {"code": "DE"},
        "countryArea": "", "phone": "+4934100000",
    }  # fmt: skip
    return body | changes


def variant(variant_id: str = SAGE, **changes: Any) -> Json:
    """A variant of a linen apron."""
    name = {SAGE: "Sage", SAND: "Sand"}.get(variant_id, "Slate")
    body = {
        "id": variant_id, "name": f"M / {name}", "sku": f"APRON-{name}",
        "attributes": [
            {"attribute": {"name": "Size"}, "values": [{"name": "M"}]},
            {"attribute": {"name": "Colour"}, "values": [{"name": name}]},
        ],
        "product": {"id": "UHJvZHVjdDo3", "category": {"name": "Aprons"}, "collections": [{"name": "Linen"}],
                    "productType": {"kind": "NORMAL"}},
    }  # fmt: skip
    return body | changes


def line(line_id: str = LINE_ID, quantity: int = 3, **changes: Any) -> Json:
    """Three aprons of 23.80, 19 % of tax in it."""
    body = {
        "id": line_id, "productName": "Linen apron", "variantName": "M / Sage", "productSku": "APRON-Sage",
        "isShippingRequired": True, "quantity": quantity, "taxRate": 0.19, "thumbnail": {"url": "https://x.test/a.jpg"},
        "unitPrice": money(23.8, 20.0), "undiscountedUnitPrice": money(23.8, 20.0),
        "totalPrice": money(round(23.8 * quantity, 2), 20.0 * quantity), "metadata": [], "variant": variant(),
    }  # fmt: skip
    return body | changes


def fulfilment(quantity: int = 1, status: str = "FULFILLED", **changes: Any) -> Json:
    """A fulfilment of the first line."""
    body = {
        "id": "RnVsZmlsbG1lbnQ6MQ==", "status": status, "created": "2026-10-03T08:00:00+00:00",
        "trackingNumber": "00340434161094022115", "totalRefundedAmount": None, "shippingRefundedAmount": None,
        "lines": [{"quantity": quantity, "orderLine": {"id": LINE_ID}}],
    }  # fmt: skip
    return body | changes


def order(**changes: Any) -> Json:
    """An order that is confirmed and paid."""
    body = {
        "id": ORDER_ID, "number": "77", "created": "2026-10-01T08:00:00+00:00",
        "updatedAt": "2026-10-02T09:30:00.123456+00:00", "status": "UNFULFILLED", "origin": "CHECKOUT",
        "languageCode": "DE_AT", "displayGrossPrices": True, "isShippingRequired": True,
        "paymentStatus": "FULLY_CHARGED", "chargeStatus": "FULL", "authorizeStatus": "FULL",
        "customerNote": "Please ring twice", "voucherCode": None, "shippingMethodName": "DHL",
        "collectionPointName": None, "channel": {"slug": "eu", "currencyCode": "EUR"},
        "userEmail": "ada@example.test", "user": {"id": "VXNlcjo5", "firstName": "Ada", "lastName": "von Ahn"},
        "billingAddress": address(), "shippingAddress": address(), "metadata": [], "privateMetadata": [],
        "total": money(77.35, 65.0), "subtotal": money(71.4, 60.0), "shippingPrice": money(5.95, 5.0),
        "totalCharged": {"amount": 77.35, "currency": "EUR"}, "totalRefunded": {"amount": 0.0, "currency": "EUR"},
        "discounts": [],
        "deliveryMethod": {"__typename": "ShippingMethod", "id": "QXBwOjE=", "name": "DHL", "minimumDeliveryDays": 2,
                           "maximumDeliveryDays": 4},
        "lines": [line()], "fulfillments": [],
    }  # fmt: skip
    return body | changes


def unpaid(**changes: Any) -> Json:
    """An order that nobody at the shop has confirmed yet, and that is not paid."""
    none = {"amount": 0.0, "currency": "EUR"}
    open_ = {"status": "UNCONFIRMED", "paymentStatus": "NOT_CHARGED", "chargeStatus": "NONE", "authorizeStatus": "NONE"}
    return order(**{**open_, "totalCharged": none, **changes})


def old(**changes: Any) -> Json:
    """The order as the payloads from before subscriptions tell it."""
    where = {
        "type": "Address", "id": "QWRkcmVzczo0", "first_name": "Ada", "last_name": "von Ahn", "company_name": "",
        "street_address_1": "Kanalstr. 8", "street_address_2": "", "city": "Leipzig", "city_area": "",
        "postal_code": "04229", "country": "DE", "country_area": "", "phone": "+4934100000",
    }  # fmt: skip
    body = {
        "type": "Order", "id": ORDER_ID, "channel": {"type": "Channel", "slug": "eu", "currency_code": "EUR"},
        "shipping_address": where, "billing_address": where, "discounts": [], "token": "7b1", "number": "77",
        "user_email": "ada@example.test", "created": "2026-10-01T08:00:00Z", "original": "T3JkZXI6MQ==",
        "lines": [{
            "type": "OrderLine", "id": LINE_ID, "product_name": "Linen apron", "variant_name": "M / Sage",
            "product_sku": "APRON-Sage", "quantity": 3, "currency": "EUR", "unit_price_net_amount": "20.00",
            "unit_price_gross_amount": "23.80", "total_price_net_amount": "60.00", "total_price_gross_amount": "71.40",
            "undiscounted_unit_price_net_amount": "20.00", "undiscounted_unit_price_gross_amount": "23.80",
            "tax_rate": "0.1900", "product_variant_id": SAGE, "allocations": [],
        }],
        "fulfillments": [{
            "type": "Fulfillment", "id": "RnVsZmlsbG1lbnQ6MQ==", "status": "fulfilled", "tracking_number": "4711",
            "shipping_refund_amount": None, "total_refund_amount": None, "created": "2026-10-03T08:00:00Z",
            "lines": [{"type": "FulfillmentLine", "quantity": 1, "product_sku": "APRON-Sage",
                       "product_variant_id": SAGE}],
        }],
        "payments": [
            {"type": "Payment", "is_active": False, "charge_status": "refused", "captured_amount": "0.00"},
            {"type": "Payment", "is_active": True, "charge_status": "fully-charged", "captured_amount": "77.35"},
        ],
        "shipping_method": {"type": "ShippingMethod", "name": "DHL"}, "collection_point": None,
        "status": "partially fulfilled", "origin": "checkout", "shipping_method_name": "DHL",
        "collection_point_name": None, "shipping_price_net_amount": "5.00", "shipping_price_gross_amount": "5.95",
        "language_code": "de", "private_metadata": {}, "metadata": {}, "total_net_amount": "65.00",
        "total_gross_amount": "77.35", "meta": {"issued_at": "2026-10-03T08:00:01Z", "version": "3.20.1"},
    }  # fmt: skip
    return body | changes


def read(body: Json) -> NeutralOrder:
    """The neutral order of a body."""
    (found,) = documents(body, "shop.example")
    return found
