"""Sessions of the shop's people: a cookie of their own, short lives, and a fresh proof for what moves money."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update
from starlette.types import Scope

from portal.accounts.viewer import is_recent
from portal.kit import cookies
from portal.kit.db import Reader, Tx, one
from portal.kit.errors import Elsewhere
from portal.kit.ids import TOKEN, new_token, token_hash
from portal.kit.prepared import Query
from portal.staff.models import STAFF_MEMBER, STAFF_SESSION
from portal.staff.private import STAFF_MEMBER_PRIVATE

COOKIE: Final = "jalon-staff"
LIFE: Final = timedelta(hours=14)  # a long day at the counter
IDLE: Final = timedelta(hours=4)
NOTED_EVERY: Final = timedelta(minutes=10)
_TOLD: Final = timedelta(days=1)
_OPEN = Query(
    select(
        STAFF_SESSION.c.id,
        STAFF_SESSION.c.staff_id,
        STAFF_SESSION.c.stepped_up_at,
        STAFF_SESSION.c.seen_at,
        STAFF_MEMBER.c.locale,
        STAFF_MEMBER_PRIVATE.c.name,
    )
    .join(STAFF_MEMBER, STAFF_MEMBER.c.id == STAFF_SESSION.c.staff_id)
    .join(STAFF_MEMBER_PRIVATE, STAFF_MEMBER_PRIVATE.c.staff_id == STAFF_MEMBER.c.id)
    .where(
        STAFF_SESSION.c.token_hash == bindparam("hash"),
        STAFF_SESSION.c.ended_at.is_(None),
        STAFF_SESSION.c.expires_at > bindparam("now"),
        STAFF_SESSION.c.seen_at > bindparam("idle"),
        STAFF_MEMBER.c.ended_at.is_(None),
    )
)
_SEEN = Query(update(STAFF_SESSION).where(STAFF_SESSION.c.id == bindparam("session")).values(seen_at=bindparam("now")))


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who asks: one of the shop's people, in one browser."""

    session_id: int
    staff_id: int
    stepped_up_at: datetime
    seen_at: datetime
    locale: str | None
    name: str = field(repr=False)

    def proven(self, now: datetime) -> bool:
        """Whether they proved themselves a short time ago."""
        return is_recent(self.stepped_up_at, now)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session whose secret belongs into `cookie` and nowhere else."""

    id: int
    token: str = field(repr=False)

    def cookie(self, *, secure: bool) -> str:
        """The Set-Cookie header for the browser."""
        return cookies.given(COOKIE, self.token, secure=secure, max_age=int(LIFE.total_seconds()))


async def somebody(reader: Reader, scope: Scope, now: datetime) -> Somebody | None:
    """Who of the shop sent this request; None for everybody else."""
    token = cookies.value(scope, COOKIE)
    if token is None or not TOKEN.fullmatch(token):
        return None
    row: Any = await reader.row(_OPEN, {"hash": token_hash(token), "now": now, "idle": now - IDLE})
    return None if row is None else Somebody(*row)


async def open_session(tx: Tx, now: datetime, staff_id: int, label: str) -> Opened:
    """A session of somebody who has just proven themselves."""
    token = new_token()
    row = {"token_hash": token_hash(token), "staff_id": staff_id, "label": label}
    moments = {"created_at": now, "seen_at": now, "expires_at": now + LIFE, "stepped_up_at": now}
    made = await one(tx, insert(STAFF_SESSION).values(**row, **moments).returning(STAFF_SESSION.c.id))
    return Opened(int(made.id), token)


async def step_up(tx: Tx, now: datetime, session_id: int) -> Opened | None:
    """They proved themselves once more, and get another secret; None when the session ended meanwhile."""
    token = new_token()
    alive = (STAFF_SESSION.c.id == session_id, STAFF_SESSION.c.ended_at.is_(None))
    fresh = {"token_hash": token_hash(token), "stepped_up_at": now, "seen_at": now}
    return Opened(session_id, token) if await tx.run(update(STAFF_SESSION).where(*alive).values(**fresh)) else None


async def seen(tx: Tx, now: datetime, session_id: int) -> None:
    """Note that a browser was here."""
    await tx.run(_SEEN, {"session": session_id, "now": now})


async def end(tx: Tx, now: datetime, session_id: int) -> None:
    """End a session for good, and its streams."""
    await _end(tx, now, STAFF_SESSION.c.id == session_id)


async def end_all(tx: Tx, now: datetime, staff_id: int) -> None:
    """End every session of somebody."""
    await _end(tx, now, STAFF_SESSION.c.staff_id == staff_id)


async def forget(tx: Tx, now: datetime) -> None:
    """Delete sessions that are over: for the purge."""
    over = (STAFF_SESSION.c.ended_at < now - _TOLD) | (STAFF_SESSION.c.expires_at < now)
    await tx.run(delete(STAFF_SESSION).where(over | (STAFF_SESSION.c.seen_at < now - IDLE)))


def stream_name(session_id: int) -> str:
    """What the hub knows a session's streams by."""
    return f"staff-session:{session_id}"


def proven(who: Somebody, now: datetime, back: str) -> None:
    """Whoever asks has just proven who they are. Raises Elsewhere: to do so, and then back to the page `back`."""
    if not who.proven(now):
        raise Elsewhere(f"/staff/sign-in/again?back={quote(back, safe='')}")


async def _end(tx: Tx, now: datetime, which: ColumnElement[bool]) -> None:
    ended = update(STAFF_SESSION).where(which, STAFF_SESSION.c.ended_at.is_(None)).values(ended_at=now)
    for row in await tx.rows(ended.returning(STAFF_SESSION.c.id)):
        tx.emit(stream_name(row.id), "staff.ended", session=row.id)
