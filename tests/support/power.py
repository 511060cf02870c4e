"""Power cuts: a process that ends in the middle of what it does, before or after a call or a commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from portal.kit.db import Database, Reader


class PowerCut(BaseException):
    """The process is gone."""


@dataclass
class CutDatabase:
    """A database whose process ends before or after the commit of a write, when told to: `cuts` says at which of the
    coming writes, counted from 1, and whether that write is still made."""

    db: Database
    cuts: dict[int, bool] = field(default_factory=dict)
    written: int = 0

    def arm(self, cuts: dict[int, bool]) -> None:
        """From now on count anew."""
        self.cuts, self.written = cuts, 0

    def read(self) -> AbstractAsyncContextManager[Reader]:
        """See `Database.read`."""
        return self.db.read()

    async def write(self, unit: Any) -> Any:
        """See `Database.write`."""
        self.written += 1
        made = self.cuts.get(self.written)
        if made is False:
            raise PowerCut
        result = await self.db.write(unit)
        if made:
            raise PowerCut
        return result

    async def listen(self, wake: Callable[[], None]) -> None:
        """See `Database.listen`."""
        await self.db.listen(wake)

    async def ping(self) -> None:
        """See `Database.ping`."""
        await self.db.ping()

    async def close(self) -> None:
        """See `Database.close`."""
        await self.db.close()


async def until_cut(act: Callable[[], Awaitable[Any]]) -> bool:
    """Do it; whether the power went meanwhile."""
    try:
        await act()
    except PowerCut:
        return True
    return False


def every_cut(writes: int) -> Sequence[dict[int, bool]]:
    """One power cut for each place before and after each of so many writes."""
    return [{number: made} for number in range(1, writes + 1) for made in (False, True)]
