"""Access tokens: fetched once per account, shared by concurrent calls, renewed before they expire."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

_EARLY = 60.0  # seconds: renew before the carrier's own clock says so


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token and its life in seconds from now."""

    value: str
    expires_in: float


class TokenCache:
    """Tokens by account key, in this process only; a fetch is awaited by all who need it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._tokens: dict[str, tuple[str, float]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, key: str, fetch: Callable[[], Awaitable[Token]]) -> str:
        """The token under `key`, fetched when absent or about to expire. Errors of `fetch` pass through."""
        if (known := self._known(key)) is not None:
            return known
        async with self._locks.setdefault(key, asyncio.Lock()):
            if (known := self._known(key)) is not None:  # fetched by another while we waited
                return known
            token = await fetch()
            self._tokens[key] = (token.value, self._now() + max(token.expires_in - _EARLY, 1.0))
            return token.value

    def _known(self, key: str) -> str | None:
        value, until = self._tokens.get(key, ("", 0.0))
        return value if value and self._now() < until else None

    def forget(self, key: str, refused: str) -> None:
        """Drop the token that the carrier refused, unless another call has replaced it meanwhile."""
        if self._tokens.get(key, ("", 0.0))[0] == refused:
            del self._tokens[key]
