"""The whole portal beside a real Vendure: deliveries in, customers' edits out. After each step, what is stored is
what the merchant sees."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest

from portal.connecting.sweeping import OVERLAP
from portal.editing.answers import EditState
from portal.editing.commands import CancelLine, Command, NewAddress, Swap
from portal.editing.values import EditView
from tests.engines.connected import Scissors, connected
from tests.engines.portal_side import Portal, portal_of
from tests.engines.relay import Delivery
from tests.engines.sides import line_of
from tests.engines.vendure_merchant import VendureMerchant

pytestmark = [pytest.mark.shop_engine, pytest.mark.slow]

WANTED = {"TEE-S-RED": 3, "MUG": 1}


@pytest.fixture
async def portal(vendure_shop: VendureMerchant, sqlite_url: str) -> AsyncIterator[Portal]:
    """A portal with nothing in it."""
    async with portal_of(vendure_shop, sqlite_url) as found:
        vendure_shop.relay.forget()
        yield found


async def placed(portal: Portal) -> str:
    """An order that the portal knows."""
    order = portal.merchant.place(WANTED)
    assert await portal.deliver(portal.merchant.relay.take(2)) == {200}
    await portal.work()
    await portal.agrees(order)
    return order


async def test_deliveries_may_be_dropped_doubled_and_in_any_order(portal: Portal) -> None:
    merchant, shuffled = portal.merchant, random.Random(2026)  # noqa: S311 - no secret
    order = merchant.place(WANTED)
    came = merchant.relay.take(2)
    parcel = merchant.ship(order, {"TEE-S-RED": 1}, "6A12345678901")
    came += merchant.relay.take()
    merchant.deliver(order, parcel)
    came += merchant.relay.take()
    some = [one for one in came for _ in range(shuffled.choice([0, 1, 2]))] or came[:1]
    shuffled.shuffle(some)
    assert await portal.deliver(some) == {200}
    await portal.work()
    await portal.agrees(order)


async def test_what_no_delivery_told_is_found_by_looking(portal: Portal) -> None:
    """Each change is one that moves nothing but itself: a parcel is made, it is sent, it arrives."""
    order = await placed(portal)
    merchant = portal.merchant
    for step in ("ship", "deliver"):
        since = portal.clock.now()
        if step == "ship":
            parcel = merchant.ship(order, {"TEE-S-RED": 1}, "6A12345678901")
        else:
            merchant.deliver(order, parcel)
        assert (await portal.look_again(since)).orders >= 1
        await portal.agrees(order)
    merchant.lose(order)
    await portal.look_again(since - OVERLAP)
    assert await portal.is_gone(order)


async def test_nothing_is_taken_from_anybody_else(portal: Portal) -> None:
    portal.merchant.place(WANTED)
    (one, *_) = portal.merchant.relay.take()
    changed = [Delivery(one.headers, one.body + b" "), Delivery({}, one.body)]
    assert await portal.deliver(changed) == {401}


async def test_a_customers_edits_are_in_the_shop_and_here(portal: Portal) -> None:
    order = await placed(portal)
    document = await portal.document(order)
    shirt, mug = line_of(document, "TEE-S-RED"), line_of(document, "MUG")
    home = NewAddress(name="Zoé Lambert", line1="9 quai Perrache", postcode="69002", city="Lyon", country="FR")
    large = await variant_of(portal, order, "TEE-M-RED")
    commands: list[Command] = [Swap(line=shirt, variant=large, quantity=1), home, CancelLine(line=mug, quantity=1)]
    for command in commands:
        edit = await portal.pushed(await portal.confirmed(order, command))
        assert edit.state is EditState.APPLIED, edit
        await portal.agrees(order)
    seen = portal.merchant.seen(order)
    assert seen.units == {"TEE-S-RED": 2, "TEE-M-RED": 1}
    assert (seen.street, seen.refunded, seen.outstanding) == ("9 quai Perrache", 2160, 0)


async def variant_of(portal: Portal, order: str, sku: str) -> str:
    """The variant's id: that of a line with it, in an order that is placed for it."""
    other = portal.merchant.place({sku: 1})
    found = await portal.shop.order(other)
    assert found is not None
    variant = found.lines[0].variant_id
    assert variant is not None
    return variant


@pytest.mark.parametrize("moment", ["previewed", "confirmed"])
async def test_a_parcel_leaves_while_the_customer_thinks(portal: Portal, moment: str) -> None:
    """Between preview and confirmation, and between confirmation and sending."""
    order = await placed(portal)
    shirt = line_of(await portal.document(order), "TEE-S-RED")
    command = CancelLine(line=shirt, quantity=3)
    if moment == "previewed":
        assert isinstance(await portal.previewed(order, command), EditView)
    else:
        edit = await portal.confirmed(order, command)
    portal.merchant.ship(order, {"TEE-S-RED": 1}, "6A12345678901")
    before = portal.merchant.seen(order)
    if moment == "previewed":
        edit = await portal.confirmed(order, CancelLine(line=shirt, quantity=2))
        edit = await portal.pushed(edit)
        assert edit.state is EditState.APPLIED
        assert portal.merchant.seen(order).units == {"TEE-S-RED": 1, "MUG": 1}
    else:
        edit = await portal.pushed(edit)
        assert (edit.state, edit.code) == (EditState.REFUSED, "shipped")
        assert portal.merchant.seen(order) == before
    await portal.agrees(order)


async def test_the_portal_may_die_at_any_request_of_a_push(portal: Portal) -> None:
    """Whatever request is its last, the edit is made once afterwards."""
    at, died = 2, True
    while died:
        order = portal.merchant.place(WANTED)
        await portal.take_in(order)
        edit = await portal.confirmed(order, CancelLine(line=line_of(await portal.document(order), "MUG"), quantity=1))
        scissors = Scissors(at, "after")
        async with connected(portal.merchant.account, scissors) as broken:
            edit = await portal.pushed(edit, broken)
        died = scissors.has_cut()
        while edit.state is not EditState.APPLIED:
            assert edit.state in (EditState.PENDING, EditState.SENDING), (at, edit)
            edit = await portal.pushed(edit)
        seen = portal.merchant.seen(order)
        assert seen.units == {"TEE-S-RED": 3}, at
        assert (seen.refunded, seen.outstanding) == (2160, 0), at
        await portal.work()  # where it died in the very last request, the order is still to be read
        await portal.agrees(order)
        at += 1
