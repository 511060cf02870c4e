"""The whole portal beside a real Vendure: it may die at any request, and believes nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from portal.connecting.shops import HOOKS
from portal.connecting.taking import take_orders
from portal.editing.answers import EditState
from portal.editing.commands import CancelLine
from portal.editing.engine import Engine
from portal.editing.push import push
from portal.editing.values import EditView
from portal.platforms.live import Shop
from portal.platforms.neutral.parts import NeutralOrder
from tests.engines.connected import Scissors, connected
from tests.engines.portal import FEE, Portal, portal_beside
from tests.engines.relay import Delivery
from tests.engines.sides import line_of, told
from tests.engines.vendure_merchant import VendureMerchant

pytestmark = [pytest.mark.shop_engine, pytest.mark.slow]

WANTED = {"TEE-S-RED": 3, "MUG": 1}


@dataclass(frozen=True, slots=True)
class OneShop:
    """The connected shops: this one, whose wire may be cut."""

    shop: Shop

    def of(self, platform: str, shop: str | None) -> Shop | None:
        """See `engine.Shops.of`."""
        return self.shop if (platform, shop) == (self.shop.manifest.slug, self.shop.name) else None


@pytest.fixture
async def portal(vendure_shop: VendureMerchant, sqlite_url: str) -> AsyncIterator[Portal]:
    vendure_shop.relay.take(0)
    async with portal_beside(vendure_shop, sqlite_url) as found:
        yield found


async def taken_in(portal: Portal, order_id: str) -> NeutralOrder:
    """The order as it is now, stored."""
    async with connected(portal.merchant.account) as shop:
        order: NeutralOrder = await shop.order(order_id)
        await take_orders(portal.context, shop, [order], portal.clock.now())
    return order


async def test_the_portal_may_die_at_any_request_of_a_push(portal: Portal) -> None:
    """Whatever request is its last, the edit is made once afterwards."""
    merchant, at, died = portal.merchant, 2, True
    while died:
        order_id = merchant.place(WANTED)
        mug = line_of(await taken_in(portal, order_id), "MUG")
        which, draft = await portal.drafted(order_id, CancelLine(line=mug, quantity=1))
        scissors = Scissors(at, "after")
        async with connected(merchant.account, scissors) as broken:
            edit = await portal.sent(which, draft, Engine(portal.context, OneShop(broken), portal.engine.policies))
        died = scissors.has_cut()
        assert isinstance(edit, EditView)
        while edit.state is not EditState.APPLIED:
            assert edit.state in (EditState.PENDING, EditState.SENDING), (at, edit)
            portal.clock.advance(timedelta(minutes=3))
            await push(portal.engine, edit.id)
            edit = await portal.edit(edit)
        seen = merchant.seen(order_id)
        assert seen.units == {"TEE-S-RED": 3}, at
        assert (seen.refunded, seen.outstanding) == (2160 - FEE, 0), at
        assert told(await taken_in(portal, order_id)) == seen
        at += 1


async def test_nothing_is_taken_from_anybody_else(portal: Portal) -> None:
    portal.merchant.place(WANTED)
    (one, *_) = portal.merchant.relay.take()
    for delivery in (Delivery(one.headers, one.body + b" "), Delivery({}, one.body)):
        headers = {name.replace("-", "_"): value for name, value in delivery.headers.items() if name != "host"}
        answer = await portal.site.ask(f"{HOOKS}vendure", "POST", "198.51.100.20", delivery.body, **headers)
        assert answer.status == 401
