"""Insert, or overwrite what has the same key: one statement for both engines, built once for each shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from portal.kit.prepared import Query


@lru_cache(256)
def upserting(
    insert: Callable[[Any], Any], table: Any, columns: tuple[str, ...], keys: tuple[str, ...], update: bool
) -> Query:
    """The statement that sets `columns` of `table`. Where a row with the same `keys` exists its other columns
    are overwritten, or with `update` False left as they are. `insert` is the engine's own insert construct."""
    statement = insert(table)
    others = {name: statement.excluded[name] for name in columns if name not in keys}
    if update and others:
        statement = statement.on_conflict_do_update(index_elements=list(keys), set_=others)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(keys))
    return Query(statement, columns)


def shape(rows: Sequence[Any]) -> tuple[str, ...]:
    """The columns that rows set: those of the first, since all are alike."""
    return tuple(rows[0])
