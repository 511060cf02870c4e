"""The table of what the shop tells customers on their pages. Nothing personal: it is for all whom it concerns."""

from datetime import datetime

from sqlalchemy import Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import nobody
from portal.kit.tables import Table


class Notice(Table, table=True):
    """A message of the shop. `texts` (JSON) is the same in several languages; lists are JSON arrays, an empty one
    is for all. `rich` texts were cleaned when they came in."""

    name: str = Field(primary_key=True, max_length=80)
    texts: str
    rich: bool = False
    tone: str = "calm"
    shops: str = "[]"
    statuses: str = "[]"
    carriers: str = "[]"
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    public: bool = False
    updated_at: datetime


NOTICE: SaTable = Notice.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

nobody(NOTICE, "what the shop tells all customers whom it concerns")
