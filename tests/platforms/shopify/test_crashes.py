"""Edits that break off: after any call, the process is gone, or the answer is. Whoever goes on finds what was made by
asking, and in the end the edit is made exactly once, or was never begun."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from portal.platforms.changes import (
    Applied,
    Begun,
    CancelOrder,
    CancelUnits,
    Change,
    Edit,
    NotApplied,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.live import ShopError
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.shopify.shop import ShopifyShop
from tests.platforms.shopify.wishes import LILLE, edit, seen, units
from tests.support.shopify.records import Order
from tests.support.shopify.server import Fault, ShopifyServer
from tests.support.shopify.shop import Shop

CALLS = 24  # more than any edit takes


@dataclass(frozen=True)
class Case:
    """An edit, and what the order is like afterwards, however often it broke off."""

    change: Callable[[Order, dict[str, str]], Change]
    units: dict[str, int]
    refunded: int
    outstanding: int
    fee: int = 0
    paid: bool = True
    cancelled: bool = False


def swapped(size: str, quantity: int) -> Callable[[Order, dict[str, str]], Change]:
    return lambda order, variants: SwapVariant(order.items[0].id, variants[size], quantity)


def wanted(quantity: int) -> Callable[[Order, dict[str, str]], Change]:
    return lambda order, _: SetQuantity(order.items[0].id, quantity)


def taken_off(quantity: int) -> Callable[[Order, dict[str, str]], Change]:
    return lambda order, _: CancelUnits(((order.items[0].id, quantity),))


def of_order(change: Change) -> Callable[[Order, dict[str, str]], Change]:
    return lambda *_: change


FEE = "Frais de remise en stock"
CASES = {
    "swap": Case(swapped("L", 1), {"M": 2, "L": 1}, 0, 0),
    "swap to a cheaper one": Case(swapped("S", 2), {"M": 1, "S": 2}, 800, 0),
    "swap with a fee": Case(swapped("S", 2), {"M": 1, "S": 2, FEE: 1}, 500, 0, fee=300),
    "more": Case(wanted(4), {"M": 4}, 0, 2500),
    "fewer": Case(wanted(1), {"M": 1}, 5000, 0),
    "fewer with a fee": Case(taken_off(2), {"M": 1}, 4500, 0, fee=500),
    "fewer, not paid": Case(taken_off(2), {"M": 1}, 0, 2500, paid=False),
    "whole": Case(of_order(CancelOrder()), {"M": 0}, 7500, 0, cancelled=True),
    "whole with a fee": Case(of_order(CancelOrder()), {"M": 0}, 7000, 0, fee=500, cancelled=True),
    "whole, not paid": Case(of_order(CancelOrder()), {"M": 0}, 0, 0, paid=False, cancelled=True),
    "address": Case(of_order(SetAddress(LILLE)), {"M": 3}, 0, 0),
    "instructions": Case(of_order(SetInstructions("Second bell")), {"M": 3}, 0, 0),
}


# The answer is lost, or the question was.
LOST = [
    *((name, True) for name in CASES),
    *((name, False) for name in ("swap with a fee", "whole with a fee", "address")),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "executed"), LOST)
async def test_an_edit_that_breaks_off_is_made_once(
    name: str, executed: bool, shop: ShopifyShop, store: Shop, played: ShopifyServer
) -> None:
    """Broken off after each of its calls in turn, each time on a new order."""
    case = CASES[name]
    await shop.admin.ask("query Count { ordersCount(query: null, limit: null) { count } }")  # a token, once for all
    for number in range(CALLS):
        order, variants = placed(store, case)
        before = await seen(shop, order)
        wish = edit(case.change(order, variants), case.fee)
        played.faults.extend([None] * number + [Fault(None, after=executed)])
        ended = not await broke_off(shop, before, wish)
        played.faults.clear()
        outcome = await gone_on(shop, before, wish)
        assert isinstance(outcome, Applied), (number, outcome)
        as_wished(order, case)
        assert isinstance(await shop.applied(before, wish), Applied)
        if ended:
            assert number > 1
            return
    pytest.fail(f"it takes more than {CALLS} calls")


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("address", "instructions")])
async def test_an_edit_that_breaks_off_each_time_comes_to_its_end(
    name: str, shop: ShopifyShop, store: Shop, played: ShopifyServer
) -> None:
    """Every attempt loses its first, then its second, … answer: it goes on from where it was, and doubles nothing."""
    case = CASES[name]
    order, variants = placed(store, case)
    before = await seen(shop, order)
    wish = edit(case.change(order, variants), case.fee)
    for number in range(CALLS):
        played.faults.extend([None] * number + [Fault(None, after=True)])
        ended = not await broke_off(shop, before, wish)
        played.faults.clear()
        if ended:
            break
    assert ended
    as_wished(order, case)


async def test_a_cancellation_that_takes_its_time_is_found(
    shop: ShopifyShop, store: Shop, played: ShopifyServer
) -> None:
    """The process is gone while Shopify works on it: asking again finds it, and doubles nothing."""
    case = CASES["whole"]
    order, variants = placed(store, case)
    store.takes = 20
    before = await seen(shop, order)
    wish = edit(case.change(order, variants))
    played.faults.extend([None, None, Fault(None, after=True)])
    assert await broke_off(shop, before, wish)
    assert order.cancelled is None
    played.faults.clear()
    assert isinstance(await gone_on(shop, before, wish), Applied)
    as_wished(order, case)
    assert len(store.jobs) == 1


async def test_a_cancellation_that_never_ends_is_not_known(shop: ShopifyShop, store: Shop) -> None:
    order, _ = placed(store, CASES["whole"])
    store.takes = 1000
    before = await seen(shop, order)
    wish = edit(CancelOrder())
    for _ in range(2):  # asked again, Shopify says that it is being cancelled: that is no refusal
        with pytest.raises(ShopError, match="still cancelling"):
            await shop.apply(before, wish)
        assert await shop.applied(before, wish) is None


async def test_a_cancellation_that_fails_is_refused(shop: ShopifyShop, store: Shop) -> None:
    """The parcel left after the cancellation was taken on."""
    order, _ = placed(store, CASES["whole"])
    before = await seen(shop, order)
    shipping = shop.admin.pause

    async def pause(seconds: float) -> None:
        if not order.parcels:
            store.ship(order)
        await shipping(seconds)

    racing = ShopifyShop(
        shop.name,
        type(shop.admin)(shop.admin.address, shop.admin.wire, None, "invented-client", "hush-invented-secret", pause),
    )
    outcome = await racing.apply(before, edit(CancelOrder()))
    assert isinstance(outcome, NotApplied)
    assert outcome.why == "shipped"
    assert order.refunds == []


async def test_an_order_that_changes_after_a_broken_edit_is_judged_anew(
    shop: ShopifyShop, store: Shop, played: ShopifyServer
) -> None:
    """Begun and not committed; then the parcel leaves: the edit is not made, and nothing of it was."""
    case = CASES["swap"]
    order, variants = placed(store, case)
    before = await seen(shop, order)
    wish = edit(case.change(order, variants))
    played.faults.extend([None, None, None, None, Fault(None)])
    assert await broke_off(shop, before, wish)
    played.faults.clear()
    store.ship(order)
    assert await shop.applied(before, wish) is None
    outcome = await shop.apply(await seen(shop, order), wish)
    assert isinstance(outcome, NotApplied)
    assert outcome.why == "shipped"


async def test_a_refund_is_never_made_twice_by_its_key(shop: ShopifyShop, store: Shop) -> None:
    """Two workers that both think it is theirs: Shopify gives the second the first one's refund."""
    order, _ = placed(store, CASES["fewer"])
    before = await seen(shop, order)
    wish = edit(CancelUnits(((order.items[0].id, 1),)))
    await shop.apply(before, wish)
    order.refunds[0].note = "somebody changed the note"
    order.items[0].current += 1
    order.works[0].lines[0].remaining += 1
    again = await shop.apply(before, wish)
    assert isinstance(again, Applied)
    assert len(order.refunds) == 1


