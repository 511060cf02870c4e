"""Tables of the programs that talk to this installation: their keys, where they are told news, and what they were
told."""

from datetime import datetime

from sqlalchemy import Index, Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import nobody
from portal.kit.tables import Table, key, link


class ApiKey(Table, table=True):
    """A program's key: only its hash is kept. `scopes` are words of `scopes.Scope`, parted by blanks; `last_used_at` is
    right to the hour."""

    __tablename__ = "api_key"

    id: int | None = key()
    name: str = Field(max_length=80)
    token_hash: str = Field(unique=True)
    scopes: str
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class OutHook(Table, table=True):
    """An address that is told news. `kinds` are parted by blanks. What is signed with comes out of the installation's
    key and `salt`. `failing_since`: nothing has got through since then."""

    __tablename__ = "out_hook"

    id: int | None = key()
    url: str = Field(max_length=500)
    kinds: str
    salt: str
    created_at: datetime
    failing_since: datetime | None = None
    stopped_at: datetime | None = None


class OutNews(Table, table=True):
    """One thing to tell one address, once it has happened. `due_at` is None when it was told, or given up
    (`problem`)."""

    __tablename__ = "out_news"
    __table_args__ = (
        Index("uq_out_news_hook_id_event_id", "hook_id", "event_id", unique=True),
        Index("ix_out_news_at", "at"),
    )

    id: int | None = key()
    hook_id: int = link("out_hook.id")
    event_id: int
    kind: str = Field(max_length=60)
    order_id: int
    data: str = "{}"
    at: datetime
    tries: int = 0
    told_at: datetime | None = None
    problem: str | None = Field(default=None, max_length=80)


class OutPlace(Table, table=True):
    """How far the event log has been read for news; the one row has id 1."""

    __tablename__ = "out_place"

    id: int | None = key()
    event_id: int


API_KEY: SaTable = ApiKey.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
OUT_HOOK: SaTable = OutHook.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
OUT_NEWS: SaTable = OutNews.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
OUT_PLACE: SaTable = OutPlace.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

nobody(API_KEY, "programs of the shop's, and what they may do")
nobody(OUT_HOOK, "addresses of the shop's programs")
nobody(OUT_NEWS, "what the shop's programs were told, as ids and codes")
nobody(OUT_PLACE, "how far the event log has been read")
