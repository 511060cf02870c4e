"""Limits that outlive a restart and hold for all processes together: counts in the database.

A window begins with the first use and lasts for the limit's time; within it so many uses are allowed. Who is
counted is known by a hash alone. Count first and look things up afterwards, so that a refusal says nothing
about what there is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, Table as SaTable, bindparam, case, delete, select, update
from sqlmodel import Field

from portal.kit.datamap import Basis, held
from portal.kit.db import Database, Tx, one
from portal.kit.errors import Refused
from portal.kit.prepared import Query
from portal.kit.tables import Table


class Quota(Table, table=True):
    """How often something was done in the window that began at `began_at`. `who` is a hash."""

    __table_args__ = (Index("ix_quota_ends_at", "ends_at"),)

    name: str = Field(primary_key=True, max_length=40)
    who: str = Field(primary_key=True, max_length=64)
    began_at: datetime
    ends_at: datetime
    used: int


QUOTA: SaTable = Quota.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` uses in a window of `per`. `name` says of what, and is part of the key."""

    name: str
    most: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Claim:
    """One use of a limit by `who`, a hash."""

    limit: Limit
    who: str


_THIS = (QUOTA.c.name == bindparam("name_"), QUOTA.c.who == bindparam("who_"))
_USED = Query(select(QUOTA.c.used, QUOTA.c.ends_at).where(*_THIS).with_for_update())
_OVER = QUOTA.c.ends_at <= bindparam("now")
_COUNT = Query(
    update(QUOTA)
    .where(*_THIS)
    .values(
        used=case((_OVER, 1), else_=QUOTA.c.used + 1),
        began_at=case((_OVER, bindparam("now")), else_=QUOTA.c.began_at),
        ends_at=case((_OVER, bindparam("ends")), else_=QUOTA.c.ends_at),
    ),
    columns=(),
)


async def count(tx: Tx, now: datetime, claims: Iterable[Claim]) -> timedelta:
    """Count one use for each claim, or for none when one of them is used up; then it returns how long to wait.

    What was refused counts nowhere, so that nobody can lock somebody else out for longer than the limit says.
    """
    ordered = sorted(claims, key=lambda claim: (claim.limit.name, claim.who))  # one order: no deadlock
    longest = timedelta()
    for claim in ordered:
        longest = max(longest, await _wait(tx, now, claim))
    if not longest:
        for claim in ordered:
            await tx.run(_COUNT, {**_key(claim), "now": now, "ends": now + claim.limit.per})
    return longest


async def take(db: Database, now: datetime, claims: Iterable[Claim]) -> None:
    """Count and go on, or raise Refused (429) with the seconds to wait."""
    wanted = list(claims)

    async def unit(tx: Tx) -> timedelta:
        return await count(tx, now, wanted)

    if wait := await db.write(unit):
        raise Refused(429, "too often", int(wait.total_seconds()) + 1)


async def forget(tx: Tx, now: datetime) -> None:
    """Delete windows that are over: for the purge."""
    await tx.run(delete(QUOTA).where(QUOTA.c.ends_at <= now))


async def _wait(tx: Tx, now: datetime, claim: Claim) -> timedelta:
    """How long until a claim has room; its row is there afterwards, and nobody else counts in it meanwhile."""
    if claim.limit.most < 1:
        return claim.limit.per
    fresh = {"name": claim.limit.name, "who": claim.who, "began_at": now, "ends_at": now + claim.limit.per, "used": 0}
    await tx.upsert(QUOTA, [fresh], ["name", "who"], update=False)
    row = await one(tx, _USED, _key(claim))
    full = row.used >= claim.limit.most and row.ends_at > now
    return row.ends_at - now if full else timedelta()


def _key(claim: Claim) -> dict[str, str]:
    return {"name_": claim.limit.name, "who_": claim.who}


held(
    QUOTA,
    why="to let nobody try out codes and addresses, and to let nobody be flooded with messages",
    basis=Basis.INTEREST,
    kept="until the window of the limit is over: a day at most",
    plain="name began_at ends_at used",
    who="a keyed hash of an internet address, an e-mail address or an order number",
)
