"""Open pages by the hundred: limits that leave room for pages, descriptors that come back, an orderly end."""

from __future__ import annotations

import asyncio
import json
import resource
import time
from collections.abc import Iterator

import pytest

from tests.flows.parcels import shipped
from tests.support.server import Installation, Process
from tests.support.server_wire import Stream, ask, open_stream
from tests.support.until import until

pytestmark = pytest.mark.slow

MANY = 1000
ENDS_WITHIN_S = 10  # a promise
OF_THE_DATABASE = 6  # descriptors that its connections take when they are first needed


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Streams do not depend on the database."""
    return sqlite_url


@pytest.fixture(autouse=True)
def room_for_sockets() -> Iterator[None]:
    """Let this process, and those it starts, have enough descriptors."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8 * MANY, before[1]), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_a_thousand_open_pages_are_told_and_let_go_in_time(installation: Installation) -> None:
    async with installation.context() as context:
        path = await shipped(context)
    web = installation.web()
    streams = await opened(web, path, MANY)
    assert {live.status for live in streams} == {200}
    began = time.monotonic()
    ends = asyncio.gather(*(last_words(live) for live in streams))
    assert await asyncio.to_thread(web.stop, 30) == 0
    took = time.monotonic() - began
    assert await ends == ["restart"] * MANY
    assert took <= ENDS_WITHIN_S
    assert "Traceback" not in web.said()


async def test_one_more_than_allowed_is_refused_while_pages_answer(installation: Installation) -> None:
    async with installation.context() as context:
        first, second, third = [await shipped(context, index) for index in (1, 2, 3)]
    web = installation.web(max_streams=30, max_streams_per_address=20, max_streams_per_link=12)
    idle = web.descriptors()

    streams = await opened(web, first, 12, x_forwarded_for="192.0.2.1")
    await is_refused(web, first, 429, "192.0.2.2")  # as many as one link may have
    streams += await opened(web, second, 8, x_forwarded_for="192.0.2.1")
    await is_refused(web, third, 429, "192.0.2.1")  # as many as one address may have
    streams += await opened(web, third, 10, x_forwarded_for="192.0.2.3")
    await is_refused(web, second, 503, "192.0.2.4")  # as many as the process may have
    assert {live.status for live in streams} == {200}
    for path in (first, second, third):
        assert (await ask(web, path)).status == 200

    for live in streams:
        live.cut()
    await until(lambda: web.descriptors() <= idle + OF_THE_DATABASE)
    again = await opened(web, first, 12, x_forwarded_for="192.0.2.1")
    assert {live.status for live in again} == {200}
    for live in again:
        live.cut()


async def test_people_who_come_and_go_leave_nothing_behind(installation: Installation) -> None:
    async with installation.context() as context:
        path = await shipped(context)
    web = installation.web()
    for live in await opened(web, path, 50):
        live.cut()
    await everyone_left(web)
    idle = web.descriptors()
    for _ in range(10):
        for live in await opened(web, path, 50):
            live.cut()
    await everyone_left(web)
    await until(lambda: web.descriptors() <= idle + OF_THE_DATABASE)
    assert "Traceback" not in web.said()


async def opened(web: Process, path: str, number: int, **headers: str) -> list[Stream]:
    """So many streams on one page."""
    streams: list[Stream] = []
    for start in range(0, number, 100):
        some = range(start, min(start + 100, number))
        streams += await asyncio.gather(*(open_stream(web, f"{path}/events", **headers) for _ in some))
    return streams


async def is_refused(web: Process, path: str, status: int, address: str) -> None:
    """One more stream gets this status, and is told when to come back."""
    answer = await ask(web, f"{path}/events", x_forwarded_for=address)
    assert (answer.status, int(answer.headers["retry-after"]) > 0) == (status, True)


async def everyone_left(web: Process) -> None:
    """Wait until no stream is open."""
    for _ in range(500):
        if json.loads((await ask(web, "/healthz/ready")).body)["streams"] == 0:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("streams stayed open")


async def last_words(live: Stream) -> str | None:
    """The name of the last event before the end."""
    last = None
    while (event := await live.event(60)) is not None:
        last = event.name
    live.cut()
    return last
