"""The hub: which open streams show what, and the one place that writes to them.

A channel is a topic as one audience sees it; its current fragment is rendered once, encoded once and
written to every stream on it. It is state that is pushed, not changes: a channel that changed three times
while it was being rendered is rendered once more. A stream whose reader is too slow is closed; the browser
comes back with the last id it saw.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sse_starlette import ServerSentEvent
from starlette.types import Message, Send

from portal.kit.errors import Refused, Unavailable
from portal.kit.events import Happened

log = logging.getLogger("jalon.live")

HEARTBEAT_S: Final = 15
LIFE_S: Final = 900
_RENDER_TOGETHER = 8
_LINE_END = re.compile(r"\r\n|\r|\n")
_NEXT_LINE = "\ndata: "
_BREATHE_EVERY = 500  # writes between two looks at other work
_BEAT: Final[Message] = {"type": "http.response.body", "body": b":\n\n", "more_body": True}
_END: Final[Message] = {"type": "http.response.body", "body": b"", "more_body": False}


@dataclass(frozen=True, slots=True)
class Channel:
    """A topic as one audience sees it, in one language."""

    topic: str
    audience: str
    locale: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The current fragment of a channel, as of event `id`; `last` when nothing more will come."""

    id: int
    html: str
    last: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How many streams may be open: in all, from one address, of one session."""

    total: int = 10_000
    per_address: int = 20
    per_session: int = 6


class Stream:
    """One open connection. `send` is the server's own, so that a write completes without waiting; `has` is the
    last event that the page shows: a frame that is no newer is not for it. It is counted as one of `session`, and
    ends with that or with anything else that it `rests` on."""

    __slots__ = ("address", "channel", "closes_at", "has", "missed", "rests", "send", "session", "started", "task")

    def __init__(
        self, send: Send, channel: Channel, session: str, address: str, closes_at: float, rests: tuple[str, ...]
    ) -> None:
        self.send = send
        self.channel = channel
        self.session = session
        self.address = address
        self.closes_at = closes_at
        self.rests = rests
        self.has = -1
        self.started = False  # nothing may be written before the response's head is
        self.missed = False
        self.task = asyncio.current_task()


Render = Callable[[Channel], Awaitable[Frame | None]]


class Hub:
    """All open streams of this process."""

    def __init__(self, render: Render, limits: Limits) -> None:
        self._render = render
        self._limits = limits
        self._channels: dict[str, dict[Channel, set[Stream]]] = {}
        self._gathered: dict[str, set[str]] = {}
        self._sources: dict[str, frozenset[str]] = {}
        self._written: dict[Channel, Frame] = {}
        self._dirty: dict[Channel, None] = {}
        self._wake = asyncio.Event()
        self._streams: set[Stream] = set()
        self._addresses: Counter[str] = Counter()
        self._sessions: Counter[str] = Counter()
        self.closing = False

    def __len__(self) -> int:
        return len(self._streams)

    def __contains__(self, stream: Stream) -> bool:
        """Whether a stream is open, and not ended by anyone."""
        return stream in self._streams

    def topics(self) -> Iterable[str]:
        """What is being looked at here."""
        return self._channels.keys()

    def open(
        self,
        send: Send,
        channel: Channel,
        session: str,
        address: str,
        rests: tuple[str, ...] = (),
        most: int | None = None,
    ) -> Stream:
        """Let a stream in. `most`: how many this session may have. Raises Refused when there are too many."""
        limits = self._limits
        most = limits.per_session if most is None else most
        if self.closing:
            raise Refused(503, "restarting", retry_after=2)
        if len(self._streams) >= limits.total:
            raise Refused(503, "too many live pages are open", retry_after=30)
        if self._addresses[address] >= limits.per_address or self._sessions[session] >= most:
            raise Refused(429, "too many live pages are open from here", retry_after=30)
        life = LIFE_S * random.uniform(0.9, 1.1)  # noqa: S311 - spreads reconnects, guards nothing
        stream = Stream(send, channel, session, address, asyncio.get_running_loop().time() + life, rests)
        self._streams.add(stream)
        self._addresses[address] += 1
        self._sessions[session] += 1
        self._channels.setdefault(channel.topic, {}).setdefault(channel, set()).add(stream)
        return stream

    def start(self, stream: Stream, has: int) -> bool:
        """The response's head is out, and the page shows event `has`; what changed meanwhile is sent now.
        False when the stream was ended meanwhile: nothing more will come."""
        stream.started, stream.has = True, has
        if stream.missed:
            self.again(stream.channel)
        return stream in self._streams

    def forget(self, stream: Stream) -> None:
        """The connection is over."""
        if stream not in self._streams:
            return
        self._streams.discard(stream)
        _less(self._addresses, stream.address)
        _less(self._sessions, stream.session)
        channels = self._channels[stream.channel.topic]
        channels[stream.channel].discard(stream)
        if not channels[stream.channel]:
            del channels[stream.channel]
            self._written.pop(stream.channel, None)
        if not channels:
            del self._channels[stream.channel.topic]
            self._scatter(stream.channel.topic)

    def notice(self, events: Sequence[Happened]) -> None:
        """Something was committed: whoever shows it will be told."""
        for event in events:
            for topic in (event.topic, *self._gathered.get(event.topic, ())):
                for channel in self._channels.get(topic, ()):
                    self._dirty[channel] = None
        if self._dirty:
            self._wake.set()

    def gather(self, topic: str, sources: Iterable[str]) -> None:
        """What is told on `sources` concerns those who look at `topic`, until this is said anew or nobody looks."""
        self._scatter(topic)
        if topic in self._channels:
            self._sources[topic] = frozenset(sources)
            for source in self._sources[topic]:
                self._gathered.setdefault(source, set()).add(topic)

    def _scatter(self, topic: str) -> None:
        for source in self._sources.pop(topic, ()):
            topics = self._gathered[source]
            topics.discard(topic)
            if not topics:
                del self._gathered[source]

    def end_session(self, session: str) -> None:
        """Close the streams of a session (or of a link that one rests on) that lost its right to look."""
        for stream in [s for s in self._streams if s.session == session or session in s.rests]:
            self._end(stream)

    async def run(self) -> None:
        """Render and write what changed, and keep connections alive, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._deliver(), name="deliver")
            group.create_task(self._beat(), name="heartbeat")

    async def close(self) -> None:
        """Tell every stream to come back a little later, and end it."""
        self.closing = True
        for number, stream in enumerate(list(self._streams), 1):
            retry = random.randint(500, 4000)  # noqa: S311 - spreads reconnects, guards nothing
            self._push(stream, _body(ServerSentEvent("", event="restart", retry=retry, sep="\n").encode()))
            self._end(stream)
            if number % _BREATHE_EVERY == 0:
                await asyncio.sleep(0)

    async def _deliver(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._dirty:
                some = list(self._dirty)[:_RENDER_TOGETHER]
                for channel in some:
                    del self._dirty[channel]
                await asyncio.gather(*(self._tell(channel) for channel in some))

    async def _tell(self, channel: Channel) -> None:
        try:
            frame = await self._render(channel)
        except Unavailable as problem:
            log.warning("cannot render a live fragment, trying again: %s", problem)
            asyncio.get_running_loop().call_later(1.0, self.again, channel)
            return
        except Exception:  # one page that cannot be rendered must not stop the others
            log.exception("rendering a live fragment failed")
            return
        if frame is not None:
            await self.write(channel, frame)

    def again(self, channel: Channel) -> None:
        """Render a channel anew though nothing was committed: time alone has changed what it shows."""
        self._dirty[channel] = None
        self._wake.set()

    def stir(self, topic: str) -> None:
        """Render what is shown on a topic anew: something was told elsewhere that it may show."""
        if channels := self._channels.get(topic):
            self._dirty.update(dict.fromkeys(channels))
            self._wake.set()

    def all_again(self) -> None:
        """Render every channel anew: something changed that all of them show."""
        for channels in self._channels.values():
            self._dirty.update(dict.fromkeys(channels))
        self._wake.set()

    async def write(self, channel: Channel, frame: Frame) -> None:
        """Write a frame to every stream on a channel that does not have it: neither as such, nor as one before it
        that says the same, as when somebody looked and found nothing new."""
        message = _body(encode(frame))
        streams = self._channels.get(channel.topic, {}).get(channel, ())
        before = self._written.get(channel)
        same_as = before.id if before is not None and before.html == frame.html and not frame.last else None
        if streams:
            self._written[channel] = frame
        for number, stream in enumerate(list(streams), 1):
            if stream.has == same_as and stream.started:
                stream.has = max(stream.has, frame.id)
            elif stream.has < frame.id:
                self._push(stream, message)
                stream.has = frame.id if stream.started else stream.has
            if frame.last and stream.started:
                self._end(stream)
            if number % _BREATHE_EVERY == 0:
                await asyncio.sleep(0)

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            everyone = list(self._streams)
            for slot in range(HEARTBEAT_S):
                for stream in everyone[slot::HEARTBEAT_S]:
                    if stream.closes_at < loop.time():
                        self._end(stream)
                    elif stream in self._streams:
                        self._push(stream, _BEAT)
                await asyncio.sleep(1)

    def _push(self, stream: Stream, message: Message) -> None:
        """Write without waiting: a write that would wait means that the reader does not keep up. Whoever walks
        a list of streams meets some that were ended meanwhile; servers take nothing after an end."""
        if stream not in self._streams:
            return
        if not stream.started:
            stream.missed = True
        elif not _at_once(stream.send(message)):
            log.info("closing a stream that does not keep up")
            self.forget(stream)
            if stream.task is not None:
                stream.task.cancel()

    def _end(self, stream: Stream) -> None:
        self._push(stream, _END)
        self.forget(stream)


def encode(frame: Frame) -> bytes:
    """The frame as bytes of an event stream: unnamed, so that the page swaps it in.

    Byte for byte what `ServerSentEvent` makes of it (a test compares them), in a fraction of the time.
    """
    return f"id: {frame.id}\ndata: {_LINE_END.sub(_NEXT_LINE, frame.html)}\n\n".encode()


def _body(data: bytes) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": True}


def _at_once(sending: Any) -> bool:
    """Drive a coroutine one step; False when it did not finish. A dead connection counts as finished."""
    try:
        sending.send(None)
    except StopIteration:
        return True
    except OSError:
        return True
    sending.close()
    return False


def _less(counter: Counter[str], name: str) -> None:
    counter[name] -= 1
    if counter[name] <= 0:
        del counter[name]
