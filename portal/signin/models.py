"""Tables of signing in: beginnings (a code under way), passkeys, and the challenges that they answer.

No code and no secret address is here, nor anything they could be worked out from without the installation's
key. What people typed is in `private`.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import Basis, held
from portal.kit.tables import BigId, Table, key, link


class Beginning(Table, table=True):
    """Somebody who asks for a code, in one browser. It is the same row whether there is anything to find.

    `purpose`: sign_in, again (a person proves themselves once more), add (another contact). `sent_at`: a code
    went out. `grants`: what was proven is no contact of the order, so this browser may read `order_id` alone.
    """

    __table_args__ = (
        Index("uq_beginning_browser_hash", "browser_hash", unique=True),
        Index("uq_beginning_link_hash", "link_hash", unique=True),
        Index("ix_beginning_expires_at", "expires_at"),
    )

    id: int | None = key()
    browser_hash: str = Field(max_length=64)
    link_hash: str = Field(max_length=64)
    nonce: str = Field(max_length=32)
    purpose: str = Field(max_length=10)
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigId, ondelete="CASCADE")
    order_id: int | None = Field(default=None, foreign_key="order.id", sa_type=BigId, ondelete="CASCADE")
    grants: bool = False
    back: str | None = Field(default=None, max_length=2000)
    locale: str = Field(max_length=10)
    tries: int = 0
    created_at: datetime
    expires_at: datetime
    sent_at: datetime | None = None
    used_at: datetime | None = None


class Passkey(Table, table=True):
    """A passkey of a person: its public key and what its authenticator says of itself. The name is in `private`."""

    __table_args__ = (Index("uq_passkey_credential_id", "credential_id", unique=True),)

    id: int | None = key()
    person_id: int = link("person.id")
    credential_id: str
    public_key: bytes = Field(sa_type=LargeBinary)
    sign_count: int = Field(default=0, sa_type=BigInteger)
    synced: bool = False
    backed_up: bool = False
    transports: str = ""
    aaguid: str = ""
    created_at: datetime
    used_at: datetime | None = None


class Challenge(Table, table=True):
    """What an authenticator is to sign, once. `holder` is the hash of whose browser it is."""

    __table_args__ = (Index("ix_challenge_expires_at", "expires_at"),)

    holder: str = Field(primary_key=True, max_length=80)
    purpose: str = Field(primary_key=True, max_length=10)
    challenge: str
    expires_at: datetime


class PasskeyOffer(Table, table=True):
    """Persons whom a passkey was offered once; it is not brought up again."""

    __tablename__ = "passkey_offer"

    person_id: int = link("person.id", primary_key=True)
    offered_at: datetime


BEGINNING: SaTable = Beginning.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
PASSKEY: SaTable = Passkey.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
CHALLENGE: SaTable = Challenge.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
PASSKEY_OFFER: SaTable = PasskeyOffer.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

held(
    BEGINNING,
    why="to send a code and take it once, in the browser that asked for it",
    kept="1 hour after the code ended",
    plain="nonce purpose grants locale tries created_at expires_at sent_at used_at",
    browser_hash="a hash of the secret in the browser's cookie",
    link_hash="a hash of the secret in the message",
    back="the page to go to afterwards",
)
held(
    PASSKEY,
    why="to sign in without a code",
    kept="until the person removes it, and as long as the account",
    plain="sign_count synced backed_up transports aaguid created_at",
    credential_id="the passkey's name, made by the authenticator for this site",
    public_key="the passkey's public key",
    used_at="when it was last used",
)
held(
    CHALLENGE,
    why="to take each answer of an authenticator once",
    kept="5 minutes, or until it is answered",
    plain="purpose challenge expires_at",
    holder="a hash of whose browser was asked",
)
held(
    PASSKEY_OFFER,
    why="to offer a passkey once only",
    basis=Basis.INTEREST,
    kept="as long as the account",
    offered_at="when a passkey was offered",
)
