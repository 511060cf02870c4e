"""Follows the event log by id and hands on what is new. A wake-up makes it look sooner, never see more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from sqlalchemy import func, select

from portal.kit.db import Database
from portal.kit.errors import Unavailable
from portal.kit.events import AFTER, EVENT, Happened, happened
from portal.kit.prepared import Query

log = logging.getLogger("jalon.tail")
_LOOK_EVERY_S = 1.0
_LIMIT = 1000
_NEWEST = Query(select(func.max(EVENT.c.id)))


async def newest(db: Database) -> int:
    """The id of the last committed event; 0 when there is none."""
    async with db.read() as reader:
        row = await reader.row(_NEWEST)
    return int(row[0] or 0) if row else 0


class Tail:
    """One reader of the log per process."""

    def __init__(self, db: Database, tell: Callable[[Sequence[Happened]], None]) -> None:
        self._db = db
        self._tell = tell
        self._wake = asyncio.Event()
        self.seen = 0

    async def begin(self) -> None:
        """Take what there is as seen. Comes before anything is shown that must be kept current: what is
        committed in between would be shown as it was. Raises Unavailable."""
        self.seen = await newest(self._db)

    async def run(self) -> None:
        """Follow until cancelled; outlives a database that is away for a while."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._db.listen(self._wake.set), name="listen")
            group.create_task(self._follow(), name="follow")

    async def _follow(self) -> None:
        while True:
            try:
                while await self._read() == _LIMIT:
                    pass
            except Unavailable as problem:
                log.warning("cannot read the event log: %s", problem)
            try:
                await asyncio.wait_for(self._wake.wait(), _LOOK_EVERY_S)
            except TimeoutError:
                continue
            self._wake.clear()

    async def _read(self) -> int:
        async with self._db.read() as reader:
            rows = await reader.rows(AFTER, {"last": self.seen, "most": _LIMIT})
        if rows:
            self._tell([happened(row) for row in rows])
            self.seen = rows[-1][0]
        return len(rows)
