"""One story over several shipments: what takes another one's place keeps its history behind it.

Runs in the caller's transaction and may run again.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, bindparam, delete, func, insert, literal, select, update

from portal.kit.db import Tx, one
from portal.kit.prepared import Query
from portal.kit.tables import BigId
from portal.tracking.models import CHECKPOINT, ESTIMATE, REPLACEMENT, SHIPMENT, TRACKER
from portal.tracking.private import PROOF_DOCUMENT, RAW_ANSWER_PARCEL, SHIPMENT_PRIVATE

_COPIED = [column.name for column in SHIPMENT.columns if column.name not in ("id", "source")]
_HEARD = Query(
    select(
        SHIPMENT.c.carrier,
        select(func.count()).where(CHECKPOINT.c.shipment_id == SHIPMENT.c.id).scalar_subquery().label("scans"),
    ).where(SHIPMENT.c.id == bindparam("shipment"))
)
_SINCE = Query(
    select(SHIPMENT.c.id, SHIPMENT.c.created_at, REPLACEMENT.c.by_id)
    .outerjoin(REPLACEMENT, REPLACEMENT.c.shipment_id == SHIPMENT.c.id)
    .where(SHIPMENT.c.topic == bindparam("topic"))
)


class Since(NamedTuple):
    """Since when a shipment is known, and whether another one took its place."""

    created_at: datetime
    replaced: bool


async def set_aside(tx: Tx, now: datetime, shipment_id: int, source: str, number: str | None, next_number: str) -> None:
    """The shipment gets another number: what was heard under the old one stays, as a shipment that was replaced. A
    number under which a carrier that we ask never said a word was a slip, and is forgotten."""
    await tx.run(delete(SHIPMENT).where(SHIPMENT.c.source == _aside(source, next_number)))
    row = await tx.row(_HEARD, {"shipment": shipment_id})
    if number is None or row is None or (row.carrier is not None and not row.scans):
        return
    kept = _aside(source, number)
    columns = SHIPMENT.c
    copy = select(*(columns[name] for name in _COPIED), literal(kept, String())).where(columns.id == shipment_id)
    await tx.run(insert(SHIPMENT).from_select([*_COPIED, "source"], copy))
    old = int((await one(tx, select(columns.id).where(columns.source == kept))).id)
    for table in (CHECKPOINT, RAW_ANSWER_PARCEL, PROOF_DOCUMENT, ESTIMATE):
        await tx.run(update(table).where(table.c.shipment_id == shipment_id).values(shipment_id=old))
    await tx.run(update(REPLACEMENT).where(REPLACEMENT.c.by_id == shipment_id).values(by_id=old))
    names = [column.name for column in SHIPMENT_PRIVATE.columns if column.name != "shipment_id"]
    private = select(literal(old, BigId), *(SHIPMENT_PRIVATE.c[name] for name in names))
    private = private.where(SHIPMENT_PRIVATE.c.shipment_id == shipment_id)
    await tx.run(insert(SHIPMENT_PRIVATE).from_select(["shipment_id", *names], private))
    await replace_shipment(tx, now, old, by=shipment_id)


async def since(tx: Tx, topic: str) -> dict[int, Since]:
    """A topic's shipments: since when they are known, and whether another one took their place."""
    rows = await tx.rows(_SINCE, {"topic": topic})
    return {row.id: Since(row.created_at, row.by_id is not None) for row in rows}


async def replace_shipment(tx: Tx, now: datetime, shipment_id: int, *, by: int) -> None:
    """Another shipment takes this one's place: nobody asks about it any more."""
    await tx.upsert(REPLACEMENT, [{"shipment_id": shipment_id, "by_id": by, "at": now}], ["shipment_id"])
    await tx.run(delete(TRACKER).where(TRACKER.c.shipment_id == shipment_id))


async def restore(tx: Tx, shipment_id: int) -> None:
    """It was not replaced after all."""
    await tx.run(delete(REPLACEMENT).where(REPLACEMENT.c.shipment_id == shipment_id))


def _aside(source: str, number: str) -> str:
    return f"{source}\x1f{number}"
