"""A played Shopify on a real port, and the shop that talks to it; waiting moves the clock and takes no time."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx2
import pytest

from carriers.core.auth import TokenCache
from portal.kit.clock import ManualClock
from portal.kit.transport import Transport
from portal.platforms.live import Wire
from portal.platforms.shopify.shop import Shopify, ShopifyShop
from tests.support.shopify.server import ShopifyServer, playing_shopify
from tests.support.shopify.shop import Shop


@pytest.fixture
def played(clock: ManualClock) -> Iterator[ShopifyServer]:
    """The counterparty; nothing may go wrong inside it."""
    with playing_shopify(clock) as server:
        yield server
    assert server.wrong == []


@pytest.fixture
def store(played: ShopifyServer) -> Shop:
    """What the counterparty keeps."""
    return played.shop


@pytest.fixture(scope="session")
def trust() -> ssl.SSLContext:
    """Certificates, read once."""
    return httpx2.create_ssl_context(trust_env=False)


@pytest.fixture
async def wire(clock: ManualClock, trust: ssl.SSLContext) -> AsyncIterator[Wire]:
    """What a process reaches the world with."""
    async with httpx2.AsyncClient(transport=Transport(trust, 4), trust_env=False, timeout=15) as client:
        yield Wire(client, TokenCache(lambda: clock.now().timestamp()), clock)


@pytest.fixture
def waited() -> list[float]:
    """The seconds of every wait."""
    return []


@pytest.fixture
def shop(played: ShopifyServer, wire: Wire, clock: ManualClock, waited: list[float]) -> ShopifyShop:
    """The connected shop."""

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        clock.advance(timedelta(seconds=seconds))

    opened = Shopify(pause=pause).open(played.account(), wire)
    assert isinstance(opened, ShopifyShop)
    return opened
