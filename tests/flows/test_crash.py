"""The power goes: whatever was acknowledged is there afterwards, and work that was under way is taken up again."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.kit.events import EVENT
from portal.orders.models import ORDER, PARCEL
from portal.tracking.models import TRACKER
from portal.tracking.schedule import LEASE
from tests.flows.parcels import LABELS, number_of, said, shipped
from tests.support.carrier import CarrierServer, Reply
from tests.support.server import ROOT, Installation
from tests.support.server_wire import ask
from tests.support.until import settled, until

pytestmark = [pytest.mark.slow, pytest.mark.engine]

KILLS = 50


async def test_what_was_acknowledged_survives_fifty_kills(installation: Installation) -> None:
    moments = random.Random(20261124)  # noqa: S311 - the same fifty moments in every run
    acknowledged: set[int] = set()
    said = installation.folder / "acknowledged"
    said.touch()
    with importers(installation) as start:
        for turn in range(KILLS):
            importer, size = start(max(acknowledged, default=0) + 1, said), said.stat().st_size
            if turn % 2:  # every other one comes to its work, the others die while they begin
                await until(lambda: said.stat().st_size > size)  # noqa: B023 - waited for inside the round
            time.sleep(moments.uniform(0, 0.08))  # noqa: ASYNC251 - not waiting for anything: the moment of the cut
            os.kill(importer, signal.SIGKILL)
            await until(lambda: not Path(f"/proc/{importer}").exists())  # noqa: B023 - waited for inside the round
            acknowledged = {int(line) for line in said.read_text().split()}
    async with installation.context() as context, context.db.read() as reader:
        numbers = {row.number for row in await reader.rows(select(ORDER.c.number))}
        counted = [await reader.row(select(func.count().label("n")).select_from(t)) for t in (PARCEL, TRACKER, EVENT)]
    assert len(acknowledged) >= KILLS // 2
    assert {f"#{1000 + index}" for index in acknowledged} <= numbers
    assert [row.n for row in counted] == [len(numbers)] * 3  # whole orders, or nothing of them
    if installation.database_url.startswith("sqlite"):
        assert integrity(installation) == "ok"


@contextmanager
def importers(installation: Installation) -> Iterator[Callable[[int, Path], int]]:
    """Starts processes that import until they are killed: first index and file of acknowledgements in, id out."""
    where = [installation.database_url, str(installation.clock.path)]
    command = [sys.executable, "-m", "tests.support.server_importer", *where]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as popen:
        assert popen.stdin is not None
        assert popen.stdout is not None

        def start(first: int, said: Path) -> int:
            print(first, said, file=popen.stdin, flush=True)
            return int(popen.stdout.readline())  # type: ignore[union-attr]  # asserted above

        yield start
        popen.stdin.close()


def integrity(installation: Installation) -> str:
    """What SQLite says of its own file."""
    with sqlite3.connect(installation.database_url.removeprefix("sqlite:///")) as connection:
        return str(connection.execute("pragma integrity_check").fetchone()[0])


async def test_a_worker_killed_in_mid_question_is_replaced_when_its_lease_is_over(
    installation: Installation, carrier: CarrierServer
) -> None:
    clock = installation.clock
    async with installation.context() as context:
        path = await shipped(context)
        carrier.play(number_of(1), Reply(hang=True))
        first = installation.worker()
        await until(lambda: carrier.waiting() == 1)
        first.kill()
        carrier.play(number_of(1), said(context, 1, 3))

        installation.worker()
        web = installation.web(worker="separate")
        clock.advance(seconds=LEASE.total_seconds() - 1)
        await shipped(context, 2)
        await settled(context, number_of(2))
        assert carrier.count(number_of(1)) == 1  # the lease still stands
        clock.advance(seconds=2)
        await settled(context, number_of(1))
        assert LABELS[2] in (await ask(web, path)).body.decode()
