"""Carriers' raw answers read again, after a mapping was mended: scans and standing as they would have been.

What can be derived from the answers that are still kept is derived anew: a scan is added, rewritten or
taken away. What came from answers that are gone, or that cannot be read, stays as it is. Nobody is told but
open pages: the event is `shipment.replayed`, which no notification follows. Doing it twice changes nothing.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

import carriers
from carriers import TERMINAL, Answer, Checkpoint, Found, Milestone, Report
from carriers.core.asking import ours, plain
from carriers.core.contract import Pushes
from portal.kit.db import Reader, Tx, one
from portal.kit.prepared import Query
from portal.tracking.located import LocatedScan, countries_of, located, newest_of
from portal.tracking.merge import (
    ADD_CHECKPOINT,
    ADD_WORDS,
    FOLDED,
    KEEP,
    KEPT,
    STATED,
    folded,
    of_this_parcel,
    private_of,
    scan_said,
    stated_of,
)
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.private import CHECKPOINT_PRIVATE, RAW_ANSWER, RAW_ANSWER_PARCEL, SHIPMENT_PRIVATE
from portal.tracking.rows import (
    CHECKPOINT_COLUMNS,
    PRIVATE_COLUMNS,
    checkpoint_private_row,
    checkpoint_row,
    said_of,
)
from portal.tracking.timeline import identified

EVENT = "shipment.replayed"
_AGAIN = timedelta(minutes=30)  # parcels that are to be asked about after all are spread over this

_TOPIC = Query(select(SHIPMENT.c.topic).where(SHIPMENT.c.id == bindparam("shipment")))
_RAWS = Query(
    select(
        RAW_ANSWER.c.carrier,
        RAW_ANSWER.c.asked,
        RAW_ANSWER.c.http_status,
        RAW_ANSWER.c.pushed,
        RAW_ANSWER.c.body,
        RAW_ANSWER_PARCEL.c.number,
        RAW_ANSWER_PARCEL.c.at,
    )
    .join(RAW_ANSWER_PARCEL, RAW_ANSWER_PARCEL.c.raw_id == RAW_ANSWER.c.id)
    .where(RAW_ANSWER_PARCEL.c.shipment_id == bindparam("shipment"))
    .order_by(RAW_ANSWER_PARCEL.c.at, RAW_ANSWER.c.id)
)
_SCANS = Query(
    select(
        CHECKPOINT.c.id,
        *(CHECKPOINT.c[name] for name in CHECKPOINT_COLUMNS),
        *(CHECKPOINT_PRIVATE.c[name] for name in PRIVATE_COLUMNS if name != "checkpoint_id"),
    )
    .outerjoin(CHECKPOINT_PRIVATE, CHECKPOINT_PRIVATE.c.checkpoint_id == CHECKPOINT.c.id)
    .where(CHECKPOINT.c.shipment_id == bindparam("shipment"))
)
_PRIVATE = Query(
    select(SHIPMENT_PRIVATE.c.signed_by, SHIPMENT_PRIVATE.c.pickup_point).where(
        SHIPMENT_PRIVATE.c.shipment_id == bindparam("shipment")
    )
)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What reading a parcel's answers again came to: how its scans changed, where it stood and stands now."""

    before: Milestone
    after: Milestone
    added: int = 0
    rewritten: int = 0
    removed: int = 0
    changed: bool = False
    unknown: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Anew:
    """What a parcel's answers say, read with today's tables. `scans` by identity, each with when it was first seen."""

    scans: dict[str, tuple[LocatedScan, datetime]] = field(default_factory=dict)
    stated: dict[str, Any] = field(default_factory=dict)
    private: dict[str, Any] = field(default_factory=dict)


async def parcels_to_replay(reader: Reader, carrier: str, since: datetime | None, after: int, limit: int) -> list[int]:
    """The next shipments, by id, of which the adapter `carrier` read answers (since a moment)."""
    wanted = _heard_of(carrier, since).where(RAW_ANSWER_PARCEL.c.shipment_id > after)
    found = await reader.rows(wanted.distinct().order_by(RAW_ANSWER_PARCEL.c.shipment_id).limit(limit))
    return [row.shipment_id for row in found]


