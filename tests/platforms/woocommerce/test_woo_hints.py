"""Bodies that are no order: understood, explained, and never a document."""

from __future__ import annotations

from typing import Any

import pytest

from portal.platforms.contract import Delivered, Document, Entry, Note, Problem, Remark, Value
from portal.platforms.woocommerce import PLATFORM, read
from tests.platforms.woocommerce.samples import fulfilment, meta, order, refund, tracking

Json = dict[str, Any]


def entries(body: object, topic: str | None = None) -> list[Entry]:
    return list(read([Value(3, body, "")], Delivered(topic=topic)))


@pytest.mark.parametrize(
    ("body", "said", "order_id"),
    [
        (fulfilment(), "a fulfilment", "4711"),
        (refund(), "a refund", "4711"),
        (tracking() | {"order_id": 4711}, "a tracking number", "4711"),
        (order(billing_period="month"), "a subscription", "4711"),
        ({"id": 1, "topic": "order.created", "delivery_url": "https://a.example"}, "a webhook", None),
        ({"id": 1, "regular_price": "1", "attributes": []}, "a product", None),
        ({"id": 1, "is_paying_customer": True}, "a customer", None),
        ({"slug": "processing", "name": "Processing"}, "a status", None),
        ({"code": "rest_no_route", "message": "No route", "data": {"status": 404}}, "an error", None),
        ({"id": 1, "code": "autumn", "discount_type": "percent", "amount": "10"}, "a coupon", None),
        ({"id": 42}, "an id alone", "42"),
        ({"data": refund()}, "a refund", "4711"),
        ({"data": [refund()]}, "a refund", "4711"),
        ({"webhook_id": "5"}, "a ping", None),
    ],
)
def test_a_hint_is_a_note(body: Json, said: str, order_id: str | None) -> None:
    (note,) = entries(body)
    assert isinstance(note, Note)
    assert (note.line, note.order_id) == (3, order_id)
    assert note.message.startswith(said)
    assert "nothing to import" in note.message


def test_the_topic_tells_what_an_id_means() -> None:
    (note,) = entries({"id": 42}, "order.deleted")
    assert isinstance(note, Note)
    assert (note.order_id, "deletion of an order" in note.message) == ("42", True)
    assert isinstance(entries({"anything": 1}, "action.something")[0], Note)


@pytest.mark.parametrize("status", ["checkout-draft", "auto-draft", "trash"])
def test_carts_drafts_and_the_bin_hold_no_orders(status: str) -> None:
    (note,) = entries(order(status=status))
    assert isinstance(note, Note)
    assert note.message == f"4711 is {status}, and no order: nothing to import"


@pytest.mark.parametrize("body", [None, 1, "text", True, {}, {"a": 1}, {"id": 7, "name": "#7"}])
def test_what_is_not_woocommerces_is_a_problem(body: object) -> None:
    (problem,) = entries(body)
    assert isinstance(problem, Problem)
    assert problem.message


def test_wrapped_orders_are_found() -> None:
    for body in ({"data": order()}, {"body": order()}, {"orders": [order()]}, {"data": {"orders": [order()]}}):
        assert [type(entry) for entry in entries(body)] == [Document]


def test_what_the_body_alone_does_not_have_is_remarked() -> None:
    body = order(refunds=[{"id": 1, "total": "-5.00"}], meta_data=[meta("_fulfillment_status", "partially_fulfilled")])
    remarks = [entry.message for entry in entries(body) if isinstance(entry, Remark)]
    assert remarks == [
        "4711: its refunds are told without the units that they are for",
        "4711: what has left of it is not told",
    ]


def test_headers_tell_the_shop_and_the_topic() -> None:
    told = PLATFORM.delivered(
        {"x-wc-webhook-source": "https://woo.example/shop/", "x-wc-webhook-topic": "order.created"}
    )
    assert (told.shop, told.topic) == ("woo.example/shop", "order.created")
    (entry,) = read([Value(1, order(_links={}), "")], told)
    assert isinstance(entry, Document)
    assert entry.order.source.shop == "woo.example/shop"
    assert PLATFORM.delivered({"x-wc-webhook-source": "http://[::1"}) == Delivered()
