"""The background work of an installation: polling, jobs, and what runs by the clock. Runs inside
`jalon serve` or on its own; any number may run on one PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from portal.api import outgoing
from portal.context import Context
from portal.kit import jobs
from portal.kit.db import Tx
from portal.kit.errors import Unavailable
from portal.kit.events import Happened
from portal.kit.tail import Tail
from portal.places import gazetteer
from portal.tracking.poller import Poller
from portal.wiring import AT_START, JOBS, SCHEDULE, SLOW

log = logging.getLogger("jalon.worker")
_LOOK_EVERY_S = 2.0
_TOGETHER = 10
_SLOW_TOGETHER = 6
_SLOW_LEASE = timedelta(minutes=2)


@dataclass(slots=True)
class _Lane:
    """Places for jobs that run at the same time: `of` some kinds, or of all `but` some. Whoever waits for a shop's
    platform keeps no message waiting."""

    most: int
    lease: Callable[[], timedelta]
    of: Collection[str] | None = None
    but: Collection[str] = ()
    running: set[asyncio.Task[None]] = field(default_factory=set)


def _lanes() -> tuple[_Lane, ...]:
    return (
        _Lane(_TOGETHER, lambda: jobs.LEASE, but=SLOW),
        _Lane(_SLOW_TOGETHER, lambda: _SLOW_LEASE, of=SLOW),
    )


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
        group.create_task(outgoing.follow(context), name="news")


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
    begun, lanes, look_at, loop = False, _lanes(), 0.0, asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        while True:
            try:
                begun = begun or await _begin(context)
                if loop.time() >= look_at:
                    await _schedule(context)
                    look_at = loop.time() + _LOOK_EVERY_S
                await _fill(context, group, lanes, hurry)
            except Unavailable as problem:
                log.warning("cannot look for jobs: %s", problem)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(hurry.wait(), await _pause(context))
            hurry.clear()


async def _pause(context: Context) -> float:
    """Seconds until the next look: one comes when the next job is due."""
    now = context.clock.now()
    try:
        async with context.db.read() as reader:
            due = await jobs.next_due(reader, now)
    except Unavailable:
        due = None
    return _LOOK_EVERY_S if due is None else min((due - now).total_seconds(), _LOOK_EVERY_S)


async def _fill(context: Context, group: asyncio.TaskGroup, lanes: Sequence[_Lane], hurry: asyncio.Event) -> None:
    """Have a job running in each free place for which one is due."""
    for lane in lanes:
        while (room := lane.most - len(lane.running)) and lane.of != frozenset():
            claimed = await _claim(context, lane, room)
            if not claimed:
                break
            for job in claimed:
                task = group.create_task(_run(context, job, lane.lease()), name=job.kind)
                lane.running.add(task)
                task.add_done_callback(lane.running.discard)
                task.add_done_callback(lambda _: hurry.set())  # its place is free


async def run_due(context: Context) -> int:
    """Run what is due now; returns how many jobs that were."""
    ran = 0
    for lane in _lanes():
        claimed = await _claim(context, lane, lane.most)
        await asyncio.gather(*(_run(context, job, lane.lease()) for job in claimed))
        ran += len(claimed)
    return ran


async def _claim(context: Context, lane: _Lane, limit: int) -> list[jobs.Claimed]:
    async with context.db.read() as reader:
        of, but = None if lane.of is None else frozenset(lane.of), frozenset(lane.but)
        if not await jobs.is_due(reader, context.clock.now(), of, but):
            return []

    async def unit(tx: Tx) -> list[jobs.Claimed]:
        now, lease = context.clock.now(), lane.lease()
        return list(await jobs.claim(tx, now, limit, lease=lease, of=lane.of, but=lane.but))

    return await context.db.write(unit)


async def _run(context: Context, job: jobs.Claimed, lease: timedelta) -> None:
    problem = ""
    try:
        async with asyncio.timeout(lease.total_seconds() - 2):
            await JOBS[job.kind](context, job.payload)
    except Exception as failure:  # kept with the job for a person to see
        log.exception("the job %s failed", job.kind)
        problem = type(failure).__name__

    async def unit(tx: Tx) -> None:
        if problem:
            await jobs.failed(tx, job, context.clock.now(), problem)
        else:
            await jobs.done(tx, job)

    try:
        await context.db.write(unit)
    except Unavailable as gone:  # it is taken up again when its lease is over
        log.warning("cannot settle the job %s: %s", job.kind, gone)


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
