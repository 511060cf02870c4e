"""SQLite: reads run on the event loop (they take microseconds), writes in one thread with group commit.

The file is in WAL mode with synchronous=FULL: what was acknowledged survives a power cut.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import create_engine, event, literal, pool, select
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import OperationalError

from portal.kit.clock import Clock
from portal.kit.db import Params, Question, Statement, Unit
from portal.kit.errors import BadSetting, Unavailable
from portal.kit.events import APPEND, Fact, rows_of
from portal.kit.prepared import Query, Values, compiled
from portal.kit.upsert import shape, upserting
from portal.kit.wal import BY_THE_WRITER, WalMover
from portal.kit.writer import Writer

T = TypeVar("T")
_BUSY_MS = 5000
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={_BUSY_MS}",
    f"wal_autocheckpoint={BY_THE_WRITER}",
    "cache_size=-16384",  # KiB a connection
    "secure_delete=ON",  # what is deleted is overwritten: erased words are in the file no more
    "mmap_size=268435456",  # reads come from the system's own cache, without a call for each page
)
# Results that say that the file cannot be used just now; any other is a mistake in a statement.
_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}


class SqliteDatabase:
    """The embedded database."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._engine = sqlite_engine(url)
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._reading: sqlite3.Connection | None = None
        self._writing: Connection | None = None
        self._writer = Writer(self._commit)
        self._wal = WalMover(lambda: _driver_connection(self._engine))
        self._wakes: list[Callable[[], None]] = []

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqliteReader]:
        """A reader on the loop's own connection."""
        try:
            if self._reading is None:
                self._reading = _driver_connection(self._engine)
            yield SqliteReader(self._reading, self._engine.dialect)
        except sqlite3.OperationalError as problem:
            if not _away(problem):
                raise
            raise Unavailable(f"database: {problem}") from problem

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit in the writer's thread; returns once it is on disk."""
        return cast(T, await self._writer.write(unit))

    async def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` after each commit of this process; other processes are found by looking."""
        self._wakes.append(wake)
        try:
            await asyncio.Event().wait()
        finally:
            self._wakes.remove(wake)

    async def ping(self) -> None:
        """Raises Unavailable when the file cannot be read."""
        async with self.read() as reader:
            await reader.row(select(literal(1).label("one")))

    async def close(self) -> None:
        """Commit what waits and close the file."""
        await self._writer.close()
        await self._wal.close()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close_writing)
        self._thread.shutdown()
        if self._reading is not None:
            self._reading.close()
        self._engine.dispose()

    async def _commit(self, units: Sequence[Unit[Any]]) -> list[Any]:
        loop = asyncio.get_running_loop()
        results, facts = await loop.run_in_executor(self._thread, self._transact, units)
        if facts:
            for wake in self._wakes:
                wake()
        self._wal.committed(len(units))
        return results

    def _transact(self, units: Sequence[Unit[Any]]) -> tuple[list[Any], int]:
        try:
            if self._writing is None:
                self._writing = self._engine.connect()
            with self._writing.begin():
                tx = SqliteTx(self._writing)
                results = [_finish(cast("Coroutine[Any, Any, Any]", unit(tx))) for unit in units]
                if tx.facts:
                    _finish(tx.run(APPEND, rows_of(tx.facts, self._clock.now())))
                return results, len(tx.facts)
        except (OperationalError, sqlite3.OperationalError) as problem:
            cause = getattr(problem, "orig", problem)
            if not _away(cause):
                raise
            raise Unavailable(f"database: {cause}") from problem

    def _close_writing(self) -> None:
        if self._writing is not None:
            self._writing.close()


class SqliteReader:
    """Questions on one connection of the driver; nothing waits, so nothing suspends."""

    def __init__(self, connection: sqlite3.Connection, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect

    async def rows(self, question: Question, values: Values = None) -> list[Any]:
        """All rows."""
        asked = compiled(question, self._dialect)
        return asked.rows(self._connection.execute(asked.sql, asked.arguments(values)).fetchall())

    async def row(self, question: Question, values: Values = None) -> Any | None:
        """The first row, or None."""
        asked = compiled(question, self._dialect)
        first = self._connection.execute(asked.sql, asked.arguments(values)).fetchone()
        return None if first is None else asked.rows([first])[0]


class SqliteTx:
    """The transaction of one batch."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.facts: list[Fact] = []

    async def rows(self, statement: Statement, params: Params = None) -> Sequence[Any]:
        """All rows that a statement selects or returns."""
        if not isinstance(statement, Query):
            return self._connection.execute(statement, params).fetchall()
        asked = statement.on(self._connection.dialect)
        return [
            row
            for values in _sets(params)
            for row in asked.rows(self._cursor().execute(asked.sql, asked.arguments(values)).fetchall())
        ]

    async def row(self, statement: Statement, params: Params = None) -> Any | None:
        """The first of them, or None."""
        found = await self.rows(statement, params)
        return found[0] if found else None

    async def run(self, statement: Statement, params: Params = None) -> int:
        """Change rows; returns how many."""
        if not isinstance(statement, Query):
            return self._connection.execute(statement, params).rowcount
        asked = statement.on(self._connection.dialect)
        return self._cursor().executemany(asked.sql, [asked.arguments(values) for values in _sets(params)]).rowcount

    def _cursor(self) -> sqlite3.Cursor:
        """The driver's own, in the same transaction."""
        driver = cast(sqlite3.Connection, self._connection.connection.dbapi_connection)
        return driver.cursor()

    async def upsert(
        self, table: Any, rows: Sequence[Mapping[str, Any]], keys: Sequence[str], *, update: bool = True
    ) -> None:
        """Insert or overwrite rows."""
        if not rows:
            return
        await self.run(upserting(sqlite_insert, table, shape(rows), tuple(keys), update), rows)

    def emit(self, topic: str, kind: str, **data: Any) -> None:
        """Append an event with this transaction."""
        self.facts.append(Fact(topic, kind, data))


def sqlite_engine(url: str) -> Engine:
    """An engine with this project's pragmas. Raises BadSetting when the folder is missing."""
    path = make_url(url).database
    if path and path != ":memory:" and not Path(path).parent.is_dir():
        raise BadSetting("JALON_DATABASE_URL", f"the folder {Path(path).parent} does not exist")
    engine = create_engine(
        url,
        poolclass=pool.NullPool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": _BUSY_MS / 1000},
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _sets(params: Params) -> Sequence[Values]:
    """One set of values for each time a statement runs."""
    return [params] if params is None or isinstance(params, Mapping) else params


def _away(problem: BaseException | None) -> bool:
    code = getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_IOERR)
    return code & 0xFF in _AWAY  # the low byte of an extended code is its primary one


def _driver_connection(engine: Engine) -> sqlite3.Connection:
    """A connection of the driver's own, with the engine's pragmas."""
    pooled = engine.raw_connection()
    pooled.detach()
    return cast(sqlite3.Connection, pooled.dbapi_connection)


def _set_up(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by hand, below
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _finish(unit: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends: a unit awaits its transaction only."""
    try:
        unit.send(None)
    except StopIteration as done:
        return cast(T, done.value)
    unit.close()
    raise RuntimeError("a write unit waited for something outside its transaction")
