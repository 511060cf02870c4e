"""Connected shops and the power going: what was read is there, and the rest is read by whoever comes next."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.context import Context
from portal.orders.models import ORDER
from tests.support.added import added
from tests.support.clock import FileClock
from tests.support.context import KEY, rows
from tests.support.server import Installation, Process, installed, launch
from tests.support.server_wire import ask
from tests.support.shops import HOOK, stored
from tests.support.teashop import Fault, TeashopServer, playing_teashop
from tests.support.until import until

pytestmark = [pytest.mark.slow, pytest.mark.engine]

ORDERS = 240


@pytest.fixture
def teashop(clock: FileClock) -> Iterator[TeashopServer]:
    """The platform's side."""
    with added(), playing_teashop(clock, page_size=6) as server:
        yield server


@pytest.fixture
def connected(tmp_path: Path, database_url: str, clock: FileClock, teashop: TeashopServer) -> Iterator[Installation]:
    """An installation that is connected to it; nothing is started yet."""
    with installed(tmp_path, database_url, clock) as installation:
        installation.environ.update(teashop.environ())
        yield installation


async def count(context: Context) -> int:
    """How many orders are stored."""
    return int((await rows(context, select(func.count().label("n")).select_from(ORDER)))[0].n)


def sync(installation: Installation, number: int) -> Process:
    """`jalon sync`, started."""
    settings = {"JALON_DATABASE_URL": installation.database_url, "JALON_SECRET_KEY": KEY}
    log = installation.folder / f"sync{number}.log"
    command = [sys.executable, "-m", "tests.support.jalon", "sync"]
    return launch(command, log, **settings, **installation.environ)


async def test_a_sync_that_is_killed_again_and_again_comes_to_its_end(
    connected: Installation, teashop: TeashopServer
) -> None:
    moments = random.Random(20261127)  # noqa: S311 - the same moments in every run
    placed = {teashop.place() for _ in range(ORDERS)}
    before, resumed = 0, 0
    async with connected.context() as context:
        for number in range(4):
            process = sync(connected, number)
            asked = len(teashop.asked)
            await until(lambda: len(teashop.asked) > asked + 2, within=60)  # noqa: B023 - inside the round
            time.sleep(moments.uniform(0, 0.1))  # noqa: ASYNC251 - not waiting for anything: the moment of the cut
            process.kill()
            assert await count(context) >= before  # what was stored stays
            before = await count(context)
            resumed += "Going on after" in process.said()
        last = sync(connected, 9)
        assert last.popen.wait(120) == 0, last.said()
        assert "Going on after" in last.said()
        assert set(await stored(context)) == placed
    assert resumed >= 2
    pages = [path for path in teashop.asked if path.startswith("/orders?")]
    assert len(pages) <= ORDERS // teashop.page_size + 4 * 3  # the page under way, the one fetched ahead, no more
    with_first = [path for path in pages if path.endswith("after=")]
    assert len(with_first) <= 2


async def test_a_worker_killed_in_mid_reading_is_replaced(connected: Installation, teashop: TeashopServer) -> None:
    clock = connected.clock
    web = connected.web(worker="separate", reconcile_minutes=1440)
    order_id = teashop.place()
    (delivery,) = teashop.deliveries
    async with connected.context() as context:
        teashop.faults.append(Fault(hang=True))
        assert (await ask(web, HOOK, method="POST", body=delivery.body, **delivery.headers)).status == 200
        first = connected.worker()
        clock.advance(seconds=2)
        await until(lambda: f"/orders/{order_id}" in teashop.asked, within=60)
        first.kill()
        web.kill()
        teashop.asked.clear()
        connected.worker()
        clock.advance(minutes=3)
        async with asyncio.timeout(60):
            while order_id not in await stored(context):  # noqa: ASYNC110 - another process does it
                await asyncio.sleep(0.05)
    assert f"/orders/{order_id}" in teashop.asked or any(path.startswith("/orders?") for path in teashop.asked)


async def test_a_worker_killed_in_a_sweep_is_replaced_and_goes_on(
    connected: Installation, teashop: TeashopServer
) -> None:
    clock = connected.clock
    placed = {teashop.place() for _ in range(60)}
    async with connected.context() as context:
        teashop.meanwhile = lambda: teashop.faults.append(Fault(hang=True))  # the second page is never answered
        first = connected.worker(worker="separate")
        async with asyncio.timeout(90):
            while len([path for path in teashop.asked if path.startswith("/orders?")]) < 2:
                clock.advance(seconds=20)
                await asyncio.sleep(0.2)
        first.kill()
        connected.worker()
        clock.advance(minutes=3)
        async with asyncio.timeout(90):
            while set(await stored(context)) != placed:
                clock.advance(seconds=20)
                await asyncio.sleep(0.2)
        assert await count(context) == len(placed)
