"""The event-stream response: one shared instance, one task per connection, no generator, no queue.

`sse-starlette` frames the events and owns the headers; the hub writes. Why it has this form:
docs/decisions/0007.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from sse_starlette import EventSourceResponse
from starlette.types import Message, Receive, Scope, Send

from portal.kit.errors import Refused
from portal.kit.limits import network
from portal.kit.live import Channel, Frame, Hub, encode

_HELLO = b": connected\n\n"
Missed = Callable[[], Awaitable[Frame | int]]


class LiveResponse(EventSourceResponse):
    """Serves any number of connections; per-connection facts come through `follow`."""

    def __init__(self, hub: Hub, headers: dict[str, str]) -> None:
        super().__init__(_nothing(), ping=0, sep="\n", headers=headers)
        self._hub = hub

    async def follow(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        channel: Channel,
        session: str,
        missed: Missed,
        rests: tuple[str, ...] = (),
        most: int | None = None,
    ) -> None:
        """Open, send what was missed, then stay until the browser or the hub ends it.

        `missed()` is awaited after the subscription, so that no change falls between the two; it gives a
        Frame, or the id of the event that the page rightly says it has. The stream counts as one of `session`, of
        which there may be `most` (None: the usual number), and ends with it, or with any of `rests`. Raises Refused
        before anything was sent.
        """
        stream = self._hub.open(send, channel, session, _address(scope), rests, most)
        try:
            found = await missed()
            if stream not in self._hub:
                raise Refused(503, "it was ended before it began", retry_after=2)
            frame, has = (found, found.id) if isinstance(found, Frame) else (None, found)
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await send(_first(frame))
            if not self._hub.start(stream, has) or (frame is not None and frame.last):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            while (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            _abort(send)
        finally:
            self._hub.forget(stream)


def after_of(scope: Scope) -> int | None:
    """The last event the browser has: `Last-Event-ID`, else `?after=`; None when unsaid or unreadable."""
    given = next((value for name, value in scope["headers"] if name == b"last-event-id"), None)
    if given is None:
        given = next((part[6:] for part in scope["query_string"].split(b"&") if part.startswith(b"after=")), b"")
    return int(given) if given.isdigit() and len(given) < 19 else None


def _first(frame: Frame | None) -> Message:
    return {"type": "http.response.body", "body": encode(frame) if frame else _HELLO, "more_body": True}


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return network(client[0]) if client else ""


def _abort(send: Send) -> None:
    """Cut the connection of a reader that does not read: its buffer would never drain."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()


async def _nothing() -> AsyncIterator[bytes]:
    """The base class wants a body; ours is written by the hub, and this one is never asked."""
    nothing: tuple[bytes, ...] = ()
    for part in nothing:
        yield part
