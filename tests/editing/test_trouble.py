"""Whatever fails on the way, an edit reaches its platform once, or waits where everybody can see it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.context import Context, opened
from portal.editing import codes
from portal.editing.answers import EditState
from portal.editing.commands import CancelLine, CancelWhole, NewAddress, Quantity, Swap
from portal.editing.confirm import undo
from portal.editing.models import EDIT
from portal.editing.push import push
from portal.editing.queue import LEASE, PUSH, REFRESH, sweep
from portal.editing.values import EditView
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.jobs import JOB
from portal.platforms.live import ShopError
from tests.editing.play import ADA, NOTHING, Play, begun, fine, play, units, unreachable
from tests.support.context import rows, settings_on
from tests.support.model_platform import Kind

SWAP = Swap(line="L1", variant="s", quantity=1)
ADDRESS = NewAddress(name="Ada Exemple", line1="9 quai Nord", city="Lyon", postcode="69002", country="FR")
KINDS: tuple[Kind, ...] = ("keyed", "versioned", "steps")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", [SWAP, CancelLine(line="L2", quantity=1), ADDRESS, CancelWhole()])
async def test_a_reply_that_is_lost_makes_nothing_twice(any_context: Context, kind: Kind, command: Swap) -> None:
    playing = await begun(any_context, kind)
    edit = await playing.confirmed(command)
    playing.after = unreachable("edit", "lines", "refund", times=2)
    edit = await playing.pushed(edit)
    assert edit.state is EditState.SENDING
    for _ in range(3):
        edit = await playing.pushed(edit, wait=60)
    assert edit.state is EditState.APPLIED
    assert list(playing.platform.made.values()) == [1]
    assert list(playing.platform.paid_back.values()) == [1]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_request_that_is_lost_is_made_in_the_end(any_context: Context, kind: Kind) -> None:
    playing = await begun(any_context, kind)
    edit = await playing.confirmed(SWAP)
    playing.before = unreachable("edit", "lines", "refund", "order", "known", times=5)
    for _ in range(7):
        edit = await playing.pushed(edit, wait=400)
    assert edit.state is EditState.APPLIED
    assert list(playing.platform.made.values()) == [1]


async def test_when_to_try_again_is_what_the_platform_says_or_ever_later(
    any_context: Context, clock: ManualClock
) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)
    waits: list[float] = []

    async def throttled(_name: str) -> None:
        raise ShopError("throttled", "too many questions", 77.0 if len(waits) == 3 else None)

    playing.before = throttled
    clock.advance(timedelta(seconds=30))
    for _ in range(9):
        await push(playing.engine, edit.id)
        (row,) = await rows(any_context, select(EDIT))
        waits.append((row.due_at - clock.now()).total_seconds())
        assert row.problem == "throttled"
        clock.advance(row.due_at - clock.now())
    assert waits == [5, 10, 20, 77, 80, 160, 300, 300, 300]


async def test_after_long_a_person_has_to_look_and_is_told(any_context: Context) -> None:
    settings = any_context.settings.model_copy(update={"staff_mail": "shop@atelier-lune.example"})
    playing = await begun(replace(any_context, settings=settings))
    edit = await playing.confirmed(SWAP)
    playing.before = unreachable("order", times=99)
    for _ in range(20):
        edit = await playing.pushed(edit, wait=301)
    assert (edit.state, edit.code) == (EditState.STUCK, codes.UNREACHABLE)
    assert await playing.mails() == ["shop_stuck"]
    playing.calls.clear()
    await playing.pushed(edit, wait=9999)
    assert playing.calls == []


async def test_wrong_credentials_are_for_a_person_at_once(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)

    async def turned_away(_name: str) -> None:
        raise ShopError("credentials", "the key is not known there")

    playing.before = turned_away
    edit = await playing.pushed(edit)
    assert (edit.state, edit.code) == (EditState.STUCK, codes.UNREACHABLE)


async def test_a_shop_that_is_not_connected_any_more_is_for_a_person(any_context: Context, clock: ManualClock) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)
    clock.advance(timedelta(minutes=1))
    await push(playing.unconnected, edit.id)
    assert (await playing.now(edit)).state is EditState.STUCK


@pytest.mark.parametrize("kind", KINDS)
async def test_many_workers_push_one_edit_once(any_context: Context, clock: ManualClock, kind: Kind) -> None:
    playing = await begun(any_context, kind)
    edit = await playing.confirmed(SWAP)

    async def slow(_name: str) -> None:
        await asyncio.sleep(0.01)

    playing.before = slow
    clock.advance(timedelta(minutes=1))
    await asyncio.gather(*(push(playing.engine, edit.id) for _ in range(8)))
    assert (await playing.now(edit)).state is EditState.APPLIED
    assert [name for name in playing.calls if name in ("edit", "lines")] == ["lines" if kind == "steps" else "edit"]


@pytest.mark.postgres
async def test_workers_of_several_processes_push_one_edit_once(tables_url: str, clock: ManualClock) -> None:
    settings = settings_on(tables_url)
    async with opened(settings, clock=clock, accounts={}) as one, opened(settings, clock=clock, accounts={}) as other:
        here = await begun(one, "versioned")
        there = Play(other, here.platform)
        for _ in range(5):
            edit = await here.confirmed(Quantity(line="L2", quantity=units(here)["L2"] + 1))
            clock.advance(timedelta(minutes=1))
            await asyncio.gather(*(push(p.engine, edit.id) for p in (here, there, here, there)))
            assert (await here.now(edit)).state is EditState.APPLIED
        assert units(here)["L2"] == 6


async def test_while_one_worker_is_at_it_no_other_begins_and_none_is_needed(
    any_context: Context, clock: ManualClock
) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)
    asked, answer = asyncio.Event(), asyncio.Event()

    async def hang(name: str) -> None:
        if name == "edit":
            asked.set()
            await answer.wait()

    playing.before = hang
    clock.advance(timedelta(seconds=30))
    first = asyncio.create_task(push(playing.engine, edit.id))
    await asked.wait()
    playing.calls.clear()
    clock.advance(LEASE - timedelta(seconds=1))
    await push(playing.engine, edit.id)
    assert playing.calls == []
    (job,) = await rows(any_context, select(JOB).where(JOB.c.kind == PUSH, JOB.c.due_at > clock.now()))
    assert job.due_at == clock.now() + timedelta(seconds=1)  # somebody looks when its time is over
    answer.set()
    await first
    assert (await playing.now(edit)).state is EditState.APPLIED


async def test_a_worker_that_comes_back_too_late_says_nothing_any_more(
    any_context: Context, clock: ManualClock
) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)
    asked, answer = asyncio.Event(), asyncio.Event()

    async def hang(name: str) -> None:
        if name == "edit" and not asked.is_set():
            asked.set()
            await answer.wait()
            raise ShopError("unreachable", "the line was cut")

    playing.before = hang
    clock.advance(timedelta(seconds=30))
    late = asyncio.create_task(push(playing.engine, edit.id))
    await asked.wait()
    clock.advance(LEASE)
    await push(playing.engine, edit.id)
    assert (await playing.now(edit)).state is EditState.APPLIED
    answer.set()
    await late
    assert (await playing.now(edit)).state is EditState.APPLIED
    assert list(playing.platform.made.values()) == [1]


class PowerCut(BaseException):
    """The process is gone."""


async def crashing(playing: Play, edit: EditView, at: int) -> bool:
    """Push, and let the process end before or after the call number `at`; whether it came so far."""
    seen = 0

    async def fault(_name: str) -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            raise PowerCut

    playing.before = playing.after = fault
    try:
        await push(playing.engine, edit.id)
    except PowerCut:
        return True
    finally:
        playing.before = playing.after = fine
    return False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", [SWAP, CancelLine(line="L1", quantity=1)])
async def test_a_crash_between_any_two_steps_loses_nothing_and_doubles_nothing(
    context: Context, clock: ManualClock, kind: Kind, command: Swap
) -> None:
    for at in range(1, 20):
        playing = play(context, kind)
        playing.platform.orders["1"]["version"] = 1000 * at  # newer than what the last round left
        await playing.take_in()
        edit = await playing.confirmed(command)
        clock.advance(timedelta(seconds=30))
        crashed = await crashing(playing, edit, at)
        edit = await playing.now(edit)
        assert edit.state in (EditState.SENDING, EditState.APPLIED)
        for _ in range(3):
            edit = await playing.pushed(edit, wait=LEASE.total_seconds() + 1)
        assert edit.state is EditState.APPLIED, (at, edit)
        assert list(playing.platform.made.values()) == [1]
        assert list(playing.platform.paid_back.values()) == [1]
        if not crashed:
            break
    else:
        pytest.fail("it never came to its end")


async def test_what_a_platform_began_is_gone_on_with_and_not_judged_anew(any_context: Context) -> None:
    playing = await begun(any_context, "steps")
    edit = await playing.confirmed(CancelLine(line="L2", quantity=1))
    playing.before = unreachable("refund")
    assert (await playing.pushed(edit)).state is EditState.SENDING
    assert (units(playing)["L2"], playing.platform.orders["1"]["refunded"]) == (0, 0)
    playing.policies.policy = NOTHING
    playing.platform.ship("1", "L1", 2)
    assert (await playing.pushed(edit, wait=60)).state is EditState.APPLIED
    assert playing.platform.orders["1"]["refunded"] == 2300


async def test_who_knows_by_whom_an_order_was_changed_asks_a_person(any_context: Context) -> None:
    """The platform tells nothing by key, and the order is neither as it was nor as it would be."""
    playing = await begun(any_context, "versioned")
    edit = await playing.confirmed(Quantity(line="L1", quantity=3))
    playing.before = unreachable("edit")
    await playing.pushed(edit)
    version = playing.platform.orders["1"]["version"]
    playing.platform.call("edit", order_id="1", key="staff", version=version, refund=0, fee=0,
                          steps=[{"do": "set", "line": "L1", "units": 1}])  # fmt: skip
    edit = await playing.pushed(edit, wait=60)
    assert (edit.state, edit.code) == (EditState.STUCK, codes.UNCERTAIN)


async def test_an_order_that_cannot_be_read_afterwards_is_read_later(any_context: Context) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)

    async def cut(name: str) -> None:
        if name == "order" and "edit" in playing.calls:
            raise ShopError("unreachable", "the platform does not answer")

    playing.before = cut
    assert (await playing.pushed(edit)).state is EditState.APPLIED
    (job,) = await rows(any_context, select(JOB).where(JOB.c.kind == REFRESH))
    assert job.payload == '{"order": 1}'


async def test_an_edit_whose_job_was_lost_is_taken_up(any_context: Context, clock: ManualClock) -> None:
    playing = await begun(any_context)
    edit = await playing.confirmed(SWAP)
    await any_context.db.write(lambda tx: tx.run(JOB.delete()))
    clock.advance(timedelta(seconds=80))

    async def unit(tx: Tx) -> None:
        await sweep(tx, clock.now())

    await any_context.db.write(unit)
    assert await rows(any_context, select(JOB)) == []  # its own job may only be late
    clock.advance(timedelta(seconds=10))
    await any_context.db.write(unit)
    (job,) = await rows(any_context, select(JOB))
    assert (job.kind, job.payload) == (PUSH, f'{{"edit": {edit.id}}}')


async def test_undo_and_send_at_the_same_moment_are_one_or_the_other(any_context: Context, clock: ManualClock) -> None:
    playing = await begun(any_context)
    for _ in range(5):
        edit = await playing.confirmed(Quantity(line="L2", quantity=units(playing)["L2"] + 1))
        clock.advance(timedelta(seconds=30))
        before = units(playing)["L2"]
        await asyncio.gather(undo(playing.engine, 1, edit.ref, ADA), push(playing.engine, edit.id))
        state = (await playing.now(edit)).state
        assert units(playing)["L2"] == before + (state is EditState.APPLIED)
        assert state in (EditState.APPLIED, EditState.UNDONE)
