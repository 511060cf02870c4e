"""Shops' software as the tests find and start it: real programs of Node.js, on loopback, each ended by its own id."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
_STARTS_WITHIN_S = 90


def engine_folder(name: str) -> Path:
    """Where the software is installed at the versions of its lock file; skips the test when it is not."""
    found = _home() / name
    stamp = found / "installed"
    wanted = hashlib.sha256(b"".join((HERE / name / part).read_bytes() for part in ("package-lock.json", ".npmrc")))
    if not stamp.is_file() or stamp.read_text() != wanted.hexdigest():
        pytest.skip(f"{name} is not installed here: make test-engines installs it, where npm can be reached")
    return found


def _home() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("JALON_TEST_ENGINES_DIR") or cache / "jalon" / "engines")


@dataclass(frozen=True, slots=True)
class Program:
    """A running program. `log` is the file with all that it writes."""

    popen: subprocess.Popen[bytes]
    log: Path


def run_node(folder: Path, *command: str, **environment: str) -> None:
    """Run a program of Node.js to its end; fails with what it said."""
    done = subprocess.run(
        ["node", *command], cwd=folder, env=_environment(environment), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout[-2000:]} {done.stderr[-2000:]}"


@contextmanager
def running(folder: Path, command: Sequence[str], url: str, health: str, **environment: str) -> Iterator[Program]:
    """A program that serves `url` until the block ends; `health` is the path that answers 200 once it does."""
    log = folder / "log"
    with log.open("wb") as out:
        popen = subprocess.Popen(
            ["node", *command],
            cwd=folder,
            env=_environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    program = Program(popen, log)
    try:
        _wait(program, url, health)
        yield program
    finally:
        popen.terminate()
        try:
            popen.wait(15)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait(10)


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """What a program is started with: nothing of ours, and nobody told that it was."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JALON_", "NODE_", "npm_"))}
    return {**kept, "NODE_ENV": "production", "DO_NOT_TRACK": "1", **more}


def _wait(program: Program, url: str, health: str) -> None:
    until = time.monotonic() + _STARTS_WITHIN_S
    while not _answers(url, health):
        said = program.log.read_text(errors="replace")[-3000:]
        assert program.popen.poll() is None, f"it ended: {said}"
        assert time.monotonic() < until, f"not ready: {said}"
        time.sleep(0.1)


def _answers(url: str, health: str) -> bool:
    connection = HTTPConnection("127.0.0.1", int(url.rsplit(":", 1)[1]), timeout=10)
    try:
        connection.request("GET", health)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
