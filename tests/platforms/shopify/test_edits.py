"""Edits of orders: what they come to, and that they are made once and whole."""

from __future__ import annotations

from uuid import uuid4

import pytest

from portal.platforms.changes import (
    CancelOrder,
    CancelUnits,
    Edit,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.marks import mark_of
from portal.platforms.neutral.parts import Amount
from portal.platforms.shopify.instructions import INSTRUCTIONS
from portal.platforms.shopify.shop import ShopifyShop
from tests.platforms.shopify.wishes import LILLE, both, edit, made, quoted, refused, seen, units
from tests.support.shopify.records import Pair
from tests.support.shopify.server import ShopifyServer
from tests.support.shopify.shop import Shop


async def test_another_size_at_the_same_price(shop: ShopifyShop, store: Shop) -> None:
    medium, large = store.shirts("M", "L")
    order = store.place((medium, 3), shipping=(490, 490))
    wish = edit(SwapVariant(order.items[0].id, large.id, 2), note="wished by the customer")
    quote = await quoted(shop, order, wish)
    assert (quote.due, quote.fee, quote.exact) == (both(0), both(0), True)
    assert quote.after.total == quote.before.total == both(3 * 2500 + 490)
    assert quote.after.shipping == both(490)
    assert order.rev == 0
    await made(shop, order, wish)
    assert units(order) == {"M": 1, "L": 2}
    assert order.outstanding == (0, 0)
    assert order.refunds == []
    document = await seen(shop, order)
    assert [line.quantity.editable for line in document.lines] == [1, 2]
    assert [line.replaces_line_id for line in document.lines] == [None, order.items[0].id]
    assert len(store.staff_notes) == 1
    assert store.staff_notes[0] == f"wished by the customer {mark_of(wish.key)}"
    assert store.said == []


async def test_a_dearer_size_is_paid_at_the_shops(shop: ShopifyShop, store: Shop) -> None:
    medium = store.variant("gid://shopify/Product/1", ("Size", "M"), price=(2500, 2500))
    large = store.variant("gid://shopify/Product/1", ("Size", "L"), price=(2900, 2900))
    order = store.place((medium, 2))
    wish = edit(SwapVariant(order.items[0].id, large.id, 1), fee=500)
    quote = await quoted(shop, order, wish)
    assert (quote.due, quote.fee) == (both(400), both(0))  # nothing goes back of which a fee could be kept
    assert quote.after.total == both(5400)
    outcome = await made(shop, order, wish)
    assert outcome.pay_url == f"https://{store.domain}/pay/{order.id[-4:]}"
    assert order.outstanding == (400, 400)


async def test_a_cheaper_size_is_paid_back_in_a_second_step(shop: ShopifyShop, store: Shop) -> None:
    medium = store.variant("gid://shopify/Product/1", ("Size", "M"), price=(2500, 2500))
    small = store.variant("gid://shopify/Product/1", ("Size", "S"), price=(2100, 2100))
    order = store.place((medium, 2))
    wish = edit(SwapVariant(order.items[0].id, small.id, 2))
    assert (await quoted(shop, order, wish)).due == both(-800)
    outcome = await made(shop, order, wish)
    assert outcome.reference == order.refunds[0].id
    assert order.refunded == (800, 800)
    assert order.outstanding == (0, 0)
    assert mark_of(wish.key) in order.refunds[0].note


async def test_a_fee_is_kept_back_of_what_becomes_cheaper(shop: ShopifyShop, store: Shop) -> None:
    medium = store.variant("gid://shopify/Product/1", ("Size", "M"), price=(2500, 2500))
    small = store.variant("gid://shopify/Product/1", ("Size", "S"), price=(2100, 2100))
    order = store.place((medium, 2))
    wish = edit(SwapVariant(order.items[0].id, small.id, 2), fee=300)
    quote = await quoted(shop, order, wish)
    assert (quote.due, quote.fee, quote.after.fees, quote.after.lines) == (both(-500), both(300), both(300), both(4200))
    assert quote.after.total == both(4500)
    await made(shop, order, wish)
    assert (order.refunded, order.outstanding) == ((500, 500), (0, 0))
    fee = (await seen(shop, order)).lines[-1]
    assert (fee.title, fee.kind, fee.price.unit) == ("Frais de remise en stock", "fee", both(300))


@pytest.mark.parametrize(
    ("percent", "quantity", "swapped"), [(10, 3, 1), (33.333, 3, 2), (12.5, 7, 3), (50, 1, 1), (33.333, 3, 3)]
)
async def test_a_discount_follows_to_the_other_size(
    percent: float, quantity: int, swapped: int, shop: ShopifyShop, store: Shop
) -> None:
    medium, large = store.shirts("M", "L", price=(2999, 2999))
    order = store.place((medium, quantity))
    store.discount(order, percent)
    wish = edit(SwapVariant(order.items[0].id, large.id, swapped))
    assert (await quoted(shop, order, wish)).due == both(0)
    await made(shop, order, wish)
    assert order.outstanding == (0, 0)
    assert order.refunds == []


async def test_two_currencies_are_both_exact(shop: ShopifyShop, store: Shop) -> None:
    medium = store.variant("gid://shopify/Product/1", ("Size", "M"), price=(2500, 2311))
    small = store.variant("gid://shopify/Product/1", ("Size", "S"), price=(2100, 1943))
    order = store.place((medium, 2), currencies=("USD", "EUR"))
    wish = edit(SwapVariant(order.items[0].id, small.id, 1))
    assert (await quoted(shop, order, wish)).due == Amount(shop=-400, buyer=-368)
    await made(shop, order, wish)
    assert order.refunded[1] == 368
    assert order.outstanding[1] == 0
    cancel = edit(CancelUnits(((order.items[0].id, 1),)))
    assert (await quoted(shop, order, cancel)).due == Amount(shop=-2500, buyer=-2311)


@pytest.mark.parametrize(("currency", "price"), [("JPY", 2500), ("KWD", 12345)])
async def test_currencies_without_cents_and_with_thousandths(
    currency: str, price: int, shop: ShopifyShop, store: Shop
) -> None:
    shirt = store.shirts("M", price=(price, price))[0]
    order = store.place((shirt, 3), currencies=(currency, currency))
    wish = edit(CancelUnits(((order.items[0].id, 1),)), fee=1)
    assert (await quoted(shop, order, wish)).due == both(1 - price)
    await made(shop, order, wish)
    assert order.refunded == (price - 1, price - 1)


async def test_taxes_on_top_are_part_of_it(shop: ShopifyShop, store: Shop) -> None:
    medium = store.variant("gid://shopify/Product/1", ("Size", "M"), price=(2500, 2500))
    large = store.variant("gid://shopify/Product/1", ("Size", "L"), price=(3500, 3500))
    order = store.place((medium, 2), taxes_included=False)
    assert order.total == (6000, 6000)
    assert (await quoted(shop, order, edit(SwapVariant(order.items[0].id, large.id, 1)))).due == both(1200)
    wish = edit(CancelUnits(((order.items[0].id, 1),)))
    quote = await quoted(shop, order, wish)
    assert (quote.due, quote.after.total, quote.after.tax) == (both(-3000), both(3000), both(500))
    await made(shop, order, wish)
    assert order.refunded == (3000, 3000)


async def test_more_of_the_same(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 2))
    wish = edit(SetQuantity(order.items[0].id, 5))
    assert (await quoted(shop, order, wish)).due == both(7500)
    outcome = await made(shop, order, wish)
    assert units(order) == {"M": 5}
    assert outcome.pay_url is not None


