"""The jobs of editing by name, and edits as a queue: who works on which, until when, and when again.

`due_at` of an edit is both, as in `kit.jobs`: when it is to be worked on, and while somebody does, until when it is
theirs. The lease is longer than the job may run, so that a call of a worker that died has come to its end at the
platform before another worker asks what became of it.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, or_, select, update

from portal.editing import queries
from portal.editing.answers import EditState
from portal.editing.models import EDIT
from portal.editing.private import EDIT_PRIVATE
from portal.editing.transitions import move
from portal.editing.who import CLOCK
from portal.kit import jobs
from portal.kit.db import Tx
from portal.kit.prepared import Query

PUSH: Final = "edit.push"
EXPIRE: Final = "edit.expire"
SWEEP: Final = "edit.sweep"
REFRESH: Final = "edit.refresh"
LEASE: Final = timedelta(minutes=3)
SWEEP_EVERY: Final = timedelta(minutes=1)
_LEFT: Final = timedelta(minutes=1)  # how long over due an edit is before somebody looks what became of its job
_SLOWEST: Final = timedelta(minutes=5)
_WORKED_ON: Final = (EditState.PENDING, EditState.SENDING)
_FORGOTTEN = Query(
    select(EDIT.c.id)
    .where(or_(*(EDIT.c.state == state for state in _WORKED_ON)), EDIT.c.due_at <= bindparam("before"))
    .order_by(EDIT.c.due_at)
)


class Lost(Exception):
    """Somebody else works on the edit by now."""


async def claim(tx: Tx, now: datetime, edit_id: int) -> Any | None:
    """Take an edit that is due: it is SENDING from here on, and nobody else's until `LEASE` is over. None when it is
    not due, or not to be sent; while it is somebody else's, there is a job for when their time is over."""
    row = await queries.by_id(tx, edit_id)
    if row is None or row.state not in _WORKED_ON or row.due_at is None:
        return None
    if row.due_at > now:
        await jobs.enqueue(tx, PUSH, now, due=row.due_at, unique=_after(row), edit=edit_id)
        return None
    ours = {"due_at": now + LEASE, "holder": secrets.token_hex(16), "tries": row.tries + 1}
    if row.state == EditState.PENDING:
        taken = await move(tx, now, row, EditState.SENDING, CLOCK, since=now, **ours)
    else:
        still = (EDIT.c.id == edit_id, EDIT.c.state == row.state, EDIT.c.due_at == row.due_at)
        taken = bool(await tx.run(update(EDIT).where(*still).values(**ours)))
    return await queries.by_id(tx, edit_id) if taken else None


async def note_sending(tx: Tx, now: datetime, row: Any, before: str) -> None:
    """Write down that the platform is about to be asked, and what the order was before. Raises Lost."""
    await _keep(tx, row, sent_at=row.sent_at or now)
    await tx.run(update(EDIT_PRIVATE).where(EDIT_PRIVATE.c.edit_id == row.id).values(before=before))


async def forget_sending(tx: Tx, row: Any) -> None:
    """The platform said that it made nothing: it is as if it had not been asked."""
    await tx.run(update(EDIT).where(EDIT.c.id == row.id).values(sent_at=None))
    await tx.run(update(EDIT_PRIVATE).where(EDIT_PRIVATE.c.edit_id == row.id).values(before=None))


async def later(tx: Tx, now: datetime, row: Any, problem: str, wait: timedelta) -> None:
    """Have an edit that is ours tried again after a while. Raises Lost."""
    due = now + wait
    await _keep(tx, row, due_at=due, holder=None, problem=problem)
    await jobs.enqueue(tx, PUSH, now, due=due, edit=row.id)


def pause(tries: int, asked_for: float | None) -> timedelta:
    """How long to wait after so many tries: 5 s, then twice as long each time, and no less than the platform asks."""
    own = min(timedelta(seconds=5 * 2 ** min(tries - 1, 10)), _SLOWEST)
    return max(own, timedelta(seconds=min(asked_for or 0.0, 3600.0)))


async def sweep(tx: Tx, now: datetime) -> None:
    """Have jobs for edits that are over due: theirs were lost, or gave up."""
    for row in await tx.rows(_FORGOTTEN, {"before": now - _LEFT}):
        minute = int(now.timestamp() // 60)  # a job that gave up keeps its name
        await jobs.enqueue(tx, PUSH, now, unique=f"{PUSH}@{row.id}:{minute}", edit=row.id)


async def _keep(tx: Tx, row: Any, **columns: Any) -> None:
    """Write something about an edit that is ours. Raises Lost when it is not any more."""
    ours = (EDIT.c.id == row.id, EDIT.c.state == EditState.SENDING, EDIT.c.holder == row.holder)
    if not await tx.run(update(EDIT).where(*ours).values(**columns)):
        raise Lost


def _after(row: Any) -> str:
    return f"{PUSH}@{row.id}:{row.due_at.isoformat()}"
