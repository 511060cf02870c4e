"""Personal columns of accounts: how to reach a person. Readable by this slice only."""

from sqlalchemy import Table as SaTable

from portal.kit.datamap import held
from portal.kit.tables import Table, link


class ContactPrivate(Table, table=True):
    """The address or number itself, normalised. Purpose: to send codes and news, and to show people their own
    contacts. Kept for as long as the contact is."""

    __tablename__ = "contact_private"

    contact_id: int = link("contact.id", primary_key=True)
    value: str


CONTACT_PRIVATE: SaTable = ContactPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

held(
    CONTACT_PRIVATE,
    why="to send codes and news, and to show people their own contacts",
    kept="as long as the account, at most {account_days} days after it was last used",
    value="an e-mail address or a phone number that a person has proven",
)
