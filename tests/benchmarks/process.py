"""Server processes under measurement: started, found ready, weighed and stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")
_START_S = 30.0
_STOP_S = 15.0


class DidNotStart(RuntimeError):
    """A server ended or stayed silent; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Process:
    """A running server and the processes that it started."""

    popen: subprocess.Popen[bytes]
    port: int

    def cpu_s(self) -> float:
        """Processor seconds used so far, all threads and children."""
        return sum(_cpu_ticks(pid) for pid in self._family()) / _TICKS

    def pss_kib(self) -> int:
        """Memory in KiB; pages shared with other processes count in part."""
        return sum(_pss(pid) for pid in self._family())

    def _family(self) -> list[int]:
        children = Path(f"/proc/{self.popen.pid}/task/{self.popen.pid}/children").read_text().split()
        return [self.popen.pid, *map(int, children)]


@contextmanager
def python(module: str, port: int, log: Path, *arguments: str) -> Iterator[Process]:
    """`python -m tests.benchmarks.<module>` listening on `port`."""
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", "--port", str(port), *arguments]
    with started(command, port, log) as process:
        yield process


@contextmanager
def started(command: Sequence[str], port: int, log: Path) -> Iterator[Process]:
    """A program that listens on `port` of 127.0.0.1, its output in `log`; stopped when the block ends."""
    with log.open("ab") as out:
        popen = subprocess.Popen(command, cwd=_ROOT, stdout=out, stderr=out)
    try:
        _await_port(popen, port, log)
        yield Process(popen, port)
    finally:
        popen.send_signal(signal.SIGTERM)
        try:
            popen.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()


def _await_port(popen: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and popen.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise DidNotStart(log.read_text(errors="replace")[-2000:])


def _cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return int(fields[11]) + int(fields[12])


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
