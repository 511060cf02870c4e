"""What names orders and persons on the way through this slice. Readable by it only."""

from datetime import datetime

from sqlalchemy import Index, Table as SaTable
from sqlmodel import Field

from portal.kit.datamap import held
from portal.kit.tables import Table, key


class OrderNews(Table, table=True):
    """An order of which its platform says that it changed, until it has been read. `told` counts how often that was
    said; `tries` how often reading it failed, `problem` why (`live.Kind`). `stuck_at`: nobody tries any more, until
    it is said again."""

    __tablename__ = "order_news"
    __table_args__ = (
        Index("uq_order_news_platform_shop_order_id", "platform", "shop", "order_id", unique=True),
        {"sqlite_autoincrement": True},  # a job is named after the id: none may be given out again
    )

    id: int | None = key()
    platform: str = Field(max_length=40)
    shop: str = Field(max_length=200)
    order_id: str
    told: int = 0
    told_at: datetime
    tries: int = 0
    problem: str | None = Field(default=None, max_length=20)
    stuck_at: datetime | None = None


class ShopRequest(Table, table=True):
    """What a platform asks for in the name of a person, or of the shop that left. `purpose` is a `live.Purpose`;
    `person` and `orders` (JSON) say whom it is about, until it is done."""

    __tablename__ = "shop_request"

    id: int | None = key()
    platform: str = Field(max_length=40)
    shop: str = Field(max_length=200)
    purpose: str = Field(max_length=20)
    at: datetime
    done_at: datetime | None = None
    erased: int = 0
    person: str = "[]"
    orders: str = "[]"


ORDER_NEWS: SaTable = OrderNews.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
SHOP_REQUEST: SaTable = ShopRequest.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

held(
    ORDER_NEWS,
    why="to read an order again after its shop's platform said that it changed",
    kept="until it was read; a week at most",
    plain="platform shop told told_at tries problem stuck_at",
    order_id="the platform's identifier of the order",
)
held(
    SHOP_REQUEST,
    why="to do what a customer asked the shop for: to show or to erase what is held of them",
    kept="until it is done; that it was done, {order_days} days",
    plain="platform shop purpose at done_at erased",
    person="e-mail address, phone number or customer number of whoever asked; empty once it is done",
    orders="the platform's identifiers of their orders; empty once it is done",
)
