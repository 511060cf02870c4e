"""Waiting for something that another process does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


async def until(true: Callable[[], bool], within: float = 15, what: str = "") -> None:
    """Wait until it is so; fails when it takes longer than `within` seconds."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, what or "it did not come to pass"
        await asyncio.sleep(0.02)
