"""The one way to call a carrier: a deadline, a size limit, and errors that carry their policy.

The client is the caller's (its proxies, its certificates, `trust_env=False`, its guard against inner
addresses). Nothing here knows a carrier, and nothing but CarrierError leaves it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.repeating import check

if TYPE_CHECKING:
    import httpx2

DEADLINE: Final = 20.0  # seconds for one whole call; a tracking answer that takes longer is not worth a worker
LARGEST: Final = 2 * 1024 * 1024  # bytes; a long history with a signature image is some 200 kB
_LONGEST_PAUSE: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `url` is complete but for `params`; `data` (a form) or `content` (a whole body) makes it a POST.

    `private` marks a call whose reply holds a secret other than a form's: it is never recorded.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    data: Mapping[str, str] | None = None
    auth: tuple[str, str] | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    private: bool = False

    @property
    def for_access(self) -> bool:
        """Whether this asks for a token, and for no parcel: its reply holds a secret."""
        return self.data is not None or self.private


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever its status. `retry_after` is in seconds."""

    status: int
    body: bytes
    retry_after: float | None = None


Toll = Callable[[Call], Awaitable[None]]

_recorded: ContextVar[list[Reply] | None] = ContextVar("recorded", default=None)


@contextmanager
def recording() -> Iterator[list[Reply]]:
    """Collect the replies to calls made inside the block, but for those to forms and private ones: they hold tokens."""
    replies: list[Reply] = []
    before = _recorded.set(replies)
    try:
        yield replies
    finally:
        _recorded.reset(before)


_toll: ContextVar[Toll | None] = ContextVar("toll", default=None)


@contextmanager
def paying(toll: Toll) -> Iterator[None]:
    """Await `toll` before every call made inside the block: it waits for its turn, or raises CarrierError to
    prevent the call."""
    before = _toll.set(toll)
    try:
        yield
    finally:
        _toll.reset(before)


async def send(call: Call, client: httpx2.AsyncClient, *, deadline: float = DEADLINE, largest: int = LARGEST) -> Reply:
    """Make the call. Raises CarrierError (kind `server`) when no whole answer came in time, and Unchanged for a reply
    that the caller knows (`repeating`)."""
    import httpx2

    if (toll := _toll.get()) is not None:
        await toll(call)
    try:
        async with asyncio.timeout(deadline):
            return await _exchange(call, client, largest)
    except TimeoutError as error:
        raise CarrierError(ErrorKind.SERVER, f"No answer within {deadline:g} seconds.") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        # The text of the library's error holds the URL, and with it the tracking number.
        raise CarrierError(ErrorKind.SERVER, f"The carrier could not be reached ({type(error).__name__}).") from error
    except UnicodeError as error:
        raise CarrierError(ErrorKind.AUTH, "A credential has characters that cannot be sent.") from error


async def _exchange(call: Call, client: httpx2.AsyncClient, largest: int) -> Reply:
    request = client.build_request(
        "GET" if call.data is None and call.content is None else "POST",
        _whole(call),
        headers=dict(call.headers),
        data=None if call.data is None else dict(call.data),
        content=call.content,
    )
    response = await client.send(request, auth=call.auth, stream=True, follow_redirects=False)
    try:
        body = await _read(response, largest)
    finally:
        await response.aclose()
    reply = Reply(response.status_code, body, retry_after(response.headers.get("retry-after")))
    if not call.for_access:
        check(reply.status, reply.body)
        if (recorded := _recorded.get()) is not None:
            recorded.append(reply)
    return reply


def _whole(call: Call) -> str:
    """The address with its parameters: put together here, it is taken apart once only."""
    if not call.params:
        return call.url
    return f"{call.url}{'&' if '?' in call.url else '?'}{urlencode(call.params, quote_via=quote)}"


async def _read(response: httpx2.Response, largest: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > largest:
            raise CarrierError(ErrorKind.SERVER, f"The answer is larger than {largest} bytes.")
    return bytes(body)


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds from a Retry-After header (seconds or an HTTP date), at most a day; None where there is none."""
    if value is None:
        return None
    plain = value.strip()
    if plain.isascii() and plain.isdigit():
        return min(float(plain), _LONGEST_PAUSE)
    try:
        moment = parsedate_to_datetime(plain)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    wait = (moment - (now or datetime.now(UTC))).total_seconds()
    return min(max(wait, 0.0), _LONGEST_PAUSE)
