"""Several orders at once, for lists: the same rows as `orders.queries.load`, without the checkpoints that a list
does not show. Five questions, however many orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from portal.kit.db import Reader
from portal.orders.models import DELIVERY, ORDER, ORDER_LINE, PARCEL
from portal.orders.queries import DELIVERIES, LINES, ORDERS, PARCELS, OrderRows, topic_of
from portal.tracking import queries as tracking


async def load_many(reader: Reader, order_ids: Sequence[int]) -> dict[int, OrderRows]:
    """The rows of these orders by id, in the order given; an order that is gone is left out."""
    if not order_ids:
        return {}
    heads = ORDERS.add_columns(ORDER.c.id.label("order_id")).where(ORDER.c.id.in_(order_ids))
    orders = {row.order_id: row for row in await reader.rows(heads)}
    lines = await _by_order(reader, LINES, ORDER_LINE, order_ids)
    deliveries = await _by_order(reader, DELIVERIES, DELIVERY, order_ids)
    parcels = await _by_order(reader, PARCELS, PARCEL, order_ids)
    shipments = await tracking.shipments_of(reader, [topic_of(order) for order in parcels])
    return {
        order: OrderRows(
            orders[order], lines[order], deliveries[order], parcels[order], shipments.get(topic_of(order), ()), ()
        )
        for order in order_ids
        if order in orders
    }


async def _by_order(
    reader: Reader, asked: Select[Any], table: Any, order_ids: Sequence[int]
) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in await reader.rows(asked.add_columns(table.c.order_id).where(table.c.order_id.in_(order_ids))):
        found[row.order_id].append(row)
    return found
