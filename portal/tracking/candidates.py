"""Whose number is it? Where nobody has named the carrier, those that the number may belong to are asked one after
the other, the best guess first, and the first that knows the parcel settles it.

What the shop, the staff or the customer says is asked as it is. Runs in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update

import carriers
from carriers import ErrorKind, Milestone, Report
from carriers.core.accounts import served
from portal.context import Context
from portal.kit import jobs
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.tracking.merge import of_this_parcel
from portal.tracking.models import REPLACEMENT, SHIPMENT, TRACKER
from portal.tracking.private import SHIPMENT_PRIVATE
from portal.tracking.schedule import Urgency

JOB = "candidates"
POLL = "poll"
MOST = 6  # carriers that one number is tried at
UNKNOWING = (ErrorKind.INVALID_NUMBER, ErrorKind.BAD_REQUEST)  # failures that say: this is no number of ours
_SOON = timedelta(minutes=1)
_LATER = timedelta(hours=6)
_LATELY = timedelta(days=60)  # a parcel that nobody has known for so long is not looked for any more
_TOGETHER = 200

_OPEN = (
    select(SHIPMENT.c.id, SHIPMENT.c.number, SHIPMENT.c.carrier_label, SHIPMENT_PRIVATE.c.country)
    .outerjoin(SHIPMENT_PRIVATE, SHIPMENT_PRIVATE.c.shipment_id == SHIPMENT.c.id)
    .outerjoin(TRACKER, TRACKER.c.shipment_id == SHIPMENT.c.id)
    .where(
        SHIPMENT.c.carrier.is_(None),
        SHIPMENT.c.number.is_not(None),
        SHIPMENT.c.finished_at.is_(None),
        TRACKER.c.shipment_id.is_(None),
        SHIPMENT.c.id.not_in(select(REPLACEMENT.c.shipment_id)),
    )
)
_TRIED = Query(
    select(
        SHIPMENT.c.carrier,
        SHIPMENT.c.number,
        SHIPMENT.c.shipped_at,
        SHIPMENT.c.carrier_label,
        SHIPMENT.c.tracking_url,
        TRACKER.c.carrier.label("tried"),
        TRACKER.c.candidates,
        TRACKER.c.problem,
    )
    .join(TRACKER, TRACKER.c.shipment_id == SHIPMENT.c.id)
    .where(SHIPMENT.c.id == bindparam("shipment"))
)


def is_open(name: str | None) -> bool:
    """Whether a shop's word for a carrier names none that we know ("", "Other", "Standard")."""
    return not name or carriers.label_of(name) is None


def candidates_of(number: str, country: str | None, askable: Collection[str]) -> list[str]:
    """The carriers to ask about a number, best guess first."""
    found = (guess.carrier for guess in carriers.detect(number, country=country))
    return list(dict.fromkeys(carrier for carrier in found if carrier in askable))[:MOST]


async def look_for_carrier(tx: Tx, now: datetime, shipment_id: int) -> None:
    """Have the carriers tried, soon."""
    await jobs.enqueue(tx, JOB, now, unique=f"{JOB} {shipment_id}", shipment=shipment_id)


async def try_carriers(context: Context, payload: Mapping[str, Any]) -> None:
    """The job: begin to ask about one shipment whose carrier nobody has named, or (with none given) about all
    of late, since an account may have come in."""
    now, askable = context.clock.now(), served(context.accounts)
    one = payload.get("shipment")
    wanted = _OPEN.where(SHIPMENT.c.created_at >= now - _LATELY) if one is None else _OPEN.where(SHIPMENT.c.id == one)
    async with context.db.read() as reader:
        found = [row for row in await reader.rows(wanted) if is_open(row.carrier_label)]
    guesses = {row.id: guess for row in found if (guess := candidates_of(row.number, row.country, askable))}
    waiting = list(guesses.items())
    for start in range(0, len(waiting), _TOGETHER):
        some = waiting[start : start + _TOGETHER]

        async def unit(tx: Tx, some: Sequence[tuple[int, list[str]]] = some) -> None:
            rows = [_tracker(now, shipment_id, guess) for shipment_id, guess in some]
            await tx.upsert(TRACKER, rows, ["shipment_id"], update=False)

        await context.db.write(unit)


async def claimed_by(tx: Tx, now: datetime, shipment_id: int, carrier: str, report: Report) -> bool:
    """A carrier that was tried knows the number: the parcel is its own from now on. False when it is not the one
    that is being tried, or means another parcel that had the number before."""
    row = await tx.row(_TRIED, {"shipment": shipment_id})
    if row is None or row.carrier is not None or row.candidates is None or row.tried != carrier:
        return False
    ours = of_this_parcel(report, row.shipped_at)
    if ours is None or not (ours.checkpoints or ours.milestone not in (None, Milestone.UNKNOWN)):
        return False
    settled = {
        "carrier": carrier,
        "carrier_label": carriers.label_of(carrier),
        "tracking_url": row.tracking_url or carriers.tracking_page(carrier, row.number),
        "settled_by": POLL,
        "updated_at": now,
    }
    await tx.run(update(SHIPMENT).where(SHIPMENT.c.id == shipment_id).values(**settled))
    await tx.run(update(TRACKER).where(TRACKER.c.shipment_id == shipment_id).values(candidates=None))
    return True


async def next_candidate(tx: Tx, now: datetime, shipment_id: int, carrier: str) -> None:
    """The carrier that was tried does not know the number: the next one is asked, soon; after the last one the
    first again, when a parcel of which nothing is known is due."""
    row = await tx.row(_TRIED, {"shipment": shipment_id})
    if (
        row is None
        or row.carrier is not None
        or row.candidates is None
        or row.tried != carrier
        or row.problem == "silent"
    ):
        return
    left, _, tried = row.candidates.partition(";")
    waiting, done = _names(left), [*_names(tried), carrier]
    values: dict[str, Any]
    if waiting:
        values = {"carrier": waiting[0], "candidates": _written(waiting[1:], done), "next_poll_at": now + _SOON}
    else:
        later = func.coalesce(TRACKER.c.next_poll_at, now + _LATER)  # a number that is none of theirs ends no search
        values = {"carrier": done[0], "candidates": _written(done[1:], []), "next_poll_at": later}
    await tx.run(update(TRACKER).where(TRACKER.c.shipment_id == shipment_id).values(**values))


def _tracker(now: datetime, shipment_id: int, guess: Sequence[str]) -> dict[str, Any]:
    first = {"carrier": guess[0], "candidates": _written(guess[1:], [])}
    queue = {"urgency": int(Urgency.NORMAL), "next_poll_at": now}
    return {"shipment_id": shipment_id, "failures": 0, "known": False, **queue, **first}


def _written(left: Sequence[str], tried: Sequence[str]) -> str:
    return f"{','.join(left)};{','.join(tried)}"


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]
