"""Personal columns of orders: who bought, where it goes, what they had engraved. Readable by this slice only."""

from sqlalchemy import Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import held
from portal.kit.tables import Table, link


class OrderPrivate(Table, table=True):
    """Contact and address, and the whole neutral document (JSON) with the members we do not use yet.

    `instructions` is what the carrier was asked to do with the parcels, `shop_note` what the shop tells the customer.
    `town…` is where the parcels go, for the owner's map: the gazetteer's town, never the street.
    """

    __tablename__ = "order_private"

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
    document="the order as the shop's platform told it: names, addresses, notes, personalisation",
)
