"""Moves SQLite's write-ahead log into the database file, away from the writer.

By itself SQLite does it inside the commit that fills the log, and whoever waits for that commit waits for
two more flushes of the disk. Here a thread of its own does it beside the commits: often and little under
load, since a big move holds up the disk for everyone, and seldom otherwise. Should it fall behind, the
writer does it after all.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

UNITS = 200  # written since the last move
EVERY_S = 5.0
BY_THE_WRITER = 16_000  # pages (64 MB) in the log from which a commit moves them itself


class WalMover:
    """Moves after every `UNITS` units, and after `EVERY_S` seconds in which there were fewer."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="wal")
        self._connection: sqlite3.Connection | None = None
        self._moving: asyncio.Future[None] | None = None
        self._next = 0.0
        self._units = 0

    def committed(self, units: int) -> None:
        """So many units were: move the log when it is time."""
        loop = asyncio.get_running_loop()
        self._units += units
        if self._units < UNITS and loop.time() < self._next:
            return
        if self._moving is not None and not self._moving.done():
            return
        self._units, self._next = 0, loop.time() + EVERY_S
        self._moving = loop.run_in_executor(self._thread, self._move)

    async def close(self) -> None:
        """Finish what is under way."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._shut)
        self._thread.shutdown()

    def _move(self) -> None:
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.OperationalError:
            return  # the log stays as it is; the next commit tries again

    def _shut(self) -> None:
        if self._connection is not None:
            self._connection.close()
