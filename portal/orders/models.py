"""Tables of orders, as the shop has them: lines, deliveries, parcels, and the links that open the page.

Names, addresses, e-mail and personalisation are in `private`. Amounts are minor units of the currency
beside them. Quantities are the platform's own words; the order's state is derived when read.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Table as SaTable
from sqlmodel import Field

from portal.kit.tables import BigId, Table, key, link


class Order(Table, table=True):
    """An order. `version` is the platform's own, to refuse stale writes; `digest` tells equal documents; `ref`
    names it in addresses; `contacts_key` names the key that its contacts were hashed with."""

    __table_args__ = (
        Index("uq_order_platform_shop_external_id", "platform", "shop", "external_id", unique=True),
        Index("uq_order_ref", "ref", unique=True),
    )

    id: int | None = key()
    platform: str
    shop: str
    external_id: str
    ref: str
    number: str = Field(index=True)
    version: str
    digest: str
    locale: str | None = None
    test: bool = False
    payment: str = "unknown"
    fulfilment: str = "unknown"
    placed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    closed_at: datetime | None = None
    currency: str | None = None
    total: int | None = Field(default=None, sa_type=BigInteger)
    promise_from: date | None = None
    promise_to: date | None = None
    contacts_key: str | None = None
    created_at: datetime
    updated_at: datetime


class OrderLine(Table, table=True):
    """A product and its quantities; lines that were removed stay, with `current` 0."""

    __tablename__ = "order_line"
    __table_args__ = (Index("uq_order_line_order_id_external_id", "order_id", "external_id", unique=True),)

    id: int | None = key()
    order_id: int = link("order.id", index=False)
    external_id: str
    position: int
    title: str
    options: str = ""
    sku: str | None = None
    kind: str = "physical"
    requires_shipping: bool = True
    ordered: int
    current: int
    fulfilled: int = 0
    refunded: int = 0
    removed: int = 0
    unit_price: int | None = Field(default=None, sa_type=BigInteger)
    image_url: str | None = None


class Delivery(Table, table=True):
    """How some of the lines are to reach the customer. `method`: shipping, pickup, pickup_point, local,
    digital, none."""

    __table_args__ = (Index("uq_delivery_order_id_external_id", "order_id", "external_id", unique=True),)

    id: int | None = key()
    order_id: int = link("order.id", index=False)
    external_id: str
    method: str = "shipping"
    label: str | None = None
    state: str = "open"
    location: str | None = None
    ready_at: datetime | None = None
    collected_at: datetime | None = None
    opening_hours: str | None = None


class DeliveryLine(Table, table=True):
    """Which lines a delivery covers, and how many units are still to do."""

    __tablename__ = "delivery_line"

    delivery_id: int = link("delivery.id", primary_key=True)
    line_id: int = link("order_line.id", primary_key=True)
    quantity: int
    remaining: int


class Parcel(Table, table=True):
    """A shipment in the order it belongs to. `allocation`: exact, whole_order or unknown."""

    __table_args__ = (Index("uq_parcel_order_id_external_id", "order_id", "external_id", unique=True),)

    id: int | None = key()
    order_id: int = link("order.id", index=False)
    external_id: str
    position: int
    shipment_id: int = link("shipment.id")
    allocation: str = "exact"
    state: str = "ok"


class ParcelLine(Table, table=True):
    """What is in a parcel."""

    __tablename__ = "parcel_line"

    parcel_id: int = link("parcel.id", primary_key=True)
    line_id: int = link("order_line.id", primary_key=True)
    quantity: int


class Promise(Table, table=True):
    """The day, or the days from one on, that the shop promised for an order, and when it first said so. Promises that
    another one took the place of stay."""

    id: int | None = key()
    order_id: int = link("order.id")
    day_from: date | None = None
    day: date
    said_at: datetime


class OrderLink(Table, table=True):
    """A secret address that opens one order's page until it expires or is revoked. Only its hash is kept."""

    __tablename__ = "order_link"

    id: int | None = key()
    order_id: int = link("order.id")
    token_hash: str = Field(unique=True)
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class OrderLinkUse(Table, table=True):
    """A browser that opened an order link. It takes one of the link's places once its cookie comes back
    (`seen_at`)."""

    __tablename__ = "order_link_use"

    link_id: int = link("order_link.id", primary_key=True)
    session_id: int = Field(foreign_key="session.id", primary_key=True, index=True, sa_type=BigId, ondelete="CASCADE")
    opened_at: datetime
    seen_at: datetime | None = None


class OrderContact(Table, table=True):
    """Whose order it is: keyed hashes of its e-mail and phone, one for each key in use."""

    __tablename__ = "order_contact"

    order_id: int = link("order.id", primary_key=True)
    hash: str = Field(primary_key=True, index=True)
    kind: str


ORDER: SaTable = Order.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
ORDER_LINE: SaTable = OrderLine.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
DELIVERY: SaTable = Delivery.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
DELIVERY_LINE: SaTable = DeliveryLine.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
PARCEL: SaTable = Parcel.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
PARCEL_LINE: SaTable = ParcelLine.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
PROMISE: SaTable = Promise.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
ORDER_LINK: SaTable = OrderLink.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
ORDER_LINK_USE: SaTable = OrderLinkUse.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
ORDER_CONTACT: SaTable = OrderContact.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
