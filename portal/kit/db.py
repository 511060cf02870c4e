"""The database, the same to its callers on SQLite and on PostgreSQL.

Reading: `async with db.read() as r: await r.rows(question, values)`, where a question that is asked often is
a `Query`, compiled once. Writing: `await db.write(unit)`,
where a unit is `async def unit(tx)`; units of concurrent callers share one transaction (group commit)
and may be run again, so they touch nothing but `tx`. Events appended with `tx.emit` commit with the rows
and wake the readers of the log. Statements are SQLAlchemy Core over the table classes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

from sqlalchemy import Select
from sqlalchemy.engine import make_url
from sqlalchemy.sql import Executable

from portal.kit.clock import Clock
from portal.kit.errors import BadSetting
from portal.kit.prepared import Query, Values

T = TypeVar("T")
Question = Query | Select[Any]
Statement = Query | Executable
Params = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class Reader(Protocol):
    """What can be asked. Rows are named tuples."""

    async def rows(self, question: Question, values: Values = None) -> list[Any]:
        """All rows."""
        ...

    async def row(self, question: Question, values: Values = None) -> Any | None:
        """The first row, or None when there is none."""
        ...


class Tx(Protocol):
    """One transaction, shared by the units of a batch."""

    async def rows(self, statement: Statement, params: Params = None) -> Sequence[Any]:
        """All rows that a statement selects or returns."""
        ...

    async def row(self, statement: Statement, params: Params = None) -> Any | None:
        """The first of them, or None when there is none."""
        ...

    async def run(self, statement: Statement, params: Params = None) -> int:
        """Change rows; a list of params runs the statement once for each. Returns the rows touched."""
        ...

    async def upsert(
        self, table: Any, rows: Sequence[Mapping[str, Any]], keys: Sequence[str], *, update: bool = True
    ) -> None:
        """Insert rows; where `keys` exist already, overwrite the other members (or leave them)."""
        ...

    def emit(self, topic: str, kind: str, **data: Any) -> None:
        """Append an event when this transaction commits."""
        ...


async def one(tx: Tx, statement: Statement, params: Params = None) -> Any:
    """The row that must be there. Raises LookupError when it is not."""
    row = await tx.row(statement, params)
    if row is None:
        raise LookupError("no row where one must be")
    return row


Unit = Callable[[Tx], Awaitable[T]]


class Database(Protocol):
    """Both engines offer this."""

    def read(self) -> AbstractAsyncContextManager[Reader]:
        """A reader for a few statements; nothing is locked between them."""
        ...

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit; returns its result once it is durable. Raises what the unit raised."""
        ...

    async def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` after each commit that appended events, here or elsewhere; runs until cancelled."""
        ...

    async def ping(self) -> None:
        """Raises Unavailable when the database does not answer."""
        ...

    async def close(self) -> None:
        """Finish what is under way and let go of every connection."""
        ...


def open_database(url: str, clock: Clock) -> Database:
    """The database that `url` names: `sqlite:///path` or `postgresql://…`. Raises BadSetting."""
    kind = make_url(url).get_backend_name()
    if kind == "sqlite":
        from portal.kit.sqlite import SqliteDatabase

        return SqliteDatabase(url, clock)
    if kind == "postgresql":
        from portal.kit.postgres import PostgresDatabase

        return PostgresDatabase(url, clock)
    raise BadSetting("JALON_DATABASE_URL", f"{kind} is not supported; use sqlite:///… or postgresql://…")
