"""Persons: they begin with a contact that somebody has proven to be theirs, and gather more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update

from portal.accounts.contacts import Kind, contact_hash, contact_hashes, key_name
from portal.accounts.models import CONTACT, PERSON
from portal.accounts.private import CONTACT_PRIVATE
from portal.kit.db import Tx, one
from portal.kit.ids import new_ref
from portal.kit.secrets import Keys


async def prove(
    tx: Tx,
    now: datetime,
    keys: Keys,
    kind: Kind,
    value: str,
    *,
    person_id: int | None = None,
    locale: str | None = None,
) -> int:
    """Somebody has just proven that this contact (normalised) is theirs; returns the person.

    Without `person_id` it is the person who had it before, or a new one. With it the contact is added to that
    person; if it was another's it moves, since whoever proves a contact now is who has it.
    """
    stored = await tx.row(
        select(CONTACT.c.id, CONTACT.c.person_id)
        .where(CONTACT.c.hash.in_(contact_hashes(keys, kind, value)))
        .with_for_update()
    )
    owner = person_id or (stored.person_id if stored else await _new_person(tx, now, locale))
    made_with = {"hash": contact_hash(keys, kind, value), "key_name": key_name(keys), "verified_at": now}
    if stored is not None:
        await tx.run(update(CONTACT).where(CONTACT.c.id == stored.id).values(person_id=owner, **made_with))
        return int(owner)
    row = await one(tx, insert(CONTACT).values(person_id=owner, kind=kind, **made_with).returning(CONTACT.c.id))
    await tx.run(insert(CONTACT_PRIVATE).values(contact_id=row.id, value=value))
    return int(owner)


async def _new_person(tx: Tx, now: datetime, locale: str | None) -> int:
    row = await one(tx, insert(PERSON).values(ref=new_ref(), locale=locale, created_at=now).returning(PERSON.c.id))
    return int(row.id)
