"""Background jobs as rows: enqueued with the change that wants them, claimed by a lease, run at least once.

A job that keeps failing is set aside (`dead`) for a person to see. Handlers must bear being run twice.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Index, Table as SaTable, bindparam, delete, func, literal, select, text, update
from sqlmodel import Field

from portal.kit.datamap import nobody
from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query
from portal.kit.tables import Table, key

LEASE = timedelta(seconds=30)
TRIES = 8
HURRY = "job.hurry"


class Job(Table, table=True):
    """One thing to do. `due_at` is the queue and, while it runs, the lease."""

    __table_args__ = (
        Index("ix_job_due_at", "due_at", postgresql_where=text("NOT dead"), sqlite_where=text("NOT dead")),
        Index("uq_job_unique_key", "unique_key", unique=True),
    )

    id: int | None = key()
    kind: str = Field(max_length=60)
    unique_key: str | None = Field(default=None, max_length=200)
    payload: str = "{}"
    due_at: datetime
    tries: int = 0
    dead: bool = False
    problem: str | None = Field(default=None, max_length=200)
    created_at: datetime


JOB: SaTable = Job.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in our hands until `lease`."""

    id: int
    kind: str
    payload: dict[str, Any]
    tries: int
    lease: datetime


_SOONEST: Any = select(func.min(JOB.c.due_at).label("due")).where(~JOB.c.dead, JOB.c.due_at > bindparam("now"))
_NEXT = Query(_SOONEST)


async def enqueue(
    tx: Tx, kind: str, now: datetime, *, due: datetime | None = None, unique: str | None = None, **payload: Any
) -> None:
    """Add a job with the transaction; one with the same `unique` that still waits is left as it is."""
    row = {
        "kind": kind,
        "unique_key": unique,
        "payload": json.dumps(payload),
        "due_at": due or now,
        "tries": 0,
        "dead": False,
        "created_at": now,
    }
    await tx.upsert(JOB, [row], ["unique_key"], update=False)


async def cancel(tx: Tx, kind: str, **payload: Any) -> None:
    """What a job was to do is not to be done any more."""
    await tx.run(delete(JOB).where(JOB.c.kind == kind, JOB.c.payload == json.dumps(payload)))


def hurry(tx: Tx) -> None:
    """Have workers look at once when this commits, instead of at their next round: somebody waits for it."""
    tx.emit("jobs", HURRY)


async def claim(
    tx: Tx,
    now: datetime,
    limit: int,
    *,
    lease: timedelta | None = None,
    of: Collection[str] | None = None,
    but: Collection[str] = (),
) -> Sequence[Claimed]:
    """Take due jobs for `lease` (`LEASE` unless said), of these kinds or of all but those; other workers pass over
    them meanwhile."""
    until = now + (lease or LEASE)
    waiting = select(JOB.c.id).where(~JOB.c.dead, JOB.c.due_at <= now).order_by(JOB.c.due_at).limit(limit)
    waiting = waiting if of is None else waiting.where(JOB.c.kind.in_(of))
    waiting = waiting.where(JOB.c.kind.not_in(but)) if but else waiting
    # PostgreSQL may run a subquery once for each outer row, and then the limit does not hold.
    due = waiting.with_for_update(skip_locked=True).cte("due")
    taken = (
        update(JOB)
        .where(JOB.c.id.in_(select(due.c.id)))
        .values(due_at=until, tries=JOB.c.tries + 1)
        .returning(JOB.c.id, JOB.c.kind, JOB.c.payload, JOB.c.tries)
    )
    return [Claimed(row.id, row.kind, json.loads(row.payload), row.tries, until) for row in await tx.rows(taken)]


async def is_due(
    reader: Reader, now: datetime, of: frozenset[str] | None = None, but: frozenset[str] = frozenset()
) -> bool:
    """Whether there is anything for `claim`: a look costs no transaction."""
    return await reader.row(_due(of, but), {"now": now}) is not None


@cache
def _due(of: frozenset[str] | None, but: frozenset[str]) -> Query:
    found = select(JOB.c.id).where(~JOB.c.dead, JOB.c.due_at <= bindparam("now")).limit(1)
    found = found if of is None else found.where(JOB.c.kind.in_([literal(kind) for kind in sorted(of)]))
    return Query(found.where(JOB.c.kind.not_in([literal(kind) for kind in sorted(but)])) if but else found)


async def next_due(reader: Reader, now: datetime) -> datetime | None:
    """When the next job will be due that is not due yet."""
    row = await reader.row(_NEXT, {"now": now})
    return row.due if row is not None else None


async def done(tx: Tx, job: Claimed) -> None:
    """The job is finished and leaves the table."""
    await tx.run(delete(JOB).where(JOB.c.id == job.id, JOB.c.due_at == job.lease))


async def failed(tx: Tx, job: Claimed, now: datetime, problem: str) -> None:
    """Try again later, ever more slowly; after `TRIES` set it aside."""
    values = {
        "due_at": now + timedelta(seconds=min(10 * 2**job.tries, 3600)),
        "dead": job.tries >= TRIES,
        "problem": problem[:200],
    }
    await tx.run(update(JOB).where(JOB.c.id == job.id, JOB.c.due_at == job.lease).values(**values))


nobody(JOB, "what is to be done, as ids and codes")
