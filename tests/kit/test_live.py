"""The hub: each change rendered once and written to whoever shows it, and nobody waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from portal.kit import live
from portal.kit.errors import Refused, Unavailable
from portal.kit.events import Happened
from portal.kit.live import Channel, Frame, Hub, Limits, Stream

ORDER = Channel("order:1", "owner", "fr")
ENGLISH = Channel("order:1", "owner", "en")
OTHER = Channel("order:2", "owner", "fr")


class Browser:
    """The server's side of one connection: `send` as uvicorn has it. `stuck`: it takes nothing more."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.complete = False
        self.stuck = False
        self.lost = False

    async def send(self, message: Any) -> None:
        """Take a message; a completed response takes none."""
        if self.lost:
            raise ConnectionResetError
        if self.stuck:
            await asyncio.Event().wait()
        if self.complete:
            raise RuntimeError("sent after the response was completed")
        self.complete = not message["more_body"]
        self.got.append(message["body"])

    @property
    def frames(self) -> list[bytes]:
        """What came, without heartbeats and the end."""
        return [body for body in self.got if body not in (b"", b":\n\n")]


class Painter:
    """Renders channels: the frame's number is the last event noticed, and what it says, but for `same`. `gate` holds
    rendering back."""

    def __init__(self) -> None:
        self.painted: list[Channel] = []
        self.event = 0
        self.last = False
        self.same = False
        self.fails: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, channel: Channel) -> Frame:
        """Render."""
        self.painted.append(channel)
        event = self.event
        await self.gate.wait()
        if self.fails:
            raise self.fails.pop(0)
        return Frame(event, f"<p>{channel.topic} {1 if self.same else event}</p>", self.last)


@pytest.fixture
def painter() -> Painter:
    """Renders fragments."""
    return Painter()


@pytest.fixture
async def hub(painter: Painter) -> AsyncIterator[Hub]:
    """A running hub that fails the test when it dies."""
    hub = Hub(painter, Limits())
    task = asyncio.create_task(hub.run())
    yield hub
    assert not task.done(), task.exception()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def happen(hub: Hub, painter: Painter) -> Callable[..., Awaitable[None]]:
    """Commits a change on a topic and lets the hub deliver it."""

    async def happen(*topics: str, settle: bool = True) -> None:
        painter.event += 1
        hub.notice([Happened(painter.event, topic, "changed", {}) for topic in topics])
        if settle:
            await settled()

    return happen


async def settled() -> None:
    """Let everything that can run, run."""
    for _ in range(20):
        await asyncio.sleep(0)


def opened(
    hub: Hub, channel: Channel = ORDER, session: str = "s", address: str = "a", *, has: int = 0
) -> tuple[Stream, Browser]:
    """A stream whose head is out."""
    browser = Browser()
    stream = hub.open(browser.send, channel, session, address)
    hub.start(stream, has)
    return stream, browser


Happen = Callable[..., Awaitable[None]]


async def test_a_change_is_rendered_once_for_many_streams(hub: Hub, painter: Painter, happen: Happen) -> None:
    browsers = [opened(hub, session=str(n), address=str(n))[1] for n in range(50)]
    await happen("order:1")
    assert painter.painted == [ORDER]
    assert {tuple(browser.frames) for browser in browsers} == {(b"id: 1\ndata: <p>order:1 1</p>\n\n",)}


async def test_each_channel_of_a_topic_gets_its_own_and_other_topics_nothing(
    hub: Hub, painter: Painter, happen: Happen
) -> None:
    _, french = opened(hub)
    _, english = opened(hub, ENGLISH)
    _, other = opened(hub, OTHER)
    await happen("order:1", "order:9")
    assert sorted(painter.painted, key=str) == sorted([ORDER, ENGLISH], key=str)
    assert (len(french.frames), len(english.frames), other.frames) == (1, 1, [])


async def test_changes_during_rendering_are_rendered_once_more(hub: Hub, painter: Painter, happen: Happen) -> None:
    _, browser = opened(hub)
    painter.gate.clear()
    for _ in range(4):
        await happen("order:1")
    assert len(painter.painted) == 1
    painter.gate.set()
    await settled()
    assert len(painter.painted) == 2
    assert browser.frames[-1] == b"id: 4\ndata: <p>order:1 4</p>\n\n"


async def test_a_page_that_has_a_state_is_not_sent_it_again(hub: Hub, happen: Happen) -> None:
    _, fresh = opened(hub, has=1)
    _, stale = opened(hub, has=0)
    await happen("order:1")
    assert (len(fresh.frames), len(stale.frames)) == (0, 1)


