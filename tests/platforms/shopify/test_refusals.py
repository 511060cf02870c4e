"""Edits that an order does not allow, or not any more: refused, and nothing of them is made."""

from __future__ import annotations

import pytest

from portal.platforms.changes import (
    CancelOrder,
    CancelUnits,
    Change,
    NotApplied,
    Quote,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.shopify.editing.refusals import because
from portal.platforms.shopify.shop import ShopifyShop
from tests.platforms.shopify.wishes import LILLE, edit, made, refused, seen, units
from tests.support.shopify.records import Order
from tests.support.shopify.server import ShopifyServer
from tests.support.shopify.shop import Shop


def every_change(order: Order, other: str) -> list[Change]:
    line = order.items[0].id
    return [
        SwapVariant(line, other, 1),
        SetQuantity(line, 1),
        SetQuantity(line, 3),
        CancelUnits(((line, 1),)),
        CancelOrder(),
        SetAddress(LILLE),
        SetInstructions("x"),
    ]


@pytest.mark.parametrize("number", range(7))
@pytest.mark.parametrize("case", ["shipped", "warehouse", "cancelled", "closed"])
async def test_what_is_over_is_refused_before_anything_is_written(
    case: str, number: int, shop: ShopifyShop, store: Shop
) -> None:
    medium, large = store.shirts("M", "L")
    order = store.place((medium, 2))
    wish = edit(every_change(order, large.id)[number])
    match case:
        case "shipped":
            store.ship(order)
        case "warehouse":
            order.works[0].status = "IN_PROGRESS"
        case "cancelled":
            order.cancelled = order.placed
        case "closed":
            order.closed = order.placed
    outcome = await refused(shop, order, wish)
    assert outcome.why == {"warehouse": "shipped"}.get(case, case)
    assert order.metafields == {}


@pytest.mark.parametrize("number", range(7))
async def test_what_ships_between_quote_and_edit_is_refused(number: int, shop: ShopifyShop, store: Shop) -> None:
    """Also of an order that was read before it shipped: the platform is asked again in the same step."""
    medium, large = store.shirts("M", "L")
    order = store.place((medium, 2))
    wish = edit(every_change(order, large.id)[number])
    before = await seen(shop, order)
    assert isinstance(await shop.quote(before, wish), Quote)
    store.ship(order)
    rev = order.rev
    outcome = await shop.apply(before, wish)
    assert isinstance(outcome, NotApplied)
    assert outcome.why == "shipped"
    assert (order.rev, order.refunds) == (rev, [])


@pytest.mark.parametrize(("number", "at"), [(0, "Commit"), (2, "Commit"), (1, "Refund"), (3, "Refund"), (4, "Cancel")])
async def test_what_ships_while_the_edit_is_made_is_refused_by_the_platform(
    number: int, at: str, shop: ShopifyShop, store: Shop, played: ShopifyServer
) -> None:
    """The warehouse is faster than the last step: the platform refuses it, and nothing of the edit is made."""
    medium, large = store.shirts("M", "L")
    order = store.place((medium, 2))
    wish = edit(every_change(order, large.id)[number])
    before = await seen(shop, order)
    answer = played.executor.answer

    def racing(document: str, variables: dict[str, object]) -> dict[str, object]:
        if f"mutation {at}(" in document and not order.parcels:
            store.ship(order)
        return answer(document, variables)

    played.executor.answer = racing  # type: ignore[method-assign] # the warehouse
    outcome = await shop.apply(before, wish)
    assert isinstance(outcome, NotApplied)
    assert outcome.why == "shipped"
    assert (units(order), order.refunds, order.cancelled) == ({"M": 2}, [], None)
    assert await shop.applied(before, wish) is None


async def test_only_what_has_not_left_can_be_changed(shop: ShopifyShop, store: Shop) -> None:
    medium, large = store.shirts("M", "L")
    order = store.place((medium, 3))
    line = order.items[0].id
    store.ship(order, {line: 1})
    assert (await refused(shop, order, edit(SwapVariant(line, large.id, 3)))).why == "shipped"
    assert (await refused(shop, order, edit(CancelUnits(((line, 3),))))).why == "shipped"
    assert (await refused(shop, order, edit(CancelOrder()))).why == "shipped"
    await made(shop, order, edit(SwapVariant(line, large.id, 1)))
    await made(shop, order, edit(CancelUnits(((line, 1),))))
    assert units(order) == {"M": 1, "L": 1}
    assert sum(quantity for parcel in order.parcels for _, _, quantity in parcel.lines) == 1


async def test_an_order_that_is_another_one_by_now(shop: ShopifyShop, store: Shop) -> None:
    medium, large = store.shirts("M", "L")
    order = store.place((medium, 3), (large, 1))
    before = await seen(shop, order)
    await made(shop, order, edit(CancelUnits(((order.items[0].id, 1),))))
    for change in (SwapVariant(order.items[0].id, large.id, 1), SetQuantity(order.items[0].id, 1), CancelOrder()):
        outcome = await shop.apply(before, edit(change))
        assert isinstance(outcome, NotApplied)
        assert outcome.why == "changed"


async def test_what_cannot_be_had(shop: ShopifyShop, store: Shop) -> None:
    medium, large = store.shirts("M", "L")
    (other,) = store.shirts("U")
    order = store.place((medium, 3))
    line = order.items[0].id
    large.stock = 1
    assert (await refused(shop, order, edit(SwapVariant(line, large.id, 2)))).why == "unavailable"
    assert (await refused(shop, order, edit(SwapVariant(line, other.id, 1)))).why == "unavailable"  # another product
    assert (
        await refused(shop, order, edit(SwapVariant(line, "gid://shopify/ProductVariant/404", 1)))
    ).why == "unavailable"
    assert (await refused(shop, order, edit(SwapVariant(line, medium.id, 1)))).why == "unavailable"
    assert (await refused(shop, order, edit(CancelUnits((("gid://shopify/LineItem/404", 1),))))).why == "changed"


async def test_what_is_personalised_is_not_swapped_but_cancelled(shop: ShopifyShop, store: Shop) -> None:
    medium, large = store.shirts("M", "L")
    order = store.place((medium, 2))
    order.items[0].properties = (("Engraving", "Z."),)
    assert (await refused(shop, order, edit(SwapVariant(order.items[0].id, large.id, 1)))).why == "unsupported"
    await made(shop, order, edit(CancelUnits(((order.items[0].id, 1),))))


async def test_what_no_payment_can_take_back(shop: ShopifyShop, store: Shop) -> None:
    medium = store.variant("gid://shopify/Product/1", ("Size", "M"), price=(2500, 2500))
    small = store.variant("gid://shopify/Product/1", ("Size", "S"), price=(2100, 2100))
    order = store.place((medium, 2))
    order.payments[0].returned = order.payments[0].amount
    assert (await refused(shop, order, edit(SwapVariant(order.items[0].id, small.id, 1)))).why == "payment"
    assert (await refused(shop, order, edit(CancelUnits(((order.items[0].id, 1),))))).why == "payment"


async def test_another_country_is_another_order(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 1))
    abroad = LILLE.model_copy(update={"country": "BE"})
    assert (await refused(shop, order, edit(SetAddress(abroad)))).why == "unsupported"


