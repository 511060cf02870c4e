"""Waiting for something that another process does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from sqlalchemy import select

from portal.context import Context
from portal.tracking.models import SHIPMENT, TRACKER


async def until(true: Callable[[], bool], within: float = 60, what: str = "") -> None:
    """Wait until it is so; fails when it takes longer than `within` seconds."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, what or "it did not come to pass"
        await asyncio.sleep(0.02)


async def settled(context: Context, *numbers: str, within: float = 60) -> None:
    """Wait until what these parcels' carriers answered at the clock's present moment has been taken in."""
    asked = select(SHIPMENT.c.number).join(TRACKER).where(TRACKER.c.asked_at == context.clock.now())
    end = time.monotonic() + within
    while True:
        async with context.db.read() as reader:
            done = {row.number for row in await reader.rows(asked)}
        if done >= set(numbers):
            return
        assert time.monotonic() < end, f"not asked about now: {set(numbers) - done}"
        await asyncio.sleep(0.02)
