"""Invented Shopify orders in the shape of the Admin API's answers."""

from __future__ import annotations

from typing import Any

from tests.platforms.shopify_samples import STEP

Json = dict[str, Any]


def bag(amount: str, buyer: str | None = None, currencies: tuple[str, str] = ("EUR", "EUR")) -> Json:
    """A MoneyBag of a GraphQL answer."""
    return {
        "shopMoney": {"amount": amount, "currencyCode": currencies[0]},
        "presentmentMoney": {"amount": amount if buyer is None else buyer, "currencyCode": currencies[1]},
    }


def graph_line(number: int = 0, **changes: Any) -> Json:
    """A LineItem."""
    body = {
        "id": f"gid://shopify/LineItem/{44000000000001 + number * STEP}",
        "name": "Linen apron - M / Sage",
        "title": "Linen apron",
        "variantTitle": "M / Sage",
        "sku": f"APRON-{number}",
        "quantity": 3,
        "currentQuantity": 3,
        "unfulfilledQuantity": 2,
        "nonFulfillableQuantity": 0,
        "refundableQuantity": 3,
        "merchantEditable": True,
        "requiresShipping": True,
        "isGiftCard": False,
        "restockable": True,
        "customAttributes": [{"key": "Embroidery", "value": "I.F."}, {"key": "_batch", "value": "7"}],
        "image": {"url": "https://cdn.example.test/apron.jpg", "altText": "An apron"},
        "sellingPlan": None,
        "product": {"id": f"gid://shopify/Product/{7001 + number}", "tags": ["Final Sale"]},
        "variant": {
            "id": f"gid://shopify/ProductVariant/{9001 + number}",
            "selectedOptions": [{"name": "Size", "value": "M"}, {"name": "Colour", "value": "Sage"}],
        },
        "discountedUnitPriceAfterAllDiscountsSet": bag("36.67"),
        "originalUnitPriceSet": bag("40.00"),
        "discountedTotalSet": bag("110.00"),
    }
    return body | changes


def work(number: int = 1, **changes: Any) -> Json:
    """A FulfillmentOrder with two units of the first line left."""
    body = {
        "id": f"gid://shopify/FulfillmentOrder/{880 + number}",
        "status": "OPEN",
        "requestStatus": "UNSUBMITTED",
        "fulfillAt": "2026-10-01T09:00:00Z",
        "fulfillBy": "2026-10-05T09:00:00Z",
        "updatedAt": "2026-10-02T09:00:00Z",
        "supportedActions": [{"action": "CREATE_FULFILLMENT"}],
        "fulfillmentHolds": [],
        "deliveryMethod": {
            "methodType": "SHIPPING",
            "presentedName": "Standard",
            "minDeliveryDateTime": "2026-10-06T08:00:00Z",
            "maxDeliveryDateTime": "2026-10-08T20:00:00Z",
            "additionalInformation": {"instructions": "Second bell", "phone": None},
        },
        "assignedLocation": {
            "name": "Atelier Lyon",
            "location": {"id": "gid://shopify/Location/5"},
            "address1": "1 rue du Port",
            "city": "Lyon",
            "zip": "69002",
            "countryCode": "FR",
        },
        "destination": {
            "address1": "4 quai des Tanneurs",
            "address2": None,
            "city": "Lyon",
            "zip": "69005",
            "countryCode": "FR",
            "location": None,
        },
        "lineItems": {
            "nodes": [
                {
                    "id": "gid://shopify/FulfillmentOrderLineItem/1",
                    "remainingQuantity": 2,
                    "totalQuantity": 3,
                    "lineItem": {"id": "gid://shopify/LineItem/44000000000001"},
                }
            ]
        },
    }
    return body | changes


