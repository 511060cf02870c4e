"""Sessions: one row for each browser, named by a cookie of which only the hash is kept.

Whoever signs in, proves themselves again or signs out gets another cookie, so that one that was planted or
seen earlier is worth nothing. Ending a session is told as "session.ended", which closes its open streams.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, insert, select, update

from portal.accounts.models import SESSION
from portal.accounts.viewer import IDLE, Viewer
from portal.context import Context
from portal.kit import cookies
from portal.kit.db import Reader, Tx, one
from portal.kit.errors import Unavailable
from portal.kit.ids import new_token, token_hash
from portal.kit.prepared import Query

LIFE: Final = timedelta(days=90)
NOTED_EVERY: Final = timedelta(hours=1)  # how exactly we know when a browser was last here
_TOUCH = Query(update(SESSION).where(SESSION.c.id == bindparam("session")).values(seen_at=bindparam("now")))
_OF_PERSON = Query(
    select(SESSION.c.id, SESSION.c.label, SESSION.c.created_at, SESSION.c.seen_at, SESSION.c.expires_at)
    .where(
        SESSION.c.person_id == bindparam("person"),
        SESSION.c.ended_at.is_(None),
        SESSION.c.expires_at > bindparam("now"),
        SESSION.c.seen_at > bindparam("idle"),
    )
    .order_by(SESSION.c.seen_at.desc(), SESSION.c.id.desc())
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session whose secret is in nobody's hands but the caller's; it belongs into `cookie` and nowhere else."""

    id: int
    token: str

    def cookie(self, *, secure: bool) -> str:
        """The Set-Cookie header for the browser."""
        seconds = int(LIFE.total_seconds())
        return cookies.given(cookies.SESSION, self.token, secure=secure, max_age=seconds)


@dataclass(frozen=True, slots=True)
class Browser:
    """One of a person's sessions, as they may see it."""

    id: int
    label: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


async def open_session(tx: Tx, now: datetime, *, person_id: int | None = None, label: str = "") -> Opened:
    """A new session; with a person, it is one that has just proven itself."""
    token = new_token()
    row = {"token_hash": token_hash(token), "person_id": person_id, "label": label, **_fresh(now, person_id)}
    made = await one(tx, insert(SESSION).values(**row).returning(SESSION.c.id))
    return Opened(int(made.id), token)


async def sign_in(tx: Tx, now: datetime, viewer: Viewer, person_id: int, *, label: str = "") -> Opened:
    """This browser is a person's from now on, under a new secret. What it had open by order links stays open; a
    session of somebody else ends instead."""
    if viewer.session_id is not None:
        if viewer.person_id in (None, person_id):
            values = {"person_id": person_id, "label": label, **_fresh(now, person_id)}
            if opened := await _rotate(tx, viewer.session_id, values):
                return opened
        else:
            await end(tx, now, viewer.session_id)
    return await open_session(tx, now, person_id=person_id, label=label)


async def step_up(tx: Tx, now: datetime, viewer: Viewer) -> Opened | None:
    """The person has proven themselves once more; None when the session ended meanwhile."""
    if viewer.session_id is None or viewer.person_id is None:
        return None
    return await _rotate(tx, viewer.session_id, {"stepped_up_at": now, "seen_at": now})


async def end(tx: Tx, now: datetime, session_id: int, *, person_id: int | None = None) -> bool:
    """End a session for good, and its streams; with `person_id`, only if it is theirs. False when there was none."""
    theirs = () if person_id is None else (SESSION.c.person_id == person_id,)
    return bool(await _end(tx, now, SESSION.c.id == session_id, *theirs))


async def end_all(tx: Tx, now: datetime, person_id: int, *, but: int | None = None) -> int:
    """End a person's sessions, the one `but` excepted; returns how many."""
    others = () if but is None else (SESSION.c.id != but,)
    return await _end(tx, now, SESSION.c.person_id == person_id, *others)


async def sessions_of(reader: Reader, person_id: int, now: datetime) -> list[Browser]:
    """A person's live sessions, last used first."""
    values = {"person": person_id, "now": now, "idle": now - IDLE}
    return [Browser(*row) for row in await reader.rows(_OF_PERSON, values)]


async def keep(context: Context, session_id: int | None, seen_at: datetime | None) -> None:
    """Note that a browser was here: a write once an hour, not one a page. A database that takes no writes just
    now stops nobody from reading."""
    now = context.clock.now()
    if session_id is None or seen_at is None or now - seen_at < NOTED_EVERY:
        return

    async def unit(tx: Tx) -> None:
        await tx.run(_TOUCH, {"session": session_id, "now": now})

    with suppress(Unavailable):
        await context.db.write(unit)


def goodbye(*, secure: bool) -> list[tuple[str, str]]:
    """The headers of the answer to signing out: the browser forgets the cookie and every page it kept, so that on
    a shared computer the back button shows nothing. (Not "cookies": that would take the whole domain's, the
    shop's own among them.)"""
    return [
        ("set-cookie", cookies.taken_back(cookies.SESSION, secure=secure)),
        ("clear-site-data", '"cache", "storage"'),
        ("cache-control", "no-store"),
    ]


def stream_name(session_id: int) -> str:
    """What the hub knows a session's streams by."""
    return f"session:{session_id}"


async def _rotate(tx: Tx, session_id: int, values: dict[str, Any]) -> Opened | None:
    token = new_token()
    alive = (SESSION.c.id == session_id, SESSION.c.ended_at.is_(None))
    changed = await tx.run(update(SESSION).where(*alive).values(token_hash=token_hash(token), **values))
    return Opened(session_id, token) if changed else None


async def _end(tx: Tx, now: datetime, *which: ColumnElement[bool]) -> int:
    ended: Sequence[Any] = await tx.rows(
        update(SESSION).where(*which, SESSION.c.ended_at.is_(None)).values(ended_at=now).returning(SESSION.c.id)
    )
    for row in ended:
        tx.emit(stream_name(row.id), "session.ended", session=row.id)
    return len(ended)


def _fresh(now: datetime, person_id: int | None) -> dict[str, Any]:
    proven = None if person_id is None else now
    return {"created_at": now, "seen_at": now, "expires_at": now + LIFE, "stepped_up_at": proven}
