"""Personal columns of mail: the address and the words put into the message. Purpose: delivery, nothing else.
The row goes when the message is sent; in the demonstration's mailbox it stays to be read."""

from sqlalchemy import Table as SaTable

from portal.kit.datamap import held
from portal.kit.tables import Table, link


class MailPrivate(Table, table=True):
    """Where a message goes, and the values of its template (JSON)."""

    __tablename__ = "mail_private"

    mail_id: int = link("mail.id", primary_key=True)
    address: str
    values: str


MAIL_PRIVATE: SaTable = MailPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

held(
    MAIL_PRIVATE,
    why="to deliver the message",
    kept="until it is delivered; one that cannot be, 30 days",
    address="where the message goes",
    values="the words put into the message, as names of passkeys; never a code",
)
