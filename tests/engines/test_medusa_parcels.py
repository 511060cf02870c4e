"""Parcels, pickups and returns that a real Medusa is told of from here, and the walk through what changed there."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from portal.platforms.changes import Applied, NotApplied
from portal.platforms.medusa.shop import MedusaShop
from tests.engines.connected import connected
from tests.engines.medusa_merchant import MedusaMerchant
from tests.engines.sides import Sides, line_of

pytestmark = [pytest.mark.shop_engine, pytest.mark.slow]


async def test_a_parcel_is_reported_once_and_arrives_once(medusa_shop: MedusaMerchant) -> None:
    async with connected(medusa_shop.account) as shop:
        sides = Sides(medusa_shop, shop)
        order_id = medusa_shop.place({"TEE-S-RED": 3})
        order = await sides.order(order_id)
        units = [(line_of(order, "TEE-S-RED"), 2)]
        for _ in range(2):  # as whoever does not know whether it was taken does
            sent = await shop.ship(order, "key-1", units, "Colissimo", "6A00000000001")
            assert isinstance(sent, Applied)
        order = await sides.order(order_id)
        (parcel,) = order.parcels
        assert (parcel.id, parcel.tracking[0].carrier, parcel.tracking[0].number) == (
            sent.reference,
            "laposte",
            "6A00000000001",
        )
        assert parcel.tracking[0].url
        assert medusa_shop.seen(order_id).shipped == {"TEE-S-RED": 2}
        packed = medusa_shop.pack(order_id, {"TEE-S-RED": 1})  # by the warehouse: it is taken, not packed anew
        rest = await shop.ship(await sides.order(order_id), "key-2", [(units[0][0], 1)], None, None)
        assert rest == Applied(packed)
        for _ in range(2):
            assert isinstance(await shop.delivered(order, "key-3", parcel.id), Applied)
        assert medusa_shop.seen(order_id).delivered == 1
        too_many = await shop.ship(order, "key-4", units, None, None)
        assert isinstance(too_many, NotApplied)


async def test_a_pickup_is_ready_and_then_collected(medusa_shop: MedusaMerchant) -> None:
    async with connected(medusa_shop.account) as shop:
        order_id = medusa_shop.order_in("eur", {"TEE-S-RED": 1, "MUG": 1}, way="pickup")
        order = await shop.order(order_id)
        (delivery,) = order.deliveries
        assert (delivery.method, delivery.location and delivery.location.name) == ("pickup", "Lyon")
        for _ in range(2):
            assert isinstance(await shop.ready(order, "key-1", delivery.id), Applied)
        waiting = await shop.order(order_id)
        assert waiting.deliveries[0].pickup.ready_at is not None
        assert (waiting.parcels, {line.quantity.in_progress for line in waiting.lines}) == ((), {1})
        for _ in range(2):
            assert isinstance(await shop.collected(waiting, "key-2", delivery.id), Applied)
        done = await shop.order(order_id)
        assert (done.deliveries[0].pickup.collected_at is not None, done.parcels[0].status) == (True, "collected")


async def test_a_wish_to_return_is_a_return_there(medusa_shop: MedusaMerchant) -> None:
    async with connected(medusa_shop.account) as shop:
        sides = Sides(medusa_shop, shop)
        order_id = medusa_shop.place({"TEE-S-RED": 2})
        order = await sides.order(order_id)
        units = [(line_of(order, "TEE-S-RED"), 1)]
        early = await shop.request_return(order, "key-1", units, "size", "Too small")
        assert isinstance(early, NotApplied)  # nothing has arrived
        assert medusa_shop.open_edits(order_id) == []
        medusa_shop.deliver(order_id, medusa_shop.ship(order_id, {"TEE-S-RED": 2}, "6A00000000002"))
        order = await sides.order(order_id)
        asked = [await shop.request_return(order, "key-2", units, "size", "Too small") for _ in range(2)]
        assert isinstance(asked[0], Applied)
        assert asked[0] == asked[1]
        after = await shop.order(order_id)
        (wanted,) = [one for one in after.adjustments if one.type == "return"]
        assert (wanted.status, [(one.line_id, one.quantity) for one in wanted.lines]) == (
            "pending",
            [(units[0][0], -1)],
        )
        assert after.totals.outstanding.shop == 0  # nothing is owed before it is back


async def test_a_walk_finds_everything_that_changed_and_payments_too(medusa_shop: MedusaMerchant) -> None:
    async with connected(medusa_shop.account) as shop:
        assert isinstance(shop, MedusaShop)
        early = medusa_shop.place({"MUG": 1}, paid=False)
        begin = datetime.now(UTC)
        late = [medusa_shop.place({"MUG": 1}) for _ in range(3)]
        medusa_shop.capture(early)
        seen: list[str] = []
        cursor = None
        while True:
            page = await shop.page(begin, cursor)
            assert page.unread == []
            seen += [order.source.order_id for order in page.orders]
            if (cursor := page.cursor) is None:
                break
        assert {early, *late} <= set(seen)
        everything = await shop.page(None, None)
        assert everything.total is not None
        assert everything.total >= 4


async def test_who_signs_in_with_a_password_needs_no_key(medusa_shop: MedusaMerchant) -> None:
    async with connected(medusa_shop.with_password()) as shop:
        assert [finding.ok for finding in await shop.check(None)] == [True]
    async with connected(medusa_shop.with_password("a wrong one")) as shop:
        (finding,) = await shop.check(None)
        assert (finding.ok, finding.grave) == (False, True)


async def test_the_subscriber_of_the_documentation_names_each_order(medusa_shop: MedusaMerchant) -> None:
    async with connected(medusa_shop.account) as shop:
        medusa_shop.relay.take(0)
        order_id = medusa_shop.place({"MUG": 1})
        parcel = medusa_shop.ship(order_id, {"MUG": 1}, "6A00000000003")
        medusa_shop.deliver(order_id, parcel)
        came: list[tuple[str, str]] = []
        while not {"order.placed", "payment.captured", "shipment.created", "delivery.created"} <= {
            name for name, _ in came
        }:
            for one in medusa_shop.relay.take():
                hint = shop.verify(one.headers, one.body, datetime.now(UTC))
                assert hint is not None
                came += [(hint.topic, order) for order in hint.order_ids if order == order_id]
                forged = json.dumps({**json.loads(one.body), "order_id": "order_other"}).encode()
                assert shop.verify(one.headers, forged, datetime.now(UTC)) is None