def graph_fulfilment(**changes: Any) -> Json:
    """A Fulfillment with one unit of the first line, two numbers and two events."""
    body = {
        "id": "gid://shopify/Fulfillment/661",
        "name": "#3001-F1",
        "status": "SUCCESS",
        "displayStatus": "OUT_FOR_DELIVERY",
        "createdAt": "2026-10-02T06:00:00Z",
        "updatedAt": "2026-10-03T06:00:00Z",
        "inTransitAt": "2026-10-02T12:00:00Z",
        "deliveredAt": None,
        "estimatedDeliveryAt": "2026-10-03T16:00:00Z",
        "totalQuantity": 1,
        "trackingInfo": [
            {"company": "UPS", "number": "1Z0000000000000001", "url": "https://example.test/1"},
            {"company": "Pigeon & Sons", "number": "PS2", "url": None},
        ],
        "fulfillmentLineItems": {
            "nodes": [
                {
                    "id": "gid://shopify/FulfillmentLineItem/1",
                    "quantity": 1,
                    "lineItem": {"id": "gid://shopify/LineItem/44000000000001"},
                }
            ]
        },
        "events": {
            "nodes": [
                {
                    "id": "gid://shopify/FulfillmentEvent/1",
                    "status": "IN_TRANSIT",
                    "happenedAt": "2026-10-02T12:00:00Z",
                    "message": "Left the hub",
                    "city": "Mâcon",
                    "province": None,
                    "country": "FR",
                    "zip": "71000",
                    "estimatedDeliveryAt": None,
                }
            ]
        },
    }
    return body | changes


def graph_order(**changes: Any) -> Json:
    """An Order with every member that the portal's query asks for."""
    body = {
        "id": "gid://shopify/Order/5550000000001",
        "legacyResourceId": "5550000000001",
        "name": "#3001",
        "number": 3001,
        "confirmationNumber": "QK7PLM",
        "createdAt": "2026-10-01T07:00:00Z",
        "processedAt": "2026-10-01T07:00:00Z",
        "updatedAt": "2026-10-03T08:30:00Z",
        "cancelledAt": None,
        "cancelReason": None,
        "closedAt": None,
        "edited": False,
        "test": False,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "PARTIALLY_FULFILLED",
        "returnStatus": "NO_RETURN",
        "merchantEditable": True,
        "merchantEditableErrors": [],
        "currencyCode": "EUR",
        "presentmentCurrencyCode": "EUR",
        "taxesIncluded": True,
        "customerLocale": "fr-FR",
        "email": "ines@example.test",
        "phone": None,
        "note": "Ring twice",
        "tags": ["gift", "priority"],
        "statusPageUrl": "https://atelier-demo.myshopify.com/77/orders/abc",
        "customAttributes": [],
        "customer": {
            "id": "gid://shopify/Customer/8001",
            "legacyResourceId": "8001",
            "displayName": "Inès Ferrand",
            "firstName": "Inès",
            "lastName": "Ferrand",
            "locale": "fr",
            "defaultEmailAddress": {"emailAddress": "ines@example.test"},
            "defaultPhoneNumber": None,
        },
        "shippingAddress": {
            "firstName": "Inès",
            "lastName": "Ferrand",
            "company": None,
            "address1": "4 quai des Tanneurs",
            "address2": None,
            "city": "Lyon",
            "provinceCode": None,
            "zip": "69005",
            "countryCodeV2": "FR",
            "phone": None,
        },
        "currentTotalPriceSet": bag("115.00"),
        "totalRefundedSet": bag("0.00"),
        "totalOutstandingSet": bag("0.00"),
        "currentSubtotalPriceSet": bag("110.00"),
        "currentShippingPriceSet": bag("5.00"),
        "currentTotalTaxSet": bag("19.17"),
        "currentTotalDiscountsSet": bag("10.00"),
        "paymentCollectionDetails": {"additionalPaymentCollectionUrl": None},
        "shippingLines": {"nodes": [{"id": "gid://shopify/ShippingLine/1", "title": "Standard", "code": "Standard",
                                     "source": "shopify", "deliveryCategory": None,
                                     "currentDiscountedPriceSet": bag("5.00"), "isRemoved": False}]},
        "lineItems": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": [graph_line()]},
        "fulfillmentOrders": {"nodes": [work()]},
        "fulfillments": [graph_fulfilment()],
        "refunds": [],
        "returns": {"nodes": []},
    }  # fmt: skip
    return body | changes


def answer(**changes: Any) -> Json:
    """A whole answer of the Admin API."""
    return {"data": {"order": graph_order(**changes)}}
