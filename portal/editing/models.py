"""Tables of edits: what customers and the shop want changed of orders, how far it came, and the log of it; and the
policies by which it is decided.

What the change says, and who of the shop made it, is in `private`. An order has one open edit at most. The log is only
ever added to: the database itself refuses anything else.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Table as SaTable, text
from sqlmodel import Field

from portal.editing.answers import OPEN
from portal.kit.datamap import Basis, held, nobody
from portal.kit.tables import BigId, Table, key, link

IS_OPEN = text("state IN (" + ", ".join(f"'{state}'" for state in sorted(OPEN)) + ")")


class OrderEdit(Table, table=True):
    """An edit of an order. `key` is its name at the platform, `ref` its name in addresses, `client_key` what a form or
    a program names it by, so that sending twice makes one.

    `version` is the order's as it was seen; `stake`: a keyed hash of that of the order on which the change stands.
    `policy` and `rule` decided, with `verdict`. `quote` and `fee` (JSON) are what was agreed to. `who`: person, staff
    or api. `due_at` is when it is next worked on, and while it is, the lease of its `holder`. `since` is when sending
    began, or was begun again; `sent_at` when the platform was first asked to make it. `problem` is why it waits.
    """

    __tablename__ = "edit"
    __table_args__ = (
        Index("uq_edit_ref", "ref", unique=True),
        Index("uq_edit_order_id_client_key", "order_id", "client_key", unique=True),
        Index("uq_edit_open", "order_id", unique=True, postgresql_where=IS_OPEN, sqlite_where=IS_OPEN),
        Index("ix_edit_order_id", "order_id"),
        Index("ix_edit_due_at", "due_at"),
    )

    id: int | None = key()
    ref: str = Field(max_length=16)
    order_id: int = link("order.id", index=False)
    key: str = Field(max_length=36)
    client_key: str | None = Field(default=None, max_length=64)
    action: str = Field(max_length=20)
    state: str = Field(max_length=20)
    code: str | None = Field(default=None, max_length=40)
    version: str
    stake: str = Field(max_length=64)
    policy: str | None = Field(default=None, max_length=64)
    rule: str | None = Field(default=None, max_length=120)
    verdict: str = Field(max_length=10)
    quote: str | None = None
    fee: str | None = None
    who: str = Field(max_length=10)
    person: int | None = Field(default=None, sa_type=BigInteger)
    locale: str | None = Field(default=None, max_length=10)
    created_at: datetime
    expires_at: datetime | None = None
    confirmed_at: datetime | None = None
    decided_at: datetime | None = None
    undo_until: datetime | None = None
    due_at: datetime | None = None
    holder: str | None = Field(default=None, max_length=32)
    tries: int = 0
    problem: str | None = Field(default=None, max_length=40)
    since: datetime | None = None
    sent_at: datetime | None = None
    settled_at: datetime | None = None


class EditLog(Table, table=True):
    """One step of an edit: from one state to another, by whom. What was before and after is in `private`."""

    __tablename__ = "edit_log"

    id: int | None = key()
    edit_id: int = Field(foreign_key="edit.id", index=True, sa_type=BigId)
    at: datetime
    was: str = Field(max_length=20)
    became: str = Field(max_length=20)
    code: str | None = Field(default=None, max_length=40)
    who: str = Field(max_length=10)
    person: int | None = Field(default=None, sa_type=BigInteger)


class EditHold(Table, table=True):
    """An order that its warehouse is to leave alone until a moment, for an edit."""

    __tablename__ = "edit_hold"

    order_id: int = link("order.id", primary_key=True)
    until: datetime


class PolicyVersion(Table, table=True):
    """A policy as the shop published it: `document` is the file's text, in `format` (toml or yaml). The one with the
    highest `id`, its number, is in force; edits name the one that decided. Only ever added to: the database itself
    refuses anything else."""

    __tablename__ = "policy_version"

    id: int | None = key()
    document: str
    format: str = Field(max_length=10)
    published_at: datetime
    published_by: str = Field(default="", max_length=100)
    note: str = Field(default="", max_length=500)


EDIT: SaTable = OrderEdit.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
EDIT_LOG: SaTable = EditLog.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
EDIT_HOLD: SaTable = EditHold.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
POLICY_VERSION: SaTable = PolicyVersion.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

_AS_LONG = "as long as the order's row, as a record of what was done; previews that came to nothing, 1 day"
held(
    EDIT,
    why="to make the changes of an order that its customer asks for, each once, and to show what became of them",
    kept=_AS_LONG,
    plain="ref key client_key action state code version stake policy rule verdict quote fee who locale created_at "
    "expires_at confirmed_at decided_at undo_until due_at holder tries problem since sent_at settled_at",
    person="the number of the account that asked for it",
)
held(
    EDIT_LOG,
    why="to prove who changed what of an order, and when",
    kept="as long as the order's row",
    plain="at was became code who",
    person="the number of the account that did it",
)
nobody(EDIT_HOLD, "orders that the warehouse leaves alone for a while")
held(
    POLICY_VERSION,
    why="to know which rules held when, and who of the shop set them",
    basis=Basis.INTEREST,
    kept="as long as the installation: edits name the version that decided",
    plain="document format published_at note",
    published_by="the name under which somebody of the shop published it",
)
