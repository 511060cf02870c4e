"""The states of an edit and the only way from one to another: checked, logged and told in one transaction.

A step is made from the state in which the edit was seen; whoever comes second finds that it is there no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, update

from portal.editing.answers import EditState
from portal.editing.models import EDIT, EDIT_LOG
from portal.editing.private import EDIT_LOG_PRIVATE
from portal.editing.who import Who
from portal.kit.db import Tx, one
from portal.orders.queries import topic_of

KIND: Final = "edit.changed"
_S = EditState
MOVES: Final[Mapping[EditState, frozenset[EditState]]] = {
    _S.DRAFT: frozenset({_S.REQUESTED, _S.PENDING}),
    _S.REQUESTED: frozenset({_S.PENDING, _S.APPLIED, _S.DECLINED, _S.EXPIRED, _S.UNDONE}),
    _S.PENDING: frozenset({_S.SENDING, _S.UNDONE}),
    _S.SENDING: frozenset({_S.APPLIED, _S.REFUSED, _S.STUCK}),
    _S.STUCK: frozenset({_S.SENDING, _S.APPLIED, _S.REFUSED}),
    _S.APPLIED: frozenset(),
    _S.REFUSED: frozenset(),
    _S.UNDONE: frozenset(),
    _S.DECLINED: frozenset(),
    _S.EXPIRED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class About:
    """What a step changed, as JSON: the part of the order before it and after it."""

    before: str | None = field(default=None, repr=False)
    after: str | None = field(default=None, repr=False)


async def move(
    tx: Tx,
    now: datetime,
    edit: Any,
    to: EditState,
    who: Who,
    *,
    code: str | None = None,
    about: About | None = None,
    held_by: str | None = None,
    **columns: Any,
) -> bool:
    """Have `edit` (a row with id, order_id and state) in the state `to`. False, and nothing done, when it is not in
    that state any more, or not in the hands of `held_by`. Raises ValueError for a step that there is not."""
    was = EditState(edit.state)
    if to not in MOVES[was]:
        raise ValueError(f"an edit does not go from {was} to {to}")
    seen = [EDIT.c.id == edit.id, EDIT.c.state == was]
    seen += [] if held_by is None else [EDIT.c.holder == held_by]
    if not await tx.run(update(EDIT).where(*seen).values(state=to, code=code, **columns)):
        return False
    step = {
        "edit_id": edit.id,
        "at": now,
        "was": was,
        "became": to,
        "code": code,
        "who": who.kind,
        "person": who.person,
    }
    row = await one(tx, insert(EDIT_LOG).values(**step).returning(EDIT_LOG.c.id))
    words = {"staff": who.name, "before": about.before if about else None, "after": about.after if about else None}
    if any(words.values()):
        await tx.run(insert(EDIT_LOG_PRIVATE).values(log_id=row.id, **words))
    tx.emit(topic_of(edit.order_id), KIND, edit=edit.id, state=to.value)
    return True
