"""`jalon serve` and `jalon worker` as processes: they start, say what is wrong in a line, and stop when told to."""

from __future__ import annotations

import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from portal.wiring import SCHEDULE
from tests.machine.postgres import free_port
from tests.support.context import KEY
from tests.support.server import Process, launch, status_of, wait_until_ready

JALON = [sys.executable, "-m", "portal"]


def jalon(folder: Path, *words: str, **settings: str) -> Process:
    """Start the command on a database in this folder."""
    ours = {"JALON_DATABASE_URL": f"sqlite:///{folder}/jalon.db", **{f"JALON_{k}": v for k, v in settings.items()}}
    return launch([*JALON, *words], folder / "log", **ours)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["told to end", "interrupted"])
def test_serve_serves_and_ends_in_order(tmp_path: Path, how: signal.Signals) -> None:
    port = free_port()
    process = jalon(tmp_path, "serve", "--port", str(port))
    process.url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(process)
        assert status_of(process, "/") == 200
        assert status_of(process, "/o/nobody") == 404
        process.send(how)
        assert process.popen.wait(30) == 0
    finally:
        process.kill()
    assert "Traceback" not in process.said()


def test_a_port_that_is_taken_is_said_without_a_traceback(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = jalon(tmp_path, "serve", "--port", str(port))
        try:
            assert process.popen.wait(60) == 1
        finally:
            process.kill()
    assert "address already in use" in process.said()
    assert "Traceback" not in process.said()


@pytest.mark.postgres
def test_worker_works_until_it_is_told_to_end(tmp_path: Path, tables_url: str) -> None:
    process = jalon(tmp_path, "worker", DATABASE_URL=tables_url, SECRET_KEY=KEY, LOG_LEVEL="debug")
    try:
        until = time.monotonic() + 20
        while not SCHEDULE.keys() <= _waiting(tables_url) and time.monotonic() < until:
            assert process.popen.poll() is None, process.said()
            time.sleep(0.05)
        assert SCHEDULE.keys() <= _waiting(tables_url)
        assert process.stop(10) == 0
    finally:
        process.kill()
    assert "Traceback" not in process.said()


def _waiting(url: str) -> set[str]:
    """The kinds of the jobs that wait in the database: a worker schedules what repeats when it begins."""
    import asyncio

    import asyncpg

    async def kinds() -> set[str]:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            return {row["kind"] for row in await connection.fetch("select distinct kind from job")}
        finally:
            await connection.close()

    return asyncio.run(kinds())