async def test_what_says_the_same_is_not_sent_again(hub: Hub, painter: Painter, happen: Happen) -> None:
    _, browser = opened(hub)
    await happen("order:1")
    painter.same = True
    for _ in range(3):
        await happen("order:1")
    _, late = opened(hub, session="t", has=2)  # its page is older than what all others show, and may differ
    await happen("order:1")
    painter.same = False
    await happen("order:1")
    assert browser.frames == [b"id: 1\ndata: <p>order:1 1</p>\n\n", b"id: 6\ndata: <p>order:1 6</p>\n\n"]
    assert late.frames == [b"id: 5\ndata: <p>order:1 1</p>\n\n", b"id: 6\ndata: <p>order:1 6</p>\n\n"]


async def test_nothing_is_written_before_the_head_and_nothing_missed_after_it(hub: Hub, happen: Happen) -> None:
    browser = Browser()
    stream = hub.open(browser.send, ORDER, "s", "a")
    await happen("order:1")
    assert browser.got == []
    assert hub.start(stream, 0)
    await settled()
    assert browser.frames == [b"id: 1\ndata: <p>order:1 1</p>\n\n"]


async def test_a_reader_that_does_not_keep_up_is_dropped_and_nobody_waits(hub: Hub, happen: Happen) -> None:
    ready = asyncio.Event()
    slow, quick = Browser(), Browser()

    async def connection() -> None:
        stream = hub.open(slow.send, ORDER, "s", "a")
        hub.start(stream, 0)
        ready.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(connection())
    await ready.wait()
    stream = hub.open(quick.send, ORDER, "s", "a")
    hub.start(stream, 0)
    slow.stuck = True
    await happen("order:1")
    assert len(quick.frames) == 1
    assert len(hub) == 1
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_connection_that_broke_harms_no_other(hub: Hub, happen: Happen) -> None:
    _, broken = opened(hub)
    _, whole = opened(hub)
    broken.lost = True
    await happen("order:1")
    assert len(whole.frames) == 1


CAPS = [
    (Limits(total=2), [("1", "a"), ("2", "b")], ("3", "c"), 503),
    (Limits(per_address=2), [("1", "a"), ("2", "a"), ("3", "b")], ("4", "a"), 429),
    (Limits(per_session=2), [("1", "a"), ("1", "b"), ("2", "c")], ("1", "d"), 429),
]


@pytest.mark.parametrize(("limits", "inside", "late", "status"), CAPS, ids=["total", "address", "session"])
async def test_caps(painter: Painter, limits: Limits, inside: Any, late: tuple[str, str], status: int) -> None:
    hub = Hub(painter, limits)
    streams = [opened(hub, OTHER, *who)[0] for who in inside]
    with pytest.raises(Refused) as refused:
        opened(hub, ORDER, *late)
    assert (refused.value.status, refused.value.retry_after) == (status, 30)
    hub.forget(streams[0])
    hub.forget(streams[0])
    opened(hub, ORDER, *late)
    assert len(hub) == len(inside)


async def test_what_is_over_leaves_no_trace(hub: Hub, happen: Happen, painter: Painter) -> None:
    stream, browser = opened(hub)
    assert list(hub.topics()) == ["order:1"]
    hub.forget(stream)
    assert (len(hub), list(hub.topics()), stream in hub) == (0, [], False)
    assert (hub._addresses, hub._sessions, hub._channels) == ({}, {}, {})
    await happen("order:1")
    assert (painter.painted, browser.got) == ([], [])


async def test_the_last_frame_ends_the_stream(hub: Hub, painter: Painter, happen: Happen) -> None:
    painter.last = True
    _, waiting = opened(hub)
    _, has_it = opened(hub, has=1)
    await happen("order:1")
    assert (len(waiting.frames), waiting.complete) == (1, True)
    assert (has_it.frames, has_it.complete) == ([], True)
    assert len(hub) == 0


async def test_a_session_that_lost_its_right_is_closed_and_no_other(hub: Hub, happen: Happen) -> None:
    _, mine = opened(hub, session="1")
    _, too = opened(hub, OTHER, session="1")
    _, other = opened(hub, session="2")
    hub.end_session("1")
    assert (mine.complete, too.complete, other.complete) == (True, True, False)
    await happen("order:1", "order:2")
    assert (len(mine.frames), len(too.frames), len(other.frames)) == (0, 0, 1)


async def test_a_session_that_ends_while_its_stream_opens_gets_nothing(hub: Hub, happen: Happen) -> None:
    browser = Browser()
    stream = hub.open(browser.send, ORDER, "1", "a")
    hub.end_session("1")
    assert stream not in hub
    assert not hub.start(stream, 0)
    await happen("order:1")
    assert browser.got == []


async def test_what_was_ended_is_never_written_to_again(hub: Hub, painter: Painter) -> None:
    stream, browser = opened(hub)
    hub.end_session("s")
    assert browser.complete
    await hub.write(ORDER, Frame(9, "late"))
    hub._push(stream, {"type": "http.response.body", "body": b"late", "more_body": True})
    hub._end(stream)
    assert browser.got == [b""]


