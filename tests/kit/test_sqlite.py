"""The embedded database: what survives a power cut, who may write, and when it is said to be away."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Insert, insert, select, text
from sqlalchemy.exc import OperationalError

from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.errors import BadSetting, Unavailable
from portal.kit.jobs import JOB
from portal.kit.prepared import Query
from portal.kit.sqlite import SqliteDatabase
from tests.support.context import NOW

ROW = {"kind": "k", "payload": "{}", "due_at": NOW, "tries": 0, "dead": False, "created_at": NOW}


@pytest.fixture
async def database(sqlite_url: str, clock: ManualClock) -> AsyncIterator[SqliteDatabase]:
    """An open database with all tables."""
    database = SqliteDatabase(sqlite_url, clock)
    yield database
    await database.close()


async def add(tx: Tx) -> None:
    """Insert a row."""
    await tx.run(insert(JOB).values(ROW))


PRAGMAS = [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)]


@pytest.mark.parametrize(("pragma", "value"), PRAGMAS)
async def test_both_connections_have_the_pragmas(database: SqliteDatabase, pragma: str, value: object) -> None:
    async def unit(tx: Tx) -> Any:
        return (await tx.rows(text(f"pragma {pragma}")))[0][0]

    assert await database.write(unit) == value
    async with database.read():
        assert database._reading is not None
        assert database._reading.execute(f"pragma {pragma}").fetchone()[0] == value


async def test_a_unit_that_waits_for_something_else_is_refused(database: SqliteDatabase) -> None:
    async def slow(tx: Tx) -> None:
        await add(tx)
        await asyncio.sleep(0)

    fine, refused = await asyncio.gather(database.write(add), database.write(slow), return_exceptions=True)
    assert fine is None
    assert isinstance(refused, RuntimeError)
    async with database.read() as reader:
        assert len(await reader.rows(select(JOB.c.id))) == 1


async def test_units_run_outside_the_event_loops_thread(database: SqliteDatabase) -> None:
    async def where(_: Tx) -> str:
        return threading.current_thread().name

    assert (await database.write(where)).startswith("writer")


async def test_a_commit_without_events_wakes_nobody(database: SqliteDatabase) -> None:
    woken: list[int] = []
    listening = asyncio.create_task(database.listen(lambda: woken.append(1)))
    await asyncio.sleep(0)

    async def loud(tx: Tx) -> None:
        tx.emit("topic", "kind")

    await database.write(add)
    assert woken == []
    await database.write(loud)
    assert woken == [1]
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await database.write(loud)
    assert woken == [1]


async def test_another_process_that_holds_the_file_makes_it_unavailable(sqlite_url: str, clock: ManualClock) -> None:
    async def impatient(tx: Tx) -> None:
        await tx.rows(text("pragma busy_timeout = 10"))

    database = SqliteDatabase(sqlite_url, clock)
    await database.write(impatient)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(Unavailable, match="locked"):
        await database.write(add)
    async with database.read() as reader:
        assert await reader.rows(select(JOB.c.id)) == []
    other.execute("rollback")
    other.close()
    await database.write(add)
    await database.close()


ADD = insert(JOB)
FULL = [("as SQLAlchemy runs it", ADD), ("as the driver runs it", Query(ADD, [*ROW, "unique_key"]))]


@pytest.mark.parametrize("statement", [row[1] for row in FULL], ids=[row[0] for row in FULL])
async def test_a_full_disk_is_unavailable_and_loses_nothing(
    database: SqliteDatabase, statement: Insert | Query
) -> None:
    async def fill(tx: Tx) -> None:
        await tx.rows(text("pragma max_page_count = 1"))  # no less than there is
        await tx.run(statement, ROW | {"unique_key": "big", "payload": "x" * 10_000_000})

    async def room(tx: Tx) -> None:
        await tx.rows(text("pragma max_page_count = 1000000"))

    await database.write(add)
    with pytest.raises(Unavailable, match="full"):
        await database.write(fill)
    await database.write(room)
    await database.write(add)
    async with database.read() as reader:
        assert len(await reader.rows(select(JOB.c.id))) == 2


async def test_a_mistake_in_a_statement_is_not_an_absent_database(database: SqliteDatabase) -> None:
    async def wrong(tx: Tx) -> None:
        await tx.rows(text("select nothing from nowhere"))

    fine, mistake = await asyncio.gather(database.write(add), database.write(wrong), return_exceptions=True)
    assert fine is None
    assert isinstance(mistake, OperationalError)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        async with database.read() as reader:
            await reader.rows(select(text("1")).select_from(text("nowhere")))


async def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "jalon.db").mkdir()
    database = SqliteDatabase(f"sqlite:///{tmp_path}/jalon.db", clock)
    with pytest.raises(Unavailable):
        await database.ping()
    with pytest.raises(Unavailable):
        await database.write(add)
    await database.close()


def test_a_folder_that_is_missing_is_a_wrong_setting(tmp_path: Path, clock: ManualClock) -> None:
    with pytest.raises(BadSetting, match=r"JALON_DATABASE_URL: the folder .*/none does not exist"):
        SqliteDatabase(f"sqlite:///{tmp_path}/none/jalon.db", clock)


async def test_deleting_what_others_refer_to_deletes_them_or_is_refused(database: SqliteDatabase) -> None:
    async def orphan(tx: Tx) -> None:
        await tx.run(text("insert into shipment_private (shipment_id) values (99)"))

    with pytest.raises(Exception, match="FOREIGN KEY"):
        await database.write(orphan)
