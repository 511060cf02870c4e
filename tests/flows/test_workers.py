"""Several workers on one PostgreSQL: nobody asks twice at once, and one that was stopped for a while does no harm."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import or_, select

from portal.context import Context
from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.schedule import LEASE
from tests.flows.parcels import LABELS, number_of, said, shipped
from tests.support.carrier import CarrierServer, Reply
from tests.support.server import Installation, Process
from tests.support.server_wire import ask
from tests.support.until import settled, until

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

PARCELS = 60


@pytest.fixture
def database_url(tables_url: str) -> str:
    """Only PostgreSQL is shared."""
    return tables_url


async def test_no_parcel_is_asked_about_twice_at_once(installation: Installation, carrier: CarrierServer) -> None:
    numbers = [number_of(index) for index in range(1, PARCELS + 1)]
    async with installation.context() as context:
        for index, number in enumerate(numbers, 1):
            await shipped(context, index)
            carrier.play(number, said(context, index, 2))
        for _ in range(2):
            installation.worker()
        for rounds in range(1, 5):
            await all_asked(context, installation, rounds)
            assert [carrier.count(number) for number in numbers] == [rounds] * PARCELS
            installation.clock.advance(hours=5)
    moments = {(asked.number, asked.at) for asked in carrier.asked}
    assert len(carrier.asked) == len(moments) == 4 * PARCELS
    assert max(carrier.together.values()) == 1
    # Two workers keep to the ten calls a second that one may make; a call can be about ten parcels.
    calls = Counter(asked.at.replace(microsecond=0) for asked in carrier.asked)
    assert max(calls.values()) <= 10 * 10


async def all_asked(context: Context, installation: Installation, rounds: int) -> None:
    """Let time pass until every parcel was asked about so many times and nothing is due."""
    since = context.clock.now()
    waiting = select(TRACKER.c.shipment_id).where(
        or_(TRACKER.c.asked_at.is_(None), TRACKER.c.asked_at < since, TRACKER.c.next_poll_at <= since)
    )
    end = time.monotonic() + 40
    while True:
        async with context.db.read() as reader:
            if not await reader.rows(waiting):
                return
        assert time.monotonic() < end, f"round {rounds} does not come to its end"
        installation.clock.advance(seconds=0.1)
        await asyncio.sleep(0.05)


async def test_a_worker_that_was_stopped_in_mid_question_does_no_harm(
    installation: Installation, carrier: CarrierServer
) -> None:
    number, clock = number_of(1), installation.clock
    async with installation.context() as context:
        path = await shipped(context)
        carrier.play(number, Reply(b'{"code": "late"}', 500, hang=True))
        stopped = installation.worker()
        await until(lambda: carrier.waiting() == 1)
        stopped.send(signal.SIGSTOP)
        await until(lambda: state_of(stopped) == "T")

        carrier.play(number, said(context, 1, 3))
        installation.worker()
        clock.advance(seconds=LEASE.total_seconds() + 1)
        await settled(context, number)
        async with context.db.read() as reader:
            before = await reader.row(select(TRACKER))

        carrier.let_go()
        stopped.send(signal.SIGCONT)
        await until(lambda: carrier.waiting() == 0)
        await until(lambda: "laposte: server for 1 parcels" in stopped.said())
        clock.advance(seconds=1)  # the carrier allows only so many calls a second
        await shipped(context, 2)
        await settled(context, number_of(2))
        async with context.db.read() as reader:
            after = await reader.row(select(TRACKER).where(TRACKER.c.shipment_id == before.shipment_id))
            scans = await reader.rows(select(CHECKPOINT.c.id).join(SHIPMENT).where(SHIPMENT.c.number == number))
        assert after == before  # neither a failure nor another moment to ask
        assert len(scans) == 3
        web = installation.web()
        assert LABELS[2] in (await ask(web, path)).body.decode()


def state_of(process: Process) -> str:
    """The state letter of a process: T when it is stopped."""
    return Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