async def how_many(reader: Reader, carrier: str, since: datetime | None, after: int) -> int:
    """How many shipments that are."""
    wanted = _heard_of(carrier, since).where(RAW_ANSWER_PARCEL.c.shipment_id > after).distinct().subquery()
    row = await reader.row(select(func.count().label("parcels")).select_from(wanted))
    return int(row.parcels) if row is not None else 0


async def replay(tx: Tx, now: datetime, shipment_id: int, *, write: bool = True) -> Replayed:
    """Read a parcel's answers again and keep what they say now; with `write` off, only tell what would change.

    The row is locked where the database shares it, so that no answer of a running worker comes in between.
    """
    kept = await one(tx, KEPT, {"shipment": shipment_id})
    reports = list(_reports(await tx.rows(_RAWS, {"shipment": shipment_id})))
    have = {row.identity: row for row in await tx.rows(_SCANS, {"shipment": shipment_id})}
    private = await tx.row(_PRIVATE, {"shipment": shipment_id})
    anew = _read_again(kept, reports, have.values())
    derived = {at for at, _ in reports}
    gone = [row for name, row in have.items() if name not in anew.scans and row.seen_at in derived]
    new = {name: seen for name, seen in anew.scans.items() if name not in have}
    other = {name: seen for name, seen in anew.scans.items() if name in have and _differs(have[name], seen[0])}
    stays = [said_of(row) for name, row in have.items() if name not in anew.scans and row.seen_at not in derived]
    said = [scan_said(name, checkpoint) for name, (checkpoint, _) in anew.scans.items()]
    after = folded(kept, anew.stated, [*stays, *said])
    words = {name: value for name, value in anew.private.items() if getattr(private, name, None) != value}
    moved = any(getattr(kept, name) != after[name] for name in (*STATED, *FOLDED))
    done = Replayed(
        Milestone(kept.milestone),
        Milestone(after["milestone"]),
        len(new),
        len(other),
        len(gone),
        changed=bool(new or other or gone or words or moved),
        unknown=frozenset(code for _, report in reports for code in report.unknown_codes),
    )
    if write and done.changed:
        await _rewrite(tx, shipment_id, [row.id for row in gone], have, other)
        await _add(tx, shipment_id, new)
        await tx.run(KEEP, {**after, "updated_at": now, "shipment": shipment_id})
        if words:
            mine = update(SHIPMENT_PRIVATE).where(SHIPMENT_PRIVATE.c.shipment_id == shipment_id)
            await tx.run(mine.values(**words))
        await _ask_again(tx, now, shipment_id, done)
        topic = await one(tx, _TOPIC, {"shipment": shipment_id})
        tx.emit(topic.topic, EVENT, shipment=shipment_id)
    return done


def _heard_of(carrier: str, since: datetime | None) -> Any:
    wanted = (
        select(RAW_ANSWER_PARCEL.c.shipment_id)
        .join(RAW_ANSWER, RAW_ANSWER.c.id == RAW_ANSWER_PARCEL.c.raw_id)
        .where(RAW_ANSWER.c.carrier == carrier)
    )
    return wanted if since is None else wanted.where(RAW_ANSWER_PARCEL.c.at >= since)


# --- reading ------------------------------------------------------------------------------------------------


def _reports(raws: Iterable[Any]) -> Iterable[tuple[datetime, Report]]:
    """What the answers say of the parcel, oldest answer first; those that no longer say anything are left out."""
    for raw in raws:
        report = _report(raw)
        if report is not None:
            yield raw.at, report


def _report(raw: Any) -> Report | None:
    try:
        adapter = carriers.get(raw.carrier)
    except carriers.UnknownCarrier:
        return None
    body, asked = zlib.decompress(raw.body), [plain(number) for number in json.loads(raw.asked)]
    answers: Sequence[Answer] = []
    if not raw.pushed:
        answers = adapter.parse(body, http_status=raw.http_status, asked=asked)
    elif isinstance(adapter, Pushes):
        answers = adapter.parse_push(body)
    return _meant(answers, raw.number, alone=len(asked) == 1)


