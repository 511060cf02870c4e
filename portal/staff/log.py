"""What the shop's people did and looked at, noted step by step; the database lets nobody change or delete a step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, insert, select

from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query
from portal.staff.models import STAFF_ACT
from portal.staff.private import STAFF_MEMBER_PRIVATE
from portal.staff.values import Act, Actor, Noted, Step

_MOST: Final = 200
_NOTE = Query(insert(STAFF_ACT), columns=("at", "staff_id", "order_id", "act", "key", "step", "code"))
_STEPS = (
    select(
        STAFF_ACT.c.id,
        STAFF_ACT.c.at,
        STAFF_ACT.c.act,
        STAFF_ACT.c.step,
        STAFF_ACT.c.code,
        STAFF_ACT.c.key,
        STAFF_MEMBER_PRIVATE.c.name,
    )
    .outerjoin(STAFF_MEMBER_PRIVATE, STAFF_MEMBER_PRIVATE.c.staff_id == STAFF_ACT.c.staff_id)
    .order_by(STAFF_ACT.c.id.desc())
    .limit(_MOST)
)
_OF_ORDER = Query(_STEPS.where(STAFF_ACT.c.order_id == bindparam("order")))
_DONE = Query(
    select(STAFF_ACT.c.id).where(
        STAFF_ACT.c.key == bindparam("key"), STAFF_ACT.c.order_id == bindparam("order"), STAFF_ACT.c.step == "done"
    )
)


async def note(
    tx: Tx,
    now: datetime,
    actor: Actor,
    act: Act,
    step: Step,
    key: str,
    *,
    order_id: int | None = None,
    code: str | None = None,
) -> None:
    """Note a step."""
    row = {"at": now, "staff_id": actor.staff_id, "order_id": order_id, "act": act.value, "key": key}
    await tx.run(_NOTE, {**row, "step": step.value, "code": code})


async def is_done(reader: Reader, order_id: int, key: str) -> bool:
    """Whether the act with this key was done already."""
    return await reader.row(_DONE, {"key": key, "order": order_id}) is not None


async def of_order(reader: Reader, order_id: int) -> list[Noted]:
    """The last steps about an order, the newest first."""
    rows: Sequence[Any] = await reader.rows(_OF_ORDER, {"order": order_id})
    return [Noted(row.at, row.name, row.act, row.step, row.code, row.key) for row in rows]
