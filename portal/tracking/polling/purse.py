"""The calls that one question may make: the first is paid for when trackers are claimed, each further one is taken
from the account's budget when it is about to be made."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from carriers import CarrierError, ErrorKind
from carriers.core.http import Call
from portal.context import Context
from portal.kit.db import Tx
from portal.tracking.polling.shared import Asked, one_more
from portal.tracking.settling import OWN_BUDGET

_PATIENCE: Final = timedelta(seconds=2)
_TRIES: Final = 5


@dataclass(slots=True)
class Purse:
    """What is left of what was paid for."""

    context: Context
    asked: Asked
    paid: int = 1

    async def pay(self, call: Call) -> None:
        """Let a call pass, at once or a moment later. Raises CarrierError when the budget has none for long."""
        if call.for_access and not self.asked.carrier.manifest.quota.counts_tokens:
            return
        if self.paid > 0:
            self.paid -= 1
            return
        wait = timedelta(0)
        for _ in range(_TRIES):
            now = self.context.clock.now()
            free_at = await self._more(now)
            if free_at is None:
                return
            wait = free_at - now
            if wait > _PATIENCE:
                break
            await asyncio.sleep(wait.total_seconds())
        seconds = wait.total_seconds()
        raise CarrierError(ErrorKind.RATE_LIMITED, "Our own budget is used up.", code=OWN_BUDGET, retry_after=seconds)

    async def _more(self, now: datetime) -> datetime | None:
        async def unit(tx: Tx) -> datetime | None:
            return await one_more(tx, now, self.asked)

        return await self.context.db.write(unit)
