"""Tables of the shop's people: who they are, their browsers, codes on their way, and what they did.

Their sessions are not customers' sessions: another table, another cookie. Names and addresses are in `private`. What
was done is only ever added to: the database itself refuses anything else.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import Basis, held
from portal.kit.tables import BigId, Table, key, link


class StaffMember(Table, table=True):
    """Somebody who works at the shop. `ended_at`: not any more; the row stays for what they did."""

    __tablename__ = "staff_member"

    id: int | None = key()
    locale: str | None = None
    created_at: datetime
    ended_at: datetime | None = None


class StaffSession(Table, table=True):
    """A browser that somebody of the shop signed in with. `stepped_up_at`: when they last proved themselves there."""

    __tablename__ = "staff_session"

    id: int | None = key()
    token_hash: str = Field(unique=True, max_length=64)
    staff_id: int = link("staff_member.id")
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    stepped_up_at: datetime
    ended_at: datetime | None = None
    label: str = ""


class StaffBeginning(Table, table=True):
    """Somebody who asks for a code, in one browser; the same row whether the address is anybody's of the shop.

    `staff_id`: who proves themselves once more, or once it was looked up, whose code it is."""

    __tablename__ = "staff_beginning"
    __table_args__ = (Index("ix_staff_beginning_expires_at", "expires_at"),)

    id: int | None = key()
    browser_hash: str = Field(unique=True, max_length=64)
    nonce: str = Field(max_length=32)
    staff_id: int | None = Field(default=None, foreign_key="staff_member.id", sa_type=BigId, ondelete="CASCADE")
    locale: str = Field(max_length=10)
    back: str | None = Field(default=None, max_length=2000)
    tries: int = 0
    created_at: datetime
    expires_at: datetime
    sent_at: datetime | None = None
    used_at: datetime | None = None


class StaffAct(Table, table=True):
    """Something that somebody of the shop did, or looked at. `staff_id` None: at the command line. `key` is the same
    for all steps of one act: begun, then done, refused or failed, with a `code` that tells why."""

    __tablename__ = "staff_act"
    __table_args__ = (Index("ix_staff_act_order_id", "order_id"), Index("ix_staff_act_key", "key"))

    id: int | None = key()
    at: datetime
    staff_id: int | None = Field(default=None, sa_type=BigInteger)
    order_id: int | None = Field(default=None, sa_type=BigInteger)
    act: str = Field(max_length=20)
    key: str = Field(max_length=36)
    step: str = Field(max_length=10)
    code: str | None = Field(default=None, max_length=40)


STAFF_MEMBER: SaTable = StaffMember.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
STAFF_SESSION: SaTable = StaffSession.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
STAFF_BEGINNING: SaTable = StaffBeginning.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
STAFF_ACT: SaTable = StaffAct.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

held(
    STAFF_MEMBER,
    why="to let the shop's people in, and to know afterwards who did what",
    basis=Basis.INTEREST,
    kept="as long as they work there, and as long as what they did is kept",
    plain="created_at ended_at",
    locale="the language that they chose",
)
held(
    STAFF_SESSION,
    why="to know a browser again in which one of the shop's people signed in, and to end it",
    basis=Basis.INTEREST,
    kept="1 day after it ended",
    plain="expires_at ended_at",
    token_hash="a hash of the secret in the browser's cookie",  # noqa: S106 - it says what the column is
    label="browser and system, as in “Firefox, Windows”",
    created_at="when the session began",
    seen_at="when the browser was last here",
    stepped_up_at="when they last proved themselves there",
)
held(
    STAFF_BEGINNING,
    why="to send a code and take it once, in the browser that asked for it",
    basis=Basis.INTEREST,
    kept="1 hour after the code ended",
    plain="nonce locale tries created_at expires_at sent_at used_at",
    browser_hash="a hash of the secret in the browser's cookie",
    back="the page to go to afterwards",
)
held(
    STAFF_ACT,
    why="to prove who of the shop saw or changed which order, and when",
    basis=Basis.INTEREST,
    kept="as long as the order's row",
    plain="act key step code",
    at="when somebody did it",
    staff_id="the number of the account that did it",
    order_id="the order that it was about",
)
