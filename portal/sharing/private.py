"""Personal columns of sharing: the name that a customer gave a link ("Mum"). Readable by the customer's side only."""

from sqlalchemy import Table as SaTable

from portal.kit.datamap import held
from portal.kit.tables import Table, link


class ShareLinkPrivate(Table, table=True):
    """What a customer calls a link, to know it again. Kept as long as the link is."""

    __tablename__ = "share_link_private"

    share_link_id: int = link("share_link.id", primary_key=True)
    label: str


SHARE_LINK_PRIVATE: SaTable = ShareLinkPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

held(
    SHARE_LINK_PRIVATE,
    why="to let the customer know their links apart",
    kept="as long as the link: {link_days} days after it ended, or until the customer has the order erased",
    label="what the customer calls the link",
)
