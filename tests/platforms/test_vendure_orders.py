"""Orders of Vendure's Admin API as neutral documents."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.platforms.contract import Delivered, Document, Note, Problem, Remark, Value
from portal.platforms.neutral import NeutralOrder, as_json, neutral_order, version_key
from portal.platforms.neutral.parts import Amount
from portal.platforms.units import editable_units, nothing_left
from portal.platforms.vendure import documents, read
from portal.platforms.vendure.shape import from_minor, in_minor
from tests.platforms.vendure_samples import AT, answer, entry, line, order, parcel

LATER = "2026-11-21T08:00:00.000Z"


def read_one(body: dict[str, Any], precision: int = 2) -> NeutralOrder:
    (found,) = documents(answer(body, precision=precision), "shop.example")
    return found


def entries_of(body: object) -> list[Any]:
    return list(read([Value(1, body, "")], Delivered("shop.example")))


def test_an_order_as_it_was_placed() -> None:
    found = read_one(order())
    assert (found.source.platform, found.source.shop, found.source.order_id) == ("vendure", "shop.example", "77")
    assert (found.number, found.state.payment, found.state.fulfilment) == ("QX7PL2", "paid", "unfulfilled")
    assert [(x.id, x.title, x.sku, x.quantity.current) for x in found.lines] == [
        ("1", "Linen shirt", "TEE-1", 3),
        ("2", "Linen shirt", "TEE-2", 1),
    ]
    assert found.lines[0].options[0].model_dump() == {"name": "Size", "value": "M"}
    assert found.contact.model_dump() == {"email": "ines@mail.example", "phone": "+33600000000"}
    assert found.customer is not None
    assert not found.customer.verified.email
    assert found.address.billing is None
    totals = found.totals
    assert (totals.lines.shop, totals.shipping.shop, totals.tax.shop, totals.total.shop) == (10000, 490, 1749, 10490)
    assert (totals.refunded.shop, totals.outstanding.shop, totals.fees.buyer) == (0, 0, 0)
    assert editable_units(found) == {"1": 3, "2": 1}
    assert nothing_left(found)
    assert as_json(neutral_order(as_json(found))) == as_json(found)


def test_a_parcel_that_is_prepared_holds_its_units() -> None:
    found = read_one(order(fulfillments=[parcel("1", {"1": 1}), parcel("2", {"1": 1}, "Pending")]))
    quantity = found.lines[0].quantity
    assert (quantity.fulfilled, quantity.in_progress, quantity.editable) == (1, 1, 1)
    assert editable_units(found) == {"1": 1, "2": 1}
    assert [(p.status, p.tracking[0].carrier) for p in found.parcels] == [
        ("handed_over", "laposte"),
        ("preparing", "laposte"),
    ]
    assert found.state.fulfilment == "partial"


def test_a_cancelled_parcel_holds_nothing() -> None:
    found = read_one(order(fulfillments=[parcel("1", {"1": 3}, "Cancelled")]))
    assert editable_units(found) == {"1": 3, "2": 1}
    assert [(p.state, p.status) for p in found.parcels] == [("cancelled", "cancelled")]


def test_a_state_of_the_shops_own_is_in_somebodys_hands() -> None:
    found = read_one(order(fulfillments=[parcel("1", {"1": 2}, "OnTheBench")]))
    assert found.lines[0].quantity.in_progress == 2
    assert (found.parcels[0].status, found.parcels[0].status_raw) == ("unknown", "OnTheBench")


def test_parcels_move_at_the_times_of_the_history() -> None:
    moves = [
        entry(4, "ORDER_FULFILLMENT_TRANSITION", {"fulfillmentId": 1, "from": "Shipped", "to": "Delivered"}, LATER),
        entry(3, "ORDER_FULFILLMENT_TRANSITION", {"fulfillmentId": 1, "from": "Pending", "to": "Shipped"}),
        entry(2, "ORDER_FULFILLMENT_TRANSITION", {"fulfillmentId": 2, "from": "Created", "to": "Pending"}),
    ]
    found = read_one(order(fulfillments=[parcel("1", {"1": 1}, "Delivered")], history={"items": moves}))
    assert [event.status for event in found.parcels[0].events] == ["handed_over", "delivered"]
    assert found.parcels[0].delivered_at == found.parcels[0].events[-1].at


def test_several_numbers_in_one_field() -> None:
    found = read_one(order(fulfillments=[parcel("1", {"1": 1}, trackingCode="6A1, 6A2;6A3")]))
    assert [tracking.number for tracking in found.parcels[0].tracking] == ["6A1", "6A2", "6A3"]


def test_a_swap_with_a_fee() -> None:
    """Three became two, one of them another size, and 3.00 were kept back."""
    lines = (
        line("1", 1, orderPlacedQuantity=3),
        line("4", 1, orderPlacedQuantity=0),
    )
    modifications = [
        {
            "id": "1",
            "createdAt": AT,
            "priceChange": 0,
            "note": "size (jalon-0123456789abcdef01234567)",
            "isSettled": True,
            "lines": [{"orderLineId": "4", "quantity": 1}, {"orderLineId": "1", "quantity": -1}],
            "refund": None,
            "surcharges": [],
        },
        {
            "id": "2",
            "createdAt": LATER,
            "priceChange": -2200,
            "note": "",
            "isSettled": True,
            "lines": [{"orderLineId": "1", "quantity": -1}],
            "refund": {"id": "8"},
            "surcharges": [{"id": "6", "description": "Restocking fee", "price": 300, "priceWithTax": 300}],
        },
    ]
    refund = {"id": "8", "total": 2200, "state": "Pending", "reason": "", "createdAt": LATER, "lines": []}
    refund["lines"] = [{"orderLineId": "1", "quantity": 1}]
    cancelled = [
        entry(5, "ORDER_CANCELLATION", {"lines": [{"orderLineId": 1, "quantity": 1}], "shippingCancelled": False}),
        entry(6, "ORDER_CANCELLATION", {"lines": [{"orderLineId": 1, "quantity": 1}], "shippingCancelled": False}),
    ]
    found = read_one(
        order(
            *lines,
            modifications=modifications,
            surcharges=[{"id": "6", "description": "Restocking fee", "price": 300, "priceWithTax": 300}],
            payments=[{"id": "3", "amount": 7990, "state": "Settled", "refunds": [refund]}],
            subTotalWithTax=5300,
            totalWithTax=5790,
            history={"items": cancelled},
        )
    )
    (old, new) = found.lines
    assert (old.quantity.ordered, old.quantity.current, old.quantity.refunded, old.quantity.removed) == (3, 1, 1, 1)
    assert (new.quantity.ordered, new.quantity.current, new.replaces_line_id) == (1, 1, "1")
    assert (found.totals.lines.shop, found.totals.fees.shop, found.totals.outstanding.shop) == (5000, 300, 0)
    edit, fewer = found.adjustments
    assert (edit.type, edit.amount.shop, edit.by, edit.note) == ("edit", 0, "app", "size")
    assert (fewer.type, fewer.amount.shop, fewer.status) == ("cancel", -2200, "pending")
    assert fewer.restocking_fee == Amount(shop=300, buyer=300)
    assert found.state.payment == "partially_refunded"
    assert found.state.edited


def test_a_cancelled_order() -> None:
    reason = {"lines": [{"orderLineId": 1, "quantity": 3}], "reason": "customer (jalon-0123456789abcdef01234567)"}
    refund = {
        "id": "8",
        "total": 7990,
        "state": "Settled",
        "reason": "Order cancelled",
        "lines": [],
        "createdAt": LATER,
    }
    found = read_one(
        order(
            line("1", 0, orderPlacedQuantity=3, price=0),
            state="Cancelled",
            payments=[{"id": "3", "amount": 7990, "state": "Settled", "refunds": [refund]}],
            history={"items": [entry(5, "ORDER_CANCELLATION", reason, LATER)]},
            moves={"items": [entry(6, "ORDER_STATE_TRANSITION", {"from": "PaymentSettled", "to": "Cancelled"}, LATER)]},
        )
    )
    assert found.cancelled_at is not None
    assert (found.cancel_reason, found.state.payment) == ("customer", "refunded")
    assert [item.type for item in found.adjustments] == ["cancel", "refund"]
    assert editable_units(found) == {"1": 0}


def test_prices_without_taxes_are_shown_without() -> None:
    channels = [{"code": "__default_channel__", "pricesIncludeTax": True}, {"code": "us", "pricesIncludeTax": False}]
    found = read_one(order(channels=channels))
    assert (found.taxes_included, found.source.channel) == (False, "us")
    totals = found.totals
    assert (totals.lines.shop, totals.shipping.shop, totals.tax.shop, totals.total.shop) == (8333, 408, 1749, 10490)
    assert found.lines[0].price.unit.shop == 2083


@pytest.mark.parametrize(
    ("currency", "precision", "told", "read"),
    [
        ("EUR", 2, 10490, 10490),
        ("JPY", 2, 429900, 4299),
        ("KWD", 2, 712, 7120),
        ("EUR", 3, 10490, 1049),
        ("KWD", 3, 7, 7),
    ],
)
def test_every_currency_is_told_in_the_servers_fraction(currency: str, precision: int, told: int, read: int) -> None:
    found = read_one(order(currencyCode=currency, totalWithTax=told), precision)
    assert found.totals.total.shop == read


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]), st.integers(0, 4))
def test_what_fits_comes_back(minor: int, currency: str, precision: int) -> None:
    told = from_minor(minor, currency, precision)
    if from_minor(1, currency, precision):
        assert in_minor(told, currency, precision) == minor
    assert abs(in_minor(told, currency, precision) - minor) <= 5000


@pytest.mark.parametrize(
    ("name", "handler", "method"),
    [
        ("Colissimo", "manual-fulfillment", "shipping"),
        ("Click & Collect", "manual-fulfillment", "pickup"),
        ("Retrait en boutique", "manual-fulfillment", "pickup"),
        ("Abholung im Laden", "manual-fulfillment", "pickup"),
        ("By e-mail", "digital-fulfillment", "digital"),
        ("Ritiro in negozio", "manual-fulfillment", "pickup"),
    ],
)
def test_how_an_order_travels_is_read_from_names(name: str, handler: str, method: str) -> None:
    way = {"id": "5", "shippingMethod": {"code": "x", "name": name, "fulfillmentHandlerCode": handler}}
    found = read_one(order(shippingLines=[way]))
    assert [delivery.method for delivery in found.deliveries] == [method]
    assert {x.kind for x in found.lines} == {"digital" if method == "digital" else "physical"}


def test_what_waits_at_the_counter() -> None:
    way = {"id": "5", "shippingMethod": {"code": "pickup", "name": "Click & Collect"}}
    waiting = parcel("1", {"1": 3, "2": 1}, "Pending", trackingCode="", method="Click & Collect")
    found = read_one(order(shippingLines=[way], fulfillments=[waiting]))
    assert found.deliveries[0].pickup.ready_at is not None
    assert found.deliveries[0].pickup.collected_at is None
    assert found.parcels[0].tracking == ()
    fetched = read_one(order(shippingLines=[way], fulfillments=[{**waiting, "state": "Delivered"}]))
    assert fetched.deliveries[0].pickup.collected_at is not None
    assert fetched.parcels[0].status == "collected"


def test_notes_of_ours_are_instructions_and_the_shops_are_its_word() -> None:
    mark = "(jalon-0123456789abcdef01234567)"
    notes = [
        entry(1, "ORDER_NOTE", {"note": f"Delivery instructions: Ring twice {mark}"}, AT, isPublic=False),
        entry(2, "ORDER_NOTE", {"note": "Delivery instructions: by hand of staff"}, LATER, isPublic=False),
        entry(3, "ORDER_NOTE", {"note": "Your shirt is being embroidered"}, LATER, isPublic=True),
    ]
    found = read_one(order(history={"items": notes}))
    assert found.deliveries[0].instructions == "Ring twice"
    assert found.shop_note == "Your shirt is being embroidered"
    notes.append(entry(4, "ORDER_NOTE", {"note": f"No delivery instructions any more {mark}"}, LATER, isPublic=False))
    assert read_one(order(history={"items": notes})).deliveries[0].instructions is None


def test_a_telling_that_knows_more_is_newer_within_the_same_second() -> None:
    """Some databases keep whole seconds, and an order's own date stands still."""
    second = "2026-11-20T09:30:00.000Z"
    happened = [
        entry(1, "ORDER_PAYMENT_TRANSITION", {"to": "Settled"}, second),
        entry(2, "ORDER_FULFILLMENT", {"fulfillmentId": 1}, second),
        entry(3, "ORDER_FULFILLMENT_TRANSITION", {"fulfillmentId": 1, "to": "Shipped"}, second),
    ]
    told = [order(updatedAt=second, history={"items": happened[:n]}) for n in (1, 2, 3)]
    keys = [version_key(read_one(body).version) for body in told]
    assert keys == sorted(set(keys))


