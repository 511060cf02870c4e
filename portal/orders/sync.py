"""Takes orders in: one neutral document becomes rows, once.

A document equal to what is stored changes nothing but the version; one with an older version than what is stored is
refused as stale; one of an order that its customer had erased is not taken in again; anything else replaces what the
platform said before. An order that was gone comes back. Shipments are handed to tracking.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, select, update

from portal.context import Context
from portal.kit.db import Tx
from portal.kit.errors import Unavailable
from portal.kit.prepared import Query
from portal.kit.secrets import Keys
from portal.orders import intake
from portal.orders.contacts import store_contacts, tell_persons
from portal.orders.fresh import Fresh, store_fresh
from portal.orders.models import ORDER
from portal.orders.private import ORDER_PRIVATE
from portal.orders.promises import note_promise
from portal.orders.queries import topic_of
from portal.orders.rights import erased_names
from portal.orders.rows import ORDER_COLUMNS, changed_at, order_columns, order_key
from portal.platforms.neutral import NeutralOrder, restored, told, version_key

_TOGETHER = 100
_Key = tuple[str, str, str]  # platform, shop, and the platform's own id
_STORED: Any = (
    select(
        ORDER.c.id,
        ORDER.c.external_id,
        ORDER.c.version,
        ORDER.c.digest,
        ORDER.c.erased_at,
        ORDER.c.seen_at,
        ORDER.c.gone_at,
    )
    .where(
        ORDER.c.platform == bindparam("platform"),
        ORDER.c.shop == bindparam("shop"),
        ORDER.c.external_id.in_(bindparam("names", expanding=True)),
    )
    .order_by(ORDER.c.id)  # all lock in one order
    .with_for_update()  # whoever tells the same order at the same time waits, and sees this telling
)
_OWN = ("digest", "updated_at", "gone_at", "seen_at")
_UPDATE = Query(update(ORDER).where(ORDER.c.id == bindparam("order")), columns=(*ORDER_COLUMNS, *_OWN))
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
        for outcome in await import_batch(context, some):
            tally = tally.plus(outcome)
        progress(tally)
    return tally


async def import_order(context: Context, document: NeutralOrder, asked_at: datetime | None = None) -> Outcome:
    """Store one document. `asked_at`: when its platform was asked for it, where it was: an answer from before the
    order went is known by that."""
    (outcome,) = await import_batch(context, [document], asked_at)
    return outcome


async def import_batch(
    context: Context, documents: Sequence[NeutralOrder], asked_at: datetime | None = None
) -> Sequence[Outcome]:
    """Store some documents, in order, in few statements; returns what became of each. One that cannot be stored stops
    none of the others."""
    outcomes: list[Outcome] = []
    for some in _apart([_telling(document, asked_at) for document in documents]):
        try:
            outcomes += await _import(context, some)
        except Unavailable:
            raise
        except Exception:
            if len(some) == 1:
                raise
            tries = [await asyncio.gather(_import(context, [one]), return_exceptions=True) for one in some]
            if failures := [found for (found,) in tries if isinstance(found, BaseException)]:
                raise failures[0] from None
            outcomes += [outcome for (found,) in tries if not isinstance(found, BaseException) for outcome in found]
    return outcomes


async def _import(context: Context, tellings: Sequence[_Telling]) -> Sequence[Outcome]:
    now = context.clock.now()

    async def unit(tx: Tx) -> Sequence[Outcome]:
        return await _store(tx, now, context.keys, tellings)

    return await context.db.write(unit)


def _apart(tellings: Iterable[_Telling]) -> Iterator[Sequence[_Telling]]:
    """In such parts that none has an order twice."""
    some: dict[_Key, _Telling] = {}
    for telling in tellings:
        if telling.key in some:
            yield list(some.values())
            some = {}
        some[telling.key] = telling
    if some:
        yield list(some.values())


async def replace_order(context: Context, seen: NeutralOrder, document: NeutralOrder) -> bool:
    """Store `document` in the place of `seen`; False when what is stored is another one by now."""
    telling, now = _telling(document, None), context.clock.now()

    async def unit(tx: Tx) -> bool:
        stored = await tx.row(_KEPT, order_key(seen))
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
    key: _Key


def _telling(document: NeutralOrder, asked_at: datetime | None) -> _Telling:
    text, said = told(document)
    source = document.source
    key = (source.platform, source.shop or "", source.order_id)
    return _Telling(document, text, hashlib.sha256(said.encode()).hexdigest(), asked_at, key)


async def _store(tx: Tx, now: datetime, keys: Keys, tellings: Sequence[_Telling]) -> Sequence[Outcome]:
    known = await _stored(tx, keys, tellings)
    fresh = [telling for telling in tellings if telling.key not in known]
    outcomes = {telling.key: Outcome.CREATED for telling in fresh}
    for telling in tellings:
        if telling.key in known:
            outcomes[telling.key] = await _renew(tx, now, keys, telling, known[telling.key])
    if fresh:
        await store_fresh(tx, now, keys, [Fresh(one.document, one.text, _own(one, None, now)) for one in fresh])
    return [outcomes[telling.key] for telling in tellings]


async def _stored(tx: Tx, keys: Keys, tellings: Sequence[_Telling]) -> Mapping[_Key, Any]:
    """The rows of those that are there, under their own names or those that they have after erasure."""
    found: dict[_Key, Any] = {}
    for platform, shop in {telling.key[:2] for telling in tellings}:
        named = [telling for telling in tellings if telling.key[:2] == (platform, shop)]
        names = {name: one.key for one in named for name in (one.key[2], *erased_names(keys, *one.key))}
        asked = {"platform": platform, "shop": shop, "names": list(names)}
        found |= {names[row.external_id]: row for row in await tx.rows(_STORED, asked)}
    return found


async def _renew(tx: Tx, now: datetime, keys: Keys, telling: _Telling, stored: Any) -> Outcome:
    if known := _known(stored, telling):
        if known is not Outcome.ERASED and stored.gone_at is None:
            await _note(tx, stored, telling)
        return known
    await _keep(tx, now, keys, telling, stored)
    return Outcome.UPDATED


def _own(telling: _Telling, stored: Any, now: datetime) -> dict[str, Any]:
    """What an order's row says besides what the document does."""
    return {"digest": telling.digest, "updated_at": now, "gone_at": None, "seen_at": _seen_at(stored, telling)}


async def _keep(tx: Tx, now: datetime, keys: Keys, telling: _Telling, stored: Any) -> None:
    """Everything that follows from a telling that counts."""
    columns, order_id = order_columns(telling.document), int(stored.id)
    await tx.run(_UPDATE, {**columns, **_own(telling, stored, now), "order": order_id})
    await note_promise(tx, now, order_id, columns["promise_from"], columns["promise_to"])
    await intake.store_parts(tx, now, order_id, telling.document, telling.text)
    await store_contacts(tx, keys, [order_id])
    if stored.gone_at is not None:
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
        version = {"version": str(document.version), "changed_at": changed_at(document)}
        await tx.run(_SET_VERSION, {"order": stored.id, **version})
        await tx.run(intake.SET_DOCUMENT, {"order": stored.id, "document": telling.text})


def _seen_at(stored: Any, telling: _Telling) -> datetime | None:
    """When the platform was last asked and had it."""
    moments = (telling.asked_at, stored.seen_at if stored is not None else None)
    return max((moment for moment in moments if moment is not None), default=None)
