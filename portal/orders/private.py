"""Personal columns of orders: who bought, where it goes, what they had engraved. Readable by this slice only."""

from datetime import datetime

from sqlalchemy import Index, Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import held
from portal.kit.tables import Table, link


class OrderPrivate(Table, table=True):
    """Contact and address, and the whole neutral document (JSON) with the members we do not use yet.

    `instructions` is what the carrier was asked to do with the parcels, `shop_note` what the shop tells the customer.
    `collector` is who may collect it besides the customer, as they say, and `collect_link…` what they hand on for it.
    `town…` is where the parcels go, for the owner's map: the gazetteer's town, never the street.
    """

    __tablename__ = "order_private"
    __table_args__ = (Index("uq_order_private_collect_link_hash", "collect_link_hash", unique=True),)

    order_id: int = link("order.id", primary_key=True)
    email: str | None = None
    phone: str | None = None
    postcode: str | None = None
    country: str | None = None
    collect_code: str | None = Field(default=None, index=True)
    town: str | None = None
    town_country: str | None = None
    town_lat: float | None = None
    town_lon: float | None = None
    instructions: str | None = None
    shop_note: str | None = None
    collector: str | None = None
    collect_link_hash: str | None = None
    collect_link_salt: str | None = None
    collect_link_until: datetime | None = None
    document: str


ORDER_PRIVATE: SaTable = OrderPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

held(
    ORDER_PRIVATE,
    why="to tell the customer where their order is, and to let nobody else see it",
    kept="{order_days} days after the last news of the order, 30 days after its platform had it no more, or until the "
    "customer has it erased",
    email="the e-mail address given with the order",
    phone="the phone number given with the order",
    postcode="where it goes: postcode",
    country="where it goes: country",
    collect_code="the code for collecting it at the shop",
    town="where it goes: town, for the map",
    town_country="where it goes: the town's country",
    town_lat="where it goes: the town's latitude",
    town_lon="where it goes: the town's longitude",
    instructions="what the carrier was asked to do with the parcels",
    shop_note="what the shop tells the customer",
    collector="who may collect it besides the customer, as the customer says",
    collect_link_hash="a hash of the secret in the link for whoever collects it",
    collect_link_salt="what that link's secret is made of, together with the installation's key",
    collect_link_until="until when that link opens",
    document="the order as the shop's platform told it: names, addresses, notes, personalisation",
)
