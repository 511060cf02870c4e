"""Which parcel took another one's place: one that the shop gave up or took away, and sent what was in it anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.orders.models import PARCEL, PARCEL_LINE
from portal.orders.queries import topic_of
from portal.tracking.succession import Since, replace_shipment, restore, since

_PARCELS = Query(
    select(
        PARCEL.c.shipment_id,
        PARCEL.c.state,
        PARCEL_LINE.c.line_id,
        PARCEL_LINE.c.quantity,
    )
    .outerjoin(PARCEL_LINE, PARCEL_LINE.c.parcel_id == PARCEL.c.id)
    .where(PARCEL.c.order_id == bindparam("order"))
    .order_by(PARCEL.c.id)
)


@dataclass(slots=True)
class _Parcel:
    """A parcel of the order. `fresh`: this telling of the order is the first that has it."""

    shipment_id: int
    gone: bool
    fresh: bool
    replaced: bool
    lines: dict[int, int] = field(default_factory=dict)


async def settle_replacements(tx: Tx, now: datetime, order_id: int) -> None:
    """Note which of the order's new parcels takes the place of one that is gone; one that is back replaces itself."""
    parcels = _parcels(await tx.rows(_PARCELS, {"order": order_id}), await since(tx, topic_of(order_id)), now)
    for parcel in parcels:
        if parcel.replaced and not parcel.gone:
            await restore(tx, parcel.shipment_id)
    for old, new in successors([p for p in parcels if p.gone and not p.replaced], [p for p in parcels if p.fresh]):
        await replace_shipment(tx, now, old, by=new)


def successors(gone: Sequence[_Parcel], fresh: Sequence[_Parcel]) -> list[tuple[int, int]]:
    """Pairs of shipments, old and new: the new parcel that has most of what was in the old one. Where the shop does not
    say what is in them, the only one that is new."""
    pairs = []
    for old in gone:
        best = max(fresh, key=lambda new: _shared(old.lines, new.lines), default=None)
        untold = best is not None and len(fresh) == 1 and not (old.lines and best.lines)
        if best is not None and (untold or _shared(old.lines, best.lines)):
            pairs.append((old.shipment_id, best.shipment_id))
    return pairs


def _shared(one: Mapping[int, int], other: Mapping[int, int]) -> int:
    return sum(min(quantity, other.get(line, 0)) for line, quantity in one.items())


def _parcels(rows: Sequence[Any], known: Mapping[int, Since], now: datetime) -> list[_Parcel]:
    parcels: dict[int, _Parcel] = {}
    for row in rows:
        gone, mine = row.state == "gone", known[row.shipment_id]
        fresh = mine.created_at == now and not gone
        parcel = parcels.setdefault(row.shipment_id, _Parcel(row.shipment_id, gone, fresh, mine.replaced))
        if row.line_id is not None:
            parcel.lines[row.line_id] = row.quantity
    return list(parcels.values())
