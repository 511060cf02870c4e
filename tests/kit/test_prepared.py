"""Statements compiled once mean what SQLAlchemy means by them, on both engines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.engine import make_url

from portal.kit.clock import ManualClock
from portal.kit.db import Database, Tx, open_database
from portal.kit.jobs import JOB
from portal.kit.prepared import Query
from portal.tracking.models import CHECKPOINT, SHIPMENT
from portal.tracking.private import CHECKPOINT_PRIVATE
from tests.support.context import NOW

ROW = {"kind": "k", "payload": "{}", "due_at": NOW, "tries": 0, "dead": False, "created_at": NOW}
COLUMNS = [*ROW, "unique_key"]


@pytest.fixture
async def database(engine_url: str, clock: ManualClock) -> AsyncIterator[Database]:
    """An open database with all tables: SQLite, then PostgreSQL."""
    database = open_database(engine_url, clock)
    yield database
    await database.close()


async def run(database: Database, *statements: tuple[Query, Any]) -> list[int]:
    """Run changes in one transaction."""

    async def unit(tx: Tx) -> list[int]:
        return [await tx.run(statement, values) for statement, values in statements]

    return await database.write(unit)


async def names(database: Database, question: Query, **values: Any) -> list[str]:
    """The unique keys that a question finds."""
    async with database.read() as reader:
        return [row.unique_key for row in await reader.rows(question, values)]


ADD = Query(insert(JOB), COLUMNS)
BY_TRIES = Query(select(JOB.c.unique_key).where(JOB.c.tries == bindparam("wanted")).order_by(JOB.c.unique_key))


async def test_one_statement_runs_for_many_sets_of_values(database: Database) -> None:
    await run(database, (ADD, [ROW | {"unique_key": name, "tries": tries} for name, tries in (("a", 1), ("b", 2))]))
    assert [await names(database, BY_TRIES, wanted=tries) for tries in (1, 2, 3)] == [["a"], ["b"], []]


async def test_a_value_may_stand_in_two_places(database: Database) -> None:
    await run(database, (ADD, [ROW | {"unique_key": name, "kind": kind} for name, kind in (("a", "b"), ("b", "x"))]))
    twice = Query(
        select(JOB.c.unique_key).where((JOB.c.kind == bindparam("word")) | (JOB.c.unique_key == bindparam("word")))
    )
    assert sorted(await names(database, twice, word="b")) == ["a", "b"]


async def test_lists_and_constants_are_part_of_the_statement(database: Database) -> None:
    await run(database, (ADD, [ROW | {"unique_key": name} for name in "abcd"]))
    some = Query(select(JOB.c.unique_key).where(JOB.c.unique_key.in_(["a", "c", "z"])).order_by(JOB.c.id).limit(5))
    assert await names(database, some) == ["a", "c"]


async def test_updates_and_deletes_take_their_values_by_name(database: Database) -> None:
    await run(database, (ADD, [ROW | {"unique_key": name} for name in "ab"]))
    again = Query(update(JOB).where(JOB.c.unique_key == bindparam("name")), ["tries", "problem"])
    gone = Query(delete(JOB).where(JOB.c.tries == bindparam("wanted")))
    assert await run(database, (again, {"name": "a", "tries": 5, "problem": None}), (gone, {"wanted": 0})) == [1, 1]
    assert await names(database, BY_TRIES, wanted=5) == ["a"]


async def test_a_change_may_return_rows_with_their_types(database: Database) -> None:
    adding = Query(insert(JOB).returning(JOB.c.id, JOB.c.due_at, JOB.c.dead), COLUMNS)

    async def unit(tx: Tx) -> Any:
        return await tx.rows(adding, ROW | {"unique_key": "a"})

    ((id_, due_at, dead),) = await database.write(unit)
    assert (id_ > 0, due_at, dead) == (True, NOW, False)


MOMENTS = [NOW, NOW.astimezone(timezone(timedelta(hours=14))), datetime(2026, 11, 20, 10, 0, 0, 123_456, tzinfo=UTC)]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
async def test_moments_come_back_as_the_same_moments_in_utc(database: Database, moment: datetime) -> None:
    await run(database, (ADD, ROW | {"unique_key": "a", "due_at": moment}))
    async with database.read() as reader:
        row = await reader.row(Query(select(JOB.c.due_at).where(JOB.c.due_at == bindparam("at"))), {"at": moment})
    assert row is not None
    assert (row.due_at, row.due_at.utcoffset()) == (moment, timedelta(0))


async def test_moments_of_every_spelling_sort_and_compare_as_moments(database: Database) -> None:
    """SQLite compares them as text, so all must be written alike."""
    moments = [NOW + timedelta(hours=hours, microseconds=hours % 2) for hours in range(-8, 9)]
    spelled = [at.astimezone(timezone(timedelta(hours=n % 5 * 3 - 6))) for n, at in enumerate(moments)]
    rows = [ROW | {"unique_key": f"{n:02}", "due_at": at} for n, at in enumerate(spelled)]

    async def unit(tx: Tx) -> None:
        await tx.run(ADD, rows[::2])
        await tx.run(insert(JOB), rows[1::2])

    await database.write(unit)
    in_time = Query(select(JOB.c.unique_key).order_by(JOB.c.due_at))
    assert await names(database, in_time) == [row["unique_key"] for row in rows]
    due = Query(select(JOB.c.unique_key).where(JOB.c.due_at <= bindparam("now")).order_by(JOB.c.unique_key))
    for n, at in enumerate(spelled):
        assert len(await names(database, due, now=at)) == n + 1


async def test_every_kind_of_column_comes_back_as_it_went_in(database: Database) -> None:
    shipment = {
        "id": 1,
        "source": "s",
        "topic": "t",
        "estimate_day": NOW.date(),
        "milestone": "in_transit",
        "delayed": True,
        "carrier_delayed": False,
        "shop_delayed": False,
        "created_at": NOW,
        "updated_at": NOW,
    }
    wall = NOW.replace(tzinfo=None)
    checkpoint = {"id": 1, "shipment_id": 1, "identity": "i", "wall": wall, "delayed": False, "date_only": True}
    place = {"checkpoint_id": 1, "text": "été «東京» 🚚", "lat": 45.75, "lon": -0.5}
    tables: list[tuple[Any, dict[str, Any]]] = [
        (SHIPMENT, shipment),
        (CHECKPOINT, checkpoint | {"sort_at": wall, "seen_at": NOW}),
        (CHECKPOINT_PRIVATE, place),
    ]
    await run(database, *((Query(insert(table), list(row)), row) for table, row in tables))
    async with database.read() as reader:
        for table, row in tables:
            kept = await reader.row(Query(select(table)))
            assert kept is not None
            assert {name: getattr(kept, name) for name in row} == row
            assert [type(getattr(kept, name)) for name in row] == [type(value) for value in row.values()]


def test_a_statement_is_compiled_once_for_each_engine() -> None:
    engines = [make_url(url).get_dialect()() for url in ("sqlite://", "postgresql+asyncpg://")]
    first, second = ([BY_TRIES.on(dialect) for dialect in engines] for _ in range(2))
    assert [one is two for one, two in zip(first, second, strict=True)] == [True, True]
    assert first[0] is not first[1]
