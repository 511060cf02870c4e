"""Orders that nobody had told yet, stored many at a time: a few statements for a hundred of them.

Runs in the caller's transaction and may run again. What is stored already is `intake`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, insert, select

from portal.accounts.contacts import key_name
from portal.kit.db import Tx
from portal.kit.ids import new_ref
from portal.kit.prepared import Query
from portal.kit.secrets import Keys
from portal.orders.contacts import store_new_contacts
from portal.orders.models import DELIVERY, DELIVERY_LINE, ORDER, ORDER_LINE, PARCEL, PARCEL_LINE
from portal.orders.parcels import Packed, parcels_of
from portal.orders.private import ORDER_PRIVATE
from portal.orders.promises import note_promise
from portal.orders.queries import topic_of
from portal.orders.rows import (
    delivery_line_rows,
    delivery_rows,
    line_rows,
    order_columns,
    order_key,
    parcel_line_rows,
    parcel_rows,
    private_row,
)
from portal.platforms.neutral import NeutralOrder
from portal.tracking.intake_many import register_many


@dataclass(frozen=True, slots=True)
class Fresh:
    """A document to be stored, its JSON, and what its own row says besides."""

    document: NeutralOrder
    text: str
    own: Mapping[str, Any]


Ids = Mapping[int, Mapping[str, int]]  # of parts: by order, and by the platform's id
_IN_ORDERS: Any = bindparam("orders", expanding=True)
_CREATE = insert(ORDER).returning(ORDER.c.id, ORDER.c.platform, ORDER.c.shop, ORDER.c.external_id)
_IDS: Mapping[str, Any] = {
    table.name: select(table.c.order_id, table.c.external_id, table.c.id).where(table.c.order_id.in_(_IN_ORDERS))
    for table in (ORDER_LINE, DELIVERY, PARCEL)
}
_INSERTS: dict[tuple[str, tuple[str, ...]], Query] = {}


async def store_fresh(tx: Tx, now: datetime, keys: Keys, orders: Sequence[Fresh]) -> None:
    """Store orders of which none is there. No two are the same."""
    rows = [_order(one, now, keys) for one in orders]
    made = await tx.rows(_insert(ORDER, rows[0], _CREATE), rows)
    ids = {(row.platform, row.shop, row.external_id): int(row.id) for row in made}
    told = [(ids[row["platform"], row["shop"], row["external_id"]], one) for row, one in zip(rows, orders, strict=True)]
    private = [private_row(order_id, one.document, one.text) for order_id, one in told]
    await _add(tx, ORDER_PRIVATE, private)
    await _add(tx, ORDER_LINE, (row for order_id, one in told for row in line_rows(order_id, one.document)))
    lines = await _ids(tx, ORDER_LINE, told)
    await _add_deliveries(tx, told, lines)
    await _add_parcels(tx, now, told, lines)
    for (order_id, _), row in zip(told, rows, strict=True):
        await note_promise(tx, now, order_id, row["promise_from"], row["promise_to"])
        tx.emit(topic_of(order_id), "order.changed", order=order_id)
    await store_new_contacts(tx, keys, private)


def _order(one: Fresh, now: datetime, keys: Keys) -> dict[str, Any]:
    named = {**order_key(one.document), **order_columns(one.document)}
    return {**named, **one.own, "ref": new_ref(), "created_at": now, "contacts_key": key_name(keys)}


async def _add_deliveries(tx: Tx, told: Sequence[tuple[int, Fresh]], lines: Ids) -> None:
    await _add(tx, DELIVERY, (row for order_id, one in told for row in delivery_rows(order_id, one.document)))
    ids = await _ids(tx, DELIVERY, told)
    contents = (
        row
        for order_id, one in told
        for row in delivery_line_rows(one.document, ids.get(order_id, {}), lines.get(order_id, {}))
    )
    await _add(tx, DELIVERY_LINE, contents)


async def _add_parcels(tx: Tx, now: datetime, told: Sequence[tuple[int, Fresh]], lines: Ids) -> None:
    packed = [(order_id, parcels_of(one.document, topic_of(order_id))) for order_id, one in told]
    shipments = await register_many(tx, now, [parcel.shipment for _, some in packed for parcel in some])
    await _add(tx, PARCEL, _parcels(packed, shipments))
    ids = await _ids(tx, PARCEL, told) if shipments else {}
    contents = (
        row
        for order_id, some in packed
        for row in parcel_line_rows(some, ids.get(order_id, {}), lines.get(order_id, {}))
    )
    await _add(tx, PARCEL_LINE, contents)


def _parcels(packed: Sequence[tuple[int, list[Packed]]], shipments: Sequence[int]) -> Iterable[dict[str, Any]]:
    begin = 0
    for order_id, some in packed:
        yield from parcel_rows(order_id, some, shipments[begin : begin + len(some)])
        begin += len(some)


async def _ids(tx: Tx, table: Table, told: Sequence[tuple[int, Fresh]]) -> Ids:
    found: dict[int, dict[str, int]] = {}
    for row in await tx.rows(_IDS[table.name], {"orders": [order_id for order_id, _ in told]}):
        found.setdefault(row.order_id, {})[row.external_id] = row.id
    return found


async def _add(tx: Tx, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    if some := list(rows):
        await tx.run(_insert(table, some[0]), some)


def _insert(table: Table, row: Mapping[str, Any], statement: Any = None) -> Query:
    """The statement that adds rows like this one, compiled once."""
    shape = (table.name, tuple(row))
    if shape not in _INSERTS:
        _INSERTS[shape] = Query(insert(table) if statement is None else statement, tuple(row))
    return _INSERTS[shape]
