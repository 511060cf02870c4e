"""Group commit: concurrent units share one transaction, so that a disk flush serves many.

A lone unit commits at once; under load at most one commit is made per window. A unit that fails is
separated from the others by running each alone, so units must be repeatable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.kit.errors import Unavailable

WINDOW = 0.005  # seconds between commits under load
BATCH = 100  # units in one transaction

Outcome = tuple[bool, Any]  # (True, result) or (False, exception)


@dataclass(slots=True)
class _Waiting:
    unit: Any
    answer: asyncio.Future[Any] = field(repr=False)


class Writer:
    """Collects units and commits them through `commit`, which runs all in one transaction.

    `commit(units)` returns their results in order, or raises: then nothing was committed.
    """

    def __init__(self, commit: Callable[[Sequence[Any]], Awaitable[list[Any]]]) -> None:
        self._commit = commit
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(maxsize=10_000)
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def write(self, unit: Any) -> Any:
        """Run a unit; returns once it is durable."""
        if self._closed:
            raise RuntimeError("the database is closed")
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name="writer")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        await self._queue.put(_Waiting(unit, answer))
        return await answer

    async def close(self) -> None:
        """Commit what waits, then stop."""
        self._closed = True
        if self._task is not None:
            await self._queue.join()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        last = 0.0
        while True:
            batch = [await self._queue.get()]
            waiting = 1 + self._queue.qsize()
            if waiting < BATCH and (rest := last + WINDOW - loop.time()) > 0:
                await asyncio.sleep(rest)
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            last = loop.time()
            try:
                await self._settle(batch)
            finally:
                for _ in batch:
                    self._queue.task_done()

    async def _settle(self, batch: list[_Waiting]) -> None:
        outcomes = await self._outcomes([waiting.unit for waiting in batch])
        for waiting, (fine, value) in zip(batch, outcomes, strict=True):
            if waiting.answer.done():  # its caller was cancelled; the write stands
                continue
            if fine:
                waiting.answer.set_result(value)
            else:
                waiting.answer.set_exception(value)

    async def _outcomes(self, units: list[Any]) -> list[Outcome]:
        try:
            return [(True, value) for value in await self._commit(units)]
        except Unavailable as problem:  # no unit is to blame, and each would only wait in turn
            return [(False, problem)] * len(units)
        except Exception as problem:  # noqa: BLE001 - handed to whoever asked for the write
            if len(units) == 1:
                return [(False, problem)]
        return [outcome for unit in units for outcome in await self._outcomes([unit])]
