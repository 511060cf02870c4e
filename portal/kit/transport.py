"""How calls leave the house: httpx2's interface over aiohttp's connections, which cost about half as much a call.

Knows requests and responses, and nothing of who is called. Only httpx2's errors leave it.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

import aiohttp
import httpx2
from yarl import URL

_IDLE_S: Final = 15.0  # a connection that nobody used for so long is closed
_CHUNK: Final = 65_536
# The narrower ones first.
_ERRORS: Final[tuple[tuple[type[Exception], type[httpx2.TransportError]], ...]] = (
    (aiohttp.ConnectionTimeoutError, httpx2.ConnectTimeout),
    (aiohttp.ServerTimeoutError, httpx2.ReadTimeout),
    (aiohttp.ClientConnectorError, httpx2.ConnectError),
    (aiohttp.ServerDisconnectedError, httpx2.RemoteProtocolError),
    (aiohttp.ClientConnectionError, httpx2.ReadError),
    (aiohttp.ClientPayloadError, httpx2.RemoteProtocolError),
    (aiohttp.ClientResponseError, httpx2.RemoteProtocolError),
    (aiohttp.InvalidURL, httpx2.UnsupportedProtocol),
    (aiohttp.ClientError, httpx2.TransportError),
    (TimeoutError, httpx2.ReadTimeout),
    (OSError, httpx2.ReadError),
    (ValueError, httpx2.LocalProtocolError),  # a header with a line end in it
)


class Transport(httpx2.AsyncBaseTransport):
    """At most `connections` at once, by these certificates; no cookies, no proxies, nothing followed or sent again."""

    def __init__(self, trust: ssl.SSLContext, connections: int) -> None:
        self._trust, self._connections = trust, connections
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; the answer's body is read as it comes."""
        if self._session is None:
            self._session = self._open()
        body = await request.aread()
        waits = request.extensions.get("timeout", {})
        with _ours():
            answer = await self._session.request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=request.headers.multi_items(),
                data=body or None,
                allow_redirects=False,
                timeout=_timeout(waits.get("pool"), waits.get("connect"), waits.get("read")),
            )
        return httpx2.Response(answer.status, headers=answer.raw_headers, stream=_Body(answer))

    async def aclose(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, ssl=self._trust, keepalive_timeout=_IDLE_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # httpx2 does that
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )
        session._retry_connection = False  # a call is paid for from a budget: none is made twice unasked
        return session


class _Body(httpx2.AsyncByteStream):
    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _ours():
            async for chunk in self._answer.content.iter_chunked(_CHUNK):
                yield chunk

    async def aclose(self) -> None:
        self._answer.release()  # closes the connection where the body was not read to its end


@contextmanager
def _ours() -> Iterator[None]:
    """Say it in httpx2's words."""
    try:
        yield
    except Exception as problem:
        kind = next((said for theirs, said in _ERRORS if isinstance(problem, theirs)), None)
        if kind is None:
            raise
        raise kind(str(problem)) from problem


@lru_cache(8)
def _timeout(pool: float | None, connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=pool, sock_connect=connect, sock_read=read)
