"""Goods held back, shipped, ready, collected, delivered, told of, wished back: each once, however often it is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.kit.clock import ManualClock
from portal.platforms.changes import Applied, CancelUnits, NotApplied, Told
from portal.platforms.live import ShopError
from portal.platforms.marks import mark_in, mark_of
from portal.platforms.shopify.shop import ShopifyShop
from portal.platforms.units import editable_units
from tests.platforms.shopify.test_client import answered
from tests.platforms.shopify.wishes import edit, seen
from tests.support.shopify.records import Order, Work, WorkLine
from tests.support.shopify.server import Fault, ShopifyServer
from tests.support.shopify.shop import LILLE, Shop


def placed(store: Shop, quantity: int = 2, method: str = "SHIPPING") -> Order:
    return store.place((store.shirts("M")[0], quantity), method=method)


async def test_a_hold_keeps_the_warehouse_away_and_edits_possible(shop: ShopifyShop, store: Shop) -> None:
    order = placed(store)
    assert await shop.hold(order.id, "k")
    assert await shop.hold(order.id, "k")
    (hold,) = order.works[0].holds
    assert len(hold["handle"]) <= 64
    document = await seen(shop, order)
    assert document.deliveries[0].state == "on_hold"
    assert editable_units(document) == {order.items[0].id: 2}
    assert isinstance(await shop.apply(document, edit(CancelUnits(((order.items[0].id, 1),)))), Applied)
    await shop.release(order.id, "another")
    assert order.works[0].holds
    await shop.release(order.id, "k")
    await shop.release(order.id, "k")
    assert (order.works[0].holds, order.works[0].status) == ([], "OPEN")


async def test_a_hold_is_on_all_of_it_or_on_nothing(shop: ShopifyShop, store: Shop) -> None:
    order = placed(store)
    line = WorkLine(store.id("FulfillmentOrderLineItem"), order.items[0].id, 1, 1)
    order.works.append(Work(store.id("FulfillmentOrder"), LILLE, [line], request="SUBMITTED"))
    assert not await shop.hold(order.id, "k")
    assert [work.holds for work in order.works] == [[], []]


async def test_what_has_left_cannot_be_held(shop: ShopifyShop, store: Shop) -> None:
    order = placed(store)
    store.ship(order)
    assert not await shop.hold(order.id, "k")


async def test_holds_of_others_stay(shop: ShopifyShop, store: Shop) -> None:
    order = placed(store)
    await shop.hold(order.id, "k")
    order.works[0].holds.append({"id": "x", "handle": "theirs", "reason": "OTHER", "heldByRequestingApp": False})
    await shop.release(order.id, "k")
    assert [hold["handle"] for hold in order.works[0].holds] == ["theirs"]
    assert order.works[0].status == "ON_HOLD"


async def test_a_parcel_is_reported_once(shop: ShopifyShop, store: Shop) -> None:
    order = placed(store, 3)
    before = await seen(shop, order)
    for _ in range(3):
        outcome = await shop.ship(before, "k", [(order.items[0].id, 2)], "Colissimo", "6A12345678901")
        assert isinstance(outcome, Applied)
    (parcel,) = order.parcels
    assert [(item, quantity) for _, item, quantity in parcel.lines] == [(order.items[0].id, 2)]
    assert parcel.tracking is not None
    assert (parcel.tracking["company"], parcel.tracking["number"]) == ("Colissimo", "6A12345678901")
    assert isinstance(await shop.ship(await seen(shop, order), "k2", [(order.items[0].id, 1)], None, None), Applied)
    assert [sum(quantity for *_, quantity in parcel.lines) for parcel in order.parcels] == [2, 1]
    assert store.said == []


async def test_units_at_two_places_leave_in_two_parcels_also_after_a_crash(
    shop: ShopifyShop, store: Shop, played: ShopifyServer
) -> None:
    for number in range(8):
        order = placed(store, 3)
        order.works[0].lines[0].remaining = order.works[0].lines[0].total = 2
        line = WorkLine(store.id("FulfillmentOrderLineItem"), order.items[0].id, 1, 1)
        order.works.append(Work(store.id("FulfillmentOrder"), LILLE, [line]))
        before = await seen(shop, order)
        played.faults.extend([None] * number + [Fault(None, after=True)])
        try:
            await shop.ship(before, f"k{number}", [(order.items[0].id, 3)], "Colissimo", "6A1")
        except ShopError:
            played.faults.clear()
            assert isinstance(
                await shop.ship(before, f"k{number}", [(order.items[0].id, 3)], "Colissimo", "6A1"), Applied
            )
        played.faults.clear()
        assert sorted(quantity for parcel in order.parcels for *_, quantity in parcel.lines) == [1, 2]


@pytest.mark.parametrize("case", ["too many", "on hold", "shipped", "cancelled", "nothing"])
async def test_what_cannot_be_shipped_is_not(case: str, shop: ShopifyShop, store: Shop) -> None:
    order = placed(store)
    units = [(order.items[0].id, 3 if case == "too many" else 2)]
    match case:
        case "on hold":
            order.works[0].status = "ON_HOLD"
        case "shipped":
            store.ship(order)
        case "cancelled":
            order.cancelled = order.placed
            order.works[0].status = "CANCELLED"
        case "nothing":
            units = []
    parcels = len(order.parcels)
    outcome = await shop.ship(await seen(shop, order), "k", units, None, None)
    assert isinstance(outcome, NotApplied)
    assert outcome.why == ("cancelled" if case == "cancelled" else "shipped")
    assert len(order.parcels) == parcels


async def test_ready_and_collected(shop: ShopifyShop, store: Shop, clock: ManualClock) -> None:
    order = placed(store, method="PICK_UP")
    delivery = order.works[0].id
    before = await seen(shop, order)
    assert before.deliveries[0].method == "pickup"
    assert before.deliveries[0].pickup.ready_at is None
    for _ in range(3):
        assert isinstance(await shop.ready(before, "k", delivery), Applied)
    assert store.said == [f"ready {order.name}"]
    waiting = await seen(shop, order)
    assert waiting.deliveries[0].pickup.ready_at is not None
    assert editable_units(waiting) == {order.items[0].id: 0}
    clock.advance(timedelta(hours=2))
    for _ in range(3):
        assert isinstance(await shop.collected(waiting, "k", delivery), Applied)
    assert len(order.parcels) == 1
    fetched = await seen(shop, order)
    assert fetched.deliveries[0].pickup.collected_at == clock.now()
    assert fetched.lines[0].quantity.fulfilled == 2


async def test_what_was_made_ready_and_not_noted_is_noted_later(
    shop: ShopifyShop, store: Shop, played: ShopifyServer
) -> None:
    order = placed(store, method="PICK_UP")
    before = await seen(shop, order)
    played.faults.extend([None, Fault(None, after=True)])
    with pytest.raises(ShopError):
        await shop.ready(before, "k", order.works[0].id)
    assert isinstance(await shop.ready(before, "k", order.works[0].id), Applied)
    assert (await seen(shop, order)).deliveries[0].pickup.ready_at is not None
    assert store.said == [f"ready {order.name}"]


async def test_what_left_when_it_was_made_ready_arrives_when_it_is_collected(shop: ShopifyShop, store: Shop) -> None:
    order = placed(store, method="PICK_UP")
    parcel = store.ship(order)
    parcel.display = "READY_FOR_PICKUP"
    before = await seen(shop, order)
    assert before.deliveries[0].pickup.ready_at is not None
    assert isinstance(await shop.collected(before, "k", order.works[0].id), Applied)
    assert isinstance(await shop.collected(before, "k", order.works[0].id), Applied)
    assert [event["status"] for event in parcel.events] == ["DELIVERED"]
    assert (await seen(shop, order)).deliveries[0].pickup.collected_at is not None


async def test_only_what_is_to_be_collected_is_made_ready(shop: ShopifyShop, store: Shop) -> None:
    order = placed(store)
    before = await seen(shop, order)
    for delivery in (order.works[0].id, "gid://shopify/FulfillmentOrder/404"):
        outcome = await shop.ready(before, "k", delivery)
        assert isinstance(outcome, NotApplied)
        assert outcome.why == "unsupported"
    assert isinstance(await shop.collected(before, "k", "gid://shopify/FulfillmentOrder/404"), NotApplied)


async def test_what_somebody_at_the_shop_says_is_the_shops_word(shop: ShopifyShop, store: Shop) -> None:
    order = placed(store)
    parcel = store.ship(order, number="6A1")
    before = await seen(shop, order)
    for _ in range(2):
        assert isinstance(await shop.delivered(before, "k", parcel.id), Applied)
    (event,) = parcel.events
    assert mark_in(event["message"]) is None
    read = (await seen(shop, order)).parcels[0]
    assert read.status == "delivered"
    assert read.delivered_at is not None
    assert [one.origin for one in read.events] == ["platform"]


def told(parcel: str, status: str, key: str = "k", clock: ManualClock | None = None) -> Told:
    assert clock is not None
    return Told(key, parcel, status, clock.now(), "Lyon", "69002", "FR", clock.now() + timedelta(days=1))


async def test_what_carriers_say_is_told_once_and_is_no_news_to_us(
    shop: ShopifyShop, store: Shop, clock: ManualClock
) -> None:
    order = placed(store)
    parcel = store.ship(order, number="6A1")
    for _ in range(3):
        await shop.tell(order.id, told(parcel.id, "delivered", clock=clock))
    (event,) = parcel.events
    assert (event["status"], event["city"], event["zip"], event["country"]) == ("DELIVERED", "Lyon", "69002", "FR")
    assert mark_in(event["message"]) == mark_of("event", "k")
    assert event["estimatedDeliveryAt"] is not None
    read = (await seen(shop, order)).parcels[0]
    assert [(one.origin, one.message) for one in read.events] == [("portal", None)]
    assert (read.status, read.delivered_at, read.estimated_at) == ("handed_over", None, None)


async def test_the_shops_own_word_stays_beside_ours(shop: ShopifyShop, store: Shop, clock: ManualClock) -> None:
    order = placed(store)
    parcel = store.ship(order, number="6A1")
    parcel.events.append(
        {"id": "e", "status": "IN_TRANSIT", "happenedAt": "2026-11-01T10:00:00Z", "message": None, "city": None,
         "country": None, "zip": None, "estimatedDeliveryAt": None}
    )  # fmt: skip
    await shop.tell(order.id, told(parcel.id, "delivered", clock=clock))
    read = (await seen(shop, order)).parcels[0]
    assert (read.status, read.delivered_at) == ("in_transit", None)


@pytest.mark.parametrize("status", ["returning", "unknown", "expired", "cancelled", "nonsense", "action_required"])
async def test_what_shopify_has_no_word_for_is_not_told(
    status: str, shop: ShopifyShop, store: Shop, clock: ManualClock
) -> None:
    order = placed(store)
    parcel = store.ship(order)
    await shop.tell(order.id, told(parcel.id, status, clock=clock))
    assert parcel.events == []


async def test_an_event_that_shopify_does_not_take_is_an_error(
    shop: ShopifyShop, store: Shop, played: ShopifyServer, clock: ManualClock
) -> None:
    parcel = store.ship(placed(store))
    refused = {"fulfillmentEventCreate": {"fulfillmentEvent": None, "userErrors": [{"field": None, "message": "no"}]}}
    played.faults.extend([None, answered({"data": refused})])
    with pytest.raises(ShopError, match="no"):
        await shop.tell("any", told(parcel.id, "delivered", clock=clock))


async def test_a_wish_to_return_becomes_a_request_once(shop: ShopifyShop, store: Shop) -> None:
    order = placed(store, 3)
    line = order.items[0].id
    store.ship(order, {line: 1})
    store.ship(order, {line: 2})
    before = await seen(shop, order)
    words = "it is blue " * 60
    outcomes = [await shop.request_return(before, "k", [(line, 2)], "wrong_item", words) for _ in range(2)]
    (wish,) = order.returns
    assert outcomes == [Applied(wish.id)] * 2
    assert sum(one["quantity"] for one in wish.lines) == 2
    assert all(len(one["note"]) <= 300 and one["note"].startswith("it is blue") for one in wish.lines)
    assert wish.lines[0]["reason"] == "gid://shopify/ReturnReasonDefinition/3"
    adjustment = (await seen(shop, order)).adjustments[0]
    assert (adjustment.type, adjustment.status) == ("return", "pending")


@pytest.mark.parametrize(
    ("code", "there", "taken"),
    [
        ("size", ("fit", "other-reason"), 0),
        ("size", ("too-small", "too-big", "other-reason"), 2),
        ("defective", ("style", "damaged-or-defective"), 1),
        ("wrong_item", ("received-the-wrong-item",), 0),
        ("not_as_described", ("unknown", "item-not-as-described"), 1),
        ("unwanted", ("changed-my-mind", "other-reason"), 0),
        ("unwanted", ("quality",), None),
        ("other", ("unknown", "other-reason"), 1),
        ("nonsense", ("quality", "unknown"), 1),
    ],
)
async def test_a_reason_is_one_that_shopify_has(
    code: str, there: tuple[str, ...], taken: int | None, shop: ShopifyShop, store: Shop
) -> None:
    store.reasons = there
    order = placed(store)
    store.ship(order)
    assert isinstance(
        await shop.request_return(await seen(shop, order), "k", [(order.items[0].id, 1)], code, ""), Applied
    )
    assert order.returns[0].lines[0]["reason"] == (
        None if taken is None else f"gid://shopify/ReturnReasonDefinition/{taken}"
    )


async def test_what_has_not_left_cannot_be_returned(shop: ShopifyShop, store: Shop) -> None:
    order = placed(store)
    for shipped in (0, 1):
        if shipped:
            store.ship(order, {order.items[0].id: 1})
        outcome = await shop.request_return(await seen(shop, order), "k", [(order.items[0].id, 2)], "size", "")
        assert isinstance(outcome, NotApplied)
        assert outcome.why == "unavailable"
    assert order.returns == []
