"""What live pages are compared with: sse-starlette used as its documentation shows, one generator and one queue a
stream, events as dicts, pings every 15 seconds. Each stream looks its link up in SQLite as the portal does.

The feed takes the same lines as the portal's: `frame <order> <payload>`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import uvicorn
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route

from portal.kit.ids import token_hash
from tests.benchmarks.portal_server import Feed

_LINK = """select link.order_id, link.expires_at, link.revoked_at
    from order_link link join "order" on "order".id = link.order_id where link.token_hash = ?"""
_WAITING = 64

Queues = dict[int, set["asyncio.Queue[dict[str, Any]]"]]


async def events(queues: Queues, order: int) -> AsyncIterator[dict[str, Any]]:
    """What one open page of an order is told."""
    queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_WAITING)
    queues.setdefault(order, set()).add(queue)
    try:
        yield {"comment": "connected"}
        while True:
            yield await queue.get()
    finally:
        queues[order].discard(queue)


def publish(queues: Queues, order: int, payload: str) -> None:
    """Tell all open pages of an order; who is far behind misses it."""
    for queue in queues.get(order, ()):
        with contextlib.suppress(asyncio.QueueFull):
            queue.put_nowait({"data": payload})


def application(database: str, feed_port: int) -> Starlette:
    """GET /o/{token}/events"""
    queues: Queues = {}
    connection = sqlite3.connect(database, isolation_level=None)

    async def stream(request: Request) -> EventSourceResponse:
        row = connection.execute(_LINK, [token_hash(request.path_params["token"])]).fetchone()
        if row is None or row[2] is not None or row[1] < f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}":
            raise HTTPException(404)
        return EventSourceResponse(events(queues, row[0]))

    async def act(lines: list[list[bytes]]) -> None:
        for _, order, payload in lines:
            publish(queues, int(order), payload.decode())

    @contextlib.asynccontextmanager
    async def feeding(_: Starlette) -> AsyncIterator[None]:
        feed = await asyncio.get_running_loop().create_server(lambda: Feed(act), "127.0.0.1", feed_port)
        yield
        feed.close()

    return Starlette(routes=[Route("/o/{token}/events", stream)], lifespan=feeding)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--feed", type=int, required=True)
    parser.add_argument("--database", required=True, help="the file")
    args = parser.parse_args()
    app = application(args.database, args.feed)
    uvicorn.run(
        app, port=args.port, loop="uvloop", http="httptools", access_log=False, log_level="warning", backlog=4096,
        timeout_graceful_shutdown=1,
    )  # fmt: skip


if __name__ == "__main__":
    main()
