"""Takes orders in: one neutral document becomes rows, once.

A document equal to what is stored changes nothing but the version; one with an older version than what is stored is
refused as stale; one of an order that its customer had erased is not taken in again; anything else replaces what the
platform said before. An order that was gone comes back. Shipments are handed to tracking.
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
from portal.orders.contacts import store_contacts, tell_persons
from portal.orders.models import ORDER
from portal.orders.private import ORDER_PRIVATE
from portal.orders.promises import note_promise
from portal.orders.queries import topic_of
from portal.orders.rights import erased_names
from portal.platforms.neutral import NeutralOrder, restored, told, version_key

_TOGETHER = 100
_STORED = Query(
    select(ORDER.c.id, ORDER.c.version, ORDER.c.digest, ORDER.c.erased_at, ORDER.c.seen_at, ORDER.c.gone_at)
    .where(
        ORDER.c.platform == bindparam("platform"),
        ORDER.c.shop == bindparam("shop"),
        ORDER.c.external_id.in_([bindparam("external_id"), bindparam("erased"), bindparam("erased_before")]),
    )
    .with_for_update()  # whoever tells the same order at the same time waits, and sees this telling
)
_KEPT = Query(
    select(ORDER.c.id, ORDER.c.erased_at, ORDER.c.gone_at, ORDER.c.seen_at, ORDER_PRIVATE.c.document)
    .join(ORDER_PRIVATE, ORDER_PRIVATE.c.order_id == ORDER.c.id)
    .where(
        ORDER.c.platform == bindparam("platform"),
        ORDER.c.shop == bindparam("shop"),
        ORDER.c.external_id == bindparam("external_id"),
    )
    .with_for_update()
)
_SEE = Query(update(ORDER).where(ORDER.c.id == bindparam("order")), columns=("seen_at",))
_SET_VERSION = Query(update(ORDER).where(ORDER.c.id == bindparam("order")), columns=("version", "changed_at"))


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


async def import_order(context: Context, document: NeutralOrder, asked_at: datetime | None = None) -> Outcome:
    """Store one document. `asked_at`: when its platform was asked for it, where it was: an answer from before the
    order went is known by that."""
    telling = _telling(document, asked_at)
    now = context.clock.now()

    async def unit(tx: Tx) -> Outcome:
        return await _store(tx, now, context.keys, telling)

    return await context.db.write(unit)


async def replace_order(context: Context, seen: NeutralOrder, document: NeutralOrder) -> bool:
    """Store `document` in the place of `seen`; False when what is stored is another one by now."""
    telling, now = _telling(document, None), context.clock.now()

    async def unit(tx: Tx) -> bool:
        stored = await tx.row(_KEPT, intake.order_key(seen))
        if stored is None or stored.erased_at is not None or restored(stored.document) != seen:
            return False
        await _keep(tx, now, context.keys, telling, stored)
        return True

    return await context.db.write(unit)


@dataclass(frozen=True, slots=True)
class _Telling:
    """A document with its JSON, and the digest of what it says but for its version."""

    document: NeutralOrder
    text: str
    digest: str
    asked_at: datetime | None


def _telling(document: NeutralOrder, asked_at: datetime | None) -> _Telling:
    text, said = told(document)
    return _Telling(document, text, hashlib.sha256(said.encode()).hexdigest(), asked_at)


async def _store(tx: Tx, now: datetime, keys: Keys, telling: _Telling) -> Outcome:
    key = intake.order_key(telling.document)
    names = erased_names(keys, key)
    stored = await tx.row(_STORED, {**key, "erased": names[0], "erased_before": names[-1]})
    if stored is not None and (known := _known(stored, telling)):
        if known is not Outcome.ERASED and stored.gone_at is None:
            await _note(tx, stored, telling)
        return known
    await _keep(tx, now, keys, telling, stored)
    return Outcome.CREATED if stored is None else Outcome.UPDATED


async def _keep(tx: Tx, now: datetime, keys: Keys, telling: _Telling, stored: Any) -> None:
    """Everything that follows from a telling that counts."""
    columns = intake.order_columns(telling.document)
    own = {"digest": telling.digest, "updated_at": now, "gone_at": None, "seen_at": _seen_at(stored, telling)}
    order_id = await _put(tx, intake.order_key(telling.document), columns | own, stored, now)
    await note_promise(tx, now, order_id, columns["promise_from"], columns["promise_to"])
    await intake.store_parts(tx, now, order_id, telling.document, telling.text)
    await store_contacts(tx, keys, [order_id])
    if stored is not None and stored.gone_at is not None:
        await tell_persons(tx, order_id, "order.added")
    tx.emit(topic_of(order_id), "order.changed", order=order_id)


def _known(stored: Any, telling: _Telling) -> Outcome | None:
    """Why a telling of an order that is stored is not stored itself; None when it is to be."""
    if stored.erased_at is not None:
        return Outcome.ERASED
    older = version_key(stored.version or None) > version_key(telling.document.version)
    if stored.gone_at is not None:
        # Asked for after it went, it is back, whatever its version: platforms are restored from backups.
        fresh = not older if telling.asked_at is None else telling.asked_at > stored.gone_at
        return None if fresh else Outcome.STALE
    if stored.digest == telling.digest:
        return Outcome.UNCHANGED
    return Outcome.STALE if older else None


async def _note(tx: Tx, stored: Any, telling: _Telling) -> None:
    """Nothing is new but maybe the version, and that the platform has the order."""
    if (seen_at := _seen_at(stored, telling)) != stored.seen_at:
        await tx.run(_SEE, {"order": stored.id, "seen_at": seen_at})
    document = telling.document
    if stored.digest == telling.digest and version_key(stored.version or None) < version_key(document.version):
        version = {"version": str(document.version), "changed_at": intake.changed_at(document)}
        await tx.run(_SET_VERSION, {"order": stored.id, **version})
        await tx.run(intake.SET_DOCUMENT, {"order": stored.id, "document": telling.text})


def _seen_at(stored: Any, telling: _Telling) -> datetime | None:
    """When the platform was last asked and had it."""
    moments = (telling.asked_at, stored.seen_at if stored is not None else None)
    return max((moment for moment in moments if moment is not None), default=None)


async def _put(tx: Tx, key: dict[str, str], columns: dict[str, Any], stored: Any, now: datetime) -> int:
    if stored is not None:
        await tx.run(update(ORDER).where(ORDER.c.id == stored.id).values(**columns))
        return int(stored.id)
    row = await one(tx, insert(ORDER).values(**key, **columns, ref=new_ref(), created_at=now).returning(ORDER.c.id))
    return int(row.id)
