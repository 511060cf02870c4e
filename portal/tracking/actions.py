"""What people may do to a shipment. Whether they may is for the caller to know."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, select, update

import carriers
from carriers.core.registry import slugs
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.kit.prepared import Query
from portal.tracking.intake import start_over, track
from portal.tracking.merge import refold
from portal.tracking.models import SHIPMENT

By = Literal["staff", "customer"]
_KNOWN = Query(
    select(SHIPMENT.c.topic, SHIPMENT.c.carrier, SHIPMENT.c.carrier_label, SHIPMENT.c.number).where(
        SHIPMENT.c.id == bindparam("shipment")
    )
)


class UnknownCarrier(ValueError):
    """No carrier that can be asked or linked to has this name."""


async def correct_carrier(tx: Tx, now: datetime, shipment_id: int, name: str, by: By) -> bool:
    """Say whose parcel it really is; what the wrong carrier said of it is forgotten. `name` is an adapter's slug,
    or that of a carrier we can only link to. False when that was known. Raises NotThere and UnknownCarrier."""
    row = await tx.row(_KNOWN, {"shipment": shipment_id})
    if row is None or row.number is None:
        raise NotThere
    label = carriers.label_of(name)
    if label is None:
        raise UnknownCarrier(name)
    slug = name if name in slugs() else None
    settled = {
        "carrier": slug,
        "carrier_label": label,
        "tracking_url": carriers.tracking_page(name, row.number),
        "settled_by": by,
        "updated_at": now,
    }
    same = (row.carrier, row.carrier_label) == (slug, label) or (slug is not None and row.carrier == slug)
    await tx.run(update(SHIPMENT).where(SHIPMENT.c.id == shipment_id).values(**settled))
    if same:
        return False
    await start_over(tx, shipment_id)
    await refold(tx, now, shipment_id)
    await track(tx, now, shipment_id, slug)
    tx.emit(row.topic, "shipment.corrected", shipment=shipment_id)
    return True
