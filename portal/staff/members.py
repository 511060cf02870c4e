"""The shop's people: let in, listed, and let in no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from portal.kit.db import Reader, Tx, one
from portal.kit.prepared import Query
from portal.staff.models import STAFF_MEMBER
from portal.staff.private import STAFF_MEMBER_PRIVATE
from portal.staff.sessions import end_all

_ALL = (
    select(
        STAFF_MEMBER.c.id,
        STAFF_MEMBER_PRIVATE.c.name,
        STAFF_MEMBER_PRIVATE.c.email,
        STAFF_MEMBER.c.created_at,
        STAFF_MEMBER.c.ended_at,
    )
    .join(STAFF_MEMBER_PRIVATE, STAFF_MEMBER_PRIVATE.c.staff_id == STAFF_MEMBER.c.id)
    .order_by(STAFF_MEMBER.c.id)
)
_BY_EMAIL = Query(_ALL.where(STAFF_MEMBER_PRIVATE.c.email == bindparam("email")))


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works at the shop, or did."""

    id: int
    name: str = field(repr=False)
    email: str = field(repr=False)
    created_at: datetime
    ended_at: datetime | None

    @property
    def works_here(self) -> bool:
        """Whether they are let in."""
        return self.ended_at is None


async def put(tx: Tx, now: datetime, name: str, address: str) -> int:
    """Let somebody in under an address (normalised); who was there before gets this name, and is there again."""
    known = await by_email(tx, address)
    if known is None:
        row = await one(tx, insert(STAFF_MEMBER).values(created_at=now).returning(STAFF_MEMBER.c.id))
        await tx.run(insert(STAFF_MEMBER_PRIVATE).values(staff_id=row.id, name=name, email=address))
        return int(row.id)
    named = update(STAFF_MEMBER_PRIVATE).where(STAFF_MEMBER_PRIVATE.c.staff_id == known.id)
    await tx.run(named.values(name=name))
    await tx.run(update(STAFF_MEMBER).where(STAFF_MEMBER.c.id == known.id).values(ended_at=None))
    return known.id


async def let_go(tx: Tx, now: datetime, address: str) -> bool:
    """Let somebody in no more, and end their sessions at once; False when there is nobody to."""
    known = await by_email(tx, address)
    if known is None or not known.works_here:
        return False
    await tx.run(update(STAFF_MEMBER).where(STAFF_MEMBER.c.id == known.id).values(ended_at=now))
    await end_all(tx, now, known.id)
    return True


async def by_email(reader: Reader | Tx, address: str) -> Member | None:
    """Whoever has this address (normalised), whether they still work here or not."""
    row: Any = await reader.row(_BY_EMAIL, {"email": address})
    return None if row is None else Member(*row)


async def members(reader: Reader) -> list[Member]:
    """Everybody, the first one first."""
    rows: Sequence[Any] = await reader.rows(_ALL)
    return [Member(*row) for row in rows]


async def address_of(reader: Reader, staff_id: int) -> str:
    """Where somebody is sent their codes. Raises LookupError when there is nobody."""
    row: Any = await reader.row(select(STAFF_MEMBER_PRIVATE.c.email).where(STAFF_MEMBER_PRIVATE.c.staff_id == staff_id))
    if row is None:
        raise LookupError("nobody of the shop")
    return str(row.email)
