"""Answers of Shopify's Admin API as neutral orders: whole, partial, paged, in bulk."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portal.platforms.contract import Delivered, Document, Entry, Note, Problem, Remark, Value
from portal.platforms.files import values
from portal.platforms.neutral import NeutralOrder, as_json
from portal.platforms.shopify import documents, read
from tests.platforms.graph_samples import answer, bag, graph_fulfilment, graph_line, graph_order, work
from tests.platforms.shopify_samples import FIRST, fulfilment, line, order

Json = dict[str, Any]


def only(**changes: Any) -> NeutralOrder:
    (found,) = documents(answer(**changes))
    return found


def entries(body: object) -> list[Entry]:
    return list(read([Value(1, body, json.dumps(body))], Delivered()))


def test_an_answer_in_full() -> None:
    found = only()
    assert (found.source.order_id, found.source.legacy_id) == ("gid://shopify/Order/5550000000001", "5550000000001")
    assert (found.number, found.version, found.note) == ("#3001", "2026-10-03T08:30:00Z", "Ring twice")
    assert (found.state.payment, found.state.fulfilment, found.state.return_) == ("paid", "partial", "none")
    assert found.state.raw["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED"
    assert (found.tags, found.customer is not None) == (("gift", "priority"), True)
    assert (found.totals.total.shop, found.totals.tax.buyer, found.totals.fees.shop) == (11500, 1917, None)
    assert found.address.shipping is not None
    assert (found.address.shipping.name, found.address.shipping.country) == ("Inès Ferrand", "FR")
    assert found.raw == {"merchantEditable": True}


def test_a_line_of_an_answer() -> None:
    (found,) = only().lines
    assert [(option.name, option.value) for option in found.options] == [("Size", "M"), ("Colour", "Sage")]
    assert [(wish.name, wish.hidden) for wish in found.personalisation] == [("Embroidery", False), ("_batch", True)]
    assert found.flags.model_dump() == {"preorder": False, "final_sale": True, "personalised": True}
    assert found.image_url == "https://cdn.example.test/apron.jpg"
    assert found.quantity.model_dump() == {
        "ordered": 3, "current": 3, "fulfilled": 1, "in_progress": 0, "refunded": 0, "removed": 0, "editable": 2,
    }  # fmt: skip
    assert found.price.unit.shop == 4000
    assert found.price.total_after_discounts.shop == 11000, "the line's exact total, not the rounded unit price"
    assert [(discount.label, discount.amount.shop) for discount in found.discounts] == [(None, 1000)]


def test_how_the_shop_sorts_its_goods_is_kept() -> None:
    category = {"id": "gid://shopify/TaxonomyCategory/aa-1-4", "name": "Aprons", "fullName": "Home > Linens > Aprons"}
    product = {"id": "gid://shopify/Product/7001", "tags": ["Linen", " "], "productType": "Apron", "category": category}
    sold = {"channelDefinition": {"handle": "market-place", "channelName": "Market place"}}
    body = answer(lineItems={"nodes": [graph_line(product=product)]}, channelInformation=sold, sourceName="580111")
    (order,) = documents(body)
    (line,) = order.lines
    assert line.categories == ("Apron", "Aprons", "Home > Linens > Aprons")
    assert line.tags == ("Linen",)
    assert order.source.channel == "market-place"
    assert {"sourceName", "channelInformation"}.isdisjoint(order.raw)


def test_discounts_of_the_whole_order_are_in_the_line() -> None:
    rounded = graph_line(discountedUnitPriceAfterAllDiscountsSet=bag("30.00"), discountedTotalSet=bag("110.00"))
    allocated = graph_line(
        discountAllocations=[{"allocatedAmountSet": bag("12.00"), "discountApplication": {"title": "AUTUMN"}}]
    )
    (first,), (second,) = (only(lineItems={"nodes": [one]}).lines for one in (rounded, allocated))
    assert first.price.total_after_discounts.shop == 9000
    assert second.price.total_after_discounts.shop == 10800
    assert [(discount.label, discount.amount.shop) for discount in second.discounts] == [("AUTUMN", 1200)]


def test_work_to_do_is_a_delivery() -> None:
    (delivery,) = only().deliveries
    assert (delivery.id, delivery.method, delivery.label) == (
        "gid://shopify/FulfillmentOrder/881",
        "shipping",
        "Standard",
    )
    assert (delivery.state, delivery.handed_to_warehouse) == ("open", False)
    assert [part.model_dump() for part in delivery.lines] == [{"line_id": FIRST, "quantity": 3, "remaining": 2}]
    printed = as_json(only())["deliveries"][0]
    assert printed["promise"] == {
        "earliest": "2026-10-06T08:00:00Z",
        "latest": "2026-10-08T20:00:00Z",
        "fulfil_by": "2026-10-05T09:00:00Z",
    }
    assert (printed["location"]["id"], printed["location"]["name"]) == ("gid://shopify/Location/5", "Atelier Lyon")
    assert printed["location"]["address"]["city"] == "Lyon"
    assert printed["destination"]["postcode"] == "69005"


def test_what_left_is_a_parcel() -> None:
    (parcel,) = only().parcels
    assert (parcel.delivery_id, parcel.allocation) == ("gid://shopify/FulfillmentOrder/881", "exact")
    assert (parcel.status, parcel.status_raw) == ("out_for_delivery", "OUT_FOR_DELIVERY")
    assert [(t.carrier_raw, t.carrier, t.number) for t in parcel.tracking] == [
        ("UPS", "ups", "1Z0000000000000001"),
        ("Pigeon & Sons", None, "PS2"),
    ]
    (event,) = parcel.events
    assert (event.status, event.raw, event.message, event.origin) == (
        "in_transit",
        "IN_TRANSIT",
        "Left the hub",
        "platform",
    )
    assert (event.place.city, event.place.postcode) == ("Mâcon", "71000")
    assert as_json(only())["parcels"][0]["estimated_at"] == "2026-10-03T16:00:00Z"


@pytest.mark.parametrize(
    ("changes", "editable", "in_progress", "handed"),
    [
        ({}, 2, 0, False),
        ({"status": "ON_HOLD"}, 2, 0, False),
        ({"status": "SCHEDULED", "requestStatus": "REJECTED"}, 2, 0, False),
        ({"requestStatus": "CANCELLATION_ACCEPTED"}, 2, 0, False),
        ({"requestStatus": "SUBMITTED"}, 0, 2, True),
        ({"requestStatus": "ACCEPTED"}, 0, 2, True),
        ({"requestStatus": "CANCELLATION_REQUESTED"}, 0, 2, True),
        ({"status": "IN_PROGRESS"}, 0, 2, True),
        ({"status": "CLOSED", "requestStatus": "CLOSED"}, 0, 0, False),
        ({"requestStatus": None}, None, 0, False),
    ],
)
def test_only_what_the_warehouse_has_not_is_editable(
    changes: Json, editable: int | None, in_progress: int, handed: bool
) -> None:
    found = only(fulfillmentOrders={"nodes": [work(**changes)]})
    quantity = found.lines[0].quantity
    assert (quantity.editable, quantity.in_progress) == (editable, in_progress)
    assert found.deliveries[0].handed_to_warehouse is handed


@pytest.mark.parametrize(
    ("changes", "editable"),
    [
        ({"merchantEditable": False}, 0),
        ({"cancelledAt": "2026-10-03T08:00:00Z"}, 0),
        ({"closedAt": "2026-10-03T08:00:00Z"}, 0),
        ({"lineItems": {"nodes": [graph_line(merchantEditable=False)]}}, 0),
        ({"lineItems": {"nodes": [graph_line(currentQuantity=1)]}}, 1),
        ({"fulfillmentOrders": {"nodes": [work(1), work(2, status="ON_HOLD")]}}, 3),
        ({"fulfillmentOrders": {"nodes": []}}, 0),
        ({"fulfillmentOrders": None}, None),
        ({"fulfillmentOrders": {"nodes": [work()], "pageInfo": {"hasNextPage": True}}}, None),
    ],
)
def test_the_order_and_the_line_have_a_say_in_it(changes: Json, editable: int | None) -> None:
    assert only(**changes).lines[0].quantity.editable == editable


def test_pickup_knows_when_it_was_ready_and_collected() -> None:
    method = work()["deliveryMethod"] | {"methodType": "PICK_UP"}
    ready = {
        "id": "gid://shopify/FulfillmentEvent/2",
        "status": "READY_FOR_PICKUP",
        "happenedAt": "2026-10-02T15:00:00Z",
    }
    fulfilled = graph_fulfilment(
        displayStatus="PICKED_UP", trackingInfo=[], deliveredAt="2026-10-04T09:00:00Z", events={"nodes": [ready]}
    )
    found = only(fulfillmentOrders={"nodes": [work(deliveryMethod=method)]}, fulfillments=[fulfilled])
    assert (found.deliveries[0].method, found.parcels[0].status) == ("pickup", "collected")
    pickup = as_json(found)["deliveries"][0]["pickup"]
    assert (pickup["ready_at"], pickup["collected_at"]) == ("2026-10-02T15:00:00Z", "2026-10-04T09:00:00Z")


def test_nothing_to_ship_is_digital() -> None:
    method = work()["deliveryMethod"] | {"methodType": "NONE"}
    nodes = {"nodes": [work(deliveryMethod=method)]}
    assert only(fulfillmentOrders=nodes).deliveries[0].method == "none"
    card = {"nodes": [graph_line(requiresShipping=False, isGiftCard=True)]}
    found = only(fulfillmentOrders=nodes, lineItems=card)
    assert (found.deliveries[0].method, found.lines[0].kind) == ("digital", "gift_card")


def test_refunds_and_returns_of_an_answer() -> None:
    refund = {
        "id": "gid://shopify/Refund/1", "createdAt": "2026-10-03T08:00:00Z", "note": "Torn",
        "totalRefundedSet": bag("36.67"),
        "refundLineItems": {"edges": [{"node": {"quantity": 1, "restockType": "RETURN", "subtotalSet": bag("36.67"),
                                                "lineItem": {"id": FIRST}}}]},
    }  # fmt: skip
    back = {"id": "gid://shopify/Return/2", "name": "#3001-R1", "status": "OPEN"}
    found = only(
        refunds=[refund],
        returns={"nodes": [back]},
        returnStatus="IN_PROGRESS",
        totalRefundedSet=bag("36.67"),
        lineItems={"nodes": [graph_line(currentQuantity=2)]},
    )
    assert [(a.type, a.status, a.amount.shop, a.note) for a in found.adjustments] == [
        ("refund", "completed", -3667, "Torn"),
        ("return", "pending", None, None),
    ]
    assert (found.state.return_, found.totals.refunded.shop) == ("in_progress", 3667)
    assert (found.lines[0].quantity.refunded, found.lines[0].quantity.removed) == (1, 0)


def test_two_currencies_of_an_answer() -> None:
    both = ("USD", "JPY")
    found = only(currencyCode="USD", presentmentCurrencyCode="JPY", currentTotalPriceSet=bag("115.0", "17250.0", both))
    assert (found.currency.shop, found.currency.buyer) == ("USD", "JPY")
    assert (found.totals.total.shop, found.totals.total.buyer) == (11500, 17250)


def test_currencies_that_nobody_asked_for_show_in_the_amounts() -> None:
    found = only(currencyCode=None, presentmentCurrencyCode=None)
    assert (found.currency.shop, found.totals.total.shop) == ("EUR", 11500)


def test_both_shapes_of_one_order_have_the_same_keys() -> None:
    (webhook,) = documents(order(line_items=[line(quantity=3, current_quantity=3)], fulfillments=[fulfilment()]))
    graph = only()
    assert webhook.source.order_id == graph.source.order_id
    assert [one.id for one in webhook.lines] == [one.id for one in graph.lines]
    assert [one.product_id for one in webhook.lines] == [one.product_id for one in graph.lines]
    assert [(p.id, p.lines) for p in webhook.parcels] == [(p.id, p.lines) for p in graph.parcels]


def test_a_partial_answer_is_imported_with_a_remark() -> None:
    errors = [{"message": "not approved", "path": ["order", "email"], "extensions": {"code": "ACCESS_DENIED"}}]
    remark, document = sorted(
        entries(answer(email=None, shippingAddress=None) | {"errors": errors}), key=str, reverse=True
    )
    assert isinstance(remark, Remark)
    assert "ACCESS_DENIED order.email not approved" in remark.message
    assert isinstance(document, Document)
    assert (document.order.contact.email, document.order.deliveries[0].method) == (None, "shipping")


def test_an_answer_of_errors_alone_is_a_problem() -> None:
    throttled = {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
    for body in (throttled, throttled | {"data": None}, throttled | {"data": {"order": None}}):
        (problem,) = entries(body)
        assert isinstance(problem, Problem)
        assert (problem.member, "THROTTLED" in problem.message) == ("errors", True)


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"orders": {"nodes": [graph_order(), graph_order(name="#3002", id="gid://shopify/Order/2")]}}},
        {"data": {"orders": {"edges": [{"node": graph_order()}, {"node": graph_order(id="gid://shopify/Order/2")}]}}},
        {"data": {"first": graph_order(), "second": graph_order(id="gid://shopify/Order/2")}},
        {"data": {"nodes": [graph_order(), None, {"id": "gid://shopify/Product/1"}, graph_order(id="gid://shopify/Order/2")]}},
        {"data": {"customer": {"id": "gid://shopify/Customer/1", "orders": {"nodes": [graph_order(), graph_order(id="gid://shopify/Order/2")]}}}},
        {"orders": [order(), order(id=2, admin_graphql_api_id="gid://shopify/Order/2")]},
    ],
)  # fmt: skip
def test_orders_are_found_under_any_name(body: Json) -> None:
    assert [found.source.legacy_id for found in documents(body)] == ["5550000000001", "2"]


def test_ids_and_dates_alone_are_a_hint() -> None:
    listed = {"id": "gid://shopify/Order/1", "name": "#1", "updatedAt": "2026-10-01T00:00:00Z"}
    edited = {"orderEditCommit": {"order": {"id": "gid://shopify/Order/1", "updatedAt": "2026-10-01T00:00:00Z"}}}
    for data in ({"orders": {"nodes": [listed]}}, {"order": listed}, edited, {"order": None}, {}):
        (note,) = entries({"data": data})
        assert isinstance(note, Note)
        assert note.order_id == ("gid://shopify/Order/1" if data and data != {"order": None} else None)


def test_more_pages_are_remarked() -> None:
    body = answer(lineItems={"nodes": [graph_line()], "pageInfo": {"hasNextPage": True}})
    remarks = [entry.message for entry in entries(body) if isinstance(entry, Remark)]
    assert len(remarks) == 1
    assert "lineItems" in remarks[0]
    assert len(documents(body)) == 1


def test_an_order_without_a_name_is_named() -> None:
    (problem,) = entries({"data": {"orders": {"nodes": [graph_order(name=None, number=None)]}}})
    assert isinstance(problem, Problem)
    assert (problem.member, problem.message) == ("data.orders[0].name", "is missing")


BULK = [
    {"id": "gid://shopify/LineItem/11", "title": "Apron", "quantity": 2, "__parentId": "gid://shopify/Order/1"},
    {"id": "gid://shopify/Order/1", "name": "#1", "displayFinancialStatus": "PAID"},
    {"id": "gid://shopify/Order/2", "name": "#2", "displayFinancialStatus": "PAID"},
    {"id": "gid://shopify/FulfillmentOrder/3", "status": "OPEN", "__parentId": "gid://shopify/Order/1"},
    {"id": "gid://shopify/FulfillmentOrderLineItem/4", "totalQuantity": 2, "remainingQuantity": 1,
     "lineItem": {"id": "gid://shopify/LineItem/11"}, "__parentId": "gid://shopify/FulfillmentOrder/3"},
    {"id": "gid://shopify/LineItem/12", "title": "Mug", "quantity": 1, "__parentId": "gid://shopify/Order/9"},
]  # fmt: skip


@pytest.mark.parametrize("turn", range(len(BULK)))
def test_bulk_files_have_their_parts_anywhere(turn: int, tmp_path: Any) -> None:
    path = tmp_path / "bulk.jsonl"
    path.write_text("\n".join(json.dumps(part) for part in BULK[turn:] + BULK[:turn]))
    with path.open("rb") as stream:
        found = list(read(values(stream), Delivered()))
    orders = {entry.order.number: entry.order for entry in found if isinstance(entry, Document)}
    assert [(one.title, one.quantity.ordered) for one in orders["#1"].lines] == [("Apron", 2)]
    assert [part.remaining for part in orders["#1"].deliveries[0].lines] == [1]
    assert orders["#2"].lines == ()
    assert [note.message for note in found if isinstance(note, Note)] == [
        "parts of orders that are not in this file (1): nothing to import"
    ]


def test_bulk_parts_that_hold_each_other_end_somewhere() -> None:
    loop = [
        {"id": f"gid://shopify/LineItem/{n}", "__parentId": f"gid://shopify/LineItem/{n - 1}"} for n in range(1, 2000)
    ]
    head = {"id": "gid://shopify/Order/1", "name": "#1", "displayFinancialStatus": "PAID"}
    first = {"id": "gid://shopify/LineItem/0", "__parentId": "gid://shopify/Order/1"}
    own = {"id": "gid://shopify/LineItem/x", "__parentId": "gid://shopify/LineItem/x"}
    found = list(read([Value(1, part, "") for part in (head, first, *loop, own)], Delivered()))
    assert [type(entry) for entry in found] == [Document, Note]
