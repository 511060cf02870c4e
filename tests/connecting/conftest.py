"""A played Teashop, and installations that are connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from portal.context import Context, opened
from portal.kit.clock import ManualClock
from tests.support.added import added
from tests.support.context import settings_on
from tests.support.teashop import TeashopServer, playing_teashop


@pytest.fixture
def teashop(clock: ManualClock) -> Iterator[TeashopServer]:
    """The platform's side; the product knows Teashop meanwhile."""
    with added(), playing_teashop(clock) as server:
        yield server


@pytest.fixture
async def context(sqlite_url: str, clock: ManualClock, teashop: TeashopServer) -> AsyncIterator[Context]:
    """A context on SQLite, connected."""
    async with opened(settings_on(sqlite_url), clock=clock, accounts={}, environ=teashop.environ()) as context:
        yield context


@pytest.fixture
async def any_context(engine_url: str, clock: ManualClock, teashop: TeashopServer) -> AsyncIterator[Context]:
    """A context on SQLite, then on PostgreSQL, connected."""
    async with opened(settings_on(engine_url), clock=clock, accounts={}, environ=teashop.environ()) as context:
        yield context
