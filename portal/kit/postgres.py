"""PostgreSQL: asyncpg under SQLAlchemy, autocommit reads, group-committed writes, LISTEN for wake-ups.

Appending to the event log is serialised by an advisory lock held until commit: ids then rise in commit
order, so a reader of the log never passes an id that is still to appear.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar, cast

import asyncpg
from sqlalchemy import literal, select, text
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError, InterfaceError, TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.sql import Executable

from portal.kit.clock import Clock
from portal.kit.db import Params, Question, Statement, Unit
from portal.kit.errors import Unavailable
from portal.kit.events import APPEND, Fact, rows_of
from portal.kit.prepared import Query, Values, compiled
from portal.kit.upsert import shape, upserting
from portal.kit.writer import Writer

T = TypeVar("T")
log = logging.getLogger("jalon.database")

CHANNEL = "jalon_event"
_LOCK = text("select pg_advisory_xact_lock(5026420)")  # any number, the same in every process
_NOTIFY = text(f"select pg_notify('{CHANNEL}', '')")
_RECONNECT_S = 0.5
_IN_THE_WAY = ("40P01", "23505")  # a deadlock; a row that is there already


class PostgresDatabase:
    """The shared database."""

    def __init__(self, url: str, clock: Clock, pool_size: int = 8) -> None:
        self._url = make_url(url).set(drivername="postgresql+asyncpg")
        self._engine = create_async_engine(
            self._url,
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=4,
            pool_timeout=5,
            connect_args={"timeout": 5, "command_timeout": 30},
        )
        self._pool_size = pool_size
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._clock = clock
        self._writer = Writer(self._commit)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[PostgresReader]:
        """A reader on a pooled connection of the driver."""
        with _unavailable():
            reader = PostgresReader(await self._reading(), self._engine.dialect)
            try:
                yield reader
            finally:
                await reader.close()

    async def _reading(self) -> asyncpg.Pool[asyncpg.Record]:
        """Connections that only read, each statement by itself: nothing to clean up between two users."""
        if self._pool is None:
            self._pool = asyncpg.create_pool(
                _dsn(self._url), min_size=0, max_size=self._pool_size, timeout=5, command_timeout=30, reset=_as_it_is
            )
        return await self._pool

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit; returns once it is committed."""
        return cast(T, await self._writer.write(unit))

    async def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` on each notification, and after each reconnect, since some may have been missed."""
        while True:
            try:
                await self._listen_once(wake)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as problem:
                log.warning("listening stopped, connecting again: %s", type(problem).__name__)
            await asyncio.sleep(_RECONNECT_S)

    async def _listen_once(self, wake: Callable[[], None]) -> None:
        connection = await asyncpg.connect(_dsn(self._url), timeout=5)
        gone = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: gone.set())
            await connection.add_listener(CHANNEL, lambda *_: wake())
            wake()
            await gone.wait()
        finally:
            if not connection.is_closed():
                connection.terminate()

    async def ping(self) -> None:
        """Raises Unavailable when the server does not answer."""
        async with self.read() as reader:
            await reader.row(select(literal(1).label("one")))

    async def close(self) -> None:
        """Commit what waits and close the pool."""
        await self._writer.close()
        await self._engine.dispose()
        if self._pool is not None:
            self._pool.terminate()

    async def _commit(self, units: Sequence[Unit[Any]]) -> list[Any]:
        with _unavailable():
            return await _again(lambda: self._transact(units))

    async def _transact(self, units: Sequence[Unit[Any]]) -> list[Any]:
        async with self._engine.begin() as connection:
            tx = PostgresTx(connection)
            results = [await unit(tx) for unit in units]
            if tx.facts:
                await connection.execute(_LOCK)
                await connection.execute(APPEND.statement, rows_of(tx.facts, self._clock.now()))
                await connection.execute(_NOTIFY)
            return results


class PostgresReader:
    """Questions on one connection, taken from the pool when the first is asked."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], dialect: Dialect) -> None:
        self._pool = pool
        self._dialect = dialect
        self._connection: Any = None

    async def rows(self, question: Question, values: Values = None) -> list[Any]:
        """All rows. A connection that turns out to be dead is replaced, once: asking again changes nothing."""
        asked = compiled(question, self._dialect)
        arguments = asked.arguments(values)
        try:
            return asked.rows(await self._fetch(asked.sql, arguments))
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            await self._replace()
        return asked.rows(await self._fetch(asked.sql, arguments))

    async def row(self, question: Question, values: Values = None) -> Any | None:
        """The first row, or None."""
        found = await self.rows(question, values)
        return found[0] if found else None

    async def _fetch(self, sql: str, arguments: list[Any]) -> list[asyncpg.Record]:
        if self._connection is None:
            self._connection = await self._pool.acquire()
        return list(await self._connection.fetch(sql, *arguments))

    async def _replace(self) -> None:
        """Let a dead connection go, and its idle neighbours, which have most likely died with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(asyncpg.InterfaceError):  # the pool may have taken it back by itself
                connection.terminate()
                await self._pool.release(connection)
        await self._pool.expire_connections()

    async def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._pool.release(connection)


class PostgresTx:
    """The transaction of one batch."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.facts: list[Fact] = []

    async def rows(self, statement: Statement, params: Params = None) -> Sequence[Any]:
        """All rows that a statement selects or returns."""
        return (await self._connection.execute(_plain(statement), params)).fetchall()

    async def row(self, statement: Statement, params: Params = None) -> Any | None:
        """The first of them, or None."""
        return (await self._connection.execute(_plain(statement), params)).first()

    async def run(self, statement: Statement, params: Params = None) -> int:
        """Change rows; returns how many."""
        return (await self._connection.execute(_plain(statement), params)).rowcount

    async def upsert(
        self, table: Any, rows: Sequence[Mapping[str, Any]], keys: Sequence[str], *, update: bool = True
    ) -> None:
        """Insert or overwrite rows."""
        if not rows:
            return
        await self.run(upserting(postgres_insert, table, shape(rows), tuple(keys), update), rows)

    def emit(self, topic: str, kind: str, **data: Any) -> None:
        """Append an event with this transaction."""
        self.facts.append(Fact(topic, kind, data))


class _unavailable:  # noqa: N801 - used like a function: `with _unavailable():`
    """Turns a lost or unreachable server into Unavailable."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, problem: BaseException | None, _trace: Any) -> None:
        if _away(problem):
            raise Unavailable(f"database: {type(problem).__name__}") from problem


def _plain(statement: Statement) -> Executable:
    """Inside a transaction the round trips outweigh the compiling, which SQLAlchemy remembers by itself."""
    return statement.statement if isinstance(statement, Query) else statement


_AWAY = (OSError, PoolTimeout, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
# Connection lost; signing in refused; no such database; out of connections, memory or disk; starting or stopping.
_AWAY_STATES = ("08", "28", "3D", "53", "57P")


async def _as_it_is(_connection: Any) -> None:
    """What the pool does to a connection between two users: nothing."""


def _away(problem: BaseException | None) -> bool:
    """Whether the server cannot be used just now, as the driver says it or SQLAlchemy."""
    if isinstance(problem, DBAPIError) and (problem.connection_invalidated or isinstance(problem, InterfaceError)):
        return True
    return isinstance(problem, _AWAY) or _state(problem).startswith(_AWAY_STATES)


def _state(problem: BaseException | None) -> str:
    said = problem.orig if isinstance(problem, DBAPIError) else problem
    return getattr(said, "sqlstate", None) or ""


async def _again(act: Callable[[], Awaitable[T]]) -> T:
    """Do it, and once more when a pooled connection turned out to be dead (the pool is emptied then), or when
    another process was in the way: the second time sees what that one did."""
    try:
        return await act()
    except DBAPIError as problem:
        if not (problem.connection_invalidated or _state(problem) in _IN_THE_WAY):
            raise
    return await act()


def _dsn(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
