"""The portal's adapter, connected to a shop of the tests; and a wire that breaks where a test wants it to."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import httpx2

from carriers.core.auth import TokenCache
from portal.kit.clock import SystemClock
from portal.platforms.live import Account, Wire
from portal.platforms.registry import live

_TRUST = ssl.create_default_context()  # read once: the shops are on loopback anyway
When = Literal["before", "after"]


class Severed(httpx2.NetworkError):
    """The wire broke, as a process that is killed breaks it."""


@dataclass(slots=True)
class Scissors:
    """Cuts the wire at the request with this number (the first is 1): before it leaves, or when its answer would come.
    Nothing gets through any more after that."""

    at: int
    when: When
    seen: int = 0

    def has_cut(self) -> bool:
        """Whether it has come to that."""
        return self.seen >= self.at


class Wired(httpx2.AsyncBaseTransport):
    """Requests go out as they are, unless the wire is cut. `between` is called before each with its number."""

    def __init__(self, scissors: Scissors | None, between: Any = None) -> None:
        self._through = httpx2.AsyncHTTPTransport(verify=_TRUST)
        self._scissors, self._between, self.count = scissors, between, 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one."""
        self.count += 1
        body = await request.aread()
        if self._between is not None:
            self._between(self.count, body)
        scissors = self._scissors
        if scissors is None:
            return await self._through.handle_async_request(request)
        if scissors.has_cut():
            raise Severed("the wire is cut")
        scissors.seen += 1
        if scissors.has_cut() and scissors.when == "before":
            raise Severed("cut before it left")
        answer = await self._through.handle_async_request(request)
        if scissors.has_cut():
            await answer.aread()
            raise Severed("cut before the answer came")
        return answer

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._through.aclose()


@asynccontextmanager
async def connected(account: Account, scissors: Scissors | None = None, between: Any = None) -> AsyncIterator[Any]:
    """The shop as the portal has it; its type is one of the platform's."""
    async with httpx2.AsyncClient(transport=Wired(scissors, between), timeout=60) as client:
        yield live(account.platform).open(account, Wire(client, TokenCache(), SystemClock()))
