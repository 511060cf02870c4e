"""The portal as it is served, with the limits that would stop a measurement raised, and a socket to feed it.

Lines on the feed, tab separated: `frame <order> <payload>` writes a ready frame to the open pages of an order;
`scan <order>` commits a new checkpoint of one of its parcels.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any

import uvloop

from portal.context import Context, opened
from portal.kit import log
from portal.kit.live import Channel, Frame, Hub
from portal.main import Application, create_app, server
from portal.orders.pages import AUDIENCE
from portal.orders.queries import topic_of
from portal.settings import Settings
from tests.benchmarks import scans
from tests.benchmarks.seed import KEY, PARCELS
from tests.support.added import add
from tests.support.teashop import DOMAIN, SECRET, TOKEN

_PLENTY = 1_000_000_000
_numbers = count(1_000_000)  # above all events: a stream is told only what is newer than it has


class Feed(asyncio.Protocol):
    """One connection of a feeder; what arrives together becomes one task, so that the feed itself costs little."""

    def __init__(self, act: Callable[[list[list[bytes]]], Coroutine[Any, Any, None]]) -> None:
        self._act = act
        self._rest = b""
        self._tasks: set[asyncio.Task[None]] = set()

    def data_received(self, data: bytes) -> None:
        """Whole lines are acted on, the rest waits."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if lines:
            task = asyncio.create_task(self._act([line.split(b"\t") for line in lines]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


async def frame(hub: Hub, order: int, payload: str) -> None:
    """Write a frame to the open pages of an order, without rendering one."""
    await hub.write(Channel(topic_of(order), AUDIENCE, "en"), Frame(next(_numbers), payload))


async def scan(context: Context, order: int) -> None:
    """Commit what a carrier's scan changes."""
    number = next(_numbers)
    shipment = (order - 1) * PARCELS + 1 + number % PARCELS
    await context.db.write(scans.unit(shipment, number, context.clock.now()))


async def serve(settings: Settings, feed_port: int, shop: str | None) -> None:
    """Serve until told to stop, connected to the Teashop at an address where there is one."""
    environ = {}
    if shop is not None:
        add()
        named = {"DOMAIN": DOMAIN, "TOKEN": TOKEN, "SECRET": SECRET, "API": shop}
        environ = {f"JALON_PLATFORM_TEASHOP_{name}": value for name, value in named.items()}
    async with opened(settings, accounts={}, environ=environ) as context:
        app = create_app(context, work_here=settings.embedded_worker)
        assert isinstance(app, Application)

        async def act(lines: list[list[bytes]]) -> None:
            for kind, order, *payload in lines:
                if kind == b"frame":
                    await frame(app.hub, int(order), payload[0].decode())
            await asyncio.gather(*(scan(context, int(order)) for kind, order, *_ in lines if kind == b"scan"))

        feed = await asyncio.get_running_loop().create_server(lambda: Feed(act), "127.0.0.1", feed_port)
        await server(app, context).serve()
        feed.close()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--feed", type=int, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--shop")
    args = parser.parse_args()
    settings = Settings.model_validate(
        {
            "database_url": args.database, "port": args.port, "requests_per_minute": _PLENTY, "max_streams": _PLENTY,
            "max_streams_per_address": _PLENTY, "max_streams_per_link": _PLENTY, "shop_name": "Atelier Nord",
            "secret_key": KEY, "hook_requests_per_minute": _PLENTY,
        }
    )  # fmt: skip
    log.set_up(settings.log_level)
    uvloop.run(serve(settings, args.feed, args.shop))


if __name__ == "__main__":
    main()
