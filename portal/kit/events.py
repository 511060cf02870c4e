"""The event log: what changed, in the order in which it was committed.

A row is a hint to look again (topic, kind, ids), never personal data. Ids rise in commit order, so a
reader that has seen id N has seen everything up to N. Rows are only ever appended, and purged by age.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Table as SaTable, bindparam, insert, select
from sqlmodel import Field

from portal.kit.datamap import nobody
from portal.kit.prepared import Query
from portal.kit.tables import Table, key


class Event(Table, table=True):
    """One committed change."""

    __table_args__ = (Index("ix_event_topic_id", "topic", "id"), {"sqlite_autoincrement": True})

    id: int | None = key()
    topic: str = Field(max_length=80)
    kind: str = Field(max_length=60)
    data: str = Field(default="{}")
    at: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as readers get it. `data` holds ids and codes only."""

    id: int
    topic: str
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """An event that a transaction is about to append."""

    topic: str
    kind: str
    data: dict[str, Any]


EVENT: SaTable = Event.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
APPEND = Query(insert(EVENT), columns=("topic", "kind", "data", "at"))
AFTER = Query(
    select(EVENT.c.id, EVENT.c.topic, EVENT.c.kind, EVENT.c.data)
    .where(EVENT.c.id > bindparam("last"))
    .order_by(EVENT.c.id)
    .limit(bindparam("most"))
)


def rows_of(facts: Sequence[Fact], now: datetime) -> list[dict[str, Any]]:
    """The rows to append for `facts`."""
    return [
        {
            "topic": f.topic,
            "kind": f.kind,
            "data": json.dumps(f.data, separators=(",", ":")) if f.data else "{}",
            "at": now,
        }
        for f in facts
    ]


def happened(row: Sequence[Any]) -> Happened:
    """A row of `AFTER` as a value."""
    return Happened(row[0], row[1], row[2], json.loads(row[3]) if row[3] != "{}" else {})


nobody(EVENT, "what changed when, as ids and codes")
