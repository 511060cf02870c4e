"""Telling carriers which parcels to push, where they want to be told: by comparing what was told with what is followed.

Runs again and again. What is followed and not subscribed to, or not for much longer, is; what is followed no more is
taken back. A failure waits, ever longer; what a carrier will not push is left to polling.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, or_, select, update

from carriers import CarrierError, ErrorKind
from carriers.core.accounts import served_by
from carriers.core.contract import Account, Subscribes, Unsubscribes
from carriers.core.http import paying
from portal.context import Context
from portal.kit.db import Tx
from portal.tracking.hooks import address, receivers
from portal.tracking.models import SHIPMENT, SUBSCRIPTION, TRACKER
from portal.tracking.poller import asked_accounts
from portal.tracking.polling.purse import Purse

log = logging.getLogger("jalon.subscribing")
JOB: Final = "subscribe"
EVERY: Final = timedelta(minutes=1)
_LEASE: Final = timedelta(minutes=5)
_EARLY: Final = timedelta(days=1)  # before a subscription ends
_FIRST_RETRY: Final = timedelta(minutes=10)
_LONGEST_RETRY: Final = timedelta(days=1)
_CALLS: Final = 4  # to one account in one run; the rest is a minute later


@dataclass(frozen=True, slots=True)
class Told:
    """One parcel that a carrier is about to be told of, or no more."""

    shipment_id: int
    number: str
    failures: int = 0


async def subscribe(context: Context, _payload: Mapping[str, Any]) -> None:
    """Bring every account's subscriptions up to date."""
    for slug, receiver in receivers(context).items():
        adapter, account = receiver.adapter, receiver.account
        if isinstance(adapter, Subscribes):
            await _take_back(context, adapter, account)
            for _ in range(_CALLS):
                if not await _subscribe_some(context, slug, adapter, account):
                    break


async def _subscribe_some(context: Context, slug: str, adapter: Subscribes, account: Account) -> bool:
    """One call about what is due; False when there was nothing, or all of it failed."""
    push = adapter.manifest.push
    size = push.subscribe_size if push is not None else 0
    now, served = context.clock.now(), served_by(slug, context.accounts)

    async def claim(tx: Tx) -> list[Told]:
        found = await tx.rows(_due(served, now, size))
        told = [Told(row.id, row.number, row.failures or 0) for row in found]
        rows = [
            {
                "shipment_id": t.shipment_id,
                "carrier": slug,
                "number": t.number,
                "due_at": now + _LEASE,
                "failures": t.failures,
            }
            for t in told
        ]
        if rows:
            await tx.upsert(SUBSCRIPTION, rows, ["shipment_id"])
        return told

    told = await context.db.write(claim) if size else []
    if not told or push is None:
        return False
    numbers, where = [t.number for t in told], address(context.settings.base_url, slug)
    with _paid(context, slug):
        outcomes = await adapter.subscribe(numbers, where, account, context.clients.get(slug), context.tokens)
    results = [_result(t, error, now, push.subscribed_for) for t, error in zip(told, outcomes, strict=True)]
    for kind in {error.kind for error in outcomes if error is not None}:
        log.warning("%s: could not subscribe to parcels (%s)", slug, kind.value)

    async def settle(tx: Tx) -> None:
        for t, values in zip(told, results, strict=True):
            await tx.run(update(SUBSCRIPTION).where(SUBSCRIPTION.c.shipment_id == t.shipment_id).values(**values))

    await context.db.write(settle)
    return any(error is None for error in outcomes)


async def _take_back(context: Context, adapter: Subscribes, account: Account) -> None:
    """Drop the subscriptions to what is followed no more, telling the carrier where it can be told."""
    slug, now = adapter.manifest.slug, context.clock.now()
    async with context.db.read() as reader:
        rows = await reader.rows(_idle(slug))
    ended = [Told(row.shipment_id, row.number) for row in rows]
    if not ended:
        return
    outcomes: Sequence[CarrierError | None] = [None] * len(ended)
    if isinstance(adapter, Unsubscribes):
        client = context.clients.get(slug)
        with _paid(context, slug):
            outcomes = await adapter.unsubscribe([t.number for t in ended], account, client, context.tokens)
    over = [r.shipment_id for r, e in zip(rows, outcomes, strict=True) if e is None or r.until is None or r.until < now]

    async def drop(tx: Tx) -> None:
        await tx.run(delete(SUBSCRIPTION).where(SUBSCRIPTION.c.shipment_id.in_(over)))

    if over:
        await context.db.write(drop)


def _paid(context: Context, slug: str) -> AbstractContextManager[None]:
    """Every call made inside the block is taken from the account's budget, as questions are."""
    asked = next(asked for asked in asked_accounts(context) if asked.name == slug)
    return paying(Purse(context, asked, paid=0).pay)


def _due(served: Sequence[str], now: datetime, size: int) -> Any:
    """Followed parcels to tell of: never told, told under another number, or due again."""
    return (
        select(SHIPMENT.c.id, SHIPMENT.c.number, SUBSCRIPTION.c.failures)
        .join(TRACKER, TRACKER.c.shipment_id == SHIPMENT.c.id)
        .outerjoin(SUBSCRIPTION, SUBSCRIPTION.c.shipment_id == SHIPMENT.c.id)
        .where(
            TRACKER.c.carrier.in_(served),
            TRACKER.c.next_poll_at.is_not(None),
            or_(
                SUBSCRIPTION.c.shipment_id.is_(None),
                SUBSCRIPTION.c.number != SHIPMENT.c.number,
                SUBSCRIPTION.c.due_at <= now,
            ),
        )
        .order_by(SHIPMENT.c.id.desc())
        .limit(size)
    )


def _idle(slug: str) -> Any:
    """Subscriptions without a tracker that still asks."""
    asks = (
        select(TRACKER.c.shipment_id)
        .where(TRACKER.c.shipment_id == SUBSCRIPTION.c.shipment_id, TRACKER.c.next_poll_at.is_not(None))
        .exists()
    )
    return (
        select(SUBSCRIPTION.c.shipment_id, SUBSCRIPTION.c.number, SUBSCRIPTION.c.until)
        .where(SUBSCRIPTION.c.carrier == slug, ~asks)
        .order_by(SUBSCRIPTION.c.shipment_id)
        .limit(100)
    )


def _result(told: Told, error: CarrierError | None, now: datetime, holds: timedelta) -> dict[str, Any]:
    """What is noted of one outcome: when to tell the carrier again, if ever."""
    if error is None:
        until = now + holds
        return {"until": until, "due_at": until - _EARLY, "failures": 0, "problem": None}
    wait = min(_FIRST_RETRY * 2 ** min(told.failures, 10), _LONGEST_RETRY)
    due = now + max(wait, timedelta(seconds=error.retry_after or 0))
    never = error.kind is ErrorKind.INVALID_NUMBER
    return {"due_at": None if never else due, "failures": told.failures + 1, "problem": error.kind.value}