def test_looking_what_a_change_costs_is_no_news() -> None:
    looked = [
        entry(8, "ORDER_STATE_TRANSITION", {"from": "Modifying", "to": "PaymentSettled"}, LATER),
        entry(7, "ORDER_STATE_TRANSITION", {"from": "PaymentSettled", "to": "Modifying"}, LATER),
    ]
    assert as_json(read_one(order(moves={"items": looked}))) == as_json(read_one(order()))


def test_without_anybody_and_without_an_address() -> None:
    found = read_one(order(customer=None, shippingAddress=None, shippingLines=[], payments=None))
    assert (found.customer, found.address.shipping, found.contact.email) == (None, None, None)
    assert found.totals.refunded.shop is None
    assert found.state.payment == "paid"


@pytest.mark.parametrize(
    "body", [order(), {"data": {"order": order()}}, {"data": {"modifyOrder": order()}}, answer(order())]
)
def test_orders_are_found_in_every_answer(body: dict[str, Any]) -> None:
    assert [found.number for found in documents(body)] == ["QX7PL2"]


def test_other_bodies_say_what_they_are() -> None:
    refused = {"data": {"modifyOrder": {"__typename": "NoChangesSpecifiedError", "errorCode": "NO_CHANGES"}}}
    (note,) = entries_of(refused)
    assert isinstance(note, Note)
    assert "NO_CHANGES" in note.message
    (hint,) = entries_of({"type": "ORDER_NOTE", "orderId": "77"})
    assert isinstance(hint, Note)
    assert hint.order_id == "77"
    (problem,) = entries_of({"anything": "else"})
    assert isinstance(problem, Problem)
    (failed,) = entries_of({"errors": [{"message": "You are not authorised"}], "data": {"order": None}})
    assert isinstance(failed, Problem)
    found = entries_of({**answer(order()), "errors": [{"message": "some field"}]})
    assert [type(entry_) for entry_ in found] == [Document, Remark]


def test_an_order_without_a_code_is_named() -> None:
    (problem,) = entries_of({"data": {"order": order(code="")}})
    assert isinstance(problem, Problem)
    assert problem.member == "data.order.code"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PATHS = (
    [(name,) for name in order()]
    + [("lines", 0, name) for name in line("1", 1)]
    + [("payments", 0, name) for name in ("amount", "refunds", "state")]
)


@given(st.lists(st.tuples(st.sampled_from(PATHS), JSON), min_size=1, max_size=4))
def test_whatever_a_member_is_nothing_breaks(damage: list[tuple[tuple[Any, ...], Any]]) -> None:
    body = order(fulfillments=[parcel("1", {"1": 1})])
    for path, value in damage:
        holder: Any = body
        for step in path[:-1]:
            inner = holder[step] if isinstance(holder, list) or step in holder else None
            holder = inner if isinstance(inner, dict | list) and inner else {path[-1]: None}
        if isinstance(holder, dict):
            holder[path[-1]] = value
    for found in entries_of(answer(body)):
        if isinstance(found, Document):
            assert all(units >= 0 for units in editable_units(found.order).values())
