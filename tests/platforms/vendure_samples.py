"""Orders as Vendure's Admin API tells them, written for the tests."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

AT = "2026-11-20T09:30:00.250Z"


def line(identity: str, quantity: int, **more: Any) -> Json:
    """A shirt at 25.00, 20 % tax in it."""
    total = quantity * more.pop("price", 2500)
    return {
        "id": identity,
        "quantity": quantity,
        "orderPlacedQuantity": quantity,
        "unitPrice": 2083,
        "unitPriceWithTax": 2500,
        "proratedLinePrice": round(total / 1.2),
        "proratedLinePriceWithTax": total,
        "discounts": [],
        "productVariant": {
            "id": f"v{identity}",
            "sku": f"TEE-{identity}",
            "name": f"Linen shirt {identity}",
            "options": [{"name": "M", "code": "m", "group": {"name": "Size", "code": "size"}}],
            "product": {"id": "p1", "name": "Linen shirt", "facetValues": []},
        },
        **more,
    }


def parcel(identity: str, units: dict[str, int], state: str = "Shipped", **more: Any) -> Json:
    """A fulfilment."""
    return {
        "id": identity,
        "state": state,
        "method": "Colissimo",
        "trackingCode": f"6A0000000000{identity}",
        "createdAt": AT,
        "updatedAt": AT,
        "lines": [{"orderLineId": key, "quantity": quantity} for key, quantity in units.items()],
        **more,
    }


def entry(identity: int, kind: str, data: Json, at: str = AT, **more: Any) -> Json:
    """An entry of the history."""
    return {"id": str(identity), "type": kind, "createdAt": at, "data": data, **more}


def order(*lines: Json, **more: Any) -> Json:
    """A paid order with 4.90 of shipping."""
    lines = lines or (line("1", 3), line("2", 1))
    goods = sum(one["proratedLinePriceWithTax"] for one in lines)
    return {
        "id": "77",
        "code": "QX7PL2",
        "state": "PaymentSettled",
        "type": "Regular",
        "orderPlacedAt": AT,
        "createdAt": AT,
        "updatedAt": AT,
        "currencyCode": "EUR",
        "subTotal": round(goods / 1.2),
        "subTotalWithTax": goods,
        "shipping": 408,
        "shippingWithTax": 490,
        "total": round(goods / 1.2) + 408,
        "totalWithTax": goods + 490,
        "channels": [{"code": "__default_channel__", "pricesIncludeTax": True}],
        "customer": {
            "id": "9",
            "firstName": "Inès",
            "lastName": "Ferrand",
            "emailAddress": "ines@mail.example",
            "phoneNumber": None,
            "user": None,
        },
        "shippingAddress": {
            "fullName": "Inès Ferrand",
            "company": None,
            "streetLine1": "4 quai Perrache",
            "streetLine2": "",
            "city": "Lyon",
            "province": None,
            "postalCode": "69002",
            "countryCode": "FR",
            "phoneNumber": "+33600000000",
        },
        "billingAddress": {"fullName": None, "countryCode": None},
        "shippingLines": [
            {
                "id": "5",
                "price": 408,
                "priceWithTax": 490,
                "shippingMethod": {
                    "code": "std",
                    "name": "Colissimo",
                    "fulfillmentHandlerCode": "manual-fulfillment",
                },
            }
        ],
        "discounts": [],
        "surcharges": [],
        "lines": list(lines),
        "fulfillments": [],
        "payments": [{"id": "3", "amount": goods + 490, "state": "Settled", "method": "card", "refunds": []}],
        "modifications": [],
        "history": {"items": []},
        "moves": {"items": []},
        **more,
    }


def answer(*orders: Json, precision: int = 2) -> Json:
    """The answer to the portal's own question."""
    root = {"globalSettings": {"serverConfig": {"moneyStrategyPrecision": precision}}}
    return {"data": {**root, "orders": {"items": list(orders)}}}
