"""Personal columns of signing in. Readable by this slice only."""

from sqlalchemy import Table as SaTable

from portal.kit.datamap import held
from portal.kit.tables import Table, link


class BeginningPrivate(Table, table=True):
    """What somebody typed to be found by, and the address that the code went to, which is not shown to them.
    Purpose: to find them and to write to them; kept until the code is used or its time is over."""

    __tablename__ = "beginning_private"

    beginning_id: int = link("beginning.id", primary_key=True)
    email: str | None = None
    number: str | None = None
    hint: str | None = None
    target: str | None = None


class PasskeyPrivate(Table, table=True):
    """What a person calls a passkey. Purpose: to tell their own apart; kept as long as the passkey."""

    __tablename__ = "passkey_private"

    passkey_id: int = link("passkey.id", primary_key=True)
    name: str


BEGINNING_PRIVATE: SaTable = BeginningPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
PASSKEY_PRIVATE: SaTable = PasskeyPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

held(
    BEGINNING_PRIVATE,
    why="to find the person who wants to sign in, and to send them a code",
    kept="1 hour after the code ended",
    email="the e-mail address that was typed",
    number="the order number that was typed",
    hint="the phone number or postcode that was typed",
    target="the address that the code went to",
)
held(
    PASSKEY_PRIVATE,
    why="to let the person know their passkeys apart",
    kept="as long as the passkey",
    name="what the person calls the passkey",
)
