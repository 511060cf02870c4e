"""What carriers say is told to the platform once, and its echo is not taken for the shop's word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from carriers import Milestone, Place
from portal.connecting import telling
from portal.connecting.echoes import without_echoes
from portal.connecting.models import SHOP_TOLD
from portal.connecting.sweeping import sweeping
from portal.connecting.telling import look_what_to_tell, tell_shop
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.orders.sync import import_order
from portal.platforms.marks import mark_of
from portal.platforms.neutral import NeutralOrder
from portal.privacy.erasure import erase_orders
from portal.tracking.merge import merge
from portal.tracking.models import SHIPMENT
from tests.connecting.test_reconciling import shop_of, whole
from tests.support.context import kinds, order, parcel, rows
from tests.support.parcels import report, scan
from tests.support.shops import deliver_all, work
from tests.support.teashop import Fault, TeashopServer
from tests.support.web import Site, site

NUMBER = "6A12345678901"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def any_shop(any_context: Context) -> Site:
    """A connected site on SQLite, then on PostgreSQL."""
    return site(any_context)


async def sent(shop: Site, teashop: TeashopServer, clock: ManualClock) -> str:
    """An order that left in one parcel, known to us; telling has begun. Returns its id."""
    await look_what_to_tell(shop.context, {})
    order_id = teashop.place()
    teashop.send_out(order_id, NUMBER)
    await deliver_all(shop, teashop.deliveries)
    teashop.deliveries.clear()
    await work(shop.context, clock, MINUTE)
    return order_id


async def carrier_says(context: Context, milestone: Milestone, hour: int, shipment: int = 1) -> None:
    """A scan of the parcel."""
    said = scan(milestone, hour, place=Place(country="FR", city="Lille"))
    (row,) = await rows(context, select(SHIPMENT.c.topic).where(SHIPMENT.c.id == shipment))

    async def unit(tx: Tx) -> bool:
        return await merge(tx, context.clock.now(), shipment, row.topic, report(NUMBER, said, milestone=milestone))

    assert await context.db.write(unit)


async def tell(context: Context, clock: ManualClock) -> None:
    """Look, and do what comes of it."""
    clock.advance(MINUTE)
    await look_what_to_tell(context, {})
    await work(context, clock, MINUTE)


def events(teashop: TeashopServer, order_id: str) -> list[str]:
    """What the platform was told of the parcel, in order."""
    return [event["status"] for event in teashop.orders[order_id]["parcels"][0]["events"]]


async def test_each_standing_is_told_once(any_shop: Site, teashop: TeashopServer, clock: ManualClock) -> None:
    context, order_id = any_shop.context, await sent(any_shop, teashop, clock)
    for milestone, hour in ((Milestone.IN_TRANSIT, 1), (Milestone.IN_TRANSIT, 2), (Milestone.OUT_FOR_DELIVERY, 3)):
        await carrier_says(context, milestone, hour)
        await tell(context, clock)
        await tell(context, clock)
    assert events(teashop, order_id) == ["in_transit", "out_for_delivery"]
    posted = [path for path in teashop.asked if path.endswith("/events")]
    assert len(posted) == 2
    told = await rows(context, select(SHOP_TOLD.c.status, SHOP_TOLD.c.told_at).order_by(SHOP_TOLD.c.id))
    assert [(row.status, row.told_at is not None) for row in told] == [("in_transit", True), ("out_for_delivery", True)]


async def test_the_echo_is_no_news_of_the_shop(any_shop: Site, teashop: TeashopServer, clock: ManualClock) -> None:
    context, order_id = any_shop.context, await sent(any_shop, teashop, clock)
    (before,) = await rows(context, select(SHIPMENT.c.shop_milestone, SHIPMENT.c.shop_at))
    await carrier_says(context, Milestone.DELIVERED, 4)
    await tell(context, clock)
    assert events(teashop, order_id) == ["delivered"]
    assert teashop.orders[order_id]["parcels"][0]["status"] == "delivered"
    said, asked = await kinds(context, "order:1"), len(teashop.asked)
    assert await deliver_all(any_shop, teashop.deliveries) == {200}
    await work(context, clock, MINUTE)
    assert len(teashop.asked) == asked  # the echo's own delivery causes no reading
    await deliver_all(any_shop, [teashop.say("order", (order_id,))])  # another one does
    await work(context, clock, MINUTE)
    await whole(context)
    (after,) = await rows(context, select(SHIPMENT.c.shop_milestone, SHIPMENT.c.shop_at))
    assert after == before
    assert await kinds(context, "order:1") == said


async def test_a_carriers_mistake_that_is_put_right_does_not_stay_by_its_echo(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context, order_id = any_shop.context, await sent(any_shop, teashop, clock)
    await carrier_says(context, Milestone.READY_FOR_PICKUP, 4)
    await tell(context, clock)
    await whole(context)
    await carrier_says(context, Milestone.IN_TRANSIT, 5)
    await tell(context, clock)
    await whole(context)
    (shipment,) = await rows(context, select(SHIPMENT.c.milestone, SHIPMENT.c.shop_milestone))
    assert (shipment.milestone, shipment.shop_milestone) == ("in_transit", "handed_over")
    assert events(teashop, order_id) == ["ready_for_pickup", "in_transit"]


async def test_what_the_shop_says_itself_is_not_told_to_it(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context, order_id = any_shop.context, await sent(any_shop, teashop, clock)
    parcels = [{**teashop.orders[order_id]["parcels"][0], "status": "in_transit"}]
    teashop.change(order_id, parcels=parcels)
    await deliver_all(any_shop, teashop.deliveries)
    await work(context, clock, MINUTE)
    await carrier_says(context, Milestone.IN_TRANSIT, 1)
    await tell(context, clock)
    assert events(teashop, order_id) == []


async def test_after_a_kill_it_is_told_and_still_once(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, order_id = any_shop.context, await sent(any_shop, teashop, clock)
    await carrier_says(context, Milestone.IN_TRANSIT, 1)
    clock.advance(MINUTE)
    await look_what_to_tell(context, {})

    async def killed(*_: Any, **__: Any) -> None:
        raise RuntimeError("the power goes")

    with monkeypatch.context() as patch:
        patch.setattr(telling, "_settle", killed)
        with pytest.raises(RuntimeError):
            await tell_shop(context, {"told": 1})
    assert events(teashop, order_id) == ["in_transit"]
    await work(context, clock, timedelta(minutes=5))
    assert events(teashop, order_id) == ["in_transit"]
    (told,) = await rows(context, select(SHOP_TOLD.c.told_at))
    assert told.told_at is not None


async def test_a_shop_that_is_away_is_told_later_or_never(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context, order_id = any_shop.context, await sent(any_shop, teashop, clock)
    await carrier_says(context, Milestone.IN_TRANSIT, 1)
    teashop.faults += [Fault(500), Fault(500)]
    await tell(context, clock)
    assert events(teashop, order_id) == []
    await work(context, clock, timedelta(hours=1))
    assert events(teashop, order_id) == ["in_transit"]
    await carrier_says(context, Milestone.OUT_FOR_DELIVERY, 2)
    teashop.faults += [Fault(400)] * 20
    await tell(context, clock)
    await work(context, clock, timedelta(days=2))
    (_, told) = await rows(context, select(SHOP_TOLD.c.told_at, SHOP_TOLD.c.problem).order_by(SHOP_TOLD.c.id))
    assert (told.told_at, told.problem) == (None, "answer")


async def test_it_can_be_switched_off(any_shop: Site, teashop: TeashopServer, clock: ManualClock) -> None:
    context, order_id = any_shop.context, await sent(any_shop, teashop, clock)
    off = replace(context, settings=context.settings.model_copy(update={"tell_shops": False}))
    await carrier_says(context, Milestone.IN_TRANSIT, 1)
    await look_what_to_tell(off, {})
    await tell(context, clock)  # switched on again: what happened meanwhile is not made up for
    assert events(teashop, order_id) == []
    await carrier_says(context, Milestone.OUT_FOR_DELIVERY, 2)
    await tell(context, clock)
    assert events(teashop, order_id) == ["out_for_delivery"]


async def test_nothing_from_before_the_connection_is_told(
    any_context: Context, teashop: TeashopServer, clock: ManualClock
) -> None:
    order_id = teashop.place()
    teashop.send_out(order_id, NUMBER)
    await whole(any_context)
    await carrier_says(any_context, Milestone.IN_TRANSIT, 1)
    await tell(any_context, clock)
    assert events(teashop, order_id) == []


async def test_other_orders_and_erased_ones_are_not_told(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context, order_id = any_shop.context, await sent(any_shop, teashop, clock)
    await import_order(context, order(parcels=[parcel("p", "6A12345678902", {"mug": 1})]))
    await carrier_says(context, Milestone.IN_TRANSIT, 1, shipment=2)
    await carrier_says(context, Milestone.IN_TRANSIT, 1, shipment=1)
    clock.advance(MINUTE)
    await look_what_to_tell(context, {})
    await erase_orders(context, [1])
    await work(context, clock)
    assert events(teashop, order_id) == []
    assert [row.problem for row in await rows(context, select(SHOP_TOLD.c.problem))] == ["gone"]


async def test_a_sweep_under_way_hears_no_echo_either(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context = any_shop.context
    await sent(any_shop, teashop, clock)
    await carrier_says(context, Milestone.DELIVERED, 4)
    await tell(context, clock)
    async with sweeping(context, shop_of(context), "since", clock.now() - timedelta(days=1)) as sweep:
        while await sweep.step():
            pass
        assert sweep.state.changed == 0


MARK = mark_of("a", "parcel")


def told_back(status: str, *events_: dict[str, Any], **members: Any) -> NeutralOrder:
    """An order whose parcel stands so at its platform."""
    shown = parcel("p", NUMBER, {"mug": 1}, status=status, events=list(events_), **members)
    return order(parcels=[shown])


@pytest.mark.parametrize(
    ("document", "told", "status", "left"),
    [
        (told_back("in_transit"), {}, "in_transit", 0),
        (told_back("in_transit"), {"in_transit"}, "unknown", 0),
        (told_back("delivered"), {"in_transit"}, "delivered", 0),
        (told_back("in_transit", {"id": MARK, "status": "in_transit"}), {}, "unknown", 0),
        (told_back("in_transit", {"id": "1", "status": "in_transit", "message": f"({MARK})"}), {}, "unknown", 0),
        (told_back("in_transit", {"id": "1", "status": "in_transit", "origin": "portal"}), {}, "unknown", 0),
        (told_back("in_transit", {"id": "1", "status": "in_transit"}), {"in_transit"}, "in_transit", 1),
        (
            told_back("delivered", {"id": "1", "at": "2026-11-20T08:00:00Z", "status": "label_created"}),
            {"delivered"},
            "label_created",
            1,
        ),
    ],
)
def test_what_is_left_without_echoes(document: NeutralOrder, told: set[str], status: str, left: int) -> None:
    (found,) = without_echoes(document, {"p": told}).parcels
    assert (found.status, len(found.events)) == (status, left)


def test_an_echo_leaves_the_document_as_it_was_before() -> None:
    before = order(parcels=[parcel("p", NUMBER, {"mug": 1})])
    after = told_back("delivered", {"id": MARK, "status": "delivered"}, delivered_at="2026-11-20T08:00:00Z")
    assert without_echoes(after, {"p": {"delivered"}}) == before
    assert without_echoes(before, {"p": {"delivered"}}) is before


def test_what_the_shop_said_before_is_what_it_says() -> None:
    before = told_back("label_created", status_raw="LABEL")
    after = told_back("delivered", {"id": MARK, "status": "delivered"}, status_raw="DELIVERED")
    assert without_echoes(after, {}, before) == before
