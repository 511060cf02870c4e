"""A policy tried on the stored orders: reads them some at a time and writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from portal.editing import queries
from portal.editing.comparing import Case, Tally, cases
from portal.editing.policy.rules import Policy
from portal.kit.db import Database
from portal.orders.documents import how_many_placed, placed_since
from portal.platforms.changes import Can
from portal.platforms.registry import UnknownPlatform, live

_TOGETHER: Final = 200


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: the new policy against the one in force, on orders placed since, at these ages by their names."""

    policy: Policy
    in_force: Policy
    since: datetime
    ages: Mapping[str, timedelta]
    now: datetime


async def replay(
    db: Database, trial: Trial, tell: Callable[[Case], None], progress: Callable[[int, int], None]
) -> Tally:
    """Ask both policies about every order; `tell` gets each case as it comes, `progress` the orders done and all."""
    tally, after = Tally(), 0
    async with db.read() as reader:
        total = await how_many_placed(reader, trial.since)
    while True:
        async with db.read() as reader:
            some = await placed_since(reader, trial.since, after, _TOGETHER)
            asked = await queries.asked_by_customers(reader, [one.order_id for one in some]) if some else {}
        if not some:
            return tally
        for one in some:
            can, known = able(one.platform), asked.get(one.order_id, ())
            for case in cases(one.document, (trial.policy, trial.in_force), can, trial.ages, known, trial.now):
                tally.add(case)
                tell(case)
            tally.orders += 1
        after = some[-1].order_id
        progress(tally.orders, total)


@cache
def able(platform: str) -> frozenset[Can]:
    """What a connected shop of a platform lets us do; nothing where shops of it cannot be connected."""
    try:
        return live(platform).manifest.can
    except UnknownPlatform:
        return frozenset()
