"""Who looked at an order, for its customer to see: counts a day and kind of viewer, nobody's address.

Looks are added up in memory and written together every few seconds; a page that a browser has already (304) adds
none. A process that is killed loses the last seconds' looks, which are told for information only.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, select, update

from portal.context import Context
from portal.kit.db import Reader, Tx
from portal.kit.errors import Unavailable
from portal.kit.prepared import Query
from portal.orders.models import ORDER_LOOK

log = logging.getLogger("jalon.looks")
Kind = Literal["person", "link", "visitor", "staff"]
EVERY_S: Final = 5.0
_MOST: Final = 20_000  # kept in memory while the database takes no writes
_KEYS: Final = ("order_id", "kind", "via", "day")
_MORE = Query(
    update(ORDER_LOOK)
    .where(*(ORDER_LOOK.c[name] == bindparam(f"of_{name}") for name in _KEYS))
    .values(count=ORDER_LOOK.c.count + bindparam("more"), last_at=bindparam("last")),
    columns=(),
)


@dataclass(frozen=True, slots=True)
class Look:
    """How often one kind of viewer looked at an order on one day. `via`: by which share link, 0 for none."""

    order_id: int
    kind: Kind
    via: int
    day: date
    count: int
    last_at: datetime


class Looks:
    """What was looked at since it was last written."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._zone = ZoneInfo(context.settings.time_zone)
        self._seen: dict[tuple[int, Kind, int, date], tuple[int, datetime]] = {}

    def note(self, order_id: int, kind: Kind, via: int = 0) -> None:
        """Somebody looked."""
        now = self._context.clock.now()
        key = (order_id, kind, via, now.astimezone(self._zone).date())
        if key in self._seen or len(self._seen) < _MOST:
            self._seen[key] = (self._seen.get(key, (0, now))[0] + 1, now)

    async def write(self) -> None:
        """Add what was noted to what is stored. Raises Unavailable; then it is noted still."""
        seen, self._seen = self._seen, {}
        if not seen:
            return
        rows, more = [], []
        for (order, kind, via, day), (count, last) in sorted(seen.items()):  # one order for all: no deadlock
            where = {"order_id": order, "kind": kind, "via": via, "day": day}
            rows.append({**where, "count": 0, "last_at": last})
            more.append({f"of_{name}": value for name, value in where.items()} | {"more": count, "last": last})

        async def unit(tx: Tx) -> None:
            await tx.upsert(ORDER_LOOK, rows, _KEYS, update=False)
            await tx.run(_MORE, more)

        try:
            await self._context.db.write(unit)
        except Unavailable:
            for key, (count, last) in seen.items():
                again, newer = self._seen.get(key, (0, last))
                self._seen[key] = (again + count, newer)
            raise

    async def run(self) -> None:
        """Write every few seconds, and once more at the end."""
        try:
            while True:
                await asyncio.sleep(EVERY_S)
                await self._try()
        finally:
            await self._try()

    async def _try(self) -> None:
        try:
            await self.write()
        except Unavailable as problem:
            log.warning("cannot write who looked, trying again: %s", problem)


async def of_orders(reader: Reader, orders: Sequence[int]) -> list[Look]:
    """Who looked at these orders, the newest day first."""
    asked = select(ORDER_LOOK).where(ORDER_LOOK.c.order_id.in_(orders))
    rows = await reader.rows(asked.order_by(ORDER_LOOK.c.day.desc(), ORDER_LOOK.c.last_at.desc()))
    return [Look(*row) for row in rows]


def summed(looks: Sequence[Look]) -> list[Look]:
    """Looks of one order, of all days together: one for each kind of viewer and link, the last one first."""
    found: dict[tuple[Kind, int], Look] = {}
    for look in sorted(looks, key=lambda one: one.last_at):
        before = found.get((look.kind, look.via))
        found[look.kind, look.via] = replace(look, count=look.count + (before.count if before else 0))
    return sorted(found.values(), key=lambda one: one.last_at, reverse=True)


async def forget(tx: Tx, before: date) -> None:
    """Forget looks from before a day: for the purge."""
    await tx.run(delete(ORDER_LOOK).where(ORDER_LOOK.c.day < before))
