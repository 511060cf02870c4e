"""Deliveries signed with keys that the platform publishes: they are learnt when one is needed, and seldom."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from portal.context import opened
from portal.kit.clock import ManualClock
from tests.platforms.saleor.played import TOKEN, Shop, played, signed
from tests.platforms.saleor.samples import ORDER_ID
from tests.support.context import settings_on
from tests.support.shops import PLATFORM, stored, work
from tests.support.web import Site, site

BODY = json.dumps({"__typename": "OrderUpdated", "order": {"id": ORDER_ID}}).encode()


@dataclass(frozen=True, slots=True)
class Both:
    """The product's side, and the platform's."""

    site: Site
    saleor: Shop

    async def deliver(self, key: str, body: bytes = BODY) -> int:
        """The status that a delivery is answered with."""
        told = {"saleor_signature": signed(body, key), "saleor_event": "order_updated"}
        told["content_length"] = str(len(body))
        return (await self.site.ask("/hooks/platforms/saleor", "POST", PLATFORM, body, **told)).status


@pytest.fixture
async def both(sqlite_url: str, clock: ManualClock) -> AsyncIterator[Both]:
    """An installation that is connected to a played Saleor."""
    async with played() as saleor:
        environ = {"JALON_PLATFORM_SALEOR_URL": saleor.url, "JALON_PLATFORM_SALEOR_TOKEN": TOKEN}
        async with opened(settings_on(sqlite_url), clock=clock, accounts={}, environ=environ) as context:
            yield Both(site(context), saleor)


async def test_the_first_delivery_makes_the_keys_known(both: Both, clock: ManualClock) -> None:
    assert await both.deliver("k1") == 200
    assert await both.deliver("k1") == 200
    assert both.saleor.asked_for_keys == 1
    await work(both.site.context, clock)
    assert list(await stored(both.site.context)) == [ORDER_ID]


async def test_a_key_that_is_new_is_learnt_and_strangers_ask_for_nothing(both: Both, clock: ManualClock) -> None:
    assert await both.deliver("k1") == 200
    both.saleor.keys = ["k1", "k2"]
    clock.advance(timedelta(minutes=1))
    assert await both.deliver("k2") == 200
    clock.advance(timedelta(minutes=1))
    assert [await both.deliver("stranger") for _ in range(9)] == [401] * 9
    assert both.saleor.asked_for_keys == 3, "nine wrong ones, one question"
    assert await both.deliver("k1") == 200


async def test_keys_that_cannot_be_read_are_no_error_of_the_hook(both: Both) -> None:
    both.saleor.keys = []
    assert await both.deliver("k1") == 401
