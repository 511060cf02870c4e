"""From a neutral document to the rows of this slice. What the document no longer has is taken away, but
for lines, which never disappear: those are removed ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.orders.models import DELIVERY, DELIVERY_LINE, ORDER_LINE, PARCEL, PARCEL_LINE
from portal.orders.parcels import parcels_of
from portal.orders.private import ORDER_PRIVATE
from portal.orders.queries import topic_of
from portal.orders.replacements import settle_replacements
from portal.orders.rows import delivery_line_rows, delivery_rows, line_rows, parcel_line_rows, parcel_rows, private_row
from portal.platforms.neutral import NeutralOrder
from portal.tracking.intake import let_go, register

_ORDER_ID: Any = bindparam("order")
_IDS = {
    table.name: Query(select(table.c.external_id, table.c.id).where(table.c.order_id == _ORDER_ID))
    for table in (ORDER_LINE, DELIVERY, PARCEL)
}
_DROP_DELIVERIES = Query(delete(DELIVERY).where(DELIVERY.c.order_id == _ORDER_ID))
_LET_PARCELS_GO = Query(update(PARCEL).where(PARCEL.c.order_id == _ORDER_ID).values(state="gone"))
_GONE = Query(select(PARCEL.c.shipment_id).where(PARCEL.c.order_id == _ORDER_ID, PARCEL.c.state == "gone"))
_EMPTY_PARCELS = Query(
    delete(PARCEL_LINE).where(
        PARCEL_LINE.c.parcel_id.in_(select(PARCEL.c.id).where(PARCEL.c.order_id == _ORDER_ID, PARCEL.c.state != "gone"))
    )
)


SET_DOCUMENT = Query(update(ORDER_PRIVATE).where(ORDER_PRIVATE.c.order_id == bindparam("order")), columns=("document",))


async def store_parts(tx: Tx, now: datetime, order_id: int, document: NeutralOrder, text: str) -> None:
    """Everything of an order but its own row."""
    await tx.upsert(ORDER_PRIVATE, [private_row(order_id, document, text)], ["order_id"])
    await tx.upsert(ORDER_LINE, line_rows(order_id, document), ["order_id", "external_id"])
    line_ids = await _ids(tx, ORDER_LINE, order_id)
    await _remove_lines(tx, [line_ids[name] for name in line_ids.keys() - {line.id for line in document.lines}])
    await _store_deliveries(tx, order_id, document, line_ids)
    await _store_parcels(tx, now, order_id, document, line_ids)


async def _remove_lines(tx: Tx, ids: list[int]) -> None:
    """Lines that the platform has no more: some delete a line that is taken out of an order."""
    if ids:
        gone = update(ORDER_LINE).where(ORDER_LINE.c.id.in_(ids))
        await tx.run(gone.values(current=0, removed=ORDER_LINE.c.ordered - ORDER_LINE.c.refunded))


async def _store_deliveries(tx: Tx, order_id: int, document: NeutralOrder, line_ids: Mapping[str, int]) -> None:
    await tx.run(_DROP_DELIVERIES, {"order": order_id})
    await tx.upsert(DELIVERY, delivery_rows(order_id, document), ["order_id", "external_id"])
    ids = await _ids(tx, DELIVERY, order_id)
    await tx.upsert(DELIVERY_LINE, list(delivery_line_rows(document, ids, line_ids)), ["delivery_id", "line_id"])


async def _store_parcels(
    tx: Tx, now: datetime, order_id: int, document: NeutralOrder, line_ids: Mapping[str, int]
) -> None:
    packed = parcels_of(document, topic_of(order_id))
    shipment_ids = [await register(tx, now, parcel.shipment) for parcel in packed]
    await tx.run(_LET_PARCELS_GO, {"order": order_id})
    await tx.upsert(PARCEL, parcel_rows(order_id, packed, shipment_ids), ["order_id", "external_id"])
    ids = await _ids(tx, PARCEL, order_id)
    gone = [row.shipment_id for row in await tx.rows(_GONE, {"order": order_id})]
    await let_go(tx, gone)
    await tx.run(_EMPTY_PARCELS, {"order": order_id})
    await tx.upsert(PARCEL_LINE, parcel_line_rows(packed, ids, line_ids), ["parcel_id", "line_id"])
    if gone:
        await settle_replacements(tx, now, order_id)


async def _ids(tx: Tx, table: Any, order_id: int) -> dict[str, int]:
    return {row.external_id: row.id for row in await tx.rows(_IDS[table.name], {"order": order_id})}
