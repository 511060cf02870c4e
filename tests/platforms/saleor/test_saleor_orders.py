"""Saleor's orders as neutral ones: from its API, from subscriptions of somebody's own, from its old fixed payloads."""

from __future__ import annotations

from typing import Any

import pytest

from portal.platforms.contract import Delivered, Document, Note, Problem, Value
from portal.platforms.saleor import PLATFORM
from tests.platforms.saleor.samples import (
    LINE_ID,
    SAGE,
    Json,
    address,
    fulfilment,
    line,
    money,
    old,
    order,
    read,
    unpaid,
    variant,
)


def entries(body: object, topic: str | None = None) -> list[Any]:
    """What the reader makes of one body."""
    return list(PLATFORM.read([Value(1, body, "")], Delivered("shop.example", topic)))


def test_an_order_as_the_api_answers_it() -> None:
    found = read({"data": {"order": order()}})
    assert (found.number, found.version, found.locale) == ("77", "2026-10-02T09:30:00.123456Z", "de-at")
    assert (found.source.platform, found.source.shop, found.source.channel) == ("saleor", "shop.example", "eu")
    assert (found.contact.email, found.customer and found.customer.external_id) == ("ada@example.test", "VXNlcjo5")
    assert found.address.shipping is not None
    assert (found.address.shipping.name, found.address.shipping.country) == ("Ada von Ahn", "DE")
    assert (found.state.payment, found.state.fulfilment, found.note) == ("paid", "unfulfilled", "Please ring twice")
    totals = found.totals
    assert [one.shop for one in (totals.lines, totals.shipping, totals.tax, totals.total, totals.outstanding)] == [
        7140, 595, 1235, 7735, 0,
    ]  # fmt: skip
    (apron,) = found.lines
    assert [(one.name, one.value) for one in apron.options] == [("Size", "M"), ("Colour", "Sage")]
    assert (apron.variant_id, apron.product_id, apron.sku) == (SAGE, "UHJvZHVjdDo3", "APRON-Sage")
    assert (apron.categories, apron.tags, apron.image_url) == (("Aprons",), ("Linen",), "https://x.test/a.jpg")
    assert (apron.quantity.ordered, apron.quantity.editable) == (3, 3)
    assert (apron.price.unit.shop, apron.price.total_after_discounts.shop, apron.price.tax.shop) == (2380, 7140, 1140)
    (way,) = found.deliveries
    assert (way.method, way.label, way.state) == ("shipping", "DHL", "open")
    assert way.promise is not None
    assert [one and one.isoformat()[:10] for one in (way.promise.earliest, way.promise.latest)] == [
        "2026-10-03", "2026-10-05",
    ]  # fmt: skip


def test_what_left_is_in_parcels_and_not_editable() -> None:
    found = read(order(status="PARTIALLY_FULFILLED", fulfillments=[fulfilment()]))
    quantity = found.lines[0].quantity
    assert (quantity.current, quantity.fulfilled, quantity.editable) == (3, 1, 2)
    (parcel,) = found.parcels
    assert (parcel.allocation, parcel.status, parcel.tracking[0].carrier) == ("exact", "handed_over", "dhl_unified")
    assert [(one.line_id, one.quantity) for one in parcel.lines] == [(LINE_ID, 1)]
    assert (found.state.fulfilment, found.deliveries[0].lines[0].remaining) == ("partial", 2)


def test_a_link_where_the_number_goes_is_a_link() -> None:
    found = read(order(fulfillments=[fulfilment(trackingNumber="https://track.test/4711")]))
    assert (found.parcels[0].tracking[0].number, found.parcels[0].tracking[0].url) == (None, "https://track.test/4711")


def test_what_is_packed_waits_and_is_not_editable() -> None:
    found = read(order(fulfillments=[fulfilment(2, "WAITING_FOR_APPROVAL")]))
    quantity = found.lines[0].quantity
    assert (quantity.fulfilled, quantity.in_progress, quantity.editable, found.parcels) == (0, 2, 1, ())


