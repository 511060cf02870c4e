"""What accounts hold of a person, shown and erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from portal.accounts import own, sessions
from portal.accounts.models import PERSON, SESSION
from portal.kit.db import Reader, Tx
from portal.whose import Exported, Whose


async def export_of(reader: Reader, whose: Whose) -> Exported:
    """The person's contacts, language and browsers."""
    person = await reader.row(select(PERSON.c.created_at, PERSON.c.locale).where(PERSON.c.id == whose.person_id))
    if person is None or whose.person_id is None:
        return {}
    asked = select(
        SESSION.c.label, SESSION.c.created_at, SESSION.c.seen_at, SESSION.c.stepped_up_at, SESSION.c.ended_at
    )
    browsers = await reader.rows(asked.where(SESSION.c.person_id == whose.person_id).order_by(SESSION.c.id))
    contacts = await own.contacts(reader, whose.person_id)
    return {
        "account": {"created_at": person.created_at, "language": person.locale},
        "contacts": [{"kind": one.kind, "value": one.value, "verified_at": one.verified_at} for one in contacts],
        "browsers": [row._asdict() for row in browsers],
    }


async def erase(tx: Tx, now: datetime, whose: Whose) -> None:
    """Forget the person: contacts, browsers and all that hangs on the account. Open pages end."""
    if whose.person_id is None:
        return
    await sessions.end_all(tx, now, whose.person_id)
    await tx.run(delete(SESSION).where(SESSION.c.person_id == whose.person_id))
    await tx.run(delete(PERSON).where(PERSON.c.id == whose.person_id))
