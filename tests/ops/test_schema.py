"""The tables: made from nothing, complete, and left alone when they are there."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, select, text

from portal import paths, schema
from portal.context import opened
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.errors import BadSetting, Unavailable
from portal.kit.jobs import JOB
from portal.serving import prepare
from tests.machine.postgres import free_port
from tests.support.context import NOW, settings_on


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it: SQLite, then PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/jalon.db"
    return str(request.getfixturevalue("postgres_url"))


NEWEST = ScriptDirectory(str(paths.MIGRATIONS)).get_current_head()


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory(str(paths.MIGRATIONS)).get_heads()) == 1


def test_from_nothing_to_complete_and_again_changes_nothing(empty_url: str) -> None:
    assert not schema.is_current(empty_url)
    assert schema.migrate(empty_url) == (None, NEWEST)
    assert schema.is_current(empty_url)
    assert schema.differences(empty_url) == []
    assert schema.migrate(empty_url) == (NEWEST, NEWEST)
    assert schema.differences(empty_url) == []


def test_looking_changes_nothing(empty_url: str) -> None:
    assert schema.differences(empty_url) != []
    assert not schema.is_current(empty_url)
    assert not schema.is_current(empty_url)


def test_what_is_stored_outlives_migrating_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/jalon.db"
    schema.migrate(url)
    connection = sqlite3.connect(tmp_path / "jalon.db")
    connection.execute("insert into event (topic, kind, data, at) values ('t', 'k', '{}', '2026-11-20')")
    connection.commit()
    schema.migrate(url)
    assert connection.execute("select topic from event").fetchall() == [("t",)]
    connection.close()


def test_a_missing_column_is_seen(empty_url: str) -> None:
    schema.migrate(empty_url)
    _drop_column(empty_url)
    assert [difference[0] for difference in schema.differences(empty_url)] == ["add_column"]


def _drop_column(url: str) -> None:
    def drop(connection: Connection) -> None:
        connection.execute(text("alter table job drop column problem"))
        connection.commit()

    schema._with(url, drop)


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        schema.is_current(f"postgresql://jalon@127.0.0.1:{free_port()}/jalon")


@pytest.mark.postgres
@pytest.mark.parametrize("wrong", ["database", "user"])
def test_a_database_that_lets_nobody_in_is_unavailable(postgres_url: str, wrong: str) -> None:
    other = postgres_url + "_none" if wrong == "database" else postgres_url.replace("jalon@", "nobody_here@")
    with pytest.raises(Unavailable, match="database"):
        schema.is_current(other)
    with pytest.raises(Unavailable, match="database"):
        schema.migrate(other)


def test_our_own_file_is_brought_up_to_date_by_itself(tmp_path: Path) -> None:
    settings = settings_on(f"sqlite:///{tmp_path}/jalon.db")
    prepare(settings)
    assert schema.is_current(settings.database_url)


@pytest.mark.postgres
def test_a_shared_database_is_migrated_only_when_asked(postgres_url: str) -> None:
    settings = settings_on(postgres_url)
    with pytest.raises(BadSetting, match=r"JALON_DATABASE_URL: .*jalon migrate"):
        prepare(settings)
    assert not schema.is_current(postgres_url)
    prepare(settings, migrate_first=True)
    assert schema.is_current(postgres_url)
    prepare(settings)


async def test_the_tables_made_by_migrations_are_used(sqlite_url: str, clock: ManualClock) -> None:
    async with opened(settings_on(sqlite_url), clock=clock, accounts={}) as context:

        async def unit(tx: Tx) -> None:
            row = {"kind": "k", "payload": "{}", "due_at": NOW, "tries": 0, "dead": False, "created_at": NOW}
            await tx.run(insert(JOB).values(row))

        await context.db.write(unit)
        async with context.db.read() as reader:
            assert [row.kind for row in await reader.rows(select(JOB.c.kind))] == ["k"]
