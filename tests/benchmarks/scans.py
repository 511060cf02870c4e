"""The least that a carrier's scan changes, as statements: a new checkpoint, the shipment, an event.

The same three for the portal's own writer and for the bare driver that it is compared with.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, update

from portal.kit.db import Tx, Unit
from portal.kit.prepared import Query
from portal.orders.queries import topic_of
from portal.tracking.models import CHECKPOINT, SHIPMENT
from tests.benchmarks.seed import PARCELS

_COLUMNS = (
    "shipment_id",
    "identity",
    "code",
    "milestone",
    "delayed",
    "wall",
    "offset_minutes",
    "date_only",
    "sort_at",
    "country",
    "seen_at",
)
_ADD = Query(insert(CHECKPOINT), columns=_COLUMNS)
_MOVE = Query(
    update(SHIPMENT).where(SHIPMENT.c.id == bindparam("shipment")), columns=("milestone", "last_scan_at", "updated_at")
)
_MILESTONE = "out_for_delivery"

_DRIVER_ADD = """insert into checkpoint
    (shipment_id, identity, code, milestone, delayed, wall, offset_minutes, date_only, sort_at, country, seen_at)
    values (?, ?, 'S9', ?, 0, ?, 60, 0, ?, 'FR', ?)"""
_DRIVER_MOVE = "update shipment set milestone = ?, last_scan_at = ?, updated_at = ? where id = ?"
_DRIVER_TELL = "insert into event (topic, kind, data, at) values (?, 'shipment.changed', ?, ?)"


def order_of(shipment: int) -> int:
    """The order that a shipment belongs to."""
    return (shipment - 1) // PARCELS + 1


def unit(shipment: int, number: int, now: datetime) -> Unit[None]:
    """Scan `number`, of a shipment, as a unit of the portal's writer."""
    utc = now.replace(tzinfo=None)
    row = {
        "shipment_id": shipment, "identity": f"scan-{number}", "code": "S9", "milestone": _MILESTONE,
        "delayed": False,
        "wall": utc + timedelta(hours=1), "offset_minutes": 60, "date_only": False, "sort_at": utc, "country": "FR",
        "seen_at": now,
    }  # fmt: skip

    async def act(tx: Tx) -> None:
        await tx.run(_ADD, row)
        await tx.run(_MOVE, {"shipment": shipment, "milestone": _MILESTONE, "last_scan_at": now, "updated_at": now})
        tx.emit(topic_of(order_of(shipment)), "shipment.changed", shipment=shipment)

    return act


def by_driver(connection: sqlite3.Connection, scans: Iterable[tuple[int, int]], now: datetime) -> list[Any]:
    """Commit scans, pairs of shipment and number, in one transaction; returns the events."""
    at, wall = f"{now:%Y-%m-%d %H:%M:%S.%f}", f"{now + timedelta(hours=1):%Y-%m-%d %H:%M:%S.%f}"
    pairs = list(scans)
    events = [(topic_of(order_of(shipment)), f'{{"shipment":{shipment}}}', at) for shipment, _ in pairs]
    connection.execute("begin immediate")
    connection.executemany(_DRIVER_ADD, [(s, f"scan-{n}", _MILESTONE, wall, at, at) for s, n in pairs])
    connection.executemany(_DRIVER_MOVE, [(_MILESTONE, at, at, shipment) for shipment, _ in pairs])
    connection.executemany(_DRIVER_TELL, events)
    connection.execute("commit")
    return events
