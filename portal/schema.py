"""The database's tables: brought to this version, or checked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, pool
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel import SQLModel

from portal import paths, tables
from portal.kit.errors import Unavailable
from portal.kit.sqlite import sqlite_engine

T = TypeVar("T")
_DECLARED = tables  # the metadata is complete once this is imported


def migrate(url: str) -> tuple[str | None, str]:
    """Bring the tables to this version; returns the versions before and after. Raises Unavailable."""
    return _with(url, _upgrade)


def is_current(url: str) -> bool:
    """Whether the tables are those of this version. Raises Unavailable."""
    return _with(url, lambda connection: _present(connection) == _newest())


def differences(url: str) -> list[Any]:
    """What autogenerate would still change: nothing, when the migrations are complete."""
    return _with(
        url, lambda c: compare_metadata(MigrationContext.configure(c, opts={"compare_type": True}), SQLModel.metadata)
    )


def new_revision(url: str, message: str) -> None:
    """Write the next migration from what the tables lack (`make migration`)."""

    def write(connection: Connection) -> None:
        command.revision(_config(connection), message, autogenerate=True)

    _with(url, write)


def _upgrade(connection: Connection) -> tuple[str | None, str]:
    if connection.dialect.name == "sqlite":
        # Some changes make a table anew there; dropping the old one must not take its children with it.
        # The driver is asked itself, since inside a transaction this does nothing.
        connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
    before = _present(connection)
    command.upgrade(_config(connection), "head")
    connection.commit()
    return before, _newest()


def _present(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _newest() -> str:
    (head,) = ScriptDirectory(str(paths.MIGRATIONS)).get_heads()
    return head


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(paths.MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _with(url: str, act: Callable[[Connection], T]) -> T:
    """Run `act` on a connection of its own; must not be called from inside an event loop."""
    try:
        if make_url(url).get_backend_name() == "sqlite":
            return _with_sqlite(url, act)
        return asyncio.run(_with_postgres(url, act))
    except (OperationalError, OSError) as problem:
        raise Unavailable(f"database: {problem}") from problem


def _with_sqlite(url: str, act: Callable[[Connection], T]) -> T:
    engine = sqlite_engine(url)
    try:
        with engine.connect() as connection:
            return act(connection)
    finally:
        engine.dispose()


async def _with_postgres(url: str, act: Callable[[Connection], T]) -> T:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"), poolclass=pool.NullPool)
    try:
        connection = await _connected(engine)
        try:
            return await connection.run_sync(act)
        finally:
            await connection.close()
    finally:
        await engine.dispose()


async def _connected(engine: AsyncEngine) -> AsyncConnection:
    connection = engine.connect()
    try:
        return await connection.start()
    except DBAPIError as problem:  # no such database, or it lets us not in
        raise Unavailable(f"database: {problem.orig}") from problem
