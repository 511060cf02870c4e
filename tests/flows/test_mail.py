"""Messages while the processes die: each goes out at least once, under one name."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import Any

import pytest
from sqlalchemy import select

from portal.kit.db import Tx
from portal.mail import outbox
from portal.mail.models import MAIL
from portal.mail.private import MAIL_PRIVATE
from tests.support.context import rows
from tests.support.mail_sink import sink
from tests.support.server import Installation
from tests.support.until import until

pytestmark = [pytest.mark.slow, pytest.mark.engine]
VALUES = {"address": "924 135"}
TO = "ada@example.com"


async def test_workers_that_are_killed_lose_no_message(installation: Installation) -> None:
    count = 30
    with sink() as taken:
        installation.settings |= {"smtp_host": "127.0.0.1", "smtp_port": taken.port, "smtp_security": "none"}
        installation.settings |= {"mail_from": "orders@example.com"}
        async with installation.context() as context:

            async def unit(tx: Tx) -> None:
                for number in range(count):
                    await outbox.send(
                        tx,
                        context.clock.now(),
                        to=TO,
                        message="contact_added",
                        locale="en",
                        values=VALUES,
                        unique=f"{number}",
                    )

            await context.db.write(unit)
            for turn in range(4):
                worker = installation.worker()
                seen = len(taken.letters)
                await until(lambda: len(taken.letters) > seen or len(_names(taken)) == count)  # noqa: B023 - in the round
                time.sleep(0.01 * turn)  # noqa: ASYNC251 - not waiting for anything: the moment of the cut
                worker.send(signal.SIGKILL)
            installation.clock.advance(minutes=2)  # what was claimed by the dead is free again
            installation.worker()
            await until(lambda: len(_names(taken)) == count, within=60)

            waiting = select(MAIL.c.id).where(MAIL.c.state == "waiting")
            async with asyncio.timeout(30):
                while await rows(context, waiting):  # noqa: ASYNC110 - another process does it
                    await asyncio.sleep(0.05)
            assert await rows(context, select(MAIL_PRIVATE.c.mail_id)) == []
    assert len(_names(taken)) == count


def _names(taken: Any) -> set[str]:
    return {str(letter["Message-ID"]) for letter in taken.letters}