async def test_of_two_who_begin_at_once_one_is_busy(shop: ShopifyShop, store: Shop, played: ShopifyServer) -> None:
    medium, large = store.shirts("M", "L")
    order = store.place((medium, 3))
    before = await seen(shop, order)
    answer = played.executor.answer

    def faster(document: str, variables: dict[str, object]) -> dict[str, object]:
        if "mutation Mark(" in document:
            order.metafields[("$app:jalon", "edit")] = "of another process"
        return answer(document, variables)

    played.executor.answer = faster  # type: ignore[method-assign] # the other one
    outcome = await shop.apply(before, edit(SwapVariant(order.items[0].id, large.id, 1)))
    assert isinstance(outcome, NotApplied)
    assert outcome.why == "busy"
    assert units(order) == {"M": 3}


async def test_an_order_that_is_gone(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 1))
    before = await seen(shop, order)
    del store.orders[order.id]
    wish = edit(CancelOrder())
    outcome = await shop.apply(before, wish)
    assert isinstance(outcome, NotApplied)
    assert outcome.why == "changed"
    assert await shop.applied(before, wish) is None
    assert isinstance(await shop.quote(before, wish), NotApplied)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Cannot cancel an order that has outstanding fulfillments", "shipped"),
        ("Cannot cancel an order that has returns", "shipped"),
        ("Fulfillment order 98 has an unfulfillable status= closed.", "shipped"),
        ("Cannot cancel an order that has already been canceled", "cancelled"),
        ("The variant does not exist in the shop.", "unavailable"),
        ("The line item does not exist on the order.", "changed"),
        ("Quantity cannot refund more items than were purchased", "changed"),
        ("The calculated order does not exist.", "busy"),
        ("Refund amount 25.00 is greater than net payment received 15.00", "payment"),
        ("Transactions require a parent_id associated with the order", "payment"),
        ("The order cannot be edited.", "refused"),
        ("Enter a ZIP code", "refused"),
    ],
)
def test_what_shopify_says_has_a_meaning(said: str, why: str) -> None:
    assert because(said) == NotApplied(why, said)  # type: ignore[arg-type] # one of the words
