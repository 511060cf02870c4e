"""Proof-of-delivery documents: kept in private storage, for the owner of the order only.

They are asked for (`proving`) once a parcel has arrived, at carriers that hand them out, and taken from reports
that bring them along. What is kept is a picture or a page by its first bytes, not by what it is called.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

import carriers
from carriers import Milestone
from carriers.core.contract import Proves
from carriers.core.model import Document
from carriers.core.proving import opened
from portal.kit import jobs
from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query
from portal.tracking.private import PROOF_DOCUMENT

JOB = "proof"
MOST = 6  # documents of one parcel
_WAITS = timedelta(hours=2)  # carriers file the document some time after the parcel
PROVEN = {Milestone.DELIVERED, Milestone.COLLECTED}

_KEPT = Query(
    select(PROOF_DOCUMENT.c.id, PROOF_DOCUMENT.c.kind, PROOF_DOCUMENT.c.size)
    .where(PROOF_DOCUMENT.c.shipment_id == bindparam("shipment"))
    .order_by(PROOF_DOCUMENT.c.id)
)
_HOW_MANY = Query(select(func.count().label("documents")).where(PROOF_DOCUMENT.c.shipment_id == bindparam("shipment")))
_ONE = Query(
    select(PROOF_DOCUMENT.c.kind, PROOF_DOCUMENT.c.body).where(
        PROOF_DOCUMENT.c.id == bindparam("document"), PROOF_DOCUMENT.c.shipment_id == bindparam("shipment")
    )
)


@dataclass(frozen=True, slots=True)
class Proof:
    """A document as whoever may see it gets it: its media type and its bytes."""

    kind: str
    content: bytes


async def keep_documents(tx: Tx, now: datetime, shipment_id: int, documents: Iterable[Document]) -> bool:
    """Keep what can be kept of a parcel's documents; True when there is a new one."""
    fresh = {}
    for kind, content in filter(None, map(opened, documents)):
        fresh[hashlib.sha256(content).hexdigest()[:32]] = (kind, content)
    if not fresh:
        return False
    before = await _count(tx, shipment_id)
    rows = [
        {
            "shipment_id": shipment_id,
            "digest": digest,
            "kind": kind,
            "size": len(content),
            "body": zlib.compress(content),
            "at": now,
        }
        for digest, (kind, content) in fresh.items()
    ]
    await tx.upsert(PROOF_DOCUMENT, rows[: max(0, MOST - before)], ["shipment_id", "digest"], update=False)
    return await _count(tx, shipment_id) > before


async def documents_of(reader: Reader, shipment_id: int) -> list[Any]:
    """The documents of a parcel (id, kind, size), without their bytes. Who may see them is for the caller to know."""
    return await reader.rows(_KEPT, {"shipment": shipment_id})


async def document(reader: Reader, shipment_id: int, document_id: int) -> Proof | None:
    """One document of that parcel and no other; None when there is none."""
    row = await reader.row(_ONE, {"shipment": shipment_id, "document": document_id})
    return Proof(row.kind, zlib.decompress(row.body)) if row is not None else None


async def want_proof(tx: Tx, now: datetime, shipment_id: int, carrier: str, milestone: Milestone) -> None:
    """Have the document asked for, now that a parcel has arrived."""
    if milestone in PROVEN and _hands_out(carrier):
        await jobs.enqueue(tx, JOB, now, due=now + _WAITS, unique=f"{JOB} {shipment_id}", shipment=shipment_id)


async def _count(tx: Tx, shipment_id: int) -> int:
    row = await tx.row(_HOW_MANY, {"shipment": shipment_id})
    return int(row.documents) if row is not None else 0


def _hands_out(carrier: str) -> bool:
    try:
        return isinstance(carriers.get(carrier), Proves)
    except carriers.UnknownCarrier:
        return False
