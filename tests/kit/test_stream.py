"""One connection of a live page, from its opening to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.kit.errors import Refused, Unavailable
from portal.kit.events import Happened
from portal.kit.live import Channel, Frame, Hub, Limits
from portal.kit.stream import LiveResponse, after_of

ORDER = Channel("order:1", "owner", "fr")


class Connection:
    """A connection as a server gives it to an application; `leave` is what the browser does. `over`: the
    response is complete."""

    def __init__(self, address: str = "203.0.113.7") -> None:
        self.scope: dict[str, Any] = {"type": "http", "client": (address, 5000), "headers": [], "query_string": b""}
        self.sent: list[Any] = []
        self.over = False
        self._gone = asyncio.Event()

    async def receive(self) -> Any:
        """Wait until the browser goes."""
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """Take a message."""
        assert not self.over, "sent after the end"
        self.sent.append(message)
        self.over = not message.get("more_body", True)
        if self.over:
            self._gone.set()  # as servers do

    def leave(self) -> None:
        """The browser goes."""
        self._gone.set()

    @property
    def body(self) -> bytes:
        """All that came."""
        return b"".join(message.get("body", b"") for message in self.sent)


class Page:
    """What the page shows: a frame numbered by the last event."""

    def __init__(self) -> None:
        self.event = 0
        self.last = False

    async def frame(self, _: Channel) -> Frame:
        """Render."""
        return Frame(self.event, f"event {self.event}", self.last)


@pytest.fixture
def page() -> Page:
    """The page."""
    return Page()


@pytest.fixture
async def hub(page: Page) -> AsyncIterator[Hub]:
    """A running hub with room for two streams of an address."""
    hub = Hub(page.frame, Limits(per_address=2))
    task = asyncio.create_task(hub.run())
    yield hub
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


Follow = Callable[..., Awaitable[asyncio.Task[None]]]


@pytest.fixture
def follow(hub: Hub, page: Page) -> Follow:
    """Opens a stream: `await follow(connection, seen=…, missed=…)`; gives its task."""
    response = LiveResponse(hub, {"x-kept": "yes"})

    async def follow(
        connection: Connection, seen: int = 0, missed: Callable[[], Awaitable[Frame | int]] | None = None
    ) -> asyncio.Task[None]:
        async def looked() -> Frame | int:
            return page.event if page.event == seen else await page.frame(ORDER)

        coming = response.follow(connection.scope, connection.receive, connection.send, ORDER, "link", missed or looked)
        task = asyncio.create_task(coming)
        await settled()
        return task

    return follow


async def settled() -> None:
    """Let everything that can run, run."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_stream_opens_with_its_head_and_a_word_that_it_is_there(follow: Follow, hub: Hub) -> None:
    connection = Connection()
    task = await follow(connection)
    head, first = connection.sent
    headers = dict(head["headers"])
    assert (head["status"], headers[b"content-type"]) == (200, b"text/event-stream; charset=utf-8")
    assert b"no-store" in headers[b"cache-control"]
    assert (headers[b"x-accel-buffering"], headers[b"x-kept"]) == (b"no", b"yes")
    assert first["body"].startswith(b":")
    assert len(hub) == 1
    connection.leave()
    await task
    assert len(hub) == 0


async def test_who_comes_back_gets_what_it_missed_as_it_is_now(follow: Follow, page: Page) -> None:
    page.event = 7
    connection = Connection()
    task = await follow(connection, seen=3)
    assert connection.body == b"id: 7\ndata: event 7\n\n"
    connection.leave()
    await task


async def test_a_change_while_the_stream_opens_is_sent(follow: Follow, hub: Hub, page: Page) -> None:
    looking, answered = asyncio.Event(), asyncio.Event()

    async def missed() -> int:
        looking.set()
        await answered.wait()
        return 0

    connection = Connection()
    task = await follow(connection, missed=missed)
    await looking.wait()
    page.event = 1
    hub.notice([Happened(1, "order:1", "changed", {})])
    await settled()
    assert connection.sent == []
    answered.set()
    await settled()
    assert connection.body.endswith(b"id: 1\ndata: event 1\n\n")
    connection.leave()
    await task


async def test_a_finished_page_is_sent_once_and_its_stream_ended(follow: Follow, hub: Hub, page: Page) -> None:
    page.event, page.last = 5, True
    connection = Connection()
    await asyncio.wait_for(await follow(connection, seen=4), 5)
    assert connection.over
    assert connection.body == b"id: 5\ndata: event 5\n\n"
    assert len(hub) == 0