async def test_a_stream_that_ends_within_a_round_of_heartbeats_does_no_harm(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[asyncio.Event] = []
    begun = asyncio.Event()

    async def pause(_: float) -> None:
        pauses.append(asyncio.Event())
        begun.set()
        await pauses[-1].wait()

    hub = Hub(painter, Limits())
    streams = [opened(hub) for _ in range(3)]
    monkeypatch.setattr(asyncio, "sleep", pause)
    beating = asyncio.create_task(hub._beat())
    await begun.wait()
    for stream, _ in streams:
        stream.closes_at = 0.0
    hub.end_session("s")
    for _ in range(live.HEARTBEAT_S):
        begun.clear()
        pauses[-1].set()
        await asyncio.wait_for(begun.wait(), 5)
    assert not beating.done()
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)


async def test_heartbeats_reach_everyone_and_old_streams_end(painter: Painter, monkeypatch: pytest.MonkeyPatch) -> None:
    beats: list[float] = []
    round_ = asyncio.Event()
    real = asyncio.sleep

    async def pause(seconds: float) -> None:
        beats.append(seconds)
        if len(beats) == 2 * live.HEARTBEAT_S:
            round_.set()
            await asyncio.Event().wait()
        await real(0)

    hub = Hub(painter, Limits())
    browsers = [opened(hub, session=str(n), address=str(n))[1] for n in range(40)]
    old, aged = opened(hub, session="old", address="old")
    old.closes_at = 0.0
    monkeypatch.setattr(asyncio, "sleep", pause)
    beating = asyncio.create_task(hub._beat())
    await asyncio.wait_for(round_.wait(), 5)
    assert {tuple(browser.got) for browser in browsers} == {(b":\n\n", b":\n\n")}
    assert (aged.got, aged.complete, old in hub) == ([b""], True, False)
    assert sum(beats) == 2 * live.HEARTBEAT_S
    assert 10 <= live.HEARTBEAT_S <= 25
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)


async def test_streams_live_about_a_quarter_of_an_hour_each_its_own(hub: Hub) -> None:
    now = asyncio.get_running_loop().time()
    lives = [opened(hub, session=str(n), address=str(n))[0].closes_at - now for n in range(50)]
    assert 800 < min(lives) < max(lives) < 1000
    assert max(lives) - min(lives) > 60


async def test_closing_tells_everyone_to_come_back_and_takes_nobody_in(hub: Hub) -> None:
    browsers = [opened(hub, session=str(n), address=str(n))[1] for n in range(30)]
    opening = Browser()
    stream = hub.open(opening.send, ORDER, "late", "late")
    await hub.close()
    retries = set()
    for browser in browsers:
        assert browser.complete
        restart, end = browser.got
        assert end == b""
        fields = dict(line.split(": ", 1) for line in restart.decode().split("\n") if line)
        assert fields["event"] == "restart"
        retries.add(int(fields["retry"]))
    assert len(retries) > 10
    assert 500 <= min(retries) <= max(retries) <= 4000
    assert not hub.start(stream, 0)
    with pytest.raises(Refused) as refused:
        opened(hub)
    assert refused.value.status == 503


async def test_a_page_that_cannot_be_rendered_stops_no_other(
    hub: Hub, painter: Painter, happen: Happen, caplog: pytest.LogCaptureFixture
) -> None:
    _, browser = opened(hub)
    painter.fails = [KeyError("template")]
    await happen("order:1")
    assert browser.frames == []
    assert "rendering a live fragment failed" in caplog.text
    await happen("order:1")
    assert len(browser.frames) == 1


async def test_a_database_that_is_away_is_asked_again(
    hub: Hub, painter: Painter, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    later: list[tuple[float, Callable[..., Any], tuple[Any, ...]]] = []
    monkeypatch.setattr(loop, "call_later", lambda delay, act, *args: later.append((delay, act, args)))
    _, browser = opened(hub)
    painter.fails = [Unavailable("database: away")]
    await happen("order:1")
    monkeypatch.undo()
    ((delay, act, args),) = later
    assert 0 < delay <= 2
    act(*args)
    await settled()
    assert len(browser.frames) == 1


async def test_many_pages_are_rendered_a_few_at_a_time(hub: Hub, painter: Painter, happen: Happen) -> None:
    for topic in (topics := [f"order:{n}" for n in range(30)]):
        opened(hub, Channel(topic, "owner", "fr"), topic, topic)
    painter.gate.clear()
    await happen(*topics)
    assert len(painter.painted) <= 10
    painter.gate.set()
    await settled()
    assert len(painter.painted) == 30
