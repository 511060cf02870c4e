"""Workers that send edits to the model platform until they are killed: `python -m … DATABASE_URL CLOCK PLATFORM KIND`.

Each line on standard input starts a fresh worker, the product's own, whose id is written. They are forked from this
process, which has imported everything and opened nothing, so that a hundred of them take seconds.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any, cast

import httpx2

from portal import worker
from portal.context import Context, opened
from portal.editing.engine import Engine
from portal.editing.queue import SWEEP, SWEEP_EVERY
from portal.editing.work import SLOW, Works
from portal.kit.egress import Clients
from portal.platforms.live import ShopError
from tests.editing.play import Policies
from tests.support.clock import FileClock
from tests.support.context import settings_on
from tests.support.model_platform import Kind
from tests.support.model_shop import ModelShop, OneShop


async def work(url: str, clock: str, platform: str, kind: Kind) -> None:
    """Do what is due, until killed."""

    def open_engine(context: Context) -> Engine:
        async def call(name: str, **given: Any) -> Any:
            try:
                answer = await context.clients.get("platform model").post(f"{platform}/{name}", json=given)
            except httpx2.HTTPError as problem:
                raise ShopError("unreachable", "the platform does not answer") from problem
            return answer.json()

        return Engine(context, OneShop(ModelShop(call, kind)), Policies())

    only = {"JOBS": Works(open_engine).jobs, "SLOW": SLOW, "SCHEDULE": {SWEEP: SWEEP_EVERY}, "AT_START": ()}
    for name, value in only.items():
        setattr(worker, name, value)  # nothing but edits is to be done
    async with opened(settings_on(url), clock=FileClock(Path(clock)), accounts={}, environ={}) as context:
        await worker._jobs(context, asyncio.Event())


def main(url: str, clock: str, platform: str, kind: str) -> None:
    """Fork for each line until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed need no burying
    Clients("before the fork").get("nobody")  # what is imported and read at the first call
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(work(url, clock, platform, cast(Kind, kind)))
        os.write(1, b"%d\n" % child)


if __name__ == "__main__":
    main(*sys.argv[1:5])
