"""A connected Teashop from the product's side: its deliveries sent, its jobs run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.jobs import JOB
from portal.orders.models import ORDER
from portal.worker import run_due
from tests.support.context import rows
from tests.support.teashop import Delivery
from tests.support.web import Answer, Site

PLATFORM = "198.51.100.20"
HOOK = "/hooks/platforms/teashop"


async def deliver(site: Site, delivery: Delivery, **headers: str) -> Answer:
    """Send one delivery; headers on top of its own."""
    length = {"content_length": str(len(delivery.body))}
    given = {name.replace("-", "_"): value for name, value in delivery.headers.items()}
    return await site.ask(HOOK, "POST", PLATFORM, delivery.body, **{**length, **given, **headers})


async def deliver_all(site: Site, deliveries: Iterable[Delivery]) -> set[int]:
    """Send them; returns the statuses that came back."""
    return {(await deliver(site, delivery)).status for delivery in deliveries}


async def work(context: Context, clock: ManualClock, within: timedelta = timedelta(hours=1)) -> int:
    """Do all that is due now or soon, moving the clock to it; returns how many jobs that were."""
    end, done = clock.now() + within, 0
    while True:
        done += await run_due(context)
        asked: Any = select(func.min(JOB.c.due_at).label("due")).where(~JOB.c.dead, JOB.c.kind != "purge")
        (first,) = await rows(context, asked)
        if first.due is None or first.due > end:
            return done
        if first.due > clock.now():
            clock.advance(first.due - clock.now())


async def stored(context: Context) -> dict[str, tuple[str, bool]]:
    """Version of each order by the platform's id, and whether it is there."""
    found = await rows(context, select(ORDER.c.external_id, ORDER.c.version, ORDER.c.gone_at))
    return {row.external_id: (row.version, row.gone_at is None) for row in found}
