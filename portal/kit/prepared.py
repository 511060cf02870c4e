"""Statements compiled once: the driver's speed on the hot paths, with SQLAlchemy's types at both ends.

A page asks the same few questions thousands of times a minute, and working out their SQL and result
columns anew costs more than the database does. Statements are compiled when first asked on an engine;
rows come back as named tuples.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Float, Select, UpdateBase
from sqlalchemy.engine.interfaces import Dialect

Processor = Callable[[Any], Any] | None
Values = Mapping[str, Any] | None


class Query:
    """A statement to be run often: a select, or a change that may return rows.

    Parameters are its named `bindparam`s and, for an insert or update, `columns`: the columns it sets.
    """

    __slots__ = ("_columns", "_compiled", "statement")

    def __init__(self, statement: Select[Any] | UpdateBase, columns: Sequence[str] | None = None) -> None:
        self.statement = statement
        self._columns = columns
        self._compiled: dict[str, Compiled] = {}

    def on(self, dialect: Dialect) -> Compiled:
        """The query as this engine wants it."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = Compiled(self.statement, dialect, self._columns)
        return compiled


def compiled(question: Query | Select[Any], dialect: Dialect) -> Compiled:
    """A question as this engine wants it; one that is no Query is compiled for this once."""
    query = question if isinstance(question, Query) else Query(question)
    return query.on(dialect)


class Compiled:
    """SQL text, how its parameters are ordered, and how its rows are read."""

    __slots__ = ("_make", "_order", "_processors", "_values", "sql")

    def __init__(
        self, statement: Select[Any] | UpdateBase, dialect: Dialect, columns_set: Sequence[str] | None = None
    ) -> None:
        compiled: Any = statement.compile(
            dialect=dialect, column_keys=columns_set, compile_kwargs={"render_postcompile": True}
        )
        self.sql = str(compiled)
        self._values: dict[str, Any] = dict(compiled.params)
        sent: Mapping[str, Any] = compiled._bind_processors  # there is no other way to them
        self._order = [(name, sent.get(name)) for name in compiled.positiontup or ()]
        columns = list(statement.exported_columns)
        names = [column.key or f"column_{i}" for i, column in enumerate(columns)]
        row: Any = namedtuple("Row", names)  # type: ignore[misc]  # the names are known when it runs only
        self._make = row._make
        # asyncpg gives values of the right types already; SQLite knows neither dates nor truth.
        self._processors = (
            []
            if dialect.name == "postgresql"
            else [
                (i, read)
                for i, column in enumerate(columns)
                if not isinstance(column.type, Float)  # drivers give these as they are; asyncpg's wants a type code
                and (read := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
            ]
        )

    def arguments(self, values: Values) -> list[Any]:
        """The parameters in the order of the SQL."""
        try:  # most often all of them are given
            return self._arranged(values or self._values)
        except KeyError:
            return self._arranged({**self._values, **(values or {})})

    def _arranged(self, given: Mapping[str, Any]) -> list[Any]:
        return [given[name] if send is None else send(given[name]) for name, send in self._order]

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """The driver's rows with their types, worked on by column."""
        if not found or not self._processors:
            return list(map(self._make, found))
        columns: list[Any] = list(zip(*found, strict=True))
        for i, read in self._processors:
            columns[i] = [None if value is None else read(value) for value in columns[i]]
        return list(map(self._make, zip(*columns, strict=True)))
