"""The one process of an installation on SQLite is stopped in mid-question for longer than its leases last, and goes on:
nothing is asked twice at once, settled twice or lost."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.tracking.models import CHECKPOINT, SHIPMENT, TRACKER
from portal.tracking.schedule import LEASE
from tests.flows.parcels import LABELS, number_of, said, shipped
from tests.support.carrier import CarrierServer, Reply
from tests.support.server import Installation, Process
from tests.support.server_wire import ask
from tests.support.until import settled, until

pytestmark = pytest.mark.slow


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One process, one file."""
    return sqlite_url


async def test_stopped_and_continued(installation: Installation, carrier: CarrierServer) -> None:
    number, clock = number_of(1), installation.clock
    async with installation.context() as context:
        path = await shipped(context)
        carrier.play(number, Reply(said(context, 1, 3).body, hang=True))
        web = installation.web()
        await until(lambda: carrier.waiting() == 1)
        web.send(signal.SIGSTOP)
        await until(lambda: state_of(web) == "T")
        clock.advance(seconds=LEASE.total_seconds() + 30)  # the lease is over, and nobody there to take it
        carrier.play(number, said(context, 1, 3))
        carrier.let_go()
        await until(lambda: carrier.waiting() == 0)
        web.send(signal.SIGCONT)
        await settled(context, number)

        clock.advance(minutes=2)
        await shipped(context, 2)
        carrier.play(number_of(2), said(context, 2, 1))
        await settled(context, number_of(2))  # it asks on, and about the first only when that is due
        assert carrier.count(number) <= 2
        assert carrier.together[number] == 1
        of_first = select(SHIPMENT.c.id).where(SHIPMENT.c.number == number).scalar_subquery()
        async with context.db.read() as reader:
            tracker = await reader.row(select(TRACKER).where(TRACKER.c.shipment_id == of_first))
            scans = await reader.rows(select(CHECKPOINT.c.id).where(CHECKPOINT.c.shipment_id == of_first))
        assert (tracker.failures, tracker.problem, tracker.known, len(scans)) == (0, None, True, 3)
        assert tracker.next_poll_at > clock.now()
        assert LABELS[2] in (await ask(web, path)).body.decode()
        assert "Traceback" not in web.said()


def state_of(process: Process) -> str:
    """The state letter of a process: T when it is stopped."""
    return Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
