"""Takes orders in: one neutral document becomes rows, once.

A document equal to what is stored changes nothing; one with an older version than what is stored is
refused as stale; one of an order that its customer had erased is not taken in again; anything else replaces what the
platform said before. Shipments are handed to tracking.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from portal.context import Context
from portal.kit.db import Tx, one
from portal.kit.ids import new_ref
from portal.kit.prepared import Query
from portal.kit.secrets import Keys
from portal.orders import intake
from portal.orders.contacts import store_contacts
from portal.orders.models import ORDER
from portal.orders.promises import note_promise
from portal.orders.queries import topic_of
from portal.orders.rights import erased_names
from portal.platforms.neutral import NeutralOrder, as_stated, version_key

_TOGETHER = 100
_STORED = Query(
    select(ORDER.c.id, ORDER.c.version, ORDER.c.digest, ORDER.c.erased_at)
    .where(
        ORDER.c.platform == bindparam("platform"),
        ORDER.c.shop == bindparam("shop"),
        ORDER.c.external_id.in_([bindparam("external_id"), bindparam("erased"), bindparam("erased_before")]),
    )
    .with_for_update()  # whoever tells the same order at the same time waits, and sees this telling
)


class Outcome(StrEnum):
    """What became of a document."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    STALE = "stale"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class ImportTally:
    """How many documents came to what."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    stale: int = 0
    erased: int = 0

    def plus(self, outcome: Outcome) -> ImportTally:
        """One more."""
        return replace(self, **{outcome.value: getattr(self, outcome.value) + 1})


async def import_documents(
    context: Context, documents: Iterable[NeutralOrder], progress: Callable[[ImportTally], None] = lambda _: None
) -> ImportTally:
    """Store documents in order, many to a transaction; memory stays flat however many there are."""
    tally = ImportTally()
    waiting = iter(documents)
    while some := list(islice(waiting, _TOGETHER)):
        for outcome in await asyncio.gather(*(import_order(context, document) for document in some)):
            tally = tally.plus(outcome)
        progress(tally)
    return tally


async def import_order(context: Context, document: NeutralOrder) -> Outcome:
    """Store one document."""
    text = as_stated(document)
    digest = hashlib.sha256(text.encode()).hexdigest()
    now = context.clock.now()

    async def unit(tx: Tx) -> Outcome:
        return await _store(tx, now, context.keys, document, text, digest)

    return await context.db.write(unit)


async def _store(tx: Tx, now: datetime, keys: Keys, document: NeutralOrder, text: str, digest: str) -> Outcome:
    key = intake.order_key(document)
    names = erased_names(keys, key)
    stored = await tx.row(_STORED, {**key, "erased": names[0], "erased_before": names[-1]})
    if stored is not None:
        if stored.erased_at is not None:
            return Outcome.ERASED
        if stored.digest == digest:
            return Outcome.UNCHANGED
        if version_key(stored.version or None) > version_key(document.version):
            return Outcome.STALE
    columns = {**intake.order_columns(document), "digest": digest, "updated_at": now}
    order_id = await _put(tx, key, columns, stored, now)
    await note_promise(tx, now, order_id, columns["promise_from"], columns["promise_to"])
    await intake.store_parts(tx, now, order_id, document, text)
    await store_contacts(tx, keys, [order_id])
    tx.emit(topic_of(order_id), "order.changed", order=order_id)
    return Outcome.CREATED if stored is None else Outcome.UPDATED


async def _put(tx: Tx, key: dict[str, str], columns: dict[str, Any], stored: Any, now: datetime) -> int:
    if stored is not None:
        await tx.run(update(ORDER).where(ORDER.c.id == stored.id).values(**columns))
        return int(stored.id)
    row = await one(tx, insert(ORDER).values(**key, **columns, ref=new_ref(), created_at=now).returning(ORDER.c.id))
    return int(row.id)