async def test_fewer_of_the_same_is_a_refund_in_one_step(shop: ShopifyShop, store: Shop, played: ShopifyServer) -> None:
    order = store.place((store.shirts("M")[0], 3))
    wish = edit(SetQuantity(order.items[0].id, 1), fee=700)
    quote = await quoted(shop, order, wish)
    assert (quote.due, quote.fee, quote.after.total) == (both(-4300), both(700), both(3200))
    await made(shop, order, wish)
    assert units(order) == {"M": 1}
    assert (order.refunded, order.kept_back, order.outstanding) == ((4300, 4300), (700, 700), (0, 0))
    assert "Commit" not in played.executor.ran
    (adjustment,) = (await seen(shop, order)).adjustments
    assert adjustment.restocking_fee == both(700)
    assert adjustment.note is None


async def test_units_of_an_order_that_is_not_paid_are_edited_away(
    shop: ShopifyShop, store: Shop, played: ShopifyServer
) -> None:
    order = store.place((store.shirts("M")[0], 3), paid=False)
    wish = edit(CancelUnits(((order.items[0].id, 1),)), fee=700)
    quote = await quoted(shop, order, wish)
    assert (quote.due, quote.fee, quote.after.total) == (both(0), both(0), both(5000))
    outcome = await made(shop, order, wish)
    assert (units(order), order.outstanding, order.refunds) == ({"M": 2}, (5000, 5000), [])
    assert outcome.pay_url is None  # what was open stays open; nothing more is due
    assert "Refund" not in played.executor.ran


async def test_a_part_that_is_paid_pays_for_what_stays(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 4), paid=False)
    store.pay(order, (6000, 6000))
    wish = edit(CancelUnits(((order.items[0].id, 2),)))
    assert (await quoted(shop, order, wish)).due == both(-1000)
    await made(shop, order, wish)
    assert (order.refunded, order.outstanding) == ((1000, 1000), (0, 0))


async def test_units_of_several_lines(shop: ShopifyShop, store: Shop) -> None:
    medium, large = store.shirts("M", "L")
    order = store.place((medium, 3), (large, 2))
    wish = edit(CancelUnits(((order.items[0].id, 1), (order.items[1].id, 1), (order.items[0].id, 1))))
    assert (await quoted(shop, order, wish)).due == both(-7500)
    await made(shop, order, wish)
    assert units(order) == {"M": 1, "L": 1}


