"""Tokens: fetched once for all who wait, renewed in time, dropped when refused."""

from __future__ import annotations

import asyncio

import pytest

from carriers.core.auth import Token, TokenCache
from carriers.core.errors import CarrierError, ErrorKind


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Issuer:
    """Gives out tokens 1, 2, 3…"""

    def __init__(self, expires_in: float = 3600) -> None:
        self.issued = 0
        self._expires_in = expires_in

    async def __call__(self) -> Token:
        self.issued += 1
        value = str(self.issued)
        await asyncio.sleep(0)
        return Token(value, self._expires_in)


async def test_many_callers_share_one_fetch() -> None:
    cache, issuer = TokenCache(), Issuer()
    values = await asyncio.gather(*(cache.get("a", issuer) for _ in range(20)))
    assert (set(values), issuer.issued) == ({"1"}, 1)


async def test_accounts_do_not_share() -> None:
    cache, issuer = TokenCache(), Issuer()
    assert [await cache.get(key, issuer) for key in ("a", "b", "a")] == ["1", "2", "1"]


async def test_renewed_a_minute_early() -> None:
    clock = Clock()
    cache, issuer = TokenCache(clock), Issuer(expires_in=100)
    values = [await cache.get("a", issuer)]
    for moved in (39.0, 2.0):
        clock.seconds += moved
        values.append(await cache.get("a", issuer))
    assert values == ["1", "1", "2"]


async def test_a_refused_token_is_dropped_once() -> None:
    cache, issuer = TokenCache(), Issuer()
    first = await cache.get("a", issuer)
    cache.forget("a", first)
    second = await cache.get("a", issuer)
    cache.forget("a", first)
    cache.forget("never seen", first)
    assert (second, await cache.get("a", issuer)) == ("2", "2")


async def test_a_failed_fetch_is_not_remembered() -> None:
    cache, issuer = TokenCache(), Issuer()

    async def failing() -> Token:
        raise CarrierError(ErrorKind.SERVER, "down")

    with pytest.raises(CarrierError):
        await cache.get("a", failing)
    assert await cache.get("a", issuer) == "1"
