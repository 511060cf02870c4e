"""Bodies that are no order: understood, explained, and never a document."""

from __future__ import annotations

from typing import Any

import pytest

from portal.platforms.contract import Delivered, Entry, Note, Problem, Value
from portal.platforms.shopify import read
from tests.platforms.shopify_samples import fulfilment, order, refund

ORDER = "gid://shopify/Order/42"
SHOP = {"shop_id": 1, "shop_domain": "a.myshopify.com"}
Json = dict[str, Any]


def only(body: object, topic: str | None = None) -> Entry:
    (entry,) = read([Value(3, body, "")], Delivered(topic=topic))
    return entry


@pytest.mark.parametrize(
    ("body", "said", "order_id"),
    [
        ({"order_edit": {"id": 1, "order_id": 42, "line_items": {"additions": [], "removals": []}}}, "edit", ORDER),
        (fulfilment(order_id=42), "fulfilment", ORDER),
        ({"fulfillment": fulfilment(order_id=42)}, "fulfilment", ORDER),
        ({"id": 1, "fulfillment_id": 2, "status": "in_transit", "order_id": 42}, "event of a fulfilment", ORDER),
        ({"fulfillment_events": [{"id": 1, "fulfillment_id": 2, "order_id": 42}]}, "events of a fulfilment", ORDER),
        ({"fulfillment_event": {"id": 1, "status": "delivered", "order_id": 42}}, "event of a fulfilment", ORDER),
        (refund(order_id=42), "refund", ORDER),
        ({"id": 1, "order_id": 42, "kind": "sale", "gateway": "card", "amount": "1.00"}, "payment", ORDER),
        ({"transaction": {"id": 1, "order_id": 42, "kind": "sale"}}, "payment", ORDER),
        ({"transactions": [{"id": 1, "order_id": 42, "kind": "sale"}]}, "payments", ORDER),
        ({"draft_order": {"id": 1, "name": "#D1", "line_items": []}}, "draft order", None),
        ({"draft_orders": [{"id": 1, "name": "#D1", "line_items": []}]}, "draft orders", None),
        ({"original_fulfillment_order": {"id": 1, "order_id": 42}}, "fulfilment order", ORDER),
        ({"fulfillment_order": {"id": "gid://shopify/FulfillmentOrder/1", "status": "open"}}, "fulfilment order", None),
        ({"fulfillment_order": {"id": 1, "order_id": 42, "status": "open"}}, "fulfilment order", ORDER),
        ({"original_fulfillment_order": {"id": 1}, "moved_fulfillment_order": {"id": 2}}, "fulfilment order", None),
        (
            {"id": 7, "admin_graphql_api_id": "gid://shopify/Return/7", "status": "requested",
             "order": {"id": 42, "admin_graphql_api_id": ORDER}},
            "return", ORDER,
        ),
        (SHOP | {"customer": {"id": 1}, "orders_requested": [42]}, "data", None),
        (SHOP | {"customer": {"id": 1}, "orders_to_redact": []}, "erase", None),
        (SHOP, "erase a shop", None),
        ({"id": 1, "admin_graphql_api_id": "gid://shopify/Customer/1", "email": "a@example.test"}, "customer", None),
        ({"admin_graphql_api_id": "gid://shopify/DraftOrder/1", "name": "#D1", "line_items": []}, "draft", None),
        ({"id": 1, "name": "#9", "line_items": [], "abandoned_checkout_url": "https://x.test"}, "checkout", None),
        ({"id": 1, "admin_graphql_api_id": "gid://shopify/Location/1", "name": "Atelier"}, "Location", None),
        ({"id": 1, "myshopify_domain": "a.myshopify.com"}, "shop", None),
        ({"id": 42}, "id alone", None),
        ({"id": 42, "admin_graphql_api_id": ORDER}, "id alone", None),
        ({"admin_graphql_api_id": ORDER, "id": 42, "name": "#1"}, "without the order", ORDER),
        ({"id": 1, "shop_id": 2, "previous": [], "current": ["read_orders"]}, "without an order", None),
        ({"id": 1, "order_id": 42, "remote_reference": "x"}, "without an order", ORDER),
    ],
)  # fmt: skip
def test_a_hint_is_a_note(body: Json, said: str, order_id: str | None) -> None:
    note = only(body)
    assert isinstance(note, Note)
    assert note.line == 3
    assert said in note.message
    assert "nothing to import" in note.message
    assert note.order_id == order_id


def test_the_topic_tells_what_an_id_means() -> None:
    note = only({"id": 42}, "orders/delete")
    assert isinstance(note, Note)
    assert (note.order_id, "deletion of an order" in note.message) == (ORDER, True)
    assert isinstance(only({"anything": 1}, "locales/update"), Note)
    assert isinstance(only(order(), "orders/edited"), Note)


@pytest.mark.parametrize(
    "body",
    [None, 1, "text", True, {}, {"a": 1}, {"id": "order_1", "items": []}, {"id": 7, "number": "7", "line_items": []}],
)
def test_what_is_not_shopifys_is_a_problem(body: object) -> None:
    problem = only(body)
    assert isinstance(problem, Problem)
    assert problem.message
