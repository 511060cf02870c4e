"""Tables of who is asking: persons, the contacts they have proven, and their browsers' sessions.

A person begins with the first proven contact; there is no password and no name. E-mail addresses and phone
numbers themselves are in `private`; here are keyed hashes, which the orders of a shop are matched by.
"""

from datetime import datetime

from sqlalchemy import Table as SaTable
from sqlmodel import Field

from portal.kit.tables import Table, key, link


class Person(Table, table=True):
    """Somebody who has proven a contact. `locale` is their choice of language."""

    id: int | None = key()
    ref: str = Field(unique=True)
    locale: str | None = None
    created_at: datetime


class Contact(Table, table=True):
    """An e-mail address or a phone number that a person has proven to be theirs; of one person only.

    `hash` is made with the installation's key; `key_name` names the key, so that a new one can be brought in.
    """

    id: int | None = key()
    person_id: int = link("person.id")
    kind: str
    hash: str = Field(unique=True)
    key_name: str
    verified_at: datetime


class Session(Table, table=True):
    """A browser that we know again by its cookie, of which only the hash is kept. Without a person: one that
    opened an order link. `stepped_up_at`: when the person last proved themselves here."""

    id: int | None = key()
    token_hash: str = Field(unique=True)
    person_id: int | None = link("person.id")
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    stepped_up_at: datetime | None = None
    ended_at: datetime | None = None
    label: str = ""


PERSON: SaTable = Person.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
CONTACT: SaTable = Contact.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
SESSION: SaTable = Session.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
