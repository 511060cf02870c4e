"""Looking ahead at an account: when something is due, longer intervals where calls are scarce, honest expectations."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from carriers import Account
from carriers.core.contract import Quota
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.tracking.models import POLL_ACCOUNT, TRACKER
from portal.tracking.polling.budget import buckets_of
from portal.tracking.polling.planning import EVERY, FAR, Planner
from portal.tracking.polling.shared import Asked, enrol
from tests.support.context import rows
from tests.support.parcels import SLUG, SnailMail, facts, registered

Looking = Callable[[Quota], Planner]


@pytest.fixture
async def looking(any_context: Context) -> Looking:
    """A planner of snail mail's account with such a quota."""

    async def unit(tx: Tx) -> None:
        await enrol(tx, [SLUG])

    await any_context.db.write(unit)

    def open_(quota: Quota) -> Planner:
        mail = SnailMail()
        mail.manifest = replace(mail.manifest, quota=quota, batch_size=1)
        return Planner(any_context, Asked(Account(SLUG, {}), mail, (SLUG,), buckets_of(quota), 4))

    return open_


async def posted(context: Context, count: int, urgent: int = 0) -> None:
    """So many parcels, due now; the first `urgent` of them urgent."""
    for n in range(count):
        await registered(context, facts(f"S{n}", source=f"{n}", topic=f"order:{n}"))

    async def unit(tx: Tx) -> None:
        first = [row.shipment_id for row in await tx.rows(select(TRACKER.c.shipment_id).limit(urgent))]
        await tx.run(update(TRACKER).where(TRACKER.c.shipment_id.in_(first)).values(urgency=0))

    await context.db.write(unit)


async def expectations(context: Context) -> list[tuple[int, datetime | None]]:
    found = await rows(context, select(TRACKER.c.urgency, TRACKER.c.expected_at).order_by(TRACKER.c.shipment_id))
    return [(row.urgency, row.expected_at) for row in found]


async def test_when_something_is_due(any_context: Context, clock: ManualClock, looking: Looking) -> None:
    planner = looking(Quota())
    assert await planner.look(clock.now()) is None
    await posted(any_context, 2)
    assert await planner.look(clock.now()) == clock.now()

    async def rests(tx: Tx) -> None:
        until = clock.now() + timedelta(minutes=1)
        await tx.run(update(POLL_ACCOUNT).values(rests_until=until, rests_for="rate_limited"))

    await any_context.db.write(rests)
    assert await planner.look(clock.now()) == clock.now() + timedelta(minutes=1)


async def test_scarce_calls_make_long_intervals_and_each_parcel_says_when(
    any_context: Context, clock: ManualClock, looking: Looking
) -> None:
    await posted(any_context, 30, urgent=2)
    await looking(Quota(per_day=24)).look(clock.now())
    (account,) = await rows(any_context, select(POLL_ACCOUNT))
    high, normal, low = json.loads(account.stretch)
    assert high > 1  # 2 parcels out for delivery would want 68 calls
    assert normal > 20
    assert low == 1
    told = await expectations(any_context)
    urgent = [at for urgency, at in told if urgency == 0]
    others = [at for urgency, at in told if urgency == 1]
    later = sorted(at for at in others if at is not None)
    assert len(later) >= 26
    assert all(at is None or at <= later[0] for at in urgent)
    # 24 calls a day: about an hour between two, and the last of them is more than a day away.
    gaps = [after - before for before, after in itertools.pairwise(later)]
    assert all(timedelta(minutes=55) <= gap <= timedelta(minutes=75) for gap in gaps)
    assert later[0] - clock.now() > FAR
    assert later[-1] - clock.now() > timedelta(days=1)


async def test_enough_calls_promise_nothing_else(any_context: Context, clock: ManualClock, looking: Looking) -> None:
    await posted(any_context, 5)
    await looking(Quota(per_day=100_000)).look(clock.now())
    assert {at for _, at in await expectations(any_context)} == {None}


async def test_one_worker_plans_for_all_and_not_all_the_time(
    any_context: Context, clock: ManualClock, looking: Looking
) -> None:
    await posted(any_context, 3)
    one, other = looking(Quota(per_day=24)), looking(Quota(per_day=24))
    began = clock.now()
    await one.look(began)
    clock.advance(EVERY / 2)
    await other.look(clock.now())
    assert [row.planned_at for row in await rows(any_context, select(POLL_ACCOUNT))] == [began]
    clock.advance(EVERY)
    await other.look(clock.now())
    assert [row.planned_at for row in await rows(any_context, select(POLL_ACCOUNT))] == [clock.now()]
