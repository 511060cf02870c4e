"""Who is asking: what the cookie of a request stands for, in one question to the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, select
from starlette.types import Scope

from portal.accounts.models import CONTACT, PERSON, SESSION
from portal.kit import cookies
from portal.kit.db import Reader
from portal.kit.ids import TOKEN, token_hash
from portal.kit.prepared import Query

IDLE: Final = timedelta(days=30)
PROVEN: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever asks. `contacts` are the hashes of what the person has proven; `stepped_up_at`: when they last
    proved themselves in this browser."""

    session_id: int | None = None
    person_id: int | None = None
    contacts: frozenset[str] = frozenset()
    stepped_up_at: datetime | None = None
    locale: str | None = None
    seen_at: datetime | None = None

    def proven(self, now: datetime) -> bool:
        """Whether this person may change things: they proved themselves a short time ago."""
        return self.person_id is not None and is_recent(self.stepped_up_at, now)


NOBODY: Final = Viewer()


def is_recent(stepped_up_at: datetime | None, now: datetime) -> bool:
    """Whether a proof still counts for changes."""
    return stepped_up_at is not None and now - stepped_up_at < PROVEN


def live_session() -> Subquery:
    """The session that `session_values` name, if it lives: for selects that need to know who asks."""
    columns = (SESSION.c.id, SESSION.c.person_id, SESSION.c.stepped_up_at, SESSION.c.seen_at, PERSON.c.locale)
    return select(*columns).outerjoin(PERSON, PERSON.c.id == SESSION.c.person_id).where(*_lives()).subquery("viewer")


def session_values(scope: Scope, now: datetime) -> dict[str, Any] | None:
    """What `live_session` is asked with; None when the request names no session."""
    token = cookies.value(scope)
    if token is None or not TOKEN.fullmatch(token):
        return None
    return {"session_hash": token_hash(token), "session_now": now, "session_idle": now - IDLE}


def contacts_of(person: ColumnElement[Any]) -> Select[tuple[str]]:
    """The hashes of what a person has proven, to be part of a wider select."""
    return select(CONTACT.c.hash).where(CONTACT.c.person_id == person)


def _lives() -> tuple[ColumnElement[bool], ...]:
    return (
        SESSION.c.token_hash == bindparam("session_hash"),
        SESSION.c.ended_at.is_(None),
        SESSION.c.expires_at > bindparam("session_now"),
        SESSION.c.seen_at > bindparam("session_idle"),
    )


_VIEWER = Query(
    select(
        SESSION.c.id,
        SESSION.c.person_id,
        SESSION.c.stepped_up_at,
        SESSION.c.seen_at,
        PERSON.c.locale,
        CONTACT.c.hash,
    )
    .outerjoin(PERSON, PERSON.c.id == SESSION.c.person_id)
    .outerjoin(CONTACT, CONTACT.c.person_id == SESSION.c.person_id)
    .where(*_lives())
)


async def viewer_of(reader: Reader, scope: Scope, now: datetime) -> Viewer:
    """Who sent this request: NOBODY without a cookie, or with one whose session has ended."""
    values = session_values(scope, now)
    rows = await reader.rows(_VIEWER, values) if values else ()
    if not rows:
        return NOBODY
    first = rows[0]
    contacts = frozenset(row.hash for row in rows if row.hash is not None)
    return Viewer(first.id, first.person_id, contacts, first.stepped_up_at, first.locale, first.seen_at)
