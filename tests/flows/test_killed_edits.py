"""kill -9 in the middle of sending an edit, at a hundred moments on each database: nothing is made twice, nothing lost.

A real worker process, a real platform behind HTTP that goes on with what it was asked when nobody waits any more.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.context import Context, opened
from portal.editing.commands import CancelLine, Command, Quantity, Swap
from portal.editing.confirm import confirm
from portal.editing.engine import Engine
from portal.editing.models import EDIT
from portal.editing.preview import preview
from portal.editing.values import EditView
from portal.orders.sync import import_order
from portal.platforms.neutral import neutral_order
from tests.editing.play import ADA, Policies
from tests.support.clock import FileClock
from tests.support.context import settings_on
from tests.support.model_platform import Kind, Platform
from tests.support.model_server import PlatformServer, serving
from tests.support.model_shop import ModelShop, OneShop
from tests.support.server import ROOT
from tests.support.until import until

pytestmark = [pytest.mark.slow, pytest.mark.engine]

KILLS = 34  # for each kind of platform
_KINDS: tuple[Kind, ...] = ("keyed", "versioned", "steps")
_MOST_CALLS = 6  # to the platform, before the worker is killed
_SILENCE_S = 0.4  # after a call: by then it is done with all it had to do


@pytest.mark.parametrize("kind", _KINDS)
async def test_edits_survive_kills_at_any_moment(
    kind: Kind, database_url: str, clock: FileClock, tmp_path: Path
) -> None:
    moments = random.Random(os.environ.get("JALON_TEST_SEED", "20261127") + kind)  # noqa: S311 - moments, no secrets
    platform = Platform(kind)
    for number in range(1, KILLS + 1):
        platform.place(str(number), ("m", 4), ("l", 2))
    in_the_middle = 0
    with serving(platform) as server, workers(database_url, clock, server.url, kind, tmp_path) as start:
        async with opened(settings_on(database_url), clock=clock, accounts={}, environ={}) as context:
            engine = _engine(context, server, kind)
            for number in range(1, KILLS + 1):
                await _confirmed(engine, server, number, moments)
                clock.advance(seconds=31)
                await _killed(start, server, moments)
                in_the_middle += any(row.holder and row.due_at > clock.now() for row in await _rows(context))
                clock.advance(minutes=4)
            last = start()
            while any(row.state in ("pending", "sending") for row in await _rows(context)):
                clock.advance(seconds=20)  # no faster: a worker that is slow to start is no shop that is away
                time.sleep(0.2)  # noqa: ASYNC251 - the last worker is another process
            os.kill(last, signal.SIGKILL)
            edits = await _rows(context)
    assert [row.state for row in edits] == ["applied"] * KILLS
    assert {row.key for row in edits} == set(platform.made) == set(platform.paid_back)
    assert set(platform.made.values()) == set(platform.paid_back.values()) == {1}
    assert in_the_middle > KILLS // 2, in_the_middle  # else they were killed before or after it mattered
    for row in edits:
        order = platform.orders[str(row.order_id)]
        assert (order["edits"], order["refunded"] <= order["paid"]) == ([row.key], True)


def _engine(context: Context, server: PlatformServer, kind: Kind) -> Engine:
    """The engine of the process that customers talk to."""

    async def call(name: str, **given: Any) -> Any:
        with server.lock:
            return server.platform.call(name, **given)

    return Engine(context, OneShop(ModelShop(call, kind)), Policies())


async def _confirmed(engine: Engine, server: PlatformServer, number: int, moments: random.Random) -> None:
    """Order `number` is placed, and its customer wants something else."""
    with server.lock:
        told = server.platform.call("order", order_id=str(number))
    await import_order(engine.context, neutral_order(told))
    wishes: list[Command] = [
        Swap(line="L1", variant="s", quantity=2),
        Quantity(line="L1", quantity=3),
        CancelLine(line="L2", quantity=1),
    ]
    draft = await preview(engine, number, moments.choice(wishes), ADA)
    assert isinstance(draft, EditView), draft
    assert isinstance(await confirm(engine, number, draft.ref, ADA), EditView)


async def _killed(start: Callable[[], int], server: PlatformServer, moments: random.Random) -> None:
    """A worker begins, and is killed after so many calls to the platform, or when it has no more to make, and a moment
    more."""
    served = server.served
    wanted = served + moments.randrange(1, _MOST_CALLS)
    pid, patience = start(), time.monotonic() + 3
    while server.served < wanted and time.monotonic() < patience:
        time.sleep(0.0005)  # noqa: ASYNC251 - not waiting for anything of ours: the moment of the cut
        if server.served > served:
            served, patience = server.served, time.monotonic() + _SILENCE_S
    time.sleep(moments.uniform(0.0, 0.02))  # noqa: ASYNC251 - as above
    os.kill(pid, signal.SIGKILL)
    await until(lambda: not Path(f"/proc/{pid}").exists())


async def _rows(context: Context) -> list[Any]:
    async with context.db.read() as reader:
        return await reader.rows(select(EDIT).order_by(EDIT.c.id))


@contextmanager
def workers(
    database_url: str, clock: FileClock, platform: str, kind: Kind, folder: Path
) -> Iterator[Callable[[], int]]:
    """Starts worker processes; their ids come out."""
    command = [sys.executable, "-m", "tests.support.server_pusher", database_url, str(clock.path), platform, kind]
    with (
        (folder / "workers.log").open("wb") as log,
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as popen,
    ):
        assert popen.stdin is not None
        assert popen.stdout is not None

        def start() -> int:
            print(file=popen.stdin, flush=True)
            return int(popen.stdout.readline())  # type: ignore[union-attr]  # asserted above

        yield start
        popen.stdin.close()
