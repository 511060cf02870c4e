"""Standing tasks: one that fails is started again, and all end with the block."""

from __future__ import annotations

import asyncio

import pytest

from portal.kit import supervise
from portal.kit.supervise import running


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause before a new start."""
    monkeypatch.setattr(supervise, "_PAUSE_S", 0.0)


async def test_a_task_that_fails_is_logged_and_started_again_beside_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    starts: list[str] = []
    third = asyncio.Event()

    async def failing() -> None:
        starts.append("failing")
        if starts.count("failing") == 3:
            third.set()
            await asyncio.Event().wait()
        raise KeyError("mistake")

    async def steady() -> None:
        starts.append("steady")
        await asyncio.Event().wait()

    async with running({"failing": failing, "steady": steady}):
        await asyncio.wait_for(third.wait(), 5)
    assert (starts.count("failing"), starts.count("steady")) == (3, 1)
    assert caplog.text.count("failing failed and is started again") == 2


async def test_all_end_with_the_block_even_when_it_fails() -> None:
    ended: list[str] = []
    begun = asyncio.Event()

    async def standing() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("standing")

    async def block() -> None:
        async with running({"standing": standing}):
            await begun.wait()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await block()
    assert ended == ["standing"]
