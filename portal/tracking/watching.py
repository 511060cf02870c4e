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

log = logging.getLogger("jalon.watching")
_EVERY_S = 10.0
_AT_MOST = 2000


async def keep_watching(context: Context, topics: Callable[[], Iterable[str]]) -> None:
    """Every few seconds, until cancelled, note what `topics()` says is being looked at."""
    while True:
        await asyncio.sleep(_EVERY_S)
        seen = list(islice(topics(), _AT_MOST))
        if not seen:
            continue

        async def unit(tx: Tx, seen: list[str] = seen) -> None:
            await watch(tx, context.clock.now(), seen, context.settings.poll_pace)

        try:
            await context.db.write(unit)
        except Unavailable as problem:
            log.warning("cannot note open pages: %s", problem)
