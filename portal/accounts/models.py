"""Tables of who is asking: persons, the contacts they have proven, and their browsers' sessions.

A person begins with the first proven contact; there is no password and no name. E-mail addresses and phone
numbers themselves are in `private`; here are keyed hashes, which the orders of a shop are matched by.
"""

from datetime import datetime

from sqlalchemy import Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import Basis, held
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

held(
    PERSON,
    why="to gather somebody's orders under the contacts they have proven",
    kept="as long as the account, at most {account_days} days after it was last used",
    plain="created_at",
    ref="the random name under which passkeys know a person",
    locale="the language that a person chose",
)
held(
    CONTACT,
    why="to find a person's orders without keeping readable addresses beside them",
    kept="as long as the account, at most {account_days} days after it was last used",
    plain="kind key_name",
    hash="a hash of an address or number that only the installation's key can make",
    verified_at="when a person last proved it",
)
held(
    SESSION,
    why="to know a browser again for which somebody signed in or opened a link, and to let them end it",
    basis=Basis.INTEREST,
    kept="30 days after the browser was last here, 90 days at most; 1 day after it was ended",
    plain="expires_at ended_at",
    token_hash="a hash of the secret in the browser's cookie",  # noqa: S106 - it says what the column is
    label="browser and system, as in “Firefox, Windows”",
    created_at="when the session began",
    seen_at="when the browser was last here, to the hour",
    stepped_up_at="when the person last proved themselves there",
)
