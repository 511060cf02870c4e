"""Persons: they begin with a contact that somebody has proven to be theirs, and gather more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from portal.accounts.contacts import Kind, contact_hash, contact_hashes, key_name
from portal.accounts.models import CONTACT, PERSON
from portal.accounts.private import CONTACT_PRIVATE
from portal.context import Context
from portal.kit.db import Reader, Tx, one
from portal.kit.ids import new_ref
from portal.kit.prepared import Query
from portal.kit.secrets import Keys

_TOGETHER = 500
_BEHIND = Query(
    select(CONTACT.c.id, CONTACT.c.kind, CONTACT_PRIVATE.c.value)
    .join(CONTACT_PRIVATE, CONTACT_PRIVATE.c.contact_id == CONTACT.c.id)
    .where(CONTACT.c.key_name != bindparam("key"))
    .limit(_TOGETHER)
)
_WHOSE = select(CONTACT.c.hash, CONTACT.c.person_id).where(CONTACT.c.hash.in_(bindparam("hashes", expanding=True)))
_SAME = Query(select(CONTACT.c.id).where(CONTACT.c.hash == bindparam("hash"), CONTACT.c.id != bindparam("contact")))
_FORGET = Query(delete(CONTACT).where(CONTACT.c.id == bindparam("contact")))
_REHASH = Query(
    update(CONTACT)
    .where(CONTACT.c.id == bindparam("contact"))
    .values(hash=bindparam("new_hash"), key_name=bindparam("key"))
)


def topic_of(person_id: int) -> str:
    """Where what concerns a person as a whole is told."""
    return f"person:{person_id}"


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


async def hash_anew(context: Context) -> None:
    """Bring contacts up to date whose hashes were made with another key. One that has been proven again since,
    under the present key, is the newer proof and stays."""
    keys = context.keys
    made_with = key_name(keys)

    async def unit(tx: Tx) -> int:
        behind = await tx.rows(_BEHIND, {"key": made_with})
        for row in behind:
            hash_ = contact_hash(keys, row.kind, row.value)
            newer = await tx.row(_SAME, {"hash": hash_, "contact": row.id})
            change = _FORGET if newer else _REHASH
            await tx.run(change, {"contact": row.id, **({} if newer else {"new_hash": hash_, "key": made_with})})
        return len(behind)

    while await context.db.write(unit) == _TOGETHER:
        pass


async def locale_of(reader: Reader, person_id: int) -> str | None:
    """The language that a person has chosen."""
    row = await reader.row(select(PERSON.c.locale).where(PERSON.c.id == person_id))
    return row.locale if row is not None else None


async def with_contacts(tx: Tx, hashes: Iterable[str]) -> list[int]:
    """The persons who have proven any of these contacts."""
    found = select(CONTACT.c.person_id).where(CONTACT.c.hash.in_(list(hashes))).distinct()
    return [row.person_id for row in await tx.rows(found)]


async def persons_by_contact(tx: Tx, hashes: Iterable[str]) -> dict[str, int]:
    """Who has proven which of these contacts."""
    rows = await tx.rows(_WHOSE, {"hashes": list(hashes)})
    return {row.hash: row.person_id for row in rows}


async def _new_person(tx: Tx, now: datetime, locale: str | None) -> int:
    row = await one(tx, insert(PERSON).values(ref=new_ref(), locale=locale, created_at=now).returning(PERSON.c.id))
    return int(row.id)
