"""An open context on a database of the test's own, ready to use: SQLite, or either engine in turn.

The tables are made once for a run; each test gets a copy.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Row
from sqlalchemy.sql import Select

from portal import schema
from portal.context import Context, opened
from portal.kit.clock import ManualClock
from portal.kit.events import EVENT
from portal.platforms.neutral import NeutralOrder, neutral_order
from portal.settings import Settings
from tests.machine.postgres import Cluster

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
KEY = "an invented key for tests, long enough to be one"
_numbers = count(1)
_ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def blank_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with this version's tables and nothing in them; to be copied."""
    path = tmp_path_factory.mktemp("blank") / "blank.db"
    schema.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(blank_sqlite: Path, tmp_path: Path) -> str:
    """The address of an empty SQLite database with all tables."""
    return f"sqlite:///{shutil.copy(blank_sqlite, tmp_path / 'jalon.db')}"


@pytest.fixture(scope="session")
def blank_postgres(postgres_cluster: Cluster) -> str:
    """The name of a PostgreSQL database with this version's tables; to be copied."""
    name = f"blank_{os.getpid()}_{next(_numbers)}"  # a session fixture is made once for each conftest that has it
    postgres_cluster.run_sql(f"CREATE DATABASE {name} TEMPLATE template0")
    schema.migrate(postgres_cluster.url(name))
    return name


@pytest.fixture
def tables_url(postgres_cluster: Cluster, blank_postgres: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database with all tables."""
    name = f"copy_{os.getpid()}_{next(_numbers)}"
    postgres_cluster.run_sql(f"CREATE DATABASE {name} TEMPLATE {blank_postgres}")
    yield postgres_cluster.url(name)
    postgres_cluster.run_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=_ENGINES)
def engine_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database with all tables: of SQLite, then of PostgreSQL."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "tables_url"))


@pytest.fixture
def clock() -> ManualClock:
    """A clock that shows NOW until it is moved."""
    return ManualClock(NOW)


@pytest.fixture
async def context(sqlite_url: str, clock: ManualClock) -> AsyncIterator[Context]:
    """A context on SQLite, without any carrier account."""
    async with opened(settings_on(sqlite_url), clock=clock, accounts={}) as context:
        yield context


@pytest.fixture
async def any_context(engine_url: str, clock: ManualClock) -> AsyncIterator[Context]:
    """A context on SQLite, then on PostgreSQL, without any carrier account."""
    async with opened(settings_on(engine_url), clock=clock, accounts={}) as context:
        yield context


def settings_on(url: str, **more: Any) -> Settings:
    """Settings of an invented shop."""
    shop = {"shop_name": "Atelier Lune", "base_url": "https://track.atelier-lune.example", "secret_key": KEY}
    return Settings.model_validate({"database_url": url, **shop, **more})


def order(**members: Any) -> NeutralOrder:
    """An order of two mugs and a bowl, paid, not sent; `members` replace whole members of the document."""
    document = {
        "number": "#1001",
        "placed_at": "2026-11-18T09:00:00Z",
        "updated_at": "2026-11-19T09:00:00Z",
        "currency": "EUR",
        "state": {"payment": "paid"},
        "lines": [
            {"id": "mug", "title": "Mug", "quantity": 2, "options": [{"name": "Glaze", "value": "sage"}]},
            {"id": "bowl", "title": "Bowl", "quantity": 1},
        ],
        "totals": {"total": {"shop": 4500}},
    }
    return neutral_order({**document, **members})


def parcel(parcel_id: str, number: str | None, lines: dict[str, int], **members: Any) -> dict[str, Any]:
    """A parcel of such a document, sent by Colissimo; without a number, by nobody we know."""
    tracking = [{"carrier_raw": "Colissimo", "number": number}] if number else []
    contents = [{"line_id": line, "quantity": quantity} for line, quantity in lines.items()]
    return {
        "id": parcel_id,
        "created_at": "2026-11-19T08:00:00Z",
        "lines": contents,
        "tracking": tracking,
        **members,
    }


async def rows(context: Context, statement: Select[Any]) -> Sequence[Row[Any]]:
    """What a statement reads now."""
    async with context.db.read() as reader:
        return await reader.rows(statement)


async def kinds(context: Context, topic: str | None = None) -> list[str]:
    """The kinds of all events of the log (or of one topic), in order."""
    wanted = select(EVENT.c.kind).order_by(EVENT.c.id)
    found = await rows(context, wanted if topic is None else wanted.where(EVENT.c.topic == topic))
    return [row.kind for row in found]