def test_a_fulfilment_that_was_called_off_took_nothing() -> None:
    found = read(order(fulfillments=[fulfilment(2, "CANCELED")]))
    assert (found.lines[0].quantity.fulfilled, found.parcels[0].state) == (0, "cancelled")


@pytest.mark.parametrize(
    ("status", "kind"),
    [("REFUNDED", "refund"), ("RETURNED", "return"), ("REFUNDED_AND_RETURNED", "return"), ("REPLACED", "exchange")],
)
def test_what_came_back_is_an_adjustment(status: str, kind: str) -> None:
    back = {"amount": 23.8, "currency": "EUR"}
    found = read(order(totalRefunded=back, fulfillments=[fulfilment(1, status, totalRefundedAmount=back)]))
    (adjustment,) = found.adjustments
    assert (adjustment.type, adjustment.amount.shop) == (kind, -2380)
    assert [(one.line_id, one.quantity) for one in adjustment.lines] == [(LINE_ID, -1)]
    quantity = found.lines[0].quantity
    assert (quantity.ordered, quantity.current, quantity.refunded, quantity.editable) == (3, 2, 1, 2)
    assert (found.totals.total.shop, found.totals.refunded.shop) == (7735 - 2380, 2380)
    assert (found.lines[0].price.total_after_discounts.shop, found.state.payment) == (4760, "partially_refunded")


def test_prices_without_tax_stay_without_it() -> None:
    found = read(order(displayGrossPrices=False))
    assert not found.taxes_included
    assert (found.lines[0].price.unit.shop, found.totals.lines.shop, found.totals.total.shop) == (2000, 6000, 7735)


@pytest.mark.parametrize(("currency", "unit", "minor"), [("JPY", 1200.0, 1200), ("KWD", 1.234, 1234)])
def test_currencies_with_other_decimals(currency: str, unit: float, minor: int) -> None:
    price = money(unit, unit, currency)
    body = order(total=price, lines=[line(unitPrice=price, undiscountedUnitPrice=price, totalPrice=price, quantity=1)])
    found = read(body)
    assert (found.currency.shop, found.totals.total.shop, found.lines[0].price.unit.shop) == (currency, minor, minor)


def test_a_discount_of_a_line_is_what_its_units_are_cheaper() -> None:
    found = read(order(lines=[line(undiscountedUnitPrice=money(25.0, 21.01))]))
    assert (found.lines[0].price.unit.shop, found.lines[0].discounts[0].amount.shop) == (2500, 360)


def test_a_collection_point_is_a_pickup() -> None:
    way = {"__typename": "Warehouse", "id": "V2FyZWhvdXNlOjE=", "name": "Shop Leipzig", "address": address()}
    found = read(order(deliveryMethod=way, collectionPointName="Shop Leipzig", shippingMethodName=None))
    (pickup,) = found.deliveries
    assert pickup.location is not None
    assert (pickup.method, pickup.location.name, pickup.destination) == ("pickup", "Shop Leipzig", None)
    assert pickup.location.address is not None
    assert pickup.location.address.city == "Leipzig"


