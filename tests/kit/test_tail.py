"""Following the log: a wake-up makes it look sooner, and without any it looks all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from portal.context import Context
from portal.kit import tail
from portal.kit.db import Database, Tx
from portal.kit.errors import Unavailable
from portal.kit.events import Happened
from portal.kit.tail import Tail, newest

NEVER = 1000.0


class Heard:
    """What a tail told, and a way to wait for it."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self._more = asyncio.Event()

    def tell(self, events: Sequence[Happened]) -> None:
        """Note a batch."""
        self.batches.append([event.id for event in events])
        self._more.set()

    @property
    def ids(self) -> list[int]:
        """All that was told."""
        return [id_ for batch in self.batches for id_ in batch]

    async def until(self, count: int) -> list[int]:
        """Wait until so many events were told."""
        async with asyncio.timeout(30):
            while len(self.ids) < count:
                self._more.clear()
                await self._more.wait()
        return self.ids


@asynccontextmanager
async def following(database: Any, heard: Heard) -> AsyncIterator[Tail]:
    """A tail that has begun; ends with the block."""
    follower = Tail(database, heard.tell)
    await follower.begin()
    task = asyncio.create_task(follower.run())
    try:
        await asyncio.sleep(0)  # it listens now
        yield follower
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def emit(database: Database, count: int) -> None:
    """Append events in one transaction."""

    async def unit(tx: Tx) -> None:
        for number in range(count):
            tx.emit("order:1", "changed", number=number)

    await database.write(unit)


class Deaf:
    """A database that never wakes anyone."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.fails = 0

    def read(self) -> Any:
        """A reader; an error as often as was said."""
        if self.fails:
            self.fails -= 1
            raise Unavailable("database: away")
        return self._database.read()

    async def listen(self, _: Callable[[], None]) -> None:
        """Nothing is ever heard."""
        await asyncio.Event().wait()


async def test_what_is_new_is_told_and_what_was_before_is_not(context: Context) -> None:
    await emit(context.db, 3)
    heard = Heard()
    async with following(context.db, heard) as follower:
        assert follower.seen == await newest(context.db) == 3
        await emit(context.db, 2)
        assert await heard.until(2) == [4, 5]
        assert follower.seen == 5


async def test_a_wake_up_makes_it_look_at_once(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "_LOOK_EVERY_S", NEVER)
    heard = Heard()
    async with following(context.db, heard):
        for count in (1, 2, 3):
            await emit(context.db, 1)
            assert await heard.until(count) == list(range(1, count + 1))


async def test_without_any_wake_up_it_looks_by_itself(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tail._LOOK_EVERY_S <= 1.0
    monkeypatch.setattr(tail, "_LOOK_EVERY_S", 0.02)
    heard = Heard()
    async with following(Deaf(context.db), heard):
        await emit(context.db, 2)
        assert await heard.until(2) == [1, 2]


async def test_many_events_are_read_in_parts_without_a_pause(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "_LOOK_EVERY_S", NEVER)
    monkeypatch.setattr(tail, "_LIMIT", 3)
    heard = Heard()
    async with following(context.db, heard):
        await emit(context.db, 8)
        await heard.until(8)
        assert heard.batches == [[1, 2, 3], [4, 5, 6], [7, 8]]


async def test_it_outlives_a_database_that_is_away(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "_LOOK_EVERY_S", 0.01)
    heard, database = Heard(), Deaf(context.db)
    async with following(database, heard):
        database.fails = 3
        await emit(context.db, 1)
        assert await heard.until(1) == [1]
        assert database.fails == 0


async def test_what_is_committed_between_begin_and_run_is_told(context: Context) -> None:
    heard = Heard()
    follower = Tail(context.db, heard.tell)
    await follower.begin()
    await emit(context.db, 1)
    task = asyncio.create_task(follower.run())
    assert await heard.until(1) == [1]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_event_is_told_with_its_topic_kind_and_data(any_context: Context) -> None:
    told: list[Happened] = []
    done = asyncio.Event()

    def tell(events: Sequence[Happened]) -> None:
        told.extend(events)
        done.set()

    follower = Tail(any_context.db, tell)
    await follower.begin()
    task = asyncio.create_task(follower.run())

    async def unit(tx: Tx) -> None:
        tx.emit("order:7", "link.revoked", link=3)
        tx.emit("order:7", "plain")

    await any_context.db.write(unit)
    await asyncio.wait_for(done.wait(), 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert told == [Happened(1, "order:7", "link.revoked", {"link": 3}), Happened(2, "order:7", "plain", {})]
