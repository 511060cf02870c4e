"""PostgreSQL goes away under load and comes back: pages say so meanwhile, and everything goes on by itself."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from portal import schema
from tests.flows.parcels import LABELS, number_of, said, shipped
from tests.machine.postgres import Cluster, find_postgres, run_cluster
from tests.support.carrier import CarrierServer, Reply
from tests.support.server import Installation, Process
from tests.support.server_postgres import restart, stop
from tests.support.server_wire import Answer, Stream, ask, stream
from tests.support.until import until

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

NUMBER = number_of(1)
RECOVERS_WITHIN_S = 10  # a promise


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server of this module's own."""
    with run_cluster(find_postgres()) as cluster:
        yield cluster


@pytest.fixture
def database_url(cluster: Cluster) -> Iterator[str]:
    """A database on it, with tables, that keeps what it has acknowledged: the tests' servers need not, else."""
    with cluster.database() as url:
        cluster.run_sql(f"ALTER DATABASE {url.rsplit('/', 1)[1]} SET synchronous_commit = on")
        schema.migrate(url)
        yield url


@dataclass
class Load:
    """What many visitors were answered."""

    answers: list[Answer] = field(default_factory=list)

    def statuses(self) -> Counter[int]:
        """How often each status was seen."""
        return Counter(answer.status for answer in self.answers)


async def test_pages_and_streams_outlive_the_database(
    installation: Installation, carrier: CarrierServer, cluster: Cluster
) -> None:
    async with installation.context() as context:
        path = await shipped(context)
        replies = [said(context, 1, scans) for scans in (2, 3, 4)]
    carrier.play(NUMBER, replies[0])
    web, worker = installation.web(), installation.worker()
    async with stream(web, f"{path}/events?after=0") as live, visitors(web, path) as load:
        await shows(live, LABELS[1])

        await asyncio.to_thread(stop, cluster)
        await until(lambda: load.statuses()[503] > 20)
        assert (await ask(web, "/healthz/ready")).status == 503
        assert (await ask(web, "/healthz/live")).status == 200
        await asyncio.to_thread(restart, cluster)
        await recovered(web, path)
        await change(installation, carrier, live, replies[1], LABELS[2])

        await asyncio.to_thread(restart, cluster)
        await recovered(web, path)
        await change(installation, carrier, live, replies[2], LABELS[3])

    assert set(load.statuses()) == {200, 503}
    assert all(int(a.headers["retry-after"]) > 0 for a in load.answers if a.status == 503)
    for process in (web, worker):
        assert "Traceback" not in process.said()
        assert process.stop() == 0


@asynccontextmanager
async def visitors(web: Process, path: str) -> AsyncIterator[Load]:
    """Twenty people who reload the page all the time, while the block lasts."""
    load = Load()

    async def one() -> None:
        while True:
            load.answers.append(await ask(web, path))

    async with asyncio.TaskGroup() as group:
        people = [group.create_task(one()) for _ in range(20)]
        yield load
        for person in people:
            person.cancel()


async def recovered(web: Process, path: str) -> None:
    """Pages are answered again, all of them, soon enough."""
    back, in_a_row = time.monotonic(), 0
    while in_a_row < 30:
        in_a_row = in_a_row + 1 if (await ask(web, path)).status == 200 else 0
        assert time.monotonic() - back < RECOVERS_WITHIN_S
    assert (await ask(web, "/healthz/ready")).status == 200


async def change(installation: Installation, carrier: CarrierServer, live: Stream, reply: Reply, label: str) -> None:
    """The carrier has news: they reach the stream that was open all the time."""
    carrier.play(NUMBER, reply)
    installation.clock.advance(hours=5)
    await shows(live, label)


async def shows(live: Stream, label: str) -> None:
    """Wait for a fragment that has this in it."""
    while True:
        event = await live.event(20)
        assert event is not None, "the stream ended"
        if label in event.data:
            return
