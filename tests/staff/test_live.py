"""Staff pages that stay open: what happens elsewhere arrives, and nobody's typing is touched."""

from __future__ import annotations

import asyncio

from portal.kit.db import Tx
from portal.staff.members import let_go
from tests.staff.conftest import Counter


async def test_a_list_moves_when_an_order_does(any_counter: Counter) -> None:
    jeanne, paul = await any_counter.jeanne(), await any_counter.jeanne()
    async with any_counter.site.running(), jeanne.stream("/staff/events?work=to_collect&after=0") as stream:
        body = await stream.until("Nothing that is ready waits for its customer.")
        assert '<hx-partial hx-target="#work"' in body
        assert (await any_counter.press(paul, "ready", 2, delivery="shop")).status == 303
        assert "#1002" in (await stream.until("#1002"))


async def test_an_order_moves_and_says_that_it_has(any_counter: Counter) -> None:
    jeanne, paul, path = await any_counter.jeanne(), await any_counter.jeanne(), await any_counter.page()
    shown = await jeanne.ask(path)
    after = shown.text.partition("/events?after=")[2].partition("&")[0]
    async with any_counter.site.running(), jeanne.stream(f"{path}/events?after={after}") as stream:
        assert (await any_counter.press(paul, "to-ship")).status == 303
        body = await stream.until("The order has changed since this page was opened.")
        assert '<hx-partial hx-target="#stand"' in body
        assert "<form" not in body  # buttons and what is typed beside them stay as they are
        assert "Being prepared" in body


async def test_streams_end_with_the_session(counter: Counter) -> None:
    jeanne = await counter.jeanne()
    async with counter.site.running(), jeanne.stream("/staff/events?after=0") as stream:
        await stream.until("hx-partial")

        async def unit(tx: Tx) -> bool:
            return await let_go(tx, counter.context.clock.now(), "jeanne@atelier-lune.example")

        await counter.context.db.write(unit)
        async with asyncio.timeout(30):
            assert await stream.gone.wait()
