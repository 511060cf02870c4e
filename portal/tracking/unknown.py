"""Codes that carriers send and our tables lack: counted once for each scan that bore them, with a sample.

They move nothing (`Milestone.UNKNOWN`); this is the list to mend the tables from. Runs in the caller's
transaction and may run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update

from carriers import Checkpoint, Milestone, Report
from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query
from portal.tracking.models import CHECKPOINT, SHIPMENT, UNKNOWN_CODE
from portal.tracking.private import UNKNOWN_CODE_SAMPLE

_LONGEST = 80
_COUNT_MORE = Query(
    update(UNKNOWN_CODE)
    .where(UNKNOWN_CODE.c.carrier == bindparam("of"), UNKNOWN_CODE.c.code == bindparam("unknown"))
    .values(
        count=UNKNOWN_CODE.c.count + bindparam("more"), last_seen=bindparam("seen", type_=UNKNOWN_CODE.c.last_seen.type)
    )
)


async def count_unknown(tx: Tx, now: datetime, shipment_id: int, report: Report, fresh: Iterable[Checkpoint]) -> None:
    """Count what a report that brought news says in codes that we do not know."""
    if not report.unknown_codes:
        return
    scans = [c for c in fresh if c.milestone is Milestone.UNKNOWN and c.code]
    on_scans = {c.code for c in report.checkpoints}
    seen = Counter([*(c.code for c in scans), *(code for code in report.unknown_codes if code not in on_scans)])
    words = {c.code: c.text for c in scans}
    for code, times in sorted((code, times) for code, times in seen.items() if code):
        await _count(tx, now, report.carrier, code[:_LONGEST], times)
        sample = {"carrier": report.carrier, "code": code[:_LONGEST], "shipment_id": shipment_id}
        await tx.upsert(UNKNOWN_CODE_SAMPLE, [{**sample, "text": words.get(code)}], ["carrier", "code"])


async def unknown_codes(reader: Reader, carrier: str | None = None) -> list[Any]:
    """Every code that was not understood, the most frequent first: with a parcel that bore it, and the words."""
    wanted = (
        select(UNKNOWN_CODE, UNKNOWN_CODE_SAMPLE.c.text, UNKNOWN_CODE_SAMPLE.c.shipment_id, SHIPMENT.c.number)
        .outerjoin(
            UNKNOWN_CODE_SAMPLE,
            (UNKNOWN_CODE_SAMPLE.c.carrier == UNKNOWN_CODE.c.carrier)
            & (UNKNOWN_CODE_SAMPLE.c.code == UNKNOWN_CODE.c.code),
        )
        .outerjoin(SHIPMENT, SHIPMENT.c.id == UNKNOWN_CODE_SAMPLE.c.shipment_id)
        .order_by(UNKNOWN_CODE.c.count.desc(), UNKNOWN_CODE.c.carrier, UNKNOWN_CODE.c.code)
    )
    return await reader.rows(wanted if carrier is None else wanted.where(UNKNOWN_CODE.c.carrier == carrier))


async def forget_known(tx: Tx, carrier: str, still_unknown: Iterable[str]) -> int:
    """Take off the list what a mended table knows by now and no scan of the carrier bears as unknown any more."""
    on_scans = (
        select(CHECKPOINT.c.id)
        .join(SHIPMENT)
        .where(
            SHIPMENT.c.carrier == carrier,
            CHECKPOINT.c.code == UNKNOWN_CODE.c.code,
            CHECKPOINT.c.milestone == Milestone.UNKNOWN.value,
        )
    )
    stays = or_(UNKNOWN_CODE.c.code.in_([code[:_LONGEST] for code in still_unknown]), on_scans.exists())
    gone = await tx.rows(
        delete(UNKNOWN_CODE).where(UNKNOWN_CODE.c.carrier == carrier, ~stays).returning(UNKNOWN_CODE.c.code)
    )
    codes = [row.code for row in gone]
    samples = delete(UNKNOWN_CODE_SAMPLE).where(
        UNKNOWN_CODE_SAMPLE.c.carrier == carrier, UNKNOWN_CODE_SAMPLE.c.code.in_(codes)
    )
    if codes:
        await tx.run(samples)
    return len(codes)


async def how_many(reader: Reader) -> dict[str, int]:
    """How many different codes of each carrier are not understood."""
    wanted = select(UNKNOWN_CODE.c.carrier, func.count().label("codes")).group_by(UNKNOWN_CODE.c.carrier)
    return {row.carrier: row.codes for row in await reader.rows(wanted)}


async def _count(tx: Tx, now: datetime, carrier: str, code: str, times: int) -> None:
    row = {"carrier": carrier, "code": code, "count": 0, "first_seen": now, "last_seen": now}
    await tx.upsert(UNKNOWN_CODE, [row], ["carrier", "code"], update=False)
    await tx.run(_COUNT_MORE, {"of": carrier, "unknown": code, "more": times, "seen": now})
