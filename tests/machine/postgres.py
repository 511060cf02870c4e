"""A PostgreSQL server of the tests' own: in a temporary folder, never as root, never the system's service."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.machine.account import give_away, unprivileged
from tests.machine.missing import missing

SUPERUSER = "jalon"
# Nothing here outlives the run, so nothing has to survive a power cut.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c shared_buffers=64MB"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server: `bin` its folder of programs, `folder` its data and socket, `port` on 127.0.0.1."""

    bin: Path
    folder: Path
    port: int

    def url(self, database: str) -> str:
        """The address of a database as Jalon's settings take it."""
        return f"postgresql+asyncpg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def run_sql(self, sql: str) -> str:
        """What psql prints for `sql`, said to the database `postgres`; fails with its complaint if refused."""
        return _run(self, "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-c", sql)

    @contextmanager
    def database(self) -> Iterator[str]:
        """An empty database for as long as the block lasts; gives its address."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self.run_sql(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield self.url(name)
        finally:
            self.run_sql(f"DROP DATABASE {name} WITH (FORCE)")


def find_postgres() -> Path:
    """The folder with initdb and pg_ctl: JALON_TEST_POSTGRES_BIN, PATH, or Debian's newest; skips or fails without."""
    candidates = [Path(named)] if (named := os.environ.get("JALON_TEST_POSTGRES_BIN")) else []
    candidates += [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
    usable = next((folder for folder in candidates if (folder / "initdb").exists()), None)
    return usable or missing("PostgreSQL server", "install postgresql, or name its programs in JALON_TEST_POSTGRES_BIN")


@contextmanager
def run_cluster(programs: Path) -> Iterator[Cluster]:
    """A server with an empty superuser password, reachable from this machine alone, until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="jalon-pg-"))
    cluster = Cluster(programs, folder, free_port())
    try:
        give_away(folder)
        _run_unprivileged(
            cluster, "initdb", "-D", "data", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
        )
        options = f"{FAST} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        _run_unprivileged(
            cluster, "pg_ctl", "-D", "data", "-w", "-l", "log", "-o", f"-p {cluster.port} {options}", "start"
        )
        try:
            yield cluster
        finally:
            _run_unprivileged(cluster, "pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _run(cluster: Cluster, program: str, *args: str) -> str:
    command = [str(cluster.bin / program), "-h", str(cluster.folder), "-p", str(cluster.port), "-U", SUPERUSER, *args]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{program}: {done.stderr}"
    return done.stdout


def _run_unprivileged(cluster: Cluster, program: str, *args: str) -> None:
    # The server keeps the standard streams of its starter: a pipe would never reach its end.
    with (cluster.folder / "out").open("w+") as out:
        command = [str(cluster.bin / program), *args]
        done = subprocess.run(command, cwd=cluster.folder, stdout=out, stderr=out, check=False, **unprivileged())
        out.seek(0)
        assert done.returncode == 0, f"{program}: {out.read()}"


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
