"""Carriers' answers as they came, kept so that a mended mapping can be applied to the past.

An answer about several parcels is kept once and linked to those it brought news of. What a link says of a
parcel is how the carrier wrote its number, so that whoever reads the answer again takes this parcel's part
and no other. Runs in the caller's transaction and may run again.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import bindparam, insert, select

from carriers.core.http import Reply
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.tracking.private import RAW_ANSWER, RAW_ANSWER_PARCEL

_BY_DIGEST = Query(select(RAW_ANSWER.c.id).where(RAW_ANSWER.c.digest == bindparam("digest")))
_LINKED = Query(
    select(RAW_ANSWER_PARCEL.c.raw_id).where(
        RAW_ANSWER_PARCEL.c.raw_id == bindparam("raw"), RAW_ANSWER_PARCEL.c.shipment_id == bindparam("shipment")
    )
)
_LINK = Query(insert(RAW_ANSWER_PARCEL), columns=("raw_id", "shipment_id", "number", "at"))


@dataclass(frozen=True)
class Raw:
    """One body from a carrier. `adapter` reads it, given the numbers `asked`; `pushed` if nobody had asked."""

    adapter: str
    http_status: int
    body: bytes
    asked: tuple[str, ...] = ()
    pushed: bool = False

    @cached_property
    def packed(self) -> bytes:
        """The body as it is kept."""
        return zlib.compress(self.body)

    @cached_property
    def digest(self) -> str:
        """What makes two bodies the same one."""
        asked = json.dumps([self.adapter, self.http_status, self.pushed, self.asked]).encode()
        return hashlib.sha256(asked + b"\0" + self.body).hexdigest()[:32]


def raws_of(adapter: str, asked: Sequence[str], replies: Iterable[Reply]) -> list[Raw]:
    """The replies to one question, to be kept should they bring news."""
    return [Raw(adapter, reply.status, reply.body, tuple(asked)) for reply in replies]


def about(raws: Sequence[Raw], number: str) -> list[Raw]:
    """Those among the replies to one question that can be about the parcel the carrier calls `number`."""
    if len(raws) == 1:
        return list(raws)
    return [raw for raw in raws if len(raw.asked) == 1 or number.encode() in raw.body]


async def keep(tx: Tx, now: datetime, shipment_id: int, number: str, raws: Iterable[Raw]) -> None:
    """Keep the bodies that brought news of a parcel. `now` is the moment at which the news was settled, and
    the `seen_at` of the checkpoints it brought."""
    for raw in raws:
        raw_id = await _kept(tx, now, raw)
        if await tx.row(_LINKED, {"raw": raw_id, "shipment": shipment_id}) is None:
            await tx.run(_LINK, {"raw_id": raw_id, "shipment_id": shipment_id, "number": number[:80], "at": now})


async def _kept(tx: Tx, now: datetime, raw: Raw) -> int:
    """The id of the body; one of a batch is there already when the second of its parcels is settled."""
    found = await tx.row(_BY_DIGEST, {"digest": raw.digest})
    if found is None:
        row = {
            "digest": raw.digest,
            "carrier": raw.adapter,
            "asked": json.dumps(raw.asked),
            "http_status": raw.http_status,
            "pushed": raw.pushed,
            "body": raw.packed,
            "at": now,
        }
        await tx.upsert(RAW_ANSWER, [row], ["digest"], update=False)
        found = await tx.row(_BY_DIGEST, {"digest": raw.digest})
    if found is None:
        raise LookupError("a raw answer that was just kept is not there")
    return int(found.id)
