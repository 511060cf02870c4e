"""The background work: jobs are run, failures kept for a person, repeats scheduled once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from portal import wiring, worker
from portal.context import Context
from portal.kit import jobs
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.errors import Unavailable
from portal.kit.events import Happened
from portal.kit.jobs import JOB
from tests.support.context import NOW, rows
from tests.support.until import until

HOUR = timedelta(hours=1)
Job = Callable[[Context, Mapping[str, Any]], Awaitable[None]]


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> dict[str, Job]:
    """The jobs there are, to be filled by a test."""
    kinds: dict[str, Job] = {}
    monkeypatch.setattr(worker, "JOBS", kinds)
    return kinds


async def enqueue(context: Context, kind: str, **payload: Any) -> None:
    """Have a job waiting."""

    async def unit(tx: Tx) -> None:
        await jobs.enqueue(tx, kind, context.clock.now(), **payload)

    await context.db.write(unit)


async def test_what_is_due_is_run_with_its_payload_and_is_gone(any_context: Context, kinds: dict[str, Job]) -> None:
    ran: list[int] = []

    async def note(context: Context, payload: Mapping[str, Any]) -> None:
        assert context is any_context
        ran.append(payload["number"])

    kinds["note"] = note
    for number in range(12):
        await enqueue(any_context, "note", number=number)
    assert [await worker.run_due(any_context) for _ in range(3)] == [10, 2, 0]
    assert sorted(ran) == list(range(12))
    assert await rows(any_context, select(JOB)) == []


async def test_a_job_that_fails_harms_no_other_and_is_tried_again(
    any_context: Context, clock: ManualClock, kinds: dict[str, Job], caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any) -> None:
        raise KeyError("hunter2")

    async def fine(*_: Any) -> None:
        pass

    kinds.update(fail=fail, fine=fine)
    for kind in ("fail", "fine", "unheard of"):
        await enqueue(any_context, kind)
    assert await worker.run_due(any_context) == 3
    left = await rows(any_context, select(JOB).order_by(JOB.c.id))
    assert [(job.kind, job.tries, job.problem, job.due_at > NOW) for job in left] == [
        ("fail", 1, "KeyError", True),
        ("unheard of", 1, "KeyError", True),
    ]
    assert "the job fail failed" in caplog.text
    clock.advance(HOUR)
    assert await worker.run_due(any_context) == 2


async def test_a_job_that_does_not_end_is_given_up_before_its_lease_ends(
    context: Context, kinds: dict[str, Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> None:
        await asyncio.Event().wait()

    kinds["never"] = never
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=2.02))
    await enqueue(context, "never")
    await asyncio.wait_for(worker.run_due(context), 5)
    (job,) = await rows(context, select(JOB))
    assert job.problem == "TimeoutError"


async def test_what_repeats_waits_once_however_often_it_is_scheduled(any_context: Context, clock: ManualClock) -> None:
    for _ in range(4):
        await worker._schedule(any_context)
        clock.advance(timedelta(seconds=10))
    waiting = await rows(any_context, select(JOB.c.kind, JOB.c.due_at))
    assert {(job.kind, job.due_at) for job in waiting} == {
        (kind, NOW + every) for kind, every in wiring.SCHEDULE.items()
    }


async def test_what_repeats_runs_once_in_each_interval(
    any_context: Context, clock: ManualClock, kinds: dict[str, Job]
) -> None:
    ran: list[Any] = []

    async def purge(context: Context, _: Mapping[str, Any]) -> None:
        ran.append(context.clock.now())

    kinds["purge"] = purge
    every = wiring.SCHEDULE["purge"]
    for _ in range(int(4 * every / (HOUR / 2))):
        clock.advance(HOUR / 2)
        await worker._schedule(any_context)
        while await worker.run_due(any_context):
            pass
    first, *gaps = [later - earlier for earlier, later in pairwise(ran)]
    assert timedelta(0) < first <= every
    assert gaps == [every] * len(gaps)
    assert len(gaps) >= 2


def test_every_job_that_repeats_is_known() -> None:
    assert wiring.SCHEDULE.keys() <= wiring.JOBS.keys()


async def test_work_goes_on_when_the_database_comes_back(
    context: Context, kinds: dict[str, Job], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ran = asyncio.Event()
    away = [True, True]
    schedule = worker._schedule

    async def note(*_: Any) -> None:
        ran.set()

    async def flaky(context: Context) -> None:
        if away:
            away.pop()
            raise Unavailable("database: away")
        await schedule(context)

    kinds["note"] = note
    monkeypatch.setattr(worker, "_LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(worker, "_schedule", flaky)
    await enqueue(context, "note")
    working = asyncio.create_task(worker.work(context))
    await asyncio.wait_for(ran.wait(), 5)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert caplog.text.count("cannot look for jobs: database: away") == 2


async def test_jobs_that_wait_for_a_platform_keep_no_other_waiting(
    any_context: Context, kinds: dict[str, Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, ran, answer = 0, asyncio.Event(), asyncio.Event()

    async def ask(*_: Any) -> None:
        nonlocal asked
        asked += 1
        await answer.wait()

    async def note(*_: Any) -> None:
        ran.set()

    kinds.update(ask=ask, note=note)
    monkeypatch.setattr(worker, "SLOW", frozenset({"ask"}))
    for number in range(30):
        await enqueue(any_context, "ask", number=number)
    working = asyncio.create_task(worker.work(any_context))
    await until(lambda: asked == worker._SLOW_TOGETHER)
    leased = await rows(any_context, select(JOB).where(JOB.c.kind == "ask", JOB.c.due_at > NOW))
    assert {job.due_at for job in leased} == {NOW + worker._SLOW_LEASE}
    await enqueue(any_context, "note")
    await asyncio.wait_for(ran.wait(), 10)
    assert asked == worker._SLOW_TOGETHER
    answer.set()
    await until(lambda: asked == 30)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working


async def test_a_job_that_cannot_be_settled_is_left_to_its_lease_and_work_goes_on(
    context: Context, kinds: dict[str, Job], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = asyncio.Event()

    async def fine(*_: Any) -> None:
        pass

    async def note(*_: Any) -> None:
        other.set()

    async def away(*_: Any) -> None:
        raise Unavailable("database: away")

    kinds.update(fine=fine, note=note)
    await enqueue(context, "fine")
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "done", away)
        working = asyncio.create_task(worker.work(context))
        await until(lambda: "cannot settle the job fine" in caplog.text)
    await enqueue(context, "note")
    await asyncio.wait_for(other.wait(), 10)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    left = await rows(context, select(JOB.c.due_at).where(JOB.c.kind == "fine"))
    assert [job.due_at for job in left] == [NOW + jobs.LEASE]


def test_an_event_that_causes_nothing_is_passed_over() -> None:
    ended: list[str] = []

    class Hub:
        end_session = staticmethod(ended.append)

    told = [("shipment.replayed", {}), ("link.revoked", {"link": 7}), ("session.ended", {"session": 8})]
    for number, (kind, data) in enumerate(told):
        wiring.react(Hub, Happened(number, "order:1", kind, data))  # type: ignore[arg-type]  # enough of a hub
    assert ended == ["link:7", "session:8"]