def placed(store: Shop, case: Case) -> tuple[Order, dict[str, str]]:
    """An order of three, of a product that has a dearer, an equal and a cheaper size."""
    product = store.id("Product")
    medium = store.variant(product, ("Size", "M"), price=(2500, 2500), stock=50)
    large = store.variant(product, ("Size", "L"), price=(2500, 2500), stock=50)
    small = store.variant(product, ("Size", "S"), price=(2100, 2100), stock=50)
    return store.place((medium, 3), paid=case.paid), {"L": large.id, "S": small.id}


async def broke_off(shop: ShopifyShop, before: NeutralOrder, wish: Edit) -> bool:
    try:
        outcome = await shop.apply(before, wish)
    except ShopError:
        return True
    assert isinstance(outcome, Applied)
    return False


async def gone_on(shop: ShopifyShop, before: NeutralOrder, wish: Edit) -> Applied | NotApplied:
    """As whoever makes edits goes on: what was made is asked first; what was begun is gone on with."""
    found = await shop.applied(before, wish)
    if isinstance(found, Applied):
        return found
    if isinstance(found, Begun):
        return await shop.apply(before, wish)
    now = await shop.order(before.source.order_id)
    assert now is not None
    return await shop.apply(now, wish)


def as_wished(order: Order, case: Case) -> None:
    """Once, and whole: units, money, work, and who was told."""
    assert {name: quantity for name, quantity in units(order).items() if quantity} == {
        name: quantity for name, quantity in case.units.items() if quantity
    }
    assert (order.refunded, order.outstanding) == ((case.refunded,) * 2, (case.outstanding,) * 2)
    assert (order.cancelled is not None) == case.cancelled
    assert len([refund for refund in order.refunds if refund.paid != (0, 0)]) == (1 if case.refunded else 0)
    if not case.cancelled:
        waiting = sum(line.remaining for work in order.works for line in work.lines)
        assert waiting == sum(case.units.values())
    assert order.kept_back == (
        (case.fee,) * 2 if case.refunded and "Frais de remise en stock" not in units(order) else (0, 0)
    )
    address = order.address or {}
    assert address["city"] in ("Lyon", "Lille")
