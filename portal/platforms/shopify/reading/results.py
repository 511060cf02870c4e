"""The file of a bulk operation: JSON Lines in which an order's parts follow it, read from any byte where one begins.

It lies elsewhere than the shop; no token goes there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from portal.platforms.contract import Value
from portal.platforms.live import ShopError
from portal.platforms.shopify.admin.address import Address
from portal.platforms.shopify.bulk import Bulk
from portal.platforms.strictjson import BadJson, first_value

if TYPE_CHECKING:
    import httpx2

_DEADLINE: Final = 120.0  # seconds for one stretch of the file
_LONGEST: Final = 16 * 1024 * 1024  # bytes of one line

Json = dict[str, Any]


async def stretch(
    client: httpx2.AsyncClient, url: str, address: Address, start: int, most: int
) -> tuple[list[Json], int | None]:
    """At most so many orders from byte `start` on, and the byte behind them; None at the end. Raises ShopError."""
    import httpx2

    _check(url, address)
    found: list[Json] = []
    lines: list[Json] = []
    try:
        async with asyncio.timeout(_DEADLINE):
            async for offset, node in _nodes(client, url, start):
                if "__parentId" not in node and lines:
                    found.append(_whole(lines))
                    lines = []
                    if len(found) == most:
                        return found, offset
                lines.append(node)
    except TimeoutError as late:
        raise ShopError("unreachable", "The file of the bulk operation did not come in time.") from late
    except (httpx2.HTTPError, httpx2.InvalidURL) as gone:
        raise ShopError("unreachable", f"The file of the bulk operation broke off ({type(gone).__name__}).") from gone
    return [*found, *([_whole(lines)] if lines else [])], None


def _check(url: str, address: Address) -> None:
    where = urlsplit(url)
    if where.scheme != "https" and not (address.is_played and where.netloc == urlsplit(address.base).netloc):
        raise ShopError("answer", "The file of the bulk operation is not at a safe address.")


async def _nodes(client: httpx2.AsyncClient, url: str, start: int) -> AsyncIterator[tuple[int, Json]]:
    """The lines' values, each with the byte at which its line begins."""
    headers = {"accept-encoding": "identity", "range": f"bytes={start}-"}
    response = await client.send(client.build_request("GET", url, headers=headers), stream=True)
    try:
        if response.status_code == 416:  # nothing behind this byte
            return
        if response.status_code not in (200, 206):
            raise ShopError("answer", f"The file of the bulk operation is not there (status {response.status_code}).")
        skip = start if response.status_code == 200 else 0
        async for offset, line in _lines(response, start - skip):
            if offset >= start and line.strip():
                yield offset, _value(line)
    finally:
        await response.aclose()


async def _lines(response: httpx2.Response, start: int) -> AsyncIterator[tuple[int, bytes]]:
    held, at = bytearray(), start
    async for chunk in response.aiter_bytes():
        held += chunk
        begin = 0
        while (end := held.find(b"\n", begin)) >= 0:
            yield at + begin, bytes(held[begin:end])
            begin = end + 1
        at += begin
        del held[:begin]
        if len(held) > _LONGEST:
            raise ShopError("answer", "The file of the bulk operation has a line without an end.")
    yield at, bytes(held)


def _value(line: bytes) -> Json:
    try:
        value, _ = first_value(line.decode().strip())
    except (UnicodeDecodeError, BadJson) as wrong:
        raise ShopError("answer", "The file of the bulk operation holds a line that is not JSON.") from wrong
    if not isinstance(value, dict):
        raise ShopError("answer", "The file of the bulk operation holds a line that is no object.")
    return value


def _whole(lines: list[Json]) -> Json:
    """An order with its parts."""
    bulk = Bulk()
    for node in lines:
        bulk.takes(Value(1, node, ""))
    found = [item.value for item in bulk.orders()]
    return dict(found[0]) if found and isinstance(found[0], dict) else lines[0]
