"""Tells the trackers which pages are open, so that those parcels are asked about sooner."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from itertools import islice

from portal.context import Context
from portal.kit.db import Tx
from portal.kit.errors import Unavailable
from portal.tracking.asking import watch
from portal.tracking.poller import asked_accounts, rules_of
from portal.tracking.polling.shared import rules_by_carrier

log = logging.getLogger("jalon.watching")
_EVERY_S = 10.0
_AT_MOST = 2000
_TOGETHER = 100  # topics in one transaction: other writes wait for it


async def keep_watching(context: Context, topics: Callable[[], Iterable[str]]) -> None:
    """Every few seconds, until cancelled, note what `topics()` says is being looked at."""
    while True:
        await asyncio.sleep(_EVERY_S)
        waiting = iter(list(islice(topics(), _AT_MOST)))  # pages open and close while this is written
        while some := list(islice(waiting, _TOGETHER)):
            try:
                await _note(context, some)
            except Unavailable as problem:
                log.warning("cannot note open pages: %s", problem)
                break


async def _note(context: Context, topics: list[str]) -> None:
    accounts, rules = asked_accounts(context), rules_of(context)

    async def unit(tx: Tx) -> None:
        by_carrier = await rules_by_carrier(tx, accounts, rules)
        await watch(tx, context.clock.now(), topics, by_carrier, rules)

    await context.db.write(unit)
