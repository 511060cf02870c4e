"""What persons see and decide of themselves: their contacts and their language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from portal.accounts.contacts import contact_hashes
from portal.accounts.models import CONTACT, PERSON
from portal.accounts.private import CONTACT_PRIVATE
from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query
from portal.kit.secrets import Keys

_CONTACTS = Query(
    select(CONTACT.c.id, CONTACT.c.kind, CONTACT_PRIVATE.c.value, CONTACT.c.verified_at)
    .join(CONTACT_PRIVATE, CONTACT_PRIVATE.c.contact_id == CONTACT.c.id)
    .where(CONTACT.c.person_id == bindparam("person"))
    .order_by(CONTACT.c.id)
)


@dataclass(frozen=True, slots=True)
class OwnContact:
    """A contact that a person has proven, as they see it."""

    id: int
    kind: str
    value: str
    verified_at: datetime


async def contacts(reader: Reader | Tx, person_id: int) -> list[OwnContact]:
    """A person's contacts, the first one first."""
    return [OwnContact(*row) for row in await reader.rows(_CONTACTS, {"person": person_id})]


async def emails(reader: Reader | Tx, person_id: int) -> list[str]:
    """Where a person can be written to."""
    return [contact.value for contact in await contacts(reader, person_id) if contact.kind == "email"]


async def is_known(reader: Reader, keys: Keys, address: str) -> bool:
    """Whether somebody has proven this e-mail address (normalised)."""
    hashes = contact_hashes(keys, "email", address)
    return await reader.row(select(CONTACT.c.id).where(CONTACT.c.hash.in_(hashes))) is not None


async def remove_contact(tx: Tx, person_id: int, contact_id: int) -> bool:
    """Take a contact away from a person, unless it is the last; False when it stays."""
    mine = CONTACT.c.person_id == person_id
    if len(await tx.rows(select(CONTACT.c.id).where(mine).with_for_update())) < 2:
        return False
    return bool(await tx.run(delete(CONTACT).where(mine, CONTACT.c.id == contact_id)))


async def choose_language(tx: Tx, person_id: int, locale: str | None) -> None:
    """Remember the language that a person wants; None: that of their browser or order."""
    await tx.run(update(PERSON).where(PERSON.c.id == person_id).values(locale=locale))


async def ref_of(reader: Reader, person_id: int) -> str:
    """The name under which authenticators know a person. Raises LookupError when there is none."""
    row = await reader.row(select(PERSON.c.ref).where(PERSON.c.id == person_id))
    if row is None:
        raise LookupError("no such person")
    return str(row.ref)


async def person_of(reader: Reader | Tx, ref: str) -> int | None:
    """The person whom authenticators know under this name."""
    row = await reader.row(select(PERSON.c.id).where(PERSON.c.ref == ref))
    return None if row is None else int(row.id)


async def everybody(reader: Reader) -> dict[int, list[str]]:
    """Every person's contacts, for work on all of them."""
    asked = select(CONTACT.c.person_id, CONTACT_PRIVATE.c.value)
    found: dict[int, list[str]] = {}
    for row in await reader.rows(asked.join(CONTACT_PRIVATE, CONTACT_PRIVATE.c.contact_id == CONTACT.c.id)):
        found.setdefault(row.person_id, []).append(row.value)
    return found
