"""The product's processes as the tests start them: real ones, on free ports, each stopped by its own id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from portal.context import opened
from portal.settings import Settings
from tests.machine.postgres import free_port
from tests.support.clock import FileClock
from tests.support.context import KEY
from tests.support.server_entry import accounts

ROOT = Path(__file__).resolve().parents[2]
_STARTS_WITHIN_S = 90


@dataclass(slots=True)
class Process:
    """One running process of the product. `log` is the file with all that it writes."""

    popen: subprocess.Popen[bytes]
    log: Path
    url: str = ""

    @property
    def pid(self) -> int:
        """The process's id."""
        return self.popen.pid

    def said(self) -> str:
        """Everything it has written."""
        return self.log.read_text(errors="replace")

    def descriptors(self) -> int:
        """How many files and sockets it has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.popen.poll() is None:
            self.popen.send_signal(number)

    def stop(self, within: float = 60) -> int:
        """Tell it to end; returns its exit status."""
        self.send(signal.SIGTERM)
        return self.popen.wait(within)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.send(signal.SIGKILL)
        self.popen.wait(30)


@dataclass(slots=True)
class Installation:
    """One installation of the product: a database, a clock, settings, and the processes started for it."""

    folder: Path
    database_url: str
    clock: FileClock
    carriers: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)

    def config(self, **more: Any) -> dict[str, Any]:
        """The settings of one process."""
        calm = {"requests_per_minute": 1_000_000, "max_streams_per_address": 5000, "max_streams_per_link": 5000}
        return {
            "database_url": self.database_url,
            "shop_name": "Atelier Lune",
            "secret_key": KEY,
            **calm,
            **self.settings,
            **more,
        }

    def web(self, port: int | None = None, **more: Any) -> Process:
        """Start a web process and wait until it serves."""
        port = port or free_port()
        url = f"http://127.0.0.1:{port}"
        process = self.start("web", url, **{"port": port, "base_url": url, **more})
        wait_until_ready(process)
        return process

    def worker(self, **more: Any) -> Process:
        """Start a worker."""
        return self.start("worker", "", **more)

    def start(self, role: str, url: str, **more: Any) -> Process:
        """Start a process without waiting for it."""
        number = len(self.processes)
        job = {
            "role": role,
            "settings": self.config(**more),
            "clock": str(self.clock.path),
            "accounts": self.carriers,
        }
        path = self.folder / f"{role}{number}.json"
        path.write_text(json.dumps(job))
        command = [sys.executable, "-m", "tests.support.server_entry", str(path)]
        process = launch(command, self.folder / f"{role}{number}.log", **self.environ)
        process.url = url
        self.processes.append(process)
        return process

    def context(self, **more: Any) -> Any:
        """A context of the test's own on this installation's database (an async context manager)."""
        settings = Settings.model_validate(self.config(**more))
        return opened(settings, clock=self.clock, accounts=accounts(self.carriers), environ=self.environ)

    def close(self) -> None:
        """End what still runs."""
        for process in self.processes:
            process.send(signal.SIGCONT)
            process.kill()


@contextmanager
def installed(
    folder: Path, database_url: str, clock: FileClock, carriers: dict[str, str] | None = None, **settings: Any
) -> Iterator[Installation]:
    """An installation whose processes end with the block."""
    installation = Installation(folder, database_url, clock, carriers or {}, settings)
    try:
        yield installation
    finally:
        installation.close()


def launch(command: list[str], log: Path, **environment: str) -> Process:
    """Start a program of this checkout, its output going to a file."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("JALON_")}
    with log.open("ab") as out:
        popen = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**env, **environment}
        )
    return Process(popen, log)


def wait_until_ready(process: Process) -> None:
    """Wait until a web process says that it is ready; fails with its log when it ends or takes too long."""
    until = time.monotonic() + _STARTS_WITHIN_S
    while status_of(process, "/healthz/ready") != 200:
        assert process.popen.poll() is None, f"it ended: {process.said()}"
        assert time.monotonic() < until, f"not ready: {process.said()}"
        time.sleep(0.05)


def status_of(process: Process, path: str, method: str = "GET") -> int | None:
    """The status that a request is answered with; None when nobody answers."""
    connection = HTTPConnection("127.0.0.1", int(process.url.rsplit(":", 1)[1]), timeout=10)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
