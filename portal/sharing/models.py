"""The table of share links: what a customer lets others see of one order, for how long, and how often.

The name a customer gives a link is in `private`. The address is not kept: only a hash to find the link by, and
a salt from which the installation's key makes the address again for the customer.
"""

from datetime import datetime

from sqlalchemy import Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import held
from portal.kit.tables import BigId, Table, key, link


class ShareLink(Table, table=True):
    """A link for visitors. It ends at `expires_at`; where `until_arrival`, some time after the order has arrived
    as well. `max_opens` None: as often as one likes. `created_by_*` tell who made it: a person, or the browser
    that opened an order link."""

    __tablename__ = "share_link"

    id: int | None = key()
    order_id: int = link("order.id")
    token_hash: str = Field(unique=True)
    salt: str
    with_items: bool = False
    with_towns: bool = False
    gift: bool = False
    until_arrival: bool = False
    max_opens: int | None = None
    opens: int = 0
    last_opened_at: datetime | None = None
    created_by_person: int | None = Field(default=None, sa_type=BigId)
    created_by_session: int | None = Field(default=None, sa_type=BigId)
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


SHARE_LINK: SaTable = ShareLink.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

held(
    SHARE_LINK,
    why="to show others what the customer lets them see, and to tell the customer how often they looked",
    kept="{link_days} days after it ended, or until the customer has the order erased",
    plain="with_items with_towns gift until_arrival max_opens created_at expires_at revoked_at",
    token_hash="a hash of the secret in the link",  # noqa: S106 - it says what the column is
    salt="what the link's secret is made of, together with the installation's key",
    opens="how often the link was opened",
    last_opened_at="when it was last opened",
    created_by_person="who made it: the person",
    created_by_session="who made it: the browser",
)
