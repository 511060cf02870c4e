"""When the parcels of an order arrived, as their carriers say: time limits for returns count from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, select

from portal.kit.db import Reader
from portal.kit.prepared import Query
from portal.orders.documents import Stored
from portal.orders.models import PARCEL
from portal.tracking.queries import arrived

_AT = arrived()
_ARRIVALS = Query(
    select(PARCEL.c.external_id, _AT.c.at)
    .join(_AT, _AT.c.id == PARCEL.c.shipment_id)
    .where(PARCEL.c.order_id == bindparam("order"))
)


async def arrivals(reader: Reader, known: Stored) -> Mapping[str, datetime]:
    """By the platform's id of the parcel; nothing is asked where the order's document says it all itself."""
    if all(parcel.delivered_at for parcel in known.document.parcels):
        return {}
    return {row.external_id: row.at for row in await reader.rows(_ARRIVALS, {"order": known.order_id})}
