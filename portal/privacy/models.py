"""The table of what was erased: enough to erase it again after a backup was brought back, and no more."""

from datetime import datetime

from sqlalchemy import Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import Basis, held
from portal.kit.tables import Table


class Erasure(Table, table=True):
    """An order or a contact whose personal data were erased."""

    hash: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(index=True)


ERASURE: SaTable = Erasure.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

held(
    ERASURE,
    why="to erase again what a backup brings back",
    basis=Basis.INTEREST,
    kept="{order_days} days",
    plain="at",
    hash="a hash of an order's identifier or of a contact that only the installation's key can make",
)
