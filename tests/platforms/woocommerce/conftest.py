"""A played WooCommerce shop, and a connection to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from carriers.core.auth import TokenCache
from portal.kit.clock import ManualClock
from portal.platforms.live import Account, Wire
from portal.platforms.woocommerce.shop import LIVE, WooShop
from tests.carriers.playing import a_client
from tests.platforms.woocommerce.played import HOOK_SECRET, KEY, SECRET, Played, played


@pytest.fixture
def clock() -> ManualClock:
    """Time that moves only when told to."""
    return ManualClock(datetime(2026, 10, 2, 8, 30, tzinfo=UTC))


@pytest.fixture
async def woo(clock: ManualClock) -> AsyncIterator[Played]:
    """The platform's side."""
    async with played(clock) as shop:
        yield shop


@pytest.fixture
async def shop(woo: Played, clock: ManualClock) -> AsyncIterator[WooShop]:
    """Ours."""
    async with a_client() as client:
        yield connected(woo.url, Wire(client, TokenCache(), clock))


def connected(url: str, wire: Wire, **more: str) -> WooShop:
    """A connection with the usual credentials."""
    given = {"url": "https://woo.example", "key": KEY, "secret": SECRET, "hook_secret": HOOK_SECRET, **more}
    found = LIVE.open(Account("woocommerce", given, url), wire)
    assert isinstance(found, WooShop)
    return found
