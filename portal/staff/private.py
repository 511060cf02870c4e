"""Personal columns of the shop's people: what they are called and where they can be written to. Readable by this slice
only."""

from sqlalchemy import Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import Basis, held
from portal.kit.tables import Table, link


class StaffMemberPrivate(Table, table=True):
    """A name, as colleagues know it, and a normalised e-mail address."""

    __tablename__ = "staff_member_private"

    staff_id: int = link("staff_member.id", primary_key=True)
    name: str = Field(max_length=60)
    email: str = Field(unique=True, max_length=254)


class StaffBeginningPrivate(Table, table=True):
    """The address that somebody typed to be sent a code."""

    __tablename__ = "staff_beginning_private"

    beginning_id: int = link("staff_beginning.id", primary_key=True)
    email: str = Field(max_length=254)


STAFF_MEMBER_PRIVATE: SaTable = StaffMemberPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
STAFF_BEGINNING_PRIVATE: SaTable = StaffBeginningPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

held(
    STAFF_MEMBER_PRIVATE,
    why="to let the shop's people in, and to know afterwards who did what",
    basis=Basis.INTEREST,
    kept="as long as they work there; afterwards the name alone",
    name="what colleagues call them",
    email="where codes are sent",
)
held(
    STAFF_BEGINNING_PRIVATE,
    why="to send a code to whoever works at the shop",
    basis=Basis.INTEREST,
    kept="1 hour after the code ended, or until it was used",
    email="the address that somebody typed",
)
