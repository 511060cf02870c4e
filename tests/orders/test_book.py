"""The native shop on our own database: orders are changed in place, once, and never over somebody else's change."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.connecting.shops import Shops
from portal.context import Context
from portal.kit.db import Tx
from portal.orders.book import OrderBook
from portal.orders.catalog.document import InvalidProduct, product
from portal.orders.catalog.store import put_product
from portal.orders.models import DELIVERY, ORDER, ORDER_LINE
from portal.orders.private import ORDER_PRIVATE
from portal.orders.sync import Outcome, import_order
from portal.platforms.changes import (
    Applied,
    CancelOrder,
    CancelUnits,
    Edit,
    NotApplied,
    Quote,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.live import Editable, Holds, Prepares, Ships
from portal.platforms.neutral import NeutralOrder, neutral_order
from portal.platforms.neutral.shop import NativeShop, new_code
from portal.platforms.registry import connectable
from portal.tracking.models import SHIPMENT
from tests.support.context import kinds, rows

SOURCE = {"platform": "neutral", "shop": "atelier", "order_id": "1001"}
MUGS = {
    "shop": "atelier",
    "product_id": "mug",
    "currency": "EUR",
    "variants": [
        {"id": "sage", "options": {"Glaze": "sage"}, "price": 1500},
        {"id": "sand", "options": {"Glaze": "sand"}, "price": 1500, "available": 1},
        {"id": "gold", "options": [{"name": "Glaze", "value": "gold"}], "price": 2600},
    ],
}


def document(**members: Any) -> NeutralOrder:
    mug = {"id": "1", "product_id": "mug", "variant_id": "sage", "title": "Mug", "quantity": 3}
    return neutral_order({
        "source": SOURCE,
        "number": "#1001",
        "updated_at": "2026-11-19T09:00:00Z",
        "currency": "EUR",
        "state": {"payment": "paid"},
        "lines": [{**mug, "price": {"unit": {"shop": 1500}}}, {"id": "2", "title": "Bowl", "quantity": 1,
                  "price": {"unit": {"shop": 900}}}],
        "totals": {"total": {"shop": 5400}},
        **members,
    })  # fmt: skip


def shop_of(context: Context, **environ: str) -> NativeShop:
    named = {"JALON_PLATFORM_NEUTRAL_SHOP": "atelier", **environ}
    found = Shops(replace(context, environ=named)).of("neutral", "atelier")
    assert isinstance(found, NativeShop)
    return found


async def stored(context: Context) -> NeutralOrder:
    found = await OrderBook(context).find("atelier", "1001")
    assert found is not None
    return found


async def kept(context: Context, **members: Any) -> NeutralOrder:
    """The order, and the mugs that there are, in the database."""
    mugs = product(MUGS)

    async def unit(tx: Tx) -> None:
        await put_product(tx, mugs)

    await context.db.write(unit)
    assert await import_order(context, document(**members)) is Outcome.CREATED
    return await stored(context)


async def test_the_native_shop_can_be_connected_and_does_what_it_says(context: Context) -> None:
    assert "neutral" in connectable()
    shop: object = shop_of(context)
    assert all(isinstance(shop, contract) for contract in (Editable, Holds, Ships, Prepares))


async def test_an_order_is_read_whole_and_only_under_its_shop(any_context: Context) -> None:
    await import_order(any_context, document())
    book = OrderBook(any_context)
    assert await book.find("atelier", "1001") == document()
    assert await book.find("other", "1001") is None
    assert await book.find("atelier", "1002") is None


async def test_an_edit_changes_what_everybody_reads_and_says_so(any_context: Context) -> None:
    order, shop = await kept(any_context), shop_of(any_context)
    edit = Edit("e-1", CancelUnits((("1", 2),)))
    assert await shop.apply(order, edit) == Applied("e-1")
    assert [line.current for line in await rows(any_context, select(ORDER_LINE).order_by(ORDER_LINE.c.position))] == [
        1,
        1,
    ]
    (row,) = await rows(any_context, select(ORDER))
    assert (row.total, row.payment) == (2400, "partially_refunded")
    assert await kinds(any_context, f"order:{row.id}") == ["order.changed", "order.changed"]
    assert await shop.applied(order, edit) == Applied("e-1")
    assert await shop.applied(order, Edit("e-2", CancelOrder())) is None


async def test_an_edit_is_made_once_however_often_it_is_sent(any_context: Context) -> None:
    order, shop = await kept(any_context), shop_of(any_context)
    edit = Edit("e-1", CancelUnits((("1", 1),)))
    results = await asyncio.gather(*(shop.apply(order, edit) for _ in range(4)))
    assert Applied("e-1") in results
    assert {type(result) for result in results} <= {Applied, NotApplied}
    assert await shop.apply(order, edit) == Applied("e-1")
    after = await stored(any_context)
    assert (after.lines[0].quantity.current, len(after.adjustments)) == (2, 1)


async def test_what_changed_meanwhile_is_not_written_over(any_context: Context) -> None:
    seen, shop = await kept(any_context), shop_of(any_context)
    assert isinstance(await shop.ship(seen, "p-1", [("1", 1)], "Colissimo", "6A00000000001"), Applied)
    assert await shop.apply(seen, Edit("e-1", SetQuantity("1", 2))) == NotApplied("changed")
    assert await shop.apply(seen, Edit("e-2", CancelOrder())) == NotApplied("shipped")
    assert not await OrderBook(any_context).replace(seen, document(note="over it"))
    assert (await stored(any_context)).lines[0].quantity.fulfilled == 1


async def test_two_who_change_at_once_do_not_undo_each_other(any_context: Context) -> None:
    seen, shop = await kept(any_context), shop_of(any_context)
    edits = [shop.apply(seen, Edit(f"e-{at}", CancelUnits((("1", 1),)))) for at in range(3)]
    shipped = shop.ship(seen, "p-1", [("2", 1)], "Colissimo", "6A00000000001")
    *edited, sent = await asyncio.gather(*edits, shipped)
    after = await stored(any_context)
    assert isinstance(sent, Applied)
    assert after.lines[1].quantity.fulfilled == 1
    assert after.lines[0].quantity.current == 3 - edited.count(Applied("e-0")) - edited.count(
        Applied("e-1")
    ) - edited.count(Applied("e-2"))


async def test_a_parcel_that_is_noted_is_tracked(context: Context) -> None:
    order, shop = await kept(context), shop_of(context)
    assert isinstance(await shop.ship(order, "p-1", [("1", 3)], "Colissimo", "6A00000000001"), Applied)
    (row,) = await rows(context, select(SHIPMENT))
    assert (row.carrier, row.milestone) == ("laposte", "handed_over")
    assert isinstance(await shop.delivered(order, "k", "p-1"), Applied)
    (row,) = await rows(context, select(SHIPMENT))
    assert row.milestone == "delivered"


async def test_what_is_ready_gets_a_code_that_nobody_guesses(context: Context) -> None:
    pickup = {"id": "shop", "method": "pickup", "lines": [{"line_id": "1", "quantity": 3}]}
    order, shop = await kept(context, deliveries=[pickup]), shop_of(context)
    assert isinstance(await shop.ready(order, "k-1", "shop"), Applied)
    (private,) = await rows(context, select(ORDER_PRIVATE))
    assert re.fullmatch(r"[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}", private.collect_code)
    assert len({new_code() for _ in range(500)}) == 500
    assert isinstance(await shop.collected(order, "k-2", "shop"), Applied)
    (row,) = await rows(context, select(DELIVERY))
    assert (row.state, row.collected_at) == ("closed", context.clock.now())


async def test_a_line_can_be_another_variant_of_its_product(any_context: Context) -> None:
    order, shop = await kept(any_context), shop_of(any_context)
    found = await shop.variants(order, "1")
    assert [(each.id, each.title, each.price.buyer, each.available) for each in found] == [
        ("sand", "sand", 1500, 1),
        ("gold", "gold", 2600, None),
    ]
    assert await shop.variants(order, "2") == ()
    quoted = await shop.quote(order, Edit("e", SwapVariant("1", "gold", 1)))
    assert isinstance(quoted, Quote)
    assert (quoted.due.shop, quoted.exact) == (1100, True)
    for variant, units in (("sand", 2), ("blue", 1), ("sage", 1)):
        assert await shop.quote(order, Edit("e", SwapVariant("1", variant, units))) == NotApplied("unavailable")
    assert await shop.apply(order, Edit("e", SwapVariant("1", "gold", 1))) == Applied("e")
    lines = await rows(any_context, select(ORDER_LINE).order_by(ORDER_LINE.c.position))
    assert [(line.external_id, line.options, line.current) for line in lines] == [
        ("1", "", 2),
        ("2", "", 1),
        ("1:e", "gold", 1),
    ]


async def test_a_price_in_another_currency_is_not_a_price(context: Context) -> None:
    order = await kept(context, currency="CHF")
    assert [each.price.shop for each in await shop_of(context).variants(order, "1")] == [None, None]


async def test_a_shop_may_keep_the_shipping_of_a_whole_order(context: Context) -> None:
    sums = {"lines": {"shop": 5400}, "shipping": {"shop": 490}, "total": {"shop": 5890}}
    order = await kept(context, totals=sums)
    whole = Edit("e", CancelOrder())
    for environ, due in (({}, -5890), ({"JALON_PLATFORM_NEUTRAL_KEEP_SHIPPING": "yes"}, -5400)):
        quoted = await shop_of(context, **environ).quote(order, whole)
        assert isinstance(quoted, Quote)
        assert quoted.due.shop == due


async def test_an_order_under_a_hold_is_not_sent(context: Context) -> None:
    order, shop = await kept(context), shop_of(context)
    assert await shop.hold("1001", "edit")
    assert await shop.hold("1001", "edit")
    assert not await shop.hold("1001", "another")
    assert await shop.preparing(order, "k") == NotApplied("busy", "its customer is changing it")
    await shop.release("1001", "edit")
    await shop.release("1001", "edit")
    assert await shop.preparing(order, "k") == Applied("k")
    assert not await shop.hold("1002", "edit")


async def test_what_was_erased_is_not_there_to_be_changed(context: Context) -> None:
    order = await kept(context)

    async def unit(tx: Tx) -> None:
        await tx.run(update(ORDER).values(erased_at=context.clock.now()))

    await context.db.write(unit)
    assert await OrderBook(context).find("atelier", "1001") is None
    assert not await OrderBook(context).replace(order, order)
    assert isinstance(await shop_of(context).apply(order, Edit("e", CancelOrder())), NotApplied)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"variants": []}, "variants"),
        ({"product_id": ""}, "product_id"),
        ({"currency": None}, "currency is needed"),
        ({"variants": [{"id": "a"}, {"id": "a"}]}, "same id"),
        ({"variants": [{"id": "a", "price": -1}]}, "variants.0.price"),
        ({"variants": [{"id": "a", "price": 12.5}]}, "variants.0.price"),
        ({"shop": None}, "shop"),
        ({"colour": "sage"}, "colour"),
    ],
)
def test_a_product_that_cannot_be_right_is_named(members: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidProduct, match=said):
        product({**MUGS, **members})


async def test_a_product_that_is_told_again_replaces_what_was_told(context: Context) -> None:
    order = await kept(context)
    fewer = product({"product_id": "mug", "title": "Mug", "variants": [{"id": "clay"}]}, "atelier")

    async def unit(tx: Tx) -> None:
        await put_product(tx, fewer)

    await context.db.write(unit)
    assert [(each.id, each.title) for each in await shop_of(context).variants(order, "1")] == [("clay", "Mug")]
