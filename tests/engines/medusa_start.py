"""Starts a real Medusa: its tables, its first user, its process. The tables are kept beside the installation, so that
only the first start makes them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.engines.programs import HERE, engine_folder, run_node, running
from tests.machine.postgres import Cluster, free_port

USER, PASSWORD = "admin@atelier-lune.example", "an invented password"
SECRET = "an invented secret that signs what the shop tells"
_CLI = "node_modules/@medusajs/cli/cli.js"
_SUBSCRIBER = HERE.parents[1] / "docs" / "examples" / "medusa-subscriber.ts"


@dataclass(frozen=True, slots=True)
class Medusa:
    """A running one, and the database behind it."""

    url: str
    cluster: Cluster
    database: str

    def run_sql(self, sql: str) -> None:
        """Say something to its database behind its back."""
        _postgres(self.cluster, "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.database, "-c", sql)


@contextmanager
def medusa(cluster: Cluster, work: Path, tell: str) -> Iterator[Medusa]:
    """A Medusa with nothing in it but its first user, which tells `tell` of what happens."""
    installed = engine_folder("medusa")
    _lay_out(work, installed)
    name = f"medusa_{os.getpid()}"
    database = f"postgres://jalon@127.0.0.1:{cluster.port}/{name}"
    cluster.run_sql(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        _make_tables(cluster, name, work, installed / "tables.sql", database)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        start = [_CLI, "start", "--port", str(port), "--host", "127.0.0.1"]
        with running(
            work, start, url, "/health", **_environment(database), JALON_HOOK_URL=tell, JALON_HOOK_SECRET=SECRET
        ):
            yield Medusa(url, cluster, name)
    finally:
        cluster.run_sql(f"DROP DATABASE {name} WITH (FORCE)")


def _environment(database: str) -> dict[str, str]:
    return {"DATABASE_URL": database, "MEDUSA_DISABLE_TELEMETRY": "true"}


def _lay_out(work: Path, installed: Path) -> None:
    """A project of Medusa: its configuration, and the subscriber that the documentation gives to shops."""
    (work / "node_modules").symlink_to(installed / "node_modules")
    for name in ("package.json", "medusa-config.js"):
        shutil.copy(HERE / "medusa" / name, work)
    wanted = {"entryPoints": [str(_SUBSCRIBER)], "outfile": "src/subscribers/jalon.js", "format": "cjs"}
    run_node(work, "-e", f"require('esbuild').buildSync({json.dumps(wanted)})")


def _make_tables(cluster: Cluster, name: str, work: Path, kept: Path, database: str) -> None:
    if kept.is_file():
        _postgres(cluster, "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", name, "-f", str(kept))
        return
    run_node(work, _CLI, "db:migrate", **_environment(database))
    run_node(work, _CLI, "user", "-e", USER, "-p", PASSWORD, **_environment(database))
    fresh = kept.with_suffix(f".{os.getpid()}")
    _postgres(cluster, "pg_dump", "--no-owner", "-d", name, "-f", str(fresh))
    fresh.replace(kept)


def _postgres(cluster: Cluster, program: str, *args: str) -> None:
    reach = ["-h", "127.0.0.1", "-p", str(cluster.port), "-U", "jalon"]
    done = subprocess.run([cluster.bin / program, *reach, *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{program}: {done.stderr}"