async def test_too_many_from_one_network_are_refused_before_anything_is_sent(follow: Follow, hub: Hub) -> None:
    inside = [Connection(address) for address in ("2001:db8::1", "2001:db8::2")]
    tasks = [await follow(connection) for connection in inside]
    late = Connection("2001:db8::3")
    with pytest.raises(Refused) as refused:
        await asyncio.wait_for(await follow(late), 5)
    assert (refused.value.status, late.sent, len(hub)) == (429, [], 2)
    inside[0].leave()
    await tasks[0]
    elsewhere = await follow(late)
    assert late.sent
    for connection in (inside[1], late):
        connection.leave()
    await asyncio.gather(tasks[1], elsewhere)


async def test_a_page_that_cannot_be_read_refuses_and_leaves_nothing(follow: Follow, hub: Hub) -> None:
    async def missed() -> int:
        raise Unavailable("database: away")

    connection = Connection()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(await follow(connection, missed=missed), 5)
    assert (connection.sent, len(hub)) == ([], 0)


@pytest.mark.parametrize("end", ["revoked", "stopping"])
async def test_what_ends_while_it_opens_is_refused_and_shows_nothing(follow: Follow, hub: Hub, end: str) -> None:
    answered = asyncio.Event()

    async def missed() -> Frame:
        await answered.wait()
        return Frame(1, "secret")

    connection = Connection()
    task = await follow(connection, missed=missed)
    if end == "revoked":
        hub.end_session("link")
    else:
        await hub.close()
    answered.set()
    with pytest.raises(Refused) as refused:
        await asyncio.wait_for(task, 5)
    assert (refused.value.status, connection.sent, len(hub)) == (503, [], 0)


async def test_what_ends_while_its_head_goes_out_is_ended(follow: Follow, hub: Hub) -> None:
    connection = Connection()
    send = connection.send

    async def send_and_end(message: Any) -> None:
        await send(message)
        if message["type"] == "http.response.start":
            hub.end_session("link")

    connection.send = send_and_end  # type: ignore[method-assign]  # a server that is slow to send
    await asyncio.wait_for(await follow(connection), 5)
    assert connection.over


async def test_a_revoked_link_ends_its_stream(follow: Follow, hub: Hub) -> None:
    connection = Connection()
    task = await follow(connection)
    hub.end_session("link")
    await asyncio.wait_for(task, 5)
    assert connection.over


class Transport:
    """A server's transport."""

    aborted = False

    def abort(self) -> None:
        """Cut the connection."""
        self.aborted = True


async def test_a_reader_that_does_not_read_is_cut_off(follow: Follow, hub: Hub, page: Page) -> None:
    connection = Connection()
    connection.transport = Transport()  # type: ignore[attr-defined]  # as uvicorn's has
    task = await follow(connection)

    async def stuck(message: Any) -> None:
        await asyncio.Event().wait()

    (stream,) = hub._streams
    stream.send = stuck
    page.event = 1
    hub.notice([Happened(1, "order:1", "changed", {})])
    await settled()
    await asyncio.wait_for(task, 5)
    assert connection.transport.aborted  # type: ignore[attr-defined]  # as above
    assert len(hub) == 0


SAID: list[tuple[bytes | None, bytes, int | None]] = [
    (None, b"", None),
    (None, b"after=12", 12),
    (None, b"lang=fr&after=12", 12),
    (b"15", b"after=12", 15),
    (b"15", b"", 15),
    (b"", b"after=12", None),
    (b"x", b"after=12", None),
    (None, b"after=-1", None),
    (None, b"after=1e3", None),
    (None, b"after=" + b"9" * 18, 10**18 - 1),
    (None, b"after=" + b"9" * 5000, None),
    (b"\xb2", b"", None),
]


@pytest.mark.parametrize(("header", "query", "last"), SAID)
def test_the_last_event_a_browser_has(header: bytes | None, query: bytes, last: int | None) -> None:
    headers = [] if header is None else [(b"last-event-id", header)]
    assert after_of({"headers": [(b"accept", b"*/*"), *headers], "query_string": query}) == last


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_junk_is_no_event(header: bytes, query: bytes) -> None:
    for headers in ([], [(b"last-event-id", header)]):
        found = after_of({"headers": headers, "query_string": query})
        assert found is None or found >= 0
