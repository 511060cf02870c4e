"""SQLite's log is moved into the file beside the commits."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert

from portal.kit import wal
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.jobs import JOB
from portal.kit.sqlite import SqliteDatabase
from tests.support.context import NOW


async def add(tx: Tx) -> None:
    """Insert a row."""
    row = {"kind": "k", "payload": "x" * 5000, "due_at": NOW, "tries": 0, "dead": False, "created_at": NOW}
    await tx.run(insert(JOB).values(row))


def in_the_file_itself(path: Path) -> int:
    """How many rows the file holds without its log."""
    connection = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    try:
        return int(connection.execute("select count(*) from job").fetchone()[0])
    finally:
        connection.close()


async def test_what_was_written_moves_without_the_writer(
    sqlite_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wal, "UNITS", 1)
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    database = SqliteDatabase(sqlite_url, clock)
    for _ in range(3):
        await database.write(add)
        assert database._wal._moving is not None
        await database._wal._moving
    assert in_the_file_itself(path) == 3
    await database.close()


async def test_few_units_wait_for_their_time(
    sqlite_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wal, "EVERY_S", 1000.0)
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    database = SqliteDatabase(sqlite_url, clock)
    await database.write(add)  # the first is moved at once
    assert database._wal._moving is not None
    await database._wal._moving
    moved = database._wal._moving
    for _ in range(3):
        await database.write(add)
    assert database._wal._moving is moved
    assert in_the_file_itself(path) == 1
    await database.close()


async def test_closing_leaves_everything_in_the_file(sqlite_url: str, clock: ManualClock) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    database = SqliteDatabase(sqlite_url, clock)
    for _ in range(5):
        await database.write(add)
    await database.close()
    assert in_the_file_itself(path) == 5


async def test_a_log_that_cannot_be_moved_stops_nobody(sqlite_url: str, clock: ManualClock) -> None:
    def refused() -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    mover = wal.WalMover(refused)
    mover.committed(1000)
    assert mover._moving is not None
    await mover._moving
    assert mover._moving.exception() is None
    await mover.close()
