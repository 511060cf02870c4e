"""Limits in the database: exact, the same for all processes, and forgotten in time."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings as hypothesis_settings, strategies as st
from sqlalchemy import select

from portal.context import Context, opened
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.errors import Refused
from portal.kit.quota import QUOTA, Claim, Limit, forget, take
from tests.support.context import NOW, rows, settings_on

FIVE = Limit("look-up", 5, timedelta(minutes=15))
NUMBERS = count()
DAY = Limit("look-up day", 20, timedelta(days=1))


async def allowed(context: Context, *claims: Claim, now: datetime | None = None) -> int | None:
    """None when it went through, else the seconds to wait."""
    refused: Refused | None = None
    try:
        await take(context.db, now or context.clock.now(), claims)
    except Refused as problem:
        refused = problem
    assert refused is None or refused.status == 429
    return refused.retry_after if refused else None


async def test_so_many_and_no_more_until_the_window_is_over(any_context: Context, clock: ManualClock) -> None:
    assert [await allowed(any_context, Claim(FIVE, "a")) for _ in range(5)] == [None] * 5
    clock.advance(timedelta(minutes=5))
    assert [await allowed(any_context, Claim(FIVE, "a")) for _ in range(2)] == [601, 601]
    assert await allowed(any_context, Claim(FIVE, "b")) is None
    clock.advance(timedelta(minutes=10))
    assert await allowed(any_context, Claim(FIVE, "a")) is None


async def test_the_longest_wait_counts(context: Context, clock: ManualClock) -> None:
    for _ in range(4):
        for _ in range(5):
            assert await allowed(context, Claim(FIVE, "a"), Claim(DAY, "a")) is None
        clock.advance(timedelta(minutes=15))
    assert await allowed(context, Claim(FIVE, "a"), Claim(DAY, "a")) == 23 * 3600 + 1


async def test_what_was_refused_counts_nowhere(any_context: Context, clock: ManualClock) -> None:
    for _ in range(100):
        await allowed(any_context, Claim(FIVE, "a"), Claim(DAY, "a"))
    clock.advance(timedelta(minutes=15))
    assert [await allowed(any_context, Claim(DAY, "a")) for _ in range(16)] == [None] * 15 + [86401 - 900]


async def test_many_at_once_in_two_processes_get_exactly_the_limit(engine_url: str, clock: ManualClock) -> None:
    given = settings_on(engine_url)
    async with opened(given, clock=clock, accounts={}) as one, opened(given, clock=clock, accounts={}) as other:
        tries = [allowed(context, Claim(FIVE, "a"), Claim(DAY, "b")) for context in (one, other) for _ in range(20)]
        assert (await asyncio.gather(*tries)).count(None) == 5


async def test_counts_outlive_a_restart(engine_url: str, clock: ManualClock) -> None:
    given = settings_on(engine_url)
    answers = []
    for _ in range(6):
        async with opened(given, clock=clock, accounts={}) as context:
            answers.append(await allowed(context, Claim(FIVE, "a")))
    assert answers == [None] * 5 + [901]


async def test_windows_that_are_over_are_forgotten(context: Context, clock: ManualClock) -> None:
    await allowed(context, Claim(FIVE, "a"))
    await allowed(context, Claim(DAY, "a"))
    clock.advance(timedelta(minutes=15))

    async def unit(tx: Tx) -> None:
        await forget(tx, clock.now())

    await context.db.write(unit)
    assert [row.name for row in await rows(context, select(QUOTA))] == ["look-up day"]


@hypothesis_settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 1200), min_size=1, max_size=40))
async def test_no_window_of_that_length_from_its_beginning_holds_more(context: Context, gaps: list[int]) -> None:
    claim = Claim(Limit(f"l{next(NUMBERS)}", 3, timedelta(minutes=15)), "a")
    now, began, used = NOW, NOW, 0
    for gap in gaps:
        now += timedelta(seconds=gap)
        if not used or now - began >= claim.limit.per:
            began, used = now, 0
        used += 1
        wait = None if used <= 3 else int((began + claim.limit.per - now).total_seconds()) + 1
        assert await allowed(context, claim, now=now) == wait


async def test_a_limit_of_none_refuses_the_first(context: Context) -> None:
    assert await allowed(context, Claim(Limit("none", 0, timedelta(seconds=9)), "a")) == 10
