"""The warehouse leaves an order alone while its customer changes it, and goes on afterwards whatever happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.editing import holding
from portal.editing.commands import Swap
from portal.editing.confirm import undo
from portal.editing.models import EDIT_HOLD
from portal.editing.work import Works
from portal.kit.clock import ManualClock
from portal.kit.jobs import JOB
from portal.platforms.changes import Can
from portal.platforms.live import ShopError
from tests.editing.play import ADA, Play, begun, play
from tests.support.context import rows
from tests.support.model_shop import ALL

SWAP = Swap(line="L1", variant="s", quantity=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def playing(any_context: Context) -> Play:
    """Order 1 of a shop that wants it held."""
    settings = any_context.settings.model_copy(update={"edit_hold": True})
    return await begun(replace(any_context, settings=settings))


def held(playing: Play) -> int:
    """How many holds the platform's order has."""
    return len(playing.platform.orders["1"]["held"])


async def run(playing: Play, *kinds: str) -> None:
    """Run the jobs of these kinds that are due, once each, and forget those."""
    works = Works(lambda _: playing.engine)
    now = playing.context.clock.now()
    for job in await rows(playing.context, select(JOB).where(JOB.c.kind.in_(kinds), JOB.c.due_at <= now)):
        payload: Mapping[str, Any] = {"order": 1}
        await works.jobs[job.kind](playing.context, payload)
        await playing.context.db.write(lambda tx, id_=job.id: tx.run(JOB.delete().where(JOB.c.id == id_)))  # type: ignore[misc]  # bound at once


async def test_a_preview_holds_and_its_end_lets_go(playing: Play, clock: ManualClock) -> None:
    await playing.previewed(SWAP)
    await run(playing, holding.HOLD)
    assert held(playing) == 1
    clock.advance(14 * MINUTE)
    await run(playing, holding.RELEASE)
    assert held(playing) == 1
    clock.advance(MINUTE)
    await run(playing, holding.RELEASE)
    assert held(playing) == 0
    assert await rows(playing.context, select(EDIT_HOLD)) == []


async def test_a_confirmed_edit_is_held_until_it_is_settled(playing: Play, clock: ManualClock) -> None:
    edit = await playing.confirmed(SWAP)
    await run(playing, holding.HOLD)
    assert held(playing) == 1
    await playing.pushed(edit)
    await run(playing, holding.RELEASE)
    assert held(playing) == 0


async def test_undoing_lets_go(playing: Play) -> None:
    edit = await playing.confirmed(SWAP)
    await run(playing, holding.HOLD)
    await undo(playing.engine, 1, edit.ref, ADA)
    await run(playing, holding.RELEASE)
    assert held(playing) == 0


async def test_a_hold_that_comes_late_holds_nothing(playing: Play, clock: ManualClock) -> None:
    """The job that holds is overtaken by the one that lets go, before and while it asks the platform."""
    await playing.previewed(SWAP)
    clock.advance(20 * MINUTE)
    await holding.release(playing.engine, 1)
    await holding.hold(playing.engine, 1)
    assert held(playing) == 0
    await playing.previewed(SWAP)

    async def overtaken(name: str) -> None:
        if name == "hold":
            clock.advance(20 * MINUTE)
            playing.before = no_fault
            await holding.release(playing.engine, 1)

    async def no_fault(_name: str) -> None:
        return None

    playing.before = overtaken
    await holding.hold(playing.engine, 1)
    assert held(playing) == 0


async def test_who_wants_it_again_while_it_is_let_go_gets_it(playing: Play, clock: ManualClock) -> None:
    await playing.previewed(SWAP)
    await run(playing, holding.HOLD)
    clock.advance(20 * MINUTE)

    async def meanwhile(name: str) -> None:
        if name == "release":
            playing.before = no_fault
            await playing.previewed(SWAP)
            await run(playing, holding.HOLD)

    async def no_fault(_name: str) -> None:
        return None

    playing.before = meanwhile
    await run(playing, holding.RELEASE)
    await run(playing, holding.HOLD)
    assert held(playing) == 1


async def test_a_lost_job_is_found_out(playing: Play, clock: ManualClock) -> None:
    await playing.previewed(SWAP)
    await run(playing, holding.HOLD)
    await playing.context.db.write(lambda tx: tx.run(JOB.delete()))
    clock.advance(21 * MINUTE)
    await Works(lambda _: playing.engine).sweep(playing.context, {})
    await run(playing, holding.RELEASE)
    assert held(playing) == 0


async def test_a_platform_that_does_not_answer_is_asked_again(playing: Play, clock: ManualClock) -> None:
    await playing.previewed(SWAP)
    await run(playing, holding.HOLD)
    clock.advance(20 * MINUTE)

    async def away(_name: str) -> None:
        raise ShopError("unreachable", "the platform does not answer")

    fine, playing.before = playing.before, away
    with pytest.raises(ShopError):
        await holding.release(playing.engine, 1)
    playing.before = fine
    await holding.release(playing.engine, 1)
    assert held(playing) == 0


async def test_nothing_is_held_where_nobody_wants_it_or_can(any_context: Context, playing: Play) -> None:
    assert held(playing) == 0
    playing.can = ALL - {Can.HOLD}
    await playing.previewed(SWAP)
    calm = play(any_context)
    await calm.previewed(SWAP)
    assert await rows(any_context, select(EDIT_HOLD)) == []
