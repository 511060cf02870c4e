"""The background work of an installation: polling, jobs, and what runs by the clock. Runs inside
`jalon serve` or on its own; any number may run on one PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from portal.context import Context
from portal.kit import jobs
from portal.kit.db import Tx
from portal.kit.errors import Unavailable
from portal.kit.events import Happened
from portal.kit.tail import Tail
from portal.places import gazetteer
from portal.tracking.poller import Poller
from portal.wiring import AT_START, JOBS, SCHEDULE

log = logging.getLogger("jalon.worker")
_LOOK_EVERY_S = 2.0
_TOGETHER = 10


async def work(context: Context, hurry: asyncio.Event | None = None) -> None:
    """Do everything that is due until cancelled. `hurry` is set when a job should not wait for the next look;
    without it the event log is followed for that."""
    async with asyncio.TaskGroup() as group:
        group.create_task(
            asyncio.to_thread(gazetteer.ready), name="gazetteer"
        )  # else the first report would wait for it
        group.create_task(Poller(context).run(), name="poller")
        if hurry is None:
            hurry = asyncio.Event()
            group.create_task(_follow(context, hurry), name="hurry")
        group.create_task(_jobs(context, hurry), name="jobs")


def hurried(events: Sequence[Happened]) -> bool:
    """Whether one of these events asks to look for jobs at once."""
    return any(event.kind == jobs.HURRY for event in events)


async def _follow(context: Context, hurry: asyncio.Event) -> None:
    def tell(events: Sequence[Happened]) -> None:
        if hurried(events):
            hurry.set()

    tail = Tail(context.db, tell)
    while True:  # it begins at the present: what is due already is found without it
        try:
            await tail.begin()
            break
        except Unavailable as problem:
            log.warning("cannot follow the event log: %s", problem)
            await asyncio.sleep(_LOOK_EVERY_S)
    await tail.run()


async def _jobs(context: Context, hurry: asyncio.Event) -> None:
    begun = False
    while True:
        try:
            begun = begun or await _begin(context)
            await _schedule(context)
            while await run_due(context):
                pass
        except Unavailable as problem:
            log.warning("cannot look for jobs: %s", problem)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hurry.wait(), _LOOK_EVERY_S)
        hurry.clear()


async def run_due(context: Context) -> int:
    """Run what is due now; returns how many jobs that were."""

    async def unit(tx: Tx) -> list[jobs.Claimed]:
        return list(await jobs.claim(tx, context.clock.now(), _TOGETHER))

    claimed = await context.db.write(unit)
    await asyncio.gather(*(_run(context, job) for job in claimed))
    return len(claimed)


async def _run(context: Context, job: jobs.Claimed) -> None:
    problem = ""
    try:
        async with asyncio.timeout(jobs.LEASE.total_seconds() - 2):
            await JOBS[job.kind](context, job.payload)
    except Exception as failure:  # kept with the job for a person to see
        log.exception("the job %s failed", job.kind)
        problem = type(failure).__name__

    async def unit(tx: Tx) -> None:
        if problem:
            await jobs.failed(tx, job, context.clock.now(), problem)
        else:
            await jobs.done(tx, job)

    await context.db.write(unit)


async def _begin(context: Context) -> bool:
    """Have everything waiting that is to be done once after a start."""
    now = context.clock.now()

    async def unit(tx: Tx) -> None:
        for kind in AT_START:
            await jobs.enqueue(tx, kind, now, unique=f"{kind}@start")

    await context.db.write(unit)
    return True


async def _schedule(context: Context) -> None:
    """Have the next run of everything that repeats waiting, once however many workers there are."""
    now = context.clock.now()

    async def unit(tx: Tx) -> None:
        for kind, every in SCHEDULE.items():
            due = now + every
            await jobs.enqueue(tx, kind, now, due=due, unique=f"{kind}@{int(due.timestamp() // every.total_seconds())}")

    await context.db.write(unit)
