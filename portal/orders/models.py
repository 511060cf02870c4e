"""Tables of orders, as the shop has them: lines, deliveries, parcels, and the links that open the page.

Names, addresses, e-mail and personalisation are in `private`. Amounts are minor units of the currency
beside them. Quantities are the platform's own words; the order's state is derived when read.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Table as SaTable, text
from sqlmodel import Field

from portal.kit.datamap import Basis, held, nobody
from portal.kit.tables import BigId, Table, key, link


class Order(Table, table=True):
    """An order. `version` is the platform's own, to refuse stale writes; `digest` tells equal documents; `ref`
    names it in addresses; `contacts_key` names the key that its contacts were hashed with. `erased_at`: what was
    personal is gone, and what the platform says of it later is not taken in. `changed_at` is when the platform last
    changed it, `seen_at` when the platform was last asked and had it, `gone_at` when it was asked and had it no more:
    such an order is shown to nobody. `work` is what it waits for from the shop's people (`waiting.Work`); None: nobody
    has looked yet."""

    __table_args__ = (
        Index("ix_order_platform_shop_changed_at", "platform", "shop", "changed_at"),
        Index("uq_order_platform_shop_external_id", "platform", "shop", "external_id", unique=True),
        Index("uq_order_ref", "ref", unique=True),
        Index("ix_order_work", "work", postgresql_where=text("work > 0"), sqlite_where=text("work > 0")),
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
    refunded: int | None = Field(default=None, sa_type=BigInteger)
    outstanding: int | None = Field(default=None, sa_type=BigInteger)
    promise_from: date | None = None
    promise_to: date | None = None
    contacts_key: str | None = None
    created_at: datetime
    updated_at: datetime
    erased_at: datetime | None = None
    changed_at: datetime | None = None
    seen_at: datetime | None = None
    gone_at: datetime | None = None
    work: int | None = None


class OrderLine(Table, table=True):
    """A product and its quantities; lines that were removed stay, with `current` 0. `ordered` is without the units
    in whose place another line came."""

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
    digital, none. `address` is that of the place where it is collected, in lines."""

    __table_args__ = (Index("uq_delivery_order_id_external_id", "order_id", "external_id", unique=True),)

    id: int | None = key()
    order_id: int = link("order.id", index=False)
    external_id: str
    method: str = "shipping"
    label: str | None = None
    state: str = "open"
    location: str | None = None
    address: str | None = None
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


class OrderLook(Table, table=True):
    """How often an order was looked at on one day, by one kind of viewer (`looks.Kind`). `via` is the id of the share
    link, 0 for none. There is no address in it and no hour but the last."""

    __tablename__ = "order_look"

    order_id: int = link("order.id", primary_key=True)
    kind: str = Field(primary_key=True, max_length=10)
    via: int = Field(primary_key=True, sa_type=BigId)
    day: date = Field(primary_key=True, index=True)
    count: int
    last_at: datetime


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
ORDER_LOOK: SaTable = OrderLook.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

_AS_LONG = (
    "{order_days} days after the last news of the order, 30 days after its platform had it no more, or until the "
    "customer has it erased"
)
held(
    ORDER,
    why="to show the customer their order; afterwards, without what names it, for the shop's counts",
    kept=_AS_LONG + "; then the row stays without number, reference and identifier",
    plain="platform shop version test payment fulfilment placed_at cancelled_at closed_at currency total "
    "refunded outstanding promise_from promise_to contacts_key created_at updated_at erased_at changed_at "
    "seen_at gone_at work",
    external_id="the platform's identifier; after erasure a keyed hash of it, so that it is not taken in anew",
    ref="the random name in the address of the order's page",
    number="the order's number",
    digest="a hash of the order's document, to see whether it changed",
    locale="the language of the order",
    cancel_reason="why it was cancelled, in the platform's word",
)
held(
    ORDER_LINE,
    why="to show what was ordered; afterwards, without an order's name, for the shop's counts",
    kept="as the order's row; what was chosen (options) goes with the order's personal data",
    plain="position title sku kind requires_shipping ordered current fulfilled refunded removed unit_price image_url",
    external_id="the platform's identifier of the line; a number of ours after erasure",
    options="what was chosen of a product, as size and colour",
)
held(
    DELIVERY,
    why="to show how the order reaches the customer",
    kept=_AS_LONG + "; then the row stays with its method and state",
    plain="method state ready_at collected_at",
    external_id="the platform's identifier of the delivery; a number of ours after erasure",
    label="what the shop calls the way of delivery",
    location="where it is collected",
    address="where that is",
    opening_hours="when it can be collected there",
)
nobody(DELIVERY_LINE, "quantities of an order's lines in a delivery")
held(
    PARCEL,
    why="to show which parcels an order is in",
    kept=_AS_LONG + "; then the row stays without its identifier",
    plain="position allocation state",
    external_id="the platform's identifier of the parcel; a number of ours after erasure",
)
nobody(PARCEL_LINE, "quantities of an order's lines in a parcel")
nobody(PROMISE, "days that the shop promised for an order, and when it said so")
held(
    ORDER_LINK,
    why="to let customers open their order from a message, for a time",
    kept="{link_days} days after it ended",
    plain="created_at expires_at revoked_at",
    token_hash="a hash of the secret in the link",  # noqa: S106 - it says what the column is
)
held(
    ORDER_LINK_USE,
    why="to let a link open in few browsers only",
    basis=Basis.INTEREST,
    kept="as long as the browser's session and the link; 1 day when the browser never came back",
    opened_at="when a browser opened the link",
    seen_at="when that browser came back with its cookie",
)
held(
    ORDER_CONTACT,
    why="to find a person's orders by a contact they have proven",
    kept=_AS_LONG,
    plain="kind",
    hash="a hash of the order's address or number that only the installation's key can make",
)
held(
    ORDER_LOOK,
    why="to let customers see who looked at their order",
    basis=Basis.INTEREST,
    kept="{look_days} days",
    plain="via count",
    kind="who looked: the customer, a link, a visitor, the shop; no address of anyone",
    day="on which day",
    last_at="when last on that day",
)
