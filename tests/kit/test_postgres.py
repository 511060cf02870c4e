"""The shared database: one log in commit order for all processes, and servers that go away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import insert, select, text

from portal.kit import postgres
from portal.kit.clock import ManualClock
from portal.kit.db import Tx, Unit, one
from portal.kit.errors import Unavailable
from portal.kit.events import AFTER
from portal.kit.jobs import JOB
from portal.kit.postgres import PostgresDatabase
from tests.machine.postgres import free_port
from tests.support.context import NOW

pytestmark = pytest.mark.postgres
ROW = {"kind": "k", "payload": "{}", "due_at": NOW, "tries": 0, "dead": False, "created_at": NOW}


@asynccontextmanager
async def opened(url: str, clock: ManualClock) -> AsyncIterator[PostgresDatabase]:
    """One process's database."""
    database = PostgresDatabase(url, clock)
    try:
        yield database
    finally:
        await database.close()


async def loud(tx: Tx) -> None:
    """Append an event."""
    tx.emit("topic", "kind")


async def terminate(url: str) -> None:
    """End every session on the database but this one."""
    admin = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await admin.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    finally:
        await admin.close()


async def test_a_reader_of_the_log_never_passes_an_id_that_is_still_to_appear(
    tables_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock, an id given out early may be committed late."""
    slowly = text("select pg_notify('jalon_event', ''), pg_sleep(random() * 0.01)")
    monkeypatch.setattr(postgres, "_NOTIFY", slowly)
    async with (
        opened(tables_url, clock) as one_,
        opened(tables_url, clock) as other,
        opened(tables_url, clock) as third,
    ):
        writing = [asyncio.create_task(_write(db, 40)) for db in (one_, other, third)]
        seen: list[int] = []
        while not all(task.done() for task in writing):
            await _read(third, seen)
        await asyncio.gather(*writing)
        await _read(third, seen)
        async with third.read() as reader:
            committed = [row.id for row in await reader.rows(AFTER, {"last": 0, "most": 1000})]
    assert len(committed) == 120
    assert seen == committed


async def _write(database: PostgresDatabase, count: int) -> None:
    for _ in range(count):
        await database.write(loud)


async def _read(database: PostgresDatabase, seen: list[int]) -> None:
    async with database.read() as reader:
        seen += [row.id for row in await reader.rows(AFTER, {"last": seen[-1] if seen else 0, "most": 1000})]


async def test_a_commit_in_one_process_wakes_the_others(tables_url: str, clock: ManualClock) -> None:
    async with opened(tables_url, clock) as one_, opened(tables_url, clock) as other, listening(other) as woken:
        await one_.write(loud)
        assert await asyncio.wait_for(woken.wait(), 5)


@asynccontextmanager
async def listening(database: PostgresDatabase) -> AsyncIterator[asyncio.Event]:
    """Listens; the event is set by each wake-up after the listening began."""
    woken = asyncio.Event()
    task = asyncio.create_task(database.listen(woken.set))
    try:
        await asyncio.wait_for(woken.wait(), 5)  # it says so once when it begins
        woken.clear()
        yield woken
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_listener_whose_session_ends_comes_back_and_looks(
    tables_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_RECONNECT_S", 0.01)
    async with opened(tables_url, clock) as database, listening(database) as woken:
        await terminate(tables_url)
        assert await asyncio.wait_for(woken.wait(), 5)
        woken.clear()
        await database.write(loud)
        assert await asyncio.wait_for(woken.wait(), 5)


async def test_reads_and_writes_outlive_sessions_that_end(tables_url: str, clock: ManualClock) -> None:
    async def add(tx: Tx) -> None:
        await tx.run(insert(JOB).values(ROW))

    async with opened(tables_url, clock) as database:
        for count in range(1, 4):
            await database.write(add)
            async with database.read() as reader:
                assert len(await reader.rows(select(JOB.c.id))) == count
                await terminate(tables_url)
                assert len(await reader.rows(select(JOB.c.id))) == count


async def test_a_server_that_is_not_there_is_unavailable(clock: ManualClock) -> None:
    async with opened(f"postgresql://jalon@127.0.0.1:{free_port()}/none", clock) as database:
        with pytest.raises(Unavailable):
            await database.ping()
        with pytest.raises(Unavailable):
            await database.write(loud)


@pytest.mark.parametrize("wrong", ["database", "user"])
async def test_a_database_that_lets_nobody_in_is_unavailable(tables_url: str, clock: ManualClock, wrong: str) -> None:
    other = tables_url + "_none" if wrong == "database" else tables_url.replace("jalon@", "nobody_here@")
    async with opened(other, clock) as database:
        with pytest.raises(Unavailable):
            await database.ping()
        with pytest.raises(Unavailable):
            await database.write(loud)


async def test_a_pool_that_is_used_up_gives_way_in_time(tables_url: str, clock: ManualClock) -> None:
    """Readers hold their connection while they have it; the next one waits until one is given back."""
    database = PostgresDatabase(tables_url, clock, pool_size=1)
    async with database.read() as reader:
        await reader.rows(select(JOB.c.id))
        waiting = asyncio.create_task(database.ping())
        await asyncio.sleep(0.05)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 5)
    await database.close()


def creating(name: str, meeting: asyncio.Barrier) -> Unit[str]:
    """A unit that adds a row unless it is there; its first run waits until the other one has looked as well."""
    runs: list[str] = []

    async def unit(tx: Tx) -> str:
        found = await tx.row(select(JOB.c.id).where(JOB.c.unique_key == name))
        if not runs:
            runs.append("first")
            await meeting.wait()
        if found is not None:
            return "found"
        await one(tx, insert(JOB).values(ROW | {"unique_key": name}).returning(JOB.c.id))
        return "created"

    return unit


async def test_of_two_processes_that_create_one_row_the_later_finds_it(tables_url: str, clock: ManualClock) -> None:
    meeting = asyncio.Barrier(2)
    async with opened(tables_url, clock) as one_, opened(tables_url, clock) as other:
        outcomes = await asyncio.gather(*(db.write(creating("a", meeting)) for db in (one_, other)))
    assert sorted(outcomes) == ["created", "found"]


async def test_two_processes_that_block_each_other_both_get_through(tables_url: str, clock: ManualClock) -> None:
    meeting = asyncio.Barrier(2)

    def crossing(first: int, second: int) -> Unit[None]:
        runs: list[int] = []

        async def unit(tx: Tx) -> None:
            await tx.run(text("set local deadlock_timeout = '20ms'"))
            await tx.rows(text(f"select pg_advisory_xact_lock({first})"))
            if not runs:
                runs.append(first)
                await meeting.wait()
            await tx.rows(text(f"select pg_advisory_xact_lock({second})"))
            await tx.run(insert(JOB).values(ROW))

        return unit

    async with opened(tables_url, clock) as one_, opened(tables_url, clock) as other:
        await asyncio.gather(one_.write(crossing(1, 2)), other.write(crossing(2, 1)))
        async with one_.read() as reader:
            assert len(await reader.rows(select(JOB.c.id))) == 2
