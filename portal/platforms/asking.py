"""The one way to call a connected shop: a deadline, a size limit, and errors with their kind.

The client is the caller's (its proxies, its certificates, its guard against inner addresses). Nothing here knows a
platform, and nothing but ShopError leaves it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from carriers.core.http import retry_after
from portal.platforms.live import ShopError
from portal.platforms.strictjson import BadJson, first_value

if TYPE_CHECKING:
    import httpx2

DEADLINE: Final = 30.0  # seconds for one whole call: shops are slower than carriers, and a page of orders is large
LARGEST: Final = 64 * 1024 * 1024  # bytes: a hundred orders with all that plugins write into them


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `url` is complete but for `params`; `content` is a whole body."""

    method: str
    url: str
    params: Sequence[tuple[str, str]] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes | None = field(default=None, repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever its status. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def retry_after(self) -> float | None:
        """Seconds that the platform asks to wait."""
        return retry_after(self.headers.get("retry-after"))


async def send(call: Call, client: httpx2.AsyncClient, *, deadline: float = DEADLINE, largest: int = LARGEST) -> Reply:
    """Make the call. Raises ShopError (`unreachable`) when no whole answer came in time."""
    import httpx2

    try:
        async with asyncio.timeout(deadline):
            return await _exchange(call, client, largest)
    except TimeoutError as error:
        raise ShopError("unreachable", f"The shop did not answer within {deadline:g} seconds.") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        # The text of the library's error holds the URL, and with it ids and maybe a key.
        raise ShopError("unreachable", f"The shop could not be reached ({type(error).__name__}).") from error
    except UnicodeError as error:
        raise ShopError("credentials", "A credential has characters that cannot be sent.") from error


def succeeded(reply: Reply) -> Reply:
    """The reply, if its status says that all is well. Raises ShopError by the status: what a platform says with a
    status of its own is looked at before."""
    if 200 <= reply.status < 300:
        return reply
    if reply.status == 401:
        raise ShopError("credentials", "The shop does not accept the credentials (HTTP 401).")
    if reply.status == 403:
        raise ShopError("scope", "The credentials do not allow this (HTTP 403).")
    if reply.status == 429:
        raise ShopError("throttled", "The shop asks to be called less often (HTTP 429).", reply.retry_after)
    if 300 <= reply.status < 400:
        raise ShopError("answer", f"The shop's address leads elsewhere (HTTP {reply.status}): enter where it leads.")
    if reply.status >= 500:
        raise ShopError("unreachable", f"The shop is out of order (HTTP {reply.status}).", reply.retry_after)
    raise ShopError("answer", f"The shop did not understand the question (HTTP {reply.status}).")


def json_of(reply: Reply) -> Any:
    """The JSON value that the body holds. Raises ShopError (`answer`) for anything else."""
    try:
        text = reply.body.decode("utf-8-sig").strip()
        value, end = first_value(text)
    except (UnicodeDecodeError, BadJson) as error:
        raise _unreadable(reply) from error
    if end != len(text):
        raise _unreadable(reply)
    return value


def _unreadable(reply: Reply) -> ShopError:
    return ShopError("answer", f"The shop's answer could not be read (HTTP {reply.status}).")


async def _exchange(call: Call, client: httpx2.AsyncClient, largest: int) -> Reply:
    request = client.build_request(call.method, _whole(call), headers=dict(call.headers), content=call.content)
    response = await client.send(request, auth=call.auth, stream=True, follow_redirects=False)
    try:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > largest:
                raise ShopError("answer", f"The shop's answer is larger than {largest} bytes.")
    finally:
        await response.aclose()
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, bytes(body))


def _whole(call: Call) -> str:
    """The address with its parameters: put together here, it is encoded in one way only."""
    if not call.params:
        return call.url
    return f"{call.url}{'&' if '?' in call.url else '?'}{urlencode(call.params, quote_via=quote, safe='')}"
