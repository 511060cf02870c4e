"""Whoever comes back gets what changed meanwhile, once, as it is now; nobody is told what they know already."""

from __future__ import annotations

import asyncio
import random
import re

import pytest

from portal.context import Context
from portal.orders.sync import import_order
from tests.flows.parcels import shipped
from tests.support.context import order
from tests.support.server import Installation, Process
from tests.support.server_wire import Event, Stream, ask, stream

pytestmark = [pytest.mark.slow, pytest.mark.engine]

CHANGES = 40


async def test_the_present_state_is_sent_once_to_whoever_missed_something(installation: Installation) -> None:
    async with installation.context() as context:
        path = await shipped(context)
        web = installation.web(worker="separate")
        first = await newest(web, path)
        for title in ("One", "Two", "Three"):
            await rename(context, title)

        for address, headers in (
            (f"{path}/events?after={first}", {}),
            (f"{path}/events", {"last_event_id": str(first)}),
            (f"{path}/events?after=999", {"last_event_id": str(first)}),  # what the browser saw last counts
            (f"{path}/events", {}),  # nothing said: everything may be new
            (f"{path}/events?after=nonsense", {}),
        ):
            async with stream(web, address, **headers) as live:
                event = await live.event()
                assert event is not None
                assert "Three" in event.data
                assert "Two" not in event.data
                assert event.id == first + 3
                await rename(context, "Four")  # the next thing said is the next change, not a repetition
                event = await live.event()
                assert event is not None
                assert "Four" in event.data
                await rename(context, "Three")
                first = (await next_with(live, "Three")).id - 3  # type: ignore[operator]  # fragments have an id


async def test_nothing_is_sent_to_whoever_knows_it_all(installation: Installation) -> None:
    async with installation.context() as context:
        path = await shipped(context)
        web = installation.web(worker="separate")
        known = await newest(web, path)
        async with (
            stream(web, f"{path}/events?after={known}") as by_query,
            stream(web, f"{path}/events?after=0", last_event_id=str(known)) as by_header,
        ):
            await rename(context, "Changed")
            for live in (by_query, by_header):
                event = await live.event()
                assert event is not None
                assert event.id == known + 1  # the change is the first thing that either hears


async def test_streams_that_are_cut_at_random_end_with_the_newest_state(installation: Installation) -> None:
    moments = random.Random(7)  # noqa: S311 - the same cuts in every run
    async with installation.context() as context:
        path = await shipped(context)
        web = installation.web(worker="separate")
        people = [asyncio.create_task(unsteady(web, path, moments.random())) for _ in range(10)]
        for number in range(1, CHANGES + 1):
            await rename(context, f"Version {number}.")
            await asyncio.sleep(moments.uniform(0, 0.05))
        for seen in await asyncio.gather(*people):
            ids = [event.id for event in seen]
            versions = [int(found[1]) for e in seen if (found := re.search(r"Version (\d+)\.", e.data))]
            assert ids == sorted(set(ids)), "said twice, or out of order"  # type: ignore[type-var]  # none lacks an id
            assert versions == sorted(versions)
            assert versions[-1] == CHANGES


async def unsteady(web: Process, path: str, seed: float) -> list[Event]:
    """All that a browser hears whose connection is cut again and again, until it has heard the last change."""
    chance = random.Random(seed)  # noqa: S311 - the same cuts in every run
    seen: list[Event] = []
    while not (seen and f"Version {CHANGES}." in seen[-1].data):
        headers = {"last_event_id": str(seen[-1].id)} if seen else {}
        async with stream(web, f"{path}/events?after=0", **headers) as live:
            for _ in range(chance.randint(0, 4)):
                event = await live.event()
                assert event is not None
                seen.append(event)
                if f"Version {CHANGES}." in event.data:
                    break
    return seen


async def newest(web: Process, path: str) -> int:
    """The event that the page, as it is loaded now, would go on from."""
    found = re.search(rb"/events\?after=(\d+)", (await ask(web, path)).body)
    assert found is not None
    return int(found[1])


async def rename(context: Context, title: str) -> None:
    """The shop changes a word in the order."""
    lines = [{"id": "mug", "title": title, "quantity": 2}]
    await import_order(context, order(number="#1001", lines=lines))


async def next_with(live: Stream, text: str) -> Event:
    """The next fragment that has `text` in it."""
    while True:
        event = await live.event()
        assert event is not None
        if text in event.data:
            return event
