"""The calendar addresses that persons have made."""

from datetime import datetime

from sqlalchemy import Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import held
from portal.kit.tables import Table, link


class CalendarFeed(Table, table=True):
    """A secret address of a person's expected deliveries. The secret is made of `nonce` with the installation's
    key, so that it can be shown again, and whoever has the database alone cannot make it."""

    __tablename__ = "calendar_feed"

    person_id: int = link("person.id", primary_key=True)
    nonce: str
    token_hash: str = Field(unique=True)
    created_at: datetime


CALENDAR_FEED: SaTable = CalendarFeed.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

held(
    CALENDAR_FEED,
    why="to let the person's calendar fetch what is expected",
    kept="until the person takes it back, and as long as the account",
    plain="created_at",
    nonce="what the address is made of, together with the installation's key",
    token_hash="a hash of the secret in the address",  # noqa: S106 - it says what the column is
)
