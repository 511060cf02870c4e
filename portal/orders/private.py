"""Personal columns of orders: who bought, where it goes, what they had engraved. Readable by this slice only."""

from sqlalchemy import Table as SaTable

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
    collect_code: str | None = None
    town: str | None = None
    town_country: str | None = None
    town_lat: float | None = None
    town_lon: float | None = None
    instructions: str | None = None
    shop_note: str | None = None
    document: str


ORDER_PRIVATE: SaTable = OrderPrivate.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