def _meant(answers: Sequence[Answer], number: str, *, alone: bool) -> Report | None:
    """The report under that number; what one number was asked about and one answer came to is meant as well."""
    found = [answer for answer in answers if isinstance(answer, Found)]
    same = [answer for answer in found if plain(answer.number) == plain(number)]
    if same:
        chosen = ours(same, plain(number))
        return chosen.report if isinstance(chosen, Found) else None
    return found[0].report if alone and len(found) == 1 else None


def _read_again(kept: Any, reports: Sequence[tuple[datetime, Report]], have: Iterable[Any]) -> _Anew:
    """The answers taken in one after the other, as `merge` does."""
    anew = _Anew()
    if not reports:
        return anew
    first_at, first = reports[0]
    older = [row for row in have if row.seen_at < first_at]
    last = max((row.sort_at.replace(tzinfo=UTC) for row in older if row.sort_at is not None), default=None)
    anew.stated = _before(kept, first, whole=not older)
    if not older:
        anew.private = {"signed_by": None, "pickup_point": None}
    for seen_at, whole in reports:
        report = of_this_parcel(whole, kept.shipped_at)
        if report is None:
            continue
        likely = countries_of(report, kept.destination)
        where = located(identified(report.number, report.checkpoints), likely)
        for identity, scan in where.items():
            anew.scans.setdefault(identity, (scan, seen_at))
        at = newest_of(anew.scans[identity][0] for identity in where)
        if at is None or last is None or at >= last:
            anew.stated |= stated_of(anew.stated.get("carrier_at"), report, at)
            anew.private |= private_of(report)
        last = max((moment for moment in (last, at) if moment is not None), default=None)
    return anew


def _before(kept: Any, first: Report, *, whole: bool) -> dict[str, Any]:
    """What the carrier had stated before the first of the answers: nothing, where all of them are kept."""
    nothing = {name: False if name == "carrier_delayed" else None for name in STATED}
    if whole:
        return nothing
    scans = located(identified(first.number, first.checkpoints), countries_of(first, kept.destination))
    begins = newest_of(scans.values())
    if begins is not None and kept.carrier_at is not None and kept.carrier_at < begins:
        return {name: getattr(kept, name) for name in STATED}
    return {name: value if name.startswith("carrier_") else getattr(kept, name) for name, value in nothing.items()}


def _differs(row: Any, checkpoint: Checkpoint) -> bool:
    """Whether a scan reads differently now, in the tables' terms."""
    public = checkpoint_row(row.shipment_id, row.identity, checkpoint, row.seen_at)
    private = checkpoint_private_row(row.id, checkpoint)
    del private["checkpoint_id"]
    return any(getattr(row, name) != value for name, value in (public | private).items())


# --- writing ------------------------------------------------------------------------------------------------


async def _rewrite(
    tx: Tx,
    shipment_id: int,
    gone: Sequence[int],
    have: Mapping[str, Any],
    other: Mapping[str, tuple[Checkpoint, datetime]],
) -> None:
    if gone:
        await tx.run(delete(CHECKPOINT).where(CHECKPOINT.c.id.in_(gone)))
    for identity, (checkpoint, _) in other.items():
        row = have[identity]
        values = checkpoint_row(shipment_id, identity, checkpoint, row.seen_at)
        await tx.run(update(CHECKPOINT).where(CHECKPOINT.c.id == row.id).values(**values))
        await tx.upsert(CHECKPOINT_PRIVATE, [checkpoint_private_row(row.id, checkpoint)], ["checkpoint_id"])


async def _add(tx: Tx, shipment_id: int, new: Mapping[str, tuple[Checkpoint, datetime]]) -> None:
    if new:
        rows = [checkpoint_row(shipment_id, name, scan, seen_at) for name, (scan, seen_at) in new.items()]
        added = await tx.rows(ADD_CHECKPOINT, rows)
        await tx.run(ADD_WORDS, [checkpoint_private_row(row.id, new[row.identity][0]) for row in added])


async def _ask_again(tx: Tx, now: datetime, shipment_id: int, done: Replayed) -> None:
    """A parcel that has not arrived after all is asked about again."""
    if done.before in TERMINAL and done.after not in TERMINAL:
        soon = now + _AGAIN * (shipment_id % 997) / 997
        ended = update(TRACKER).where(TRACKER.c.shipment_id == shipment_id, TRACKER.c.next_poll_at.is_(None))
        await tx.run(ended.values(next_poll_at=soon))
