"""What the shop's people did and looked at, noted step by step; the database lets nobody change or delete a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import bindparam, insert, select

from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query
from portal.staff.models import STAFF_ACT
from portal.staff.private import STAFF_MEMBER_PRIVATE

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


class Act(StrEnum):
    """What somebody may do or look at."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    SEARCH = "search"
    OPEN = "open"  # an order with its person's name and address
    SEE_AS_CUSTOMER = "see_as_customer"
    SEE_AS_VISITOR = "see_as_visitor"
    TO_SHIP = "to_ship"
    SHIP = "ship"
    READY = "ready"
    COLLECTED = "collected"
    DELIVERED = "delivered"
    SETTLED = "settled"
    CANCEL = "cancel"
    CANCEL_LINES = "cancel_lines"
    ACCEPT = "accept"
    DECLINE = "decline"


class Step(StrEnum):
    """How far an act came."""

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: somebody of the shop, or whoever sits at the command line (no id)."""

    staff_id: int | None = None
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Noted:
    """One step as it is shown. `who` is None for the command line."""

    at: datetime
    who: str | None
    act: str
    step: str
    code: str | None
    key: str

    def __str__(self) -> str:
        """The step in one line, without its moment."""
        why = f" ({self.code})" if self.code else ""
        return f"{self.act} {self.step}{why}, {self.who or 'at the command line'}"

    def plain(self) -> dict[str, str | None]:
        """The step for programs."""
        about = {"who": self.who, "act": self.act, "step": self.step, "code": self.code, "key": self.key}
        return {"at": self.at.isoformat(), **about}


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
