"""The columns that a visitor's page is made of: all that there are, as far as this package knows.

Tables of orders and tracking are described here once more, by these columns alone. A name, an address, a price
or a number is not kept out by a rule: it has no name to be asked by. A test compares each column with its table.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Boolean, Date, DateTime, Float, Integer, String, TableClause, column, table
from sqlmodel.sql.sqltypes import UTCDateTime

from portal.kit.tables import BigId


def _seen(name: str, **columns: Any) -> TableClause:
    return table(name, *(column(key, kind) for key, kind in columns.items()))


_MOMENT: Final = UTCDateTime()
ORDER: Final = _seen(
    "order", id=BigId, fulfilment=String, cancelled_at=_MOMENT, gone_at=_MOMENT, promise_from=Date, promise_to=Date
)
LINE: Final = _seen(
    "order_line",
    id=BigId,
    order_id=BigId,
    position=Integer,
    kind=String,
    requires_shipping=Boolean,
    ordered=Integer,
    current=Integer,
    fulfilled=Integer,
)
ITEM: Final = _seen("order_line", id=BigId, order_id=BigId, title=String, options=String)  # with scope `items` only
DELIVERY: Final = _seen(
    "delivery", id=BigId, order_id=BigId, method=String, state=String, ready_at=_MOMENT, collected_at=_MOMENT
)
DELIVERY_LINE: Final = _seen("delivery_line", delivery_id=BigId, line_id=BigId, quantity=Integer)
PARCEL: Final = _seen(
    "parcel", id=BigId, order_id=BigId, position=Integer, shipment_id=BigId, allocation=String, state=String
)
PARCEL_LINE: Final = _seen("parcel_line", parcel_id=BigId, line_id=BigId, quantity=Integer)
SHIPMENT: Final = _seen(
    "shipment",
    id=BigId,
    topic=String,
    carrier=String,
    milestone=String,
    delayed=Boolean,
    shop_delayed=Boolean,
    estimate_day=Date,
    shop_estimate_day=Date,
    finished_at=_MOMENT,
)
TRACKER: Final = _seen("tracker", shipment_id=BigId, answered_at=_MOMENT)
CHECKPOINT: Final = _seen(
    "checkpoint",
    id=BigId,
    shipment_id=BigId,
    milestone=String,
    wall=DateTime,
    offset_minutes=Integer,
    date_only=Boolean,
    sort_at=DateTime,
    town=String,  # the gazetteer's, never the carrier's place; these four with scope `towns` only
    town_country=String,
    town_lat=Float,
    town_lon=Float,
)
