"""The one way to call a shop's platform: a deadline, a size limit, and failures that say what to do about them.

The client is the caller's. Nothing here knows a platform, and nothing but ShopError leaves it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from carriers.core.http import retry_after
from portal.platforms.live import Kind, ShopError
from portal.platforms.strictjson import BadJson, first_value

if TYPE_CHECKING:
    import httpx2

DEADLINE: Final = 30.0  # seconds for one whole call
LARGEST: Final = 32 * 1024 * 1024  # bytes: a page of 250 long orders is some 10 MB

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
_REFUSED: Final[Mapping[int, tuple[Kind, str]]] = {
    401: ("credentials", "does not accept our credentials"),
    403: ("scope", "does not let us do this: a permission is missing"),
    429: ("throttled", "asks us to wait"),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a platform answered. Header names are in lower case."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def json(self) -> Any:
        """The body as JSON, numbers and members as `strictjson` reads them. Raises ShopError (`answer`)."""
        try:
            text = self.body.decode("utf-8-sig").strip()
            value, end = first_value(text)
        except (UnicodeDecodeError, BadJson) as wrong:
            raise ShopError("answer", "The shop's platform answered with something that is not JSON.") from wrong
        if end != len(text):
            raise ShopError("answer", "The shop's platform answered with more than JSON.")
        return value


async def call(
    client: httpx2.AsyncClient,
    method: Method,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    json: object = None,
    form: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    deadline: float = DEADLINE,
) -> Reply:
    """Make one call and read the whole answer. `json` or `form` is its body, `auth` a name and a password.

    Raises ShopError: `unreachable` without a whole answer in time and for 5xx, `credentials` for 401, `scope` for 403,
    `throttled` for 429. Every other status is the adapter's to judge.
    """
    import httpx2

    try:
        async with asyncio.timeout(deadline):
            request = client.build_request(
                method, url, headers=dict(headers or {}), params=dict(params) if params else None, json=json, data=form
            )
            response = await client.send(request, auth=auth, stream=True, follow_redirects=False)
            try:
                body = await _read(response)
            finally:
                await response.aclose()
    except TimeoutError as late:
        raise ShopError("unreachable", f"The shop's platform did not answer within {deadline:g} seconds.") from late
    except (httpx2.HTTPError, httpx2.InvalidURL) as gone:
        # The text of the library's error holds the address, and with it ids.
        said = f"The shop's platform could not be reached ({type(gone).__name__})."
        raise ShopError("unreachable", said) from gone
    except UnicodeError as wrong:
        raise ShopError("credentials", "A credential has characters that cannot be sent.") from wrong
    reply = Reply(response.status_code, body, {name.lower(): value for name, value in response.headers.items()})
    _refuse(reply)
    return reply


def _refuse(reply: Reply) -> None:
    wait = retry_after(reply.headers.get("retry-after"))
    if reply.status in _REFUSED:
        kind, said = _REFUSED[reply.status]
        raise ShopError(kind, f"The shop's platform {said} (status {reply.status}).", wait)
    if reply.status >= 500:
        raise ShopError("unreachable", f"The shop's platform is in trouble (status {reply.status}).", wait)


async def _read(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST:
            raise ShopError("answer", f"The shop's platform answered with more than {LARGEST} bytes.")
    return bytes(body)
