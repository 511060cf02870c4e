"""What is held of a person's edits, shown and erased.

After erasure the steps of each edit stay, without anything of what they were about. An edit that had not been sent is
taken back; one that is being sent cannot be: nobody will say any more what became of it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select, update

from portal.editing import codes
from portal.editing.answers import EditState
from portal.editing.models import EDIT, EDIT_HOLD, EDIT_LOG
from portal.editing.private import EDIT_LOG_PRIVATE, EDIT_PRIVATE
from portal.editing.transitions import move
from portal.editing.who import CLOCK
from portal.kit.db import Reader, Tx
from portal.whose import Exported, Whose

_ENDS: Final = {
    EditState.REQUESTED: EditState.UNDONE,
    EditState.PENDING: EditState.UNDONE,
    EditState.SENDING: EditState.STUCK,
}
_SHOWN: Final = (
    EDIT.c.id,
    EDIT.c.order_id.label("order"),
    EDIT.c.action,
    EDIT.c.state,
    EDIT.c.created_at,
    EDIT.c.confirmed_at,
    EDIT.c.settled_at,
    EDIT_PRIVATE.c.change,
    EDIT_PRIVATE.c.note,
)


async def export_of(reader: Reader, whose: Whose) -> Exported:
    """Each edit of their orders: what it was, what became of it, and each step of it."""
    asked = select(*_SHOWN).outerjoin(EDIT_PRIVATE, EDIT_PRIVATE.c.edit_id == EDIT.c.id)
    rows = await reader.rows(asked.where(EDIT.c.order_id.in_(whose.orders)).order_by(EDIT.c.id))
    steps = await _steps(reader, whose.orders)
    return {"changes": [_exported(row, steps) for row in rows]}


async def erase(tx: Tx, now: datetime, whose: Whose) -> None:
    """Forget what their edits were about, and send none of them any more."""
    theirs = EDIT.c.order_id.in_(whose.orders)
    for row in await tx.rows(select(EDIT.c.id, EDIT.c.order_id, EDIT.c.state).where(theirs, EDIT.c.state.in_(_ENDS))):
        to = _ENDS[EditState(row.state)]
        code = codes.WITHDRAWN if to is EditState.UNDONE else codes.UNCERTAIN
        await move(tx, now, row, to, CLOCK, code=code, due_at=None, holder=None)
    edits = select(EDIT.c.id).where(theirs)
    steps = select(EDIT_LOG.c.id).where(EDIT_LOG.c.edit_id.in_(edits))
    await tx.run(delete(EDIT_LOG_PRIVATE).where(EDIT_LOG_PRIVATE.c.log_id.in_(steps)))
    await tx.run(delete(EDIT_PRIVATE).where(EDIT_PRIVATE.c.edit_id.in_(edits)))
    await tx.run(delete(EDIT_HOLD).where(EDIT_HOLD.c.order_id.in_(whose.orders)))
    await tx.run(delete(EDIT).where(theirs, EDIT.c.state == EditState.DRAFT))
    await tx.run(update(EDIT).where(theirs).values(person=None, stake=""))


async def _steps(reader: Reader, orders: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    asked = (
        select(
            EDIT_LOG.c.edit_id,
            EDIT_LOG.c.at,
            EDIT_LOG.c.became.label("state"),
            EDIT_LOG.c.who,
            EDIT_LOG_PRIVATE.c.before,
            EDIT_LOG_PRIVATE.c.after,
        )
        .join(EDIT, EDIT.c.id == EDIT_LOG.c.edit_id)
        .outerjoin(EDIT_LOG_PRIVATE, EDIT_LOG_PRIVATE.c.log_id == EDIT_LOG.c.id)
        .where(EDIT.c.order_id.in_(orders))
        .order_by(EDIT_LOG.c.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row in await reader.rows(asked):
        found.setdefault(row.edit_id, []).append(_said(row._asdict(), "edit_id"))
    return found


def _exported(row: Any, steps: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    change = json.loads(row.change) if row.change else None
    return {**_said(row._asdict(), "id", "change"), "document": change, "steps": steps.get(row.id, [])}


def _said(values: dict[str, Any], *left_out: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in left_out and value is not None}
