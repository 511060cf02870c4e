"""Background jobs: waiting, claimed, done, tried again, set aside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from portal.context import Context, opened
from portal.kit import jobs
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.jobs import JOB, LEASE, TRIES, Claimed
from tests.support.context import NOW, rows, settings_on

MINUTE = timedelta(minutes=1)


async def done_in(context: Context, act: Callable[[Tx, datetime], Coroutine[Any, Any, Any]]) -> Any:
    """Do something in a transaction, now."""
    now = context.clock.now()

    async def unit(tx: Tx) -> Any:
        return await act(tx, now)

    return await context.db.write(unit)


async def enqueued(context: Context, kind: str = "purge", **more: Any) -> None:
    """Add a job."""
    await done_in(context, lambda tx, now: jobs.enqueue(tx, kind, now, **more))


async def claimed(context: Context, limit: int = 10) -> list[Claimed]:
    """What one worker gets."""
    return list(await done_in(context, lambda tx, now: jobs.claim(tx, now, limit)))


async def failed(context: Context, job: Claimed, problem: str) -> None:
    """The job did not work out."""
    await done_in(context, lambda tx, now: jobs.failed(tx, job, now, problem))


async def test_a_job_waits_with_its_payload_until_it_is_due(any_context: Context, clock: ManualClock) -> None:
    await enqueued(any_context, "mail", due=NOW + MINUTE, order=7, words=["été", None])
    assert await claimed(any_context) == []
    clock.advance(MINUTE)
    (job,) = await claimed(any_context)
    assert (job.kind, job.payload, job.tries) == ("mail", {"order": 7, "words": ["été", None]}, 1)
    assert job.lease == NOW + MINUTE + LEASE


async def test_jobs_are_claimed_oldest_first_as_many_as_asked(any_context: Context) -> None:
    for age in (1, 3, 4, 2):
        await enqueued(any_context, f"k{age}", due=NOW - age * MINUTE)
    assert {job.kind for job in await claimed(any_context, 2)} == {"k4", "k3"}
    assert {job.kind for job in await claimed(any_context, 5)} == {"k2", "k1"}


async def test_one_key_waits_once_and_may_come_again_when_done(any_context: Context) -> None:
    await enqueued(any_context, unique="purge@1", number=1)
    await enqueued(any_context, unique="purge@1", number=2)
    await enqueued(any_context, unique="purge@2", number=3)
    await enqueued(any_context, number=4)
    await enqueued(any_context, number=5)
    found = await claimed(any_context)
    assert sorted(job.payload["number"] for job in found) == [1, 3, 4, 5]
    (first,) = [job for job in found if job.payload["number"] == 1]
    await enqueued(any_context, unique="purge@1", number=6)
    assert await claimed(any_context) == []
    await done_in(any_context, lambda tx, _: jobs.done(tx, first))
    await enqueued(any_context, unique="purge@1", number=7)
    assert [job.payload["number"] for job in await claimed(any_context)] == [7]


async def test_a_claim_ends_and_the_late_one_can_no_longer_settle(any_context: Context, clock: ManualClock) -> None:
    await enqueued(any_context)
    (lost,) = await claimed(any_context)
    assert await claimed(any_context) == []
    clock.advance(LEASE)
    (won,) = await claimed(any_context)
    assert won.tries == 2
    await done_in(any_context, lambda tx, _: jobs.done(tx, lost))
    await failed(any_context, lost, "late")
    (row,) = await rows(any_context, select(JOB))
    assert (row.due_at, row.problem) == (won.lease, None)
    await done_in(any_context, lambda tx, _: jobs.done(tx, won))
    assert await rows(any_context, select(JOB)) == []


async def test_a_failing_job_is_tried_ever_more_slowly_and_then_set_aside(
    any_context: Context, clock: ManualClock
) -> None:
    await enqueued(any_context)
    waits = []
    for _ in range(TRIES):
        (job,) = await claimed(any_context)
        await failed(any_context, job, "x" * 999)
        (row,) = await rows(any_context, select(JOB))
        waits.append(row.due_at - clock.now())
        clock.advance(waits[-1])
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=20)
    assert waits[-1] <= timedelta(hours=1)
    assert (row.dead, row.problem, row.tries) == (True, "x" * 200, TRIES)
    clock.advance(timedelta(days=365))
    assert await claimed(any_context) == []


@pytest.mark.postgres
async def test_workers_on_one_database_never_get_the_same_job(tables_url: str, clock: ManualClock) -> None:
    settings = settings_on(tables_url)
    async with opened(settings, clock=clock, accounts={}) as one, opened(settings, clock=clock, accounts={}) as other:
        for number in range(7):
            await enqueued(one, number=number, due=NOW - (7 - number) * MINUTE)
        together = asyncio.Barrier(2)

        async def unit(tx: Tx) -> list[int]:
            found = [job.payload["number"] for job in await jobs.claim(tx, NOW, 3)]
            async with asyncio.timeout(30):
                await together.wait()  # neither has committed when the other claims
            return found

        batches = await asyncio.gather(one.db.write(unit), other.db.write(unit))
        assert sorted(map(sorted, batches)) == [[0, 1, 2], [3, 4, 5]]
        assert [job.payload["number"] for job in await claimed(one)] == [6]


@pytest.mark.postgres
async def test_the_limit_holds_under_a_nested_loop(tables_url: str, clock: ManualClock) -> None:
    async with opened(settings_on(tables_url), clock=clock, accounts={}) as context:
        for number in range(8):
            await enqueued(context, number=number, due=NOW - (8 - number) * MINUTE)

        async def unit(tx: Tx) -> list[Claimed]:
            for method in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
                await tx.run(text(f"set local enable_{method} = off"))
            return list(await jobs.claim(tx, NOW, 2))

        assert [job.payload["number"] for job in await context.db.write(unit)] == [0, 1]


async def test_whether_anything_is_due_is_seen_without_a_transaction(any_context: Context) -> None:
    now = any_context.clock.now()

    async def add(tx: Tx) -> None:
        await jobs.enqueue(tx, "slow", now)
        await jobs.enqueue(tx, "later", now, due=now + timedelta(minutes=1))

    await any_context.db.write(add)
    async with any_context.db.read() as reader:
        assert await jobs.is_due(reader, now)
        assert await jobs.is_due(reader, now, of=frozenset({"slow", "x"}))
        assert not await jobs.is_due(reader, now, of=frozenset({"later"}))
        assert not await jobs.is_due(reader, now, but=frozenset({"slow", "y"}))
        assert await jobs.is_due(reader, now + timedelta(minutes=1), but=frozenset({"slow"}))
        assert await jobs.next_due(reader, now) == now + timedelta(minutes=1)
        assert await jobs.next_due(reader, now + timedelta(hours=1)) is None
