"""What carriers push: stored once, then merged by the fold that polls go through.

Storing is all that the carrier waits for. Reading, merging and one more question are a job's, which is enqueued with
the row: whatever happens in between, it is done in the end, and done twice it changes nothing.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, func, or_, select, update

import carriers
from carriers import Failed, Found
from carriers.core.accounts import served_by
from carriers.core.contract import Pushes
from portal.context import Context
from portal.kit import jobs
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.tracking.asking import ask_soon
from portal.tracking.merge import ANOTHER_PARCEL, merge
from portal.tracking.models import SHIPMENT, TRACKER
from portal.tracking.poller import rules_of
from portal.tracking.private import PUSH_INBOX
from portal.tracking.raw import Raw, keep

log = logging.getLogger("jalon.pushes")
JOB: Final = "merge_push"
LARGEST: Final = 262_144  # bytes of one push

_STORED = Query(
    select(PUSH_INBOX.c.id).where(
        PUSH_INBOX.c.carrier == bindparam("carrier"), PUSH_INBOX.c.event == bindparam("event")
    )
)
_WAITING = Query(
    select(PUSH_INBOX.c.carrier, PUSH_INBOX.c.body).where(
        PUSH_INBOX.c.id == bindparam("push"), PUSH_INBOX.c.merged_at.is_(None)
    )
)
_MERGED = Query(
    update(PUSH_INBOX).where(PUSH_INBOX.c.id == bindparam("push")), columns=("merged_at", "problem", "body")
)
_HEARD = Query(update(TRACKER).where(TRACKER.c.shipment_id == bindparam("shipment")), columns=("known", "answered_at"))


def packed(body: bytes) -> bytes:
    """A body as it is stored."""
    return zlib.compress(body)


async def store(tx: Tx, now: datetime, carrier: str, event: str, body: bytes) -> bool:
    """Store a push that is known to be genuine; False when it was stored before. `body` is packed."""
    key = {"carrier": carrier, "event": hashlib.sha256(event.encode("utf-8", "replace")).hexdigest()}
    if await tx.row(_STORED, key) is not None:
        return False
    await tx.upsert(PUSH_INBOX, [{**key, "body": body, "at": now}], ["carrier", "event"], update=False)
    row = await tx.row(_STORED, key)
    if row is None:
        raise LookupError("a push that was just stored is not there")
    await jobs.enqueue(tx, JOB, now, unique=f"push:{row.id}", push=row.id)
    jobs.hurry(tx)  # somebody may be looking at that parcel
    return True


async def merge_push(context: Context, payload: Mapping[str, Any]) -> None:
    """Merge one stored push into the parcels it is about; those we do not follow are passed over."""
    push = int(payload["push"])
    async with context.db.read() as reader:
        row = await reader.row(_WAITING, {"push": push})
    if row is None:
        return
    raw = Raw(row.carrier, 200, zlib.decompress(row.body), pushed=True)
    answers = _answers(raw)
    unreadable = bool(answers) and all(isinstance(answer, Failed) for answer in answers)
    now, reports = context.clock.now(), [answer.report for answer in answers if isinstance(answer, Found)]
    served = served_by(row.carrier, context.accounts)
    if unreadable:
        log.warning("%s: a push could not be read", row.carrier)

    async def unit(tx: Tx) -> None:
        for report in reports:
            for parcel in await tx.rows(_followed(served, report.number, now)):
                if await merge(tx, now, parcel.id, parcel.topic, report) and context.settings.raw_days:
                    await keep(tx, now, parcel.id, report.number, [raw])
                await tx.run(_HEARD, {"shipment": parcel.id, "known": True, "answered_at": now})
                await ask_soon(tx, now, parcel.id, rules_of(context))
        problem = "unreadable" if unreadable else None
        await tx.run(
            _MERGED, {"push": push, "merged_at": now, "problem": problem, "body": row.body if unreadable else b""}
        )

    await context.db.write(unit)


def _answers(raw: Raw) -> Sequence[carriers.Answer]:
    adapter = carriers.get(raw.adapter)
    return adapter.parse_push(raw.body) if isinstance(adapter, Pushes) else ()


def _followed(served: Sequence[str], number: str, now: datetime) -> Any:
    """The parcels that this number stands for at the carriers whose parcels the account is asked about. One that
    ended long ago is none of them: numbers are given out again."""
    plain = "".join(number.split())
    lately = func.coalesce(SHIPMENT.c.finished_at, SHIPMENT.c.last_scan_at, SHIPMENT.c.created_at)
    return (
        select(SHIPMENT.c.id, SHIPMENT.c.topic)
        .join(TRACKER, TRACKER.c.shipment_id == SHIPMENT.c.id)
        .where(
            SHIPMENT.c.number.in_({number, plain, plain.upper(), plain.lower()}),
            SHIPMENT.c.carrier.in_(served),
            or_(TRACKER.c.next_poll_at.is_not(None), lately > now - ANOTHER_PARCEL),
        )
        .order_by(SHIPMENT.c.id)
    )