@pytest.mark.parametrize(
    ("fee", "paid", "back", "kept"),
    [
        (0, True, (7990, 7990), (0, 0)),
        (500, True, (7490, 7490), (500, 500)),
        (99_999, True, (0, 0), (7990, 7990)),
        (500, False, (0, 0), (0, 0)),
    ],
)
async def test_the_whole_order(fee: int, paid: bool, back: Pair, kept: Pair, shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 3), shipping=(490, 490), paid=paid)
    wish = edit(CancelOrder(), fee=fee)
    quote = await quoted(shop, order, wish)
    assert (quote.due, quote.fee) == (both(-back[1]), both(kept[1]))
    assert quote.after.total == both(kept[1])
    await made(shop, order, wish)
    assert order.cancelled is not None
    assert order.cancel_reason == "CUSTOMER"
    assert (order.refunded, order.kept_back) == (back, kept)
    assert store.said == []


async def test_cancelling_every_unit_cancels_the_order(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 3), shipping=(490, 490))
    wish = edit(CancelUnits(((order.items[0].id, 3),)))
    assert (await quoted(shop, order, wish)).due == both(-7990)
    await made(shop, order, wish)
    assert order.cancelled is not None
    assert order.refunded == (7990, 7990)


async def test_staff_have_a_reason_and_the_platform_may_tell(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 1))
    await made(shop, order, edit(CancelOrder("out_of_stock"), tell_customer=True, by="staff"))
    assert order.cancel_reason == "INVENTORY"
    assert store.said == [f"cancelled {order.name}"]


async def test_another_address(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 1))
    wish = edit(SetAddress(LILLE))
    assert (await quoted(shop, order, wish)).due == both(0)
    await made(shop, order, wish)
    assert order.address is not None
    names = ("firstName", "lastName", "address1", "address2", "zip", "city", "phone")
    assert [order.address[name] for name in names] == [
        "Zoë", "Łukasz", "9 rue Neuve", "2e", "59000", "Lille", "+33100000001",
    ]  # fmt: skip
    document = await seen(shop, order)
    assert document.address.shipping is not None
    assert document.address.shipping.city == "Lille"
    assert document.deliveries[0].destination is not None
    assert document.deliveries[0].destination.city == "Lille"


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("Ana María López", ("Ana María", "López")),
        ("Cher", (None, "Cher")),
        (None, ("Zoë", "Łukasz")),
        ("Zoë Łukasz", ("Zoë", "Łukasz")),
    ],
)
async def test_a_name_has_two_parts_with_shopify(
    name: str | None, names: tuple[str | None, str], shop: ShopifyShop, store: Shop
) -> None:
    order = store.place((store.shirts("M")[0], 1))
    await made(shop, order, edit(SetAddress(LILLE.model_copy(update={"name": name}))))
    assert order.address is not None
    assert (order.address["firstName"], order.address["lastName"]) == names


async def test_an_address_that_the_open_work_does_not_get_is_taken_back(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 1))
    store.works_follow = False
    outcome = await refused(shop, order, edit(SetAddress(LILLE)))
    assert outcome.why == "refused"
    assert order.address is not None
    assert (order.address["city"], order.address["firstName"], order.address["phone"]) == (
        "Lyon",
        "Zoë",
        "+33100000001",
    )


async def test_instructions_stand_beside_what_else_is_known(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 1), attributes=[{"key": "gift", "value": "yes"}])
    await made(shop, order, edit(SetInstructions("Second bell <3")))
    assert order.attributes == [{"key": "gift", "value": "yes"}, {"key": INSTRUCTIONS, "value": "Second bell <3"}]
    assert (await seen(shop, order)).deliveries[0].instructions == "Second bell <3"
    await made(shop, order, edit(SetInstructions("First bell")))
    assert [one["value"] for one in order.attributes] == ["yes", "First bell"]
    await made(shop, order, edit(SetInstructions(None)))
    assert order.attributes == [{"key": "gift", "value": "yes"}]
    assert (await seen(shop, order)).deliveries[0].instructions is None


async def test_two_currencies_without_the_buyers_fee_take_the_orders_rate(shop: ShopifyShop, store: Shop) -> None:
    shirt = store.variant("gid://shopify/Product/1", ("Size", "M"), price=(2000, 1800))
    order = store.place((shirt, 3), currencies=("USD", "EUR"))
    wish = Edit(str(uuid4()), CancelUnits(((order.items[0].id, 1),)), Amount(shop=500))
    quote = await quoted(shop, order, wish)
    assert (quote.fee, quote.due) == (Amount(shop=500, buyer=450), Amount(shop=-1500, buyer=-1350))
    await made(shop, order, wish)
    assert order.refunded[1] == 1350
