"""Processes that import orders one by one and say which ones are in: `python -m … DATABASE_URL CLOCK`.

Each line on standard input, `FIRST FILE`, starts a fresh process, whose id is written; it imports order FIRST and on
until it is killed, and adds to FILE the index of each order that the product has acknowledged. Fresh processes are
forked from this one, which has imported everything and opened nothing, so that fifty of them take seconds.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from itertools import count
from pathlib import Path

from portal.context import opened
from portal.orders.sync import import_order
from tests.flows.parcels import number_of
from tests.support.clock import FileClock
from tests.support.context import order, parcel, settings_on


async def keep_importing(url: str, clock: str, first: int, said: str) -> None:
    """Import orders #1000 + `first` and on."""
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    async with opened(settings_on(url), clock=FileClock(Path(clock)), accounts={}) as context:
        for index in count(first):
            contents = parcel("p", number_of(index), {"mug": 2, "bowl": 1})
            await import_order(context, order(number=f"#{1000 + index}", parcels=[contents]))
            os.write(out, b"%d\n" % index)


def main(url: str, clock: str) -> None:
    """Fork for each line until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed need no burying
    for line in sys.stdin:
        first, said = line.split()
        child = os.fork()
        if child == 0:
            asyncio.run(keep_importing(url, clock, int(first), said))
        os.write(1, b"%d\n" % child)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
