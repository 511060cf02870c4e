"""The whole portal beside real shop software: what is stored here is what the engine has, after each step, whatever the
engine forgets to tell, and whoever is quicker."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from portal.connecting.reconciling import reconcile
from portal.editing.answers import EditState
from portal.editing.commands import CancelLine, NewAddress, Quantity, Swap
from portal.editing.values import EditView
from tests.engines.merchant import Merchant
from tests.engines.portal import FEE, Portal, portal_beside
from tests.engines.sides import line_of, told

pytestmark = [pytest.mark.shop_engine, pytest.mark.slow]

NUMBER = "6A12345678901"
HOME = NewAddress(name="Zoé Lambert", line1="9 quai Perrache", postcode="69002", city="Lyon", country="FR")


@pytest.fixture
async def portal(merchant: Merchant, sqlite_url: str) -> AsyncIterator[Portal]:
    merchant.relay.take(0)
    async with portal_beside(merchant, sqlite_url) as found:
        yield found


async def test_an_order_is_changed_by_its_customer_on_its_way(portal: Portal) -> None:
    merchant = portal.merchant
    order_id = merchant.place({"TEE-S-RED": 3, "MUG": 1})
    await portal.agrees(order_id)
    parcel = merchant.ship(order_id, {"TEE-S-RED": 1}, NUMBER)
    order = await portal.agrees(order_id)

    shirt = line_of(order, "TEE-S-RED")
    choices = await portal.offers(order, shirt)
    large = next(one.id for one in choices if {value for _, value in one.options} == {"L", "Red"})
    which, draft = await portal.drafted(order_id, Swap(line=shirt, variant=large))
    assert draft.quote is not None
    assert draft.quote.due.buyer == 300
    made = await portal.sent(which, draft)
    assert isinstance(made, EditView)
    assert (made.state, merchant.seen(order_id).units) == (
        EditState.APPLIED,
        {"TEE-S-RED": 2, "TEE-L-RED": 1, "MUG": 1},
    )
    stored = await portal.document(order_id)
    assert stored is not None
    assert told(stored) == merchant.seen(order_id)  # read again at once: nothing had to be told
    merchant.settle(order_id)
    await portal.agrees(order_id)

    _, draft = await portal.drafted(order_id, HOME)
    assert isinstance(made := await portal.sent(which, draft), EditView)
    assert (made.state, merchant.seen(order_id).street) == (EditState.APPLIED, "9 quai Perrache")
    order = await portal.agrees(order_id)

    _, draft = await portal.drafted(order_id, CancelLine(line=line_of(order, "MUG"), quantity=1))
    assert draft.quote is not None
    assert (draft.quote.fee.buyer, draft.quote.due.buyer) == (FEE, FEE - 2160)
    assert isinstance(made := await portal.sent(which, draft), EditView)
    assert (made.state, merchant.seen(order_id).refunded) == (EditState.APPLIED, 2160 - FEE)
    order = await portal.agrees(order_id)

    _, late = await portal.drafted(order_id, Quantity(line=line_of(order, "TEE-S-RED"), quantity=1))
    merchant.ship(order_id, {"TEE-L-RED": 1, "TEE-S-RED": 1}, "6A12345678902")
    assert isinstance(refused := await portal.sent(which, late), EditView)
    assert (refused.state, refused.code) == (EditState.REFUSED, "shipped")
    merchant.deliver(order_id, parcel)
    order = await portal.agrees(order_id)
    assert {one.status for one in order.parcels} >= {"delivered"}


async def test_a_parcel_that_ships_between_preview_and_confirmation_wins(portal: Portal) -> None:
    """Where the engine would let the unit go, the portal does not."""
    merchant = portal.merchant
    order_id = merchant.place({"TEE-S-RED": 2})
    order = await portal.agrees(order_id)
    shirt = line_of(order, "TEE-S-RED")
    which, draft = await portal.drafted(order_id, CancelLine(line=shirt, quantity=1))
    merchant.ship(order_id, {"TEE-S-RED": 2}, NUMBER)
    before = merchant.seen(order_id)
    refused = await portal.sent(which, draft)
    assert isinstance(refused, EditView)
    assert (refused.state, refused.code) == (EditState.REFUSED, "shipped")
    assert merchant.seen(order_id) == before
    await portal.agrees(order_id)


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_becomes_of_deliveries_a_look_heals_it(portal: Portal, seed: int) -> None:
    chance, merchant = random.Random(seed), portal.merchant  # noqa: S311 - an order of events, no secret
    ids = [merchant.place({"TEE-S-RED": 2, "MUG": 1}) for _ in range(3)]
    for order_id in ids:
        parcel = merchant.ship(order_id, {"MUG": 1}, f"6A{chance.randrange(10**11):011}")
        if chance.random() < 0.5:
            merchant.deliver(order_id, parcel)
    came = merchant.relay.take(6)
    kept = [one for one in came if chance.random() < 0.6]
    doubled = [*kept, *chance.sample(kept, len(kept) // 2)]
    chance.shuffle(doubled)
    await portal.hear(doubled)
    await reconcile(portal.context, {})
    for order_id in ids:
        found = await portal.document(order_id)
        assert found is not None
        assert told(found) == merchant.seen(order_id)

    merchant.lose(ids[0])
    portal.clock.advance(timedelta(days=1, minutes=1))
    await reconcile(portal.context, {})
    assert [await portal.document(order_id) is not None for order_id in ids] == [False, True, True]
