"""Tables of connected shops: how each connection fares, which deliveries came, how far lists were read, what was told.

A shop is named by its platform's slug and its own name, as its orders name it. Nothing personal is here.
"""

from datetime import datetime

from sqlalchemy import Index, Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import nobody
from portal.kit.tables import Table, key, link


class Connection(Table, table=True):
    """How a connected shop fares. `since`: from when on we knew it. `rests_until`: it is not called before.
    `problem` is the kind of its last failure (`live.Kind`), `said` what it was, in words for the shop's staff; both
    go with the next success. `asked_for` is the address that deliveries were asked to be sent to. `findings` (JSON) is
    what was wrong when the connection was last looked at."""

    platform: str = Field(primary_key=True, max_length=40)
    shop: str = Field(primary_key=True, max_length=200)
    since: datetime
    reads: int = 0
    read_at: datetime | None = None
    rests_until: datetime | None = None
    problem: str | None = Field(default=None, max_length=20)
    said: str | None = None
    problem_at: datetime | None = None
    disconnected_at: datetime | None = None
    asked_for: str | None = None
    looked_at: datetime | None = None
    findings: str = "[]"


class ShopHint(Table, table=True):
    """A delivery that came, remembered so that its repetition is known. `event` is a hash of what tells it from every
    other one."""

    __tablename__ = "shop_hint"
    __table_args__ = (Index("uq_shop_hint_platform_shop_event", "platform", "shop", "event", unique=True),)

    id: int | None = key()
    platform: str = Field(max_length=40)
    shop: str = Field(max_length=200)
    event: str = Field(max_length=64)
    topic: str = Field(max_length=80)
    at: datetime = Field(index=True)


class Sweep(Table, table=True):
    """One way of reading a shop's whole list of orders, and how far it is. `kind`: all, recent, deep, since.

    It lists what changed since `since` from `cursor` on; then those of ours that the list did not have are asked for
    one by one (`listed_at` is set). `began_at` is when this sweep began, `covered_to` the moment up to which the last
    one that ended has covered everything. `holder` sweeps until `held_until`."""

    platform: str = Field(primary_key=True, max_length=40)
    shop: str = Field(primary_key=True, max_length=200)
    kind: str = Field(primary_key=True, max_length=10)
    since: datetime | None = None
    cursor: str | None = None
    began_at: datetime | None = None
    listed_at: datetime | None = None
    ended_at: datetime | None = None
    covered_to: datetime | None = None
    orders: int = 0
    changed: int = 0
    gone: int = 0
    unread: int = 0
    total: int | None = None
    failures: int = 0
    holder: str | None = Field(default=None, max_length=40)
    held_until: datetime | None = None


class ShopTold(Table, table=True):
    """What a platform was told of a parcel: one row for each standing. `told_at`: when it took it; `problem`: why it
    never will."""

    __tablename__ = "shop_told"
    __table_args__ = (Index("uq_shop_told_mark", "mark", unique=True),)

    id: int | None = key()
    shipment_id: int = link("shipment.id")
    mark: str = Field(max_length=40)
    status: str = Field(max_length=30)
    at: datetime
    told_at: datetime | None = None
    tries: int = 0
    problem: str | None = Field(default=None, max_length=20)


class ShopTelling(Table, table=True):
    """Up to which event of the log platforms have been told."""

    __tablename__ = "shop_telling"

    id: int = Field(primary_key=True)
    event_id: int


CONNECTION: SaTable = Connection.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
SHOP_HINT: SaTable = ShopHint.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
SWEEP: SaTable = Sweep.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
SHOP_TOLD: SaTable = ShopTold.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
SHOP_TELLING: SaTable = ShopTelling.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

nobody(CONNECTION, "how each connected shop fares")
nobody(SHOP_HINT, "which deliveries came from a shop's platform, by hashes")
nobody(SWEEP, "how far a shop's list of orders was read")
nobody(SHOP_TOLD, "which standing of which parcel a shop's platform was told")
nobody(SHOP_TELLING, "how far the event log was gone through")
