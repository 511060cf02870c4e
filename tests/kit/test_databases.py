"""What both engines promise: units together, one by one when one fails, events with their rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from portal.kit.clock import ManualClock
from portal.kit.db import Database, Tx, Unit, one, open_database
from portal.kit.errors import BadSetting
from portal.kit.events import AFTER, EVENT, happened
from portal.kit.jobs import JOB
from portal.kit.prepared import Query
from tests.support.context import NOW

ROW = {"kind": "k", "payload": "{}", "due_at": NOW, "tries": 0, "dead": False, "created_at": NOW}


@pytest.fixture
async def database(engine_url: str, clock: ManualClock) -> AsyncIterator[Database]:
    """An open database with all tables: SQLite, then PostgreSQL."""
    database = open_database(engine_url, clock)
    yield database
    await database.close()


def adding(name: str, *, event: bool = False) -> Unit[int]:
    """A unit that inserts a row whose unique key is `name` and returns its id."""

    async def unit(tx: Tx) -> int:
        row = await one(tx, insert(JOB).values(unique_key=name, **ROW).returning(JOB.c.id))
        if event:
            tx.emit(f"topic:{name}", "added", name=name)
        return int(row.id)

    return unit


async def names(database: Database) -> list[str]:
    """The unique keys of all rows."""
    async with database.read() as reader:
        return [row.unique_key for row in await reader.rows(select(JOB.c.unique_key).order_by(JOB.c.id))]


async def test_reads_see_what_was_committed(database: Database) -> None:
    ids = await asyncio.gather(*(database.write(adding(name)) for name in "abc"))
    assert await names(database) == ["a", "b", "c"]
    assert ids == sorted(ids)


async def test_a_failing_unit_leaves_nothing_and_harms_no_neighbour(database: Database) -> None:
    async def half(tx: Tx) -> None:
        await tx.run(insert(JOB).values(unique_key="half", **ROW))
        tx.emit("topic", "half")
        raise ValueError("changed my mind")

    units: list[Unit[Any]] = [adding("a", event=True), half, adding("a", event=True), adding("b", event=True)]
    outcomes = await asyncio.gather(*(database.write(unit) for unit in units), return_exceptions=True)
    assert isinstance(outcomes[1], ValueError)
    assert isinstance(outcomes[2], IntegrityError)
    assert await names(database) == ["a", "b"]
    async with database.read() as reader:
        log = [happened(row) for row in await reader.rows(AFTER, {"last": 0, "most": 10})]
    assert [(event.topic, event.kind, event.data) for event in log] == [
        ("topic:a", "added", {"name": "a"}),
        ("topic:b", "added", {"name": "b"}),
    ]


async def test_events_carry_the_moment_and_ids_that_rise(database: Database, clock: ManualClock) -> None:
    for name in "abc":
        clock.advance(timedelta(minutes=1))
        await database.write(adding(name, event=True))
    async with database.read() as reader:
        log = await reader.rows(select(EVENT.c.id, EVENT.c.at).order_by(EVENT.c.at))
    assert [row.at for row in log] == [NOW + timedelta(minutes=n) for n in (1, 2, 3)]
    assert [row.id for row in log] == sorted(row.id for row in log)


async def test_ids_of_events_are_not_given_twice_after_a_purge(database: Database) -> None:
    async def forget(tx: Tx) -> None:
        await tx.run(delete(EVENT))

    async def last() -> int:
        async with database.read() as reader:
            return int((await reader.rows(select(EVENT.c.id)))[-1].id)

    await database.write(adding("a", event=True))
    before = await last()
    await database.write(forget)
    await database.write(adding("b", event=True))
    assert await last() > before


async def test_a_commit_with_events_wakes(database: Database) -> None:
    woken = asyncio.Event()
    listening = asyncio.create_task(database.listen(woken.set))
    try:
        await asyncio.wait_for(_ready(database, woken), 5)
        woken.clear()
        await database.write(adding("loud", event=True))
        assert await asyncio.wait_for(woken.wait(), 5)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _ready(database: Database, woken: asyncio.Event) -> None:
    """Write until the listener hears it."""
    number = 0
    while not woken.is_set():
        await database.write(adding(f"try {number}", event=True))
        await asyncio.sleep(0.02)
        number += 1
    await asyncio.sleep(0.02)
    woken.clear()


async def test_upsert_overwrites_or_leaves_be(database: Database) -> None:
    async def unit(tx: Tx) -> list[tuple[str, str]]:
        first, second = ({"unique_key": "a", **ROW, "kind": kind} for kind in ("first", "second"))
        await tx.upsert(JOB, [first, {**ROW, "unique_key": "b"}], ["unique_key"])
        await tx.upsert(JOB, [second], ["unique_key"])
        await tx.upsert(JOB, [{**second, "kind": "third"}], ["unique_key"], update=False)
        await tx.upsert(JOB, [], ["unique_key"])
        found = await tx.rows(select(JOB.c.unique_key, JOB.c.kind).order_by(JOB.c.unique_key))
        return [(row.unique_key, row.kind) for row in found]

    assert await database.write(unit) == [("a", "second"), ("b", "k")]


async def test_a_transaction_tells_how_many_rows_it_touched(database: Database) -> None:
    async def unit(tx: Tx) -> list[int]:
        some = [{**ROW, "unique_key": name} for name in "abc"]
        touched = [await tx.run(insert(JOB), some)]
        touched.append(await tx.run(update(JOB).where(JOB.c.unique_key != "a").values(kind="x")))
        touched.append(await tx.run(Query(delete(JOB).where(JOB.c.unique_key == bindparam("name"))), {"name": "none"}))
        return touched

    added, changed, deleted = await database.write(unit)
    assert (changed, deleted) == (2, 0)
    assert added in (3, -1)  # drivers may not count rows of many statements sent at once
    assert await names(database) == ["a", "b", "c"]


PREPARED = Query(select(JOB.c.due_at, JOB.c.dead, JOB.c.problem).where(JOB.c.unique_key == bindparam("name")))


async def test_a_prepared_question_keeps_types_and_takes_any_values(database: Database) -> None:
    await database.write(adding("a"))
    async with database.read() as reader:
        for _ in range(2):
            row = await reader.row(PREPARED, {"name": "a"})
            assert row is not None
            assert (row.due_at, row.dead, row.problem) == (NOW, False, None)
            assert await reader.row(PREPARED, {"name": "'; drop table job; --"}) is None
        assert (await reader.rows(select(literal(date(2026, 11, 20)).label("day"))))[0].day == date(2026, 11, 20)


async def test_a_row_that_must_be_there_and_is_not(database: Database) -> None:
    async def unit(tx: Tx) -> None:
        await one(tx, select(JOB.c.id))

    with pytest.raises(LookupError):
        await database.write(unit)


async def test_it_answers_a_ping_and_takes_nothing_once_closed(engine_url: str, clock: ManualClock) -> None:
    database = open_database(engine_url, clock)
    await database.ping()
    await database.close()
    with pytest.raises(RuntimeError, match="closed"):
        await database.write(adding("a"))


@pytest.mark.parametrize("url", ["mysql://root@localhost/shop", "oracle://x"])
def test_other_engines_are_refused_by_name(url: str, clock: ManualClock) -> None:
    with pytest.raises(BadSetting, match="JALON_DATABASE_URL"):
        open_database(url, clock)
