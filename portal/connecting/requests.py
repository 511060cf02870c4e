"""What platforms ask for in somebody's name: a customer's data to be shown or erased, a shop's to be erased.

Kept with whom it is about until it is done. Doing it is `portal.privacy`'s, which knows every slice.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from portal.connecting.connections import name_of
from portal.connecting.private import SHOP_REQUEST
from portal.kit import jobs
from portal.kit.db import Reader, Tx, one
from portal.platforms.live import Hint, Purpose, Shop

JOB: Final = "answer_request"
PURPOSES: Final[frozenset[Purpose]] = frozenset({"data_request", "erase_person", "erase_shop"})
WITHIN: Final = timedelta(days=30)  # what the platforms allow; the law allows a month


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `person` are pairs of email, phone or customer_id and its value; `orders` the platform's ids."""

    id: int
    platform: str
    shop: str
    purpose: Purpose
    at: datetime
    done_at: datetime | None
    erased: int
    person: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    orders: tuple[str, ...] = field(default=(), repr=False)

    @property
    def due_at(self) -> datetime:
        """Until when it has to be done."""
        return self.at + WITHIN


async def take(tx: Tx, now: datetime, shop: Shop, hint: Hint) -> None:
    """Keep a request, and have done what needs no person."""
    about = {"person": json.dumps(hint.person), "orders": json.dumps(hint.order_ids)}
    row = {**name_of(shop), "purpose": hint.purpose, "at": now, "erased": 0, **about}
    made = await one(tx, insert(SHOP_REQUEST).values(**row).returning(SHOP_REQUEST.c.id))
    if hint.purpose != "data_request":  # that one is answered by somebody at the shop
        await jobs.enqueue(tx, JOB, now, unique=f"{JOB}:{made.id}", request=made.id)
        jobs.hurry(tx)


async def request(reader: Reader | Tx, request_id: int) -> Request | None:
    """One request."""
    row = await reader.row(select(SHOP_REQUEST).where(SHOP_REQUEST.c.id == request_id))
    return None if row is None else _read(row)


async def requests(reader: Reader, *, open_only: bool = False) -> Sequence[Request]:
    """All that are known, the newest first."""
    asked = select(SHOP_REQUEST).order_by(SHOP_REQUEST.c.id.desc())
    asked = asked.where(SHOP_REQUEST.c.done_at.is_(None)) if open_only else asked
    return [_read(row) for row in await reader.rows(asked)]


async def note_erased(tx: Tx, request_id: int, count: int) -> None:
    """Some more orders were erased."""
    erased = SHOP_REQUEST.c.erased + count
    await tx.run(update(SHOP_REQUEST).where(SHOP_REQUEST.c.id == request_id).values(erased=erased))


async def close(tx: Tx, now: datetime, request_id: int) -> bool:
    """It is done, and whom it was about is forgotten; False when it was done before."""
    still = (SHOP_REQUEST.c.id == request_id, SHOP_REQUEST.c.done_at.is_(None))
    return await tx.run(update(SHOP_REQUEST).where(*still).values(done_at=now, person="[]", orders="[]")) > 0


async def forget(tx: Tx, before: datetime) -> None:
    """Forget what was done before a moment."""
    await tx.run(delete(SHOP_REQUEST).where(SHOP_REQUEST.c.done_at < before))


def _read(row: Any) -> Request:
    person = tuple((str(kind), str(value)) for kind, value in json.loads(row.person))
    orders = tuple(map(str, json.loads(row.orders)))
    return Request(row.id, row.platform, row.shop, row.purpose, row.at, row.done_at, row.erased, person, orders)
