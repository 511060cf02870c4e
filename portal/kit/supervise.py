"""Keeps a process's standing tasks alive: one that fails is logged and started again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

log = logging.getLogger("jalon.tasks")
_PAUSE_S = 1.0


@asynccontextmanager
async def running(jobs: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """Run the jobs, by name, next to the block; they end with it."""
    tasks = [asyncio.create_task(_keep(name, job), name=name) for name, job in jobs.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep(name: str, job: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await job()
        except Exception:  # whatever it was, the others and the pages go on
            log.exception("%s failed and is started again", name)
        await asyncio.sleep(_PAUSE_S)