def test_what_is_downloaded_and_gift_cards_are_not_sent() -> None:
    card = variant(product={"id": "p", "productType": {"kind": "GIFT_CARD"}})
    lines = [line("a", isShippingRequired=False), line("b", variant=card), line("c")]
    found = read(order(lines=lines))
    assert [one.kind for one in found.lines] == ["digital", "gift_card", "physical"]
    assert [(one.method, [share.line_id for share in one.lines]) for one in found.deliveries] == [
        ("shipping", ["c"]), ("digital", ["a", "b"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "payment"),
    [
        (unpaid(), "pending"),
        (unpaid(authorizeStatus="FULL"), "authorized"),
        (order(chargeStatus="PARTIAL"), "partially_paid"),
        (order(chargeStatus="OVERCHARGED"), "paid"),
        (order(chargeStatus=None, paymentStatus="CANCELLED", authorizeStatus="NONE"), "voided"),
        (order(totalRefunded={"amount": 77.35, "currency": "EUR"}), "refunded"),
        (order(chargeStatus=None, paymentStatus="SOMETHING_NEW", authorizeStatus=None), "unknown"),
    ],
)
def test_payment(body: Json, payment: str) -> None:
    assert read(body).state.payment == payment


@pytest.mark.parametrize("status", ["CANCELED", "EXPIRED"])
def test_what_was_called_off_is_over(status: str) -> None:
    found = read(order(status=status))
    assert found.cancelled_at is not None
    assert (found.lines[0].quantity.editable, found.deliveries[0].state) == (0, "cancelled")


def test_the_last_unit_that_left_closes_the_delivery() -> None:
    found = read(order(status="FULFILLED", fulfillments=[fulfilment(3)]))
    assert (found.deliveries[0].state, found.state.fulfilment) == ("closed", "fulfilled")


def test_a_payload_from_before_subscriptions() -> None:
    found = read(old())
    assert (found.number, found.currency.shop, found.totals.total.shop) == ("77", "EUR", 7735)
    assert (found.state.fulfilment, found.state.payment) == ("partial", "paid")
    quantity = found.lines[0].quantity
    assert (quantity.ordered, quantity.fulfilled, quantity.editable) == (3, 1, 2), "by the variant, that one line has"
    assert (found.parcels[0].allocation, found.parcels[0].tracking[0].number) == ("exact", "4711")
    assert found.address.shipping is not None
    assert (found.address.shipping.country, found.address.shipping.line1) == ("DE", "Kanalstr. 8")
    assert [(one.name, one.value) for one in found.lines[0].options] == [(None, "M"), (None, "Sage")]
    assert (found.lines[0].price.tax.shop, found.totals.outstanding.shop) == (1140, 0)


def test_a_payload_whose_lines_share_a_variant_does_not_tell_what_left() -> None:
    twins = old()
    twins["lines"] = [*twins["lines"], {**twins["lines"][0], "id": "other"}]
    found = read(twins)
    assert (found.parcels[0].allocation, found.parcels[0].lines) == ("unknown", ())


def test_what_came_back_in_a_payload_from_before_subscriptions() -> None:
    item = {**old()["fulfillments"][0], "status": "refunded", "total_refund_amount": "23.80"}
    found = read(old(fulfillments=[item]))
    assert (found.totals.refunded.shop, found.state.payment) == (2380, "partially_refunded")
    assert found.adjustments[0].amount.shop == -2380


def test_a_subscription_of_somebodys_own_that_names_less() -> None:
    apron = {"quantity": 2, "unitPrice": money(23.8, 20.0), "variant": {"sku": "A", "product": {"name": "Apron"}}}
    total = {"gross": {"amount": 47.6, "currency": "EUR"}}
    body = {"id": "x", "number": 1042, "lines": [apron], "total": total, "user": {"email": "ada@example.test"}}
    found = read({"__typename": "OrderCreated", "order": body})
    assert (found.number, found.contact.email, found.totals.total.shop) == ("1042", "ada@example.test", 4760)
    assert [(one.id, one.title, one.sku) for one in found.lines] == [("line-1", "Apron", "A")]
    assert (found.state.payment, found.state.fulfilment) == ("unknown", "unknown")


def test_orders_of_a_page() -> None:
    edges = [{"node": order()}, {"node": order(id="T3JkZXI6OA==", number="78")}, {"node": order(status="DRAFT")}]
    found = entries({"data": {"orders": {"edges": edges, "totalCount": 3}}})
    assert [type(one) for one in found] == [Document, Document, Note]


def test_headers_tell_the_shop_and_the_event() -> None:
    told = PLATFORM.delivered({"saleor-domain": "shop.example", "saleor-event": "order_updated"})
    assert told == Delivered("shop.example", "order_updated")
    assert PLATFORM.delivered({"x-saleor-domain": "old.example"}).shop == "old.example"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"__typename": "OrderPaid", "order": {"id": "T3JkZXI6MQ==", "number": "1"}}, Note),
        ({"data": {"order": None}, "errors": [{"message": "x"}]}, Problem),
        ({}, Problem),
        ("order", Problem),
        (order(number=None), Problem),
        (order(created="soon"), Document),
    ],
)
def test_what_holds_no_order(body: object, kind: type) -> None:
    assert [type(one) for one in entries(body)] == [kind]
