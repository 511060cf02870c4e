"""The shop's records as Shopify's schema has them: members by name, lists by pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from portal.platforms.neutral.money import exponent
from portal.platforms.shopify.editing.sums import decimal
from tests.support.shopify.records import Item, Order, Pair, Parcel, Refund, Return, Variant, Work, less, times
from tests.support.shopify.shop import DOMAIN, Shop

Json = dict[str, Any]


def money(minor: int, currency: str) -> Json:
    return {"amount": decimal(minor, currency), "currencyCode": currency}


def bag(pair: Pair, currencies: tuple[str, str]) -> Json:
    return {"shopMoney": money(pair[0], currencies[0]), "presentmentMoney": money(pair[1], currencies[1])}


def stamp(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def connection(items: Callable[[], Sequence[Any]]) -> Callable[..., Json]:
    """A list by pages; a cursor is the number of the item before."""

    def resolve(
        _: object, first: int | None = None, after: str | None = None, reverse: bool = False, **__: object
    ) -> Json:
        every = list(items())[::-1] if reverse else list(items())
        start = int(after) + 1 if after is not None else 0
        page = every[start:] if first is None else every[start : start + first]
        last = start + len(page) - 1
        return {
            "nodes": page,
            "edges": [{"cursor": str(start + number), "node": node} for number, node in enumerate(page)],
            "pageInfo": {"hasNextPage": last < len(every) - 1, "endCursor": str(last) if page else None},
        }

    return resolve


def first_of(items: Callable[[], Sequence[Any]]) -> Callable[..., Sequence[Any]]:
    """A plain list, cut."""
    return lambda _, first=None, **__: items()[:first]


def order_view(shop: Shop, order: Order) -> Json:
    """An Order."""
    pair = order.currencies
    return {
        "__typename": "Order",
        "id": order.id, "name": order.name, "confirmationNumber": "V9ENVL83C", "test": False,
        "createdAt": stamp(order.placed), "processedAt": stamp(order.placed), "updatedAt": stamp(order.updated),
        "cancelledAt": stamp(order.cancelled), "cancelReason": order.cancel_reason, "closedAt": stamp(order.closed),
        "edited": order.edited, "displayFinancialStatus": shop.is_paid(order),
        "displayFulfillmentStatus": _fulfilment(order),
        "returnStatus": "RETURN_REQUESTED" if order.returns else "NO_RETURN",
        "merchantEditable": order.cancelled is None and order.closed is None, "merchantEditableErrors": [],
        "currencyCode": pair[0], "presentmentCurrencyCode": pair[1], "taxesIncluded": order.taxes_included,
        "customerLocale": order.locale, "email": order.email, "phone": None, "note": order.note, "tags": [],
        "sourceName": "web", "customAttributes": order.attributes,
        "customer": _customer(order), "shippingAddress": _address(order.address),
        "billingAddress": _address(order.address),
        "currentSubtotalPriceSet": bag(order.lines_worth, pair),
        "currentShippingPriceSet": bag(order.shipping_now, pair),
        "currentTotalTaxSet": bag(order.tax, pair), "currentTotalDiscountsSet": bag(_discounts(order), pair),
        "currentTotalPriceSet": bag(order.total, pair), "currentTotalAdditionalFeesSet": None,
        "currentTotalDutiesSet": None,
        "totalRefundedSet": bag(order.refunded, pair), "totalOutstandingSet": bag(order.outstanding, pair),
        "totalTipReceivedSet": bag((0, 0), pair),
        "paymentCollectionDetails": {"additionalPaymentCollectionUrl": _pay_url(order)},
        "cancellation": {"staffNote": order.cancel_note} if order.cancelled else None,
        "metafield": lambda _, key, namespace: metafield(order, namespace, key),
        "shippingLines": connection(lambda: [_rate(order)] if order.shipping != (0, 0) else []),
        "lineItems": connection(lambda: [line_view(order, item) for item in order.items]),
        "fulfillmentOrders": connection(lambda: [work_view(order, work) for work in order.works]),
        "fulfillments": first_of(lambda: [parcel_view(order, parcel) for parcel in order.parcels]),
        "refunds": first_of(lambda: [refund_view(order, refund) for refund in order.refunds]),
        "returns": connection(lambda: [return_view(order, one) for one in order.returns]),
    }  # fmt: skip


def metafield(order: Order, namespace: str, key: str) -> Json | None:
    """A mark on the order, with what it is compared by."""
    value = order.metafields.get((namespace, key))
    return (
        None if value is None else {"id": "gid://shopify/Metafield/1", "value": value, "compareDigest": digest(value)}
    )


def digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def line_view(order: Order, item: Item) -> Json:
    """A LineItem."""
    pair, variant = order.currencies, item.variant
    off = less(times(item.unit, item.quantity), item.worth(item.quantity))
    allocations = [{
        "allocatedAmountSet": bag(off, pair),
        "discountApplication": {"__typename": "DiscountCodeApplication", "code": "LUNE"},
    }] if item.percent else []  # fmt: skip
    return {
        "id": item.id, "name": item.title, "title": item.title, "variantTitle": variant.title if variant else None,
        "sku": None, "quantity": item.quantity, "currentQuantity": item.current,
        "unfulfilledQuantity": order.waiting(item.id), "merchantEditable": True, "requiresShipping": item.ships,
        "isGiftCard": item.gift_card,
        "customAttributes": [{"key": key, "value": value} for key, value in item.properties],
        "image": None, "sellingPlan": None,
        "product": _product(variant) if variant else None, "variant": variant and variant_view(variant, pair),
        "originalUnitPriceSet": bag(item.unit, pair), "discountedTotalSet": bag(item.worth(item.quantity), pair),
        "discountedUnitPriceAfterAllDiscountsSet": bag(item.worth(1), pair),
        "taxLines": [{"priceSet": bag(order.tax_of(item, item.quantity), pair)}], "discountAllocations": allocations,
    }  # fmt: skip


def variant_view(variant: Variant, pair: tuple[str, str]) -> Json:
    """A ProductVariant."""
    return {
        "__typename": "ProductVariant", "id": variant.id, "title": variant.title,
        "price": decimal(variant.price[0], pair[0]), "availableForSale": variant.stock is None or variant.stock > 0,
        "inventoryPolicy": "DENY", "inventoryQuantity": variant.stock,
        "inventoryItem": {"tracked": variant.stock is not None}, "product": _product(variant),
        "selectedOptions": [{"name": name, "value": value} for name, value in variant.options],
        "contextualPricing": lambda _, **__: {"price": money(variant.price[1], pair[1])},
    }  # fmt: skip


def work_view(order: Order, work: Work) -> Json:
    """A FulfillmentOrder."""
    place = work.destination
    return {
        "__typename": "FulfillmentOrder", "id": work.id, "orderId": order.id, "status": work.status,
        "requestStatus": work.request, "fulfillAt": stamp(order.placed), "fulfillBy": None,
        "updatedAt": stamp(order.updated),
        "fulfillmentHolds": work.holds,
        "deliveryMethod": {
            "methodType": work.method, "presentedName": "Colissimo" if work.method == "SHIPPING" else "Boutique",
            "minDeliveryDateTime": None, "maxDeliveryDateTime": None, "additionalInformation": None,
        },
        "assignedLocation": {
            "name": work.location[1], "address1": "1 rue du Port", "city": "Lyon", "zip": "69001", "countryCode": "FR",
            "location": {"id": work.location[0], "name": work.location[1]},
        },
        "destination": None if place is None else {**place, "location": None},
        "lineItems": connection(lambda: [{
            "id": line.id, "remainingQuantity": line.remaining, "totalQuantity": line.total,
            "lineItem": {"id": line.item},
        } for line in work.lines]),
    }  # fmt: skip


def parcel_view(order: Order, parcel: Parcel) -> Json:
    """A Fulfillment."""
    lines = [{"id": own, "quantity": quantity, "lineItem": {"id": item}} for own, item, quantity in parcel.lines]
    return {
        "__typename": "Fulfillment", "id": parcel.id, "status": parcel.status, "displayStatus": parcel.display,
        "createdAt": stamp(parcel.at), "updatedAt": stamp(parcel.at), "inTransitAt": None,
        "deliveredAt": stamp(parcel.delivered), "estimatedDeliveryAt": None,
        "totalQuantity": sum(quantity for _, _, quantity in parcel.lines),
        "trackingInfo": [parcel.tracking] if parcel.tracking else [],
        "fulfillmentOrders": connection(lambda: [{"id": parcel.work}]),
        "events": connection(lambda: sorted(parcel.events, key=lambda event: event["happenedAt"])),
        "fulfillmentLineItems": connection(lambda: lines),
    }  # fmt: skip


def refund_view(order: Order, refund: Refund) -> Json:
    """A Refund."""
    pair = order.currencies
    kept = [{"reason": "RESTOCK", "amountSet": bag(refund.kept_back, pair), "taxAmountSet": bag((0, 0), pair)}]
    lines = [{
        "quantity": line["quantity"], "restockType": line["restock"], "subtotalSet": bag(line["subtotal"], pair),
        "totalTaxSet": bag(line["tax"], pair), "lineItem": {"id": line["item"]},
    } for line in refund.lines]  # fmt: skip
    return {
        "__typename": "Refund", "id": refund.id, "createdAt": stamp(refund.at), "processedAt": stamp(refund.at),
        "note": refund.note, "totalRefundedSet": bag(refund.paid, pair),
        "transactions": connection(lambda: [{"kind": "REFUND", "status": "SUCCESS"}] if refund.paid[1] else []),
        "orderAdjustments": connection(lambda: kept if refund.kept_back[1] else []),
        "refundLineItems": connection(lambda: lines),
    }  # fmt: skip


def return_view(order: Order, one: Return) -> Json:
    """A Return."""
    lines = [{
        "__typename": "ReturnLineItem", "id": line["id"], "quantity": line["quantity"], "customerNote": line["note"],
        "fulfillmentLineItem": {"lineItem": {"id": line["item"]}},
    } for line in one.lines]  # fmt: skip
    return {
        "__typename": "Return", "id": one.id, "name": f"{order.name}-R1", "status": one.status,
        "createdAt": stamp(one.at),
        "requestApprovedAt": None, "closedAt": None, "decline": None, "order": {"id": order.id},
        "returnLineItems": connection(lambda: lines),
    }  # fmt: skip


def minor(amount: str, currency: str) -> int:
    """Decimal text as minor units."""
    whole, _, part = amount.partition(".")
    digits = exponent(currency)
    scale: int = 10**digits
    return int(whole) * scale + int((part + "0" * digits)[:digits] or 0)


def _product(variant: Variant) -> Json:
    return {"__typename": "Product", "id": variant.product, "productType": "T-shirts", "tags": [], "category": None}


def _customer(order: Order) -> Json | None:
    who = order.customer
    if who is None:
        return None
    email = who.get("email")
    return {
        "id": who["id"], "firstName": who.get("firstName"), "lastName": who.get("lastName"), "verifiedEmail": True,
        "defaultEmailAddress": {"emailAddress": email} if email else None, "defaultPhoneNumber": None,
    }  # fmt: skip


def _address(place: Json | None) -> Json | None:
    if place is None:
        return None
    name = " ".join(part for part in (place.get("firstName"), place.get("lastName")) if part)
    return {
        **place,
        "name": name or None,
        "countryCodeV2": place.get("countryCode"),
        "latitude": None,
        "longitude": None,
    }


def _rate(order: Order) -> Json:
    return {
        "id": "gid://shopify/ShippingLine/1", "title": "Colissimo", "code": "COLISSIMO", "source": "shopify",
        "deliveryCategory": None, "custom": False, "isRemoved": False,
        "currentDiscountedPriceSet": bag(order.shipping, order.currencies),
    }  # fmt: skip


def _discounts(order: Order) -> Pair:
    whole = [less(times(item.unit, item.current), item.worth(item.current)) for item in order.items]
    return sum(pair[0] for pair in whole), sum(pair[1] for pair in whole)


def _fulfilment(order: Order) -> str:
    waiting = sum(order.waiting(item.id) for item in order.items)
    if any(work.status == "ON_HOLD" for work in order.works):
        return "ON_HOLD"
    if not order.parcels:
        return "UNFULFILLED"
    return "PARTIALLY_FULFILLED" if waiting else "FULFILLED"


def _pay_url(order: Order) -> str | None:
    return f"https://{DOMAIN}/pay/{order.id[-4:]}" if order.outstanding[1] > 0 else None
