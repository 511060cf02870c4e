"""What is held of parcels on their way to a person, shown and erased.

A carrier's raw answers are erased whole and not shown: one may tell of many people's parcels.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import String, cast, delete, select, update

from portal.kit.db import Reader, Tx
from portal.tracking.models import CHECKPOINT, SHIPMENT, SUBSCRIPTION, TRACKER
from portal.tracking.private import (
    CHECKPOINT_PRIVATE,
    PROOF_DOCUMENT,
    PUSH_INBOX,
    SHIPMENT_PRIVATE,
    UNKNOWN_CODE_SAMPLE,
)
from portal.tracking.retention import forget_raw_answers
from portal.whose import Exported, Whose

_GONE: Final = "erased:"
_SHIPMENT: Final = ["carrier", "carrier_label", "number", "tracking_url", "milestone", "shipped_at", "finished_at"]
_SCAN: Final = ["code", "milestone", "wall", "country", "town"]
_NO_TOWN: Final = {"town": None, "town_country": None, "town_lat": None, "town_lon": None}


async def export_of(reader: Reader, whose: Whose) -> Exported:
    """Each parcel with the carrier's own words on each scan, and what proves that it was handed over."""
    return {"parcels": [await _exported(reader, shipment_id) for shipment_id in whose.shipments]}


async def erase(tx: Tx, now: datetime, whose: Whose) -> None:
    """Forget these parcels' numbers, words, places and proofs; nothing is asked or taken in about them any more."""
    theirs = whose.shipments
    await forget_raw_answers(tx, theirs)
    await _forget_pushes(tx, now, theirs)
    for table in (SHIPMENT_PRIVATE, PROOF_DOCUMENT, UNKNOWN_CODE_SAMPLE, TRACKER, SUBSCRIPTION):
        await tx.run(delete(table).where(table.c.shipment_id.in_(theirs)))
    scans = select(CHECKPOINT.c.id).where(CHECKPOINT.c.shipment_id.in_(theirs))
    await tx.run(delete(CHECKPOINT_PRIVATE).where(CHECKPOINT_PRIVATE.c.checkpoint_id.in_(scans)))
    plain = {"identity": _GONE + cast(CHECKPOINT.c.id, String), **_NO_TOWN}
    await tx.run(update(CHECKPOINT).where(CHECKPOINT.c.shipment_id.in_(theirs)).values(**plain))
    nameless = {"number": None, "tracking_url": None, "source": _GONE + cast(SHIPMENT.c.id, String)}
    await tx.run(update(SHIPMENT).where(SHIPMENT.c.id.in_(theirs)).values(**nameless))


async def spoken_of(reader: Reader | Tx, shipments: Sequence[int], since: datetime) -> set[int]:
    """Which of these parcels there was news of since a moment."""
    asked = select(SHIPMENT.c.id).where(SHIPMENT.c.id.in_(shipments), SHIPMENT.c.updated_at >= since)
    return {row.id for row in await reader.rows(asked)}


async def _forget_pushes(tx: Tx, now: datetime, shipments: Sequence[int]) -> None:
    """Forget what carriers pushed and nobody has merged yet, where one of these numbers stands in it."""
    found = await tx.rows(select(SHIPMENT.c.number).where(SHIPMENT.c.id.in_(shipments), SHIPMENT.c.number.is_not(None)))
    numbers = [row.number.encode() for row in found if row.number]
    for row in await tx.rows(select(PUSH_INBOX.c.id, PUSH_INBOX.c.body).where(PUSH_INBOX.c.body != b"")):
        body = zlib.decompress(row.body)
        if any(number in body for number in numbers):
            await tx.run(update(PUSH_INBOX).where(PUSH_INBOX.c.id == row.id).values(body=b"", merged_at=now))


async def _exported(reader: Reader, shipment_id: int) -> dict[str, Any]:
    private = [column for column in SHIPMENT_PRIVATE.c if column.name != "shipment_id"]
    asked = select(*(SHIPMENT.c[name] for name in _SHIPMENT), *private).outerjoin(SHIPMENT_PRIVATE)
    row = await reader.row(asked.where(SHIPMENT.c.id == shipment_id))
    words = [column for column in CHECKPOINT_PRIVATE.c if column.name != "checkpoint_id"]
    scans = select(*(CHECKPOINT.c[name] for name in _SCAN), *words).outerjoin(CHECKPOINT_PRIVATE)
    scans = scans.where(CHECKPOINT.c.shipment_id == shipment_id).order_by(CHECKPOINT.c.sort_at, CHECKPOINT.c.id)
    proofs = select(PROOF_DOCUMENT.c.kind, PROOF_DOCUMENT.c.at, PROOF_DOCUMENT.c.body)
    proofs = proofs.where(PROOF_DOCUMENT.c.shipment_id == shipment_id).order_by(PROOF_DOCUMENT.c.id)
    return {
        "shipment": shipment_id,
        **_said(row),
        "scans": [_said(scan) for scan in await reader.rows(scans)],
        "proofs": [
            {"kind": proof.kind, "at": proof.at, "base64": base64.b64encode(zlib.decompress(proof.body)).decode()}
            for proof in await reader.rows(proofs)
        ],
    }


def _said(row: Any) -> dict[str, Any]:
    """A row without its empty columns."""
    return {} if row is None else {name: value for name, value in row._asdict().items() if value is not None}
