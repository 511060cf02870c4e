"""Tables of mail: what is to go out and how far it came. To whom, and with what words, is in `private`."""

from datetime import datetime

from sqlalchemy import Index, Table as SaTable, text
from sqlmodel import Field

from portal.kit.datamap import Basis, held
from portal.kit.tables import Table, key

WAITING, SENT, REFUSED, DEAD, LATE = "waiting", "sent", "refused", "dead", "late"


class Mail(Table, table=True):
    """One message to one address. `state`: waiting, sent, refused (for good, by the other side), dead (given
    up after many tries), late (its time was over). `ref` is in its Message-ID, the same for every try. `to_hash`
    is a keyed hash of an address that refused, and empty otherwise."""

    __table_args__ = (
        Index("uq_mail_ref", "ref", unique=True),
        Index("uq_mail_unique_key", "unique_key", unique=True),
        Index("ix_mail_created_at", "created_at"),
        Index("ix_mail_to_hash", "to_hash", postgresql_where=text("state = 'refused'")),
    )

    id: int | None = key()
    ref: str = Field(max_length=40)
    unique_key: str | None = Field(default=None, max_length=200)
    message: str = Field(max_length=60)
    locale: str = Field(max_length=10)
    to_hash: str = Field(max_length=64)
    state: str = Field(default=WAITING, max_length=10)
    tries: int = 0
    problem: str | None = Field(default=None, max_length=60)
    until: datetime | None = None
    created_at: datetime
    settled_at: datetime | None = None


MAIL: SaTable = Mail.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

held(
    MAIL,
    why="to send each message once, and to see what went wrong",
    basis=Basis.INTEREST,
    kept="30 days",
    plain="ref message locale state tries problem until created_at settled_at",
    unique_key="what the message is about, as ids",
    to_hash="a hash made of the message's own random name; it leads to nobody",
)
