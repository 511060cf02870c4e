"""A PostgreSQL server that a test may stop: not the one that the other tests share."""

from __future__ import annotations

import subprocess

from tests.machine.account import unprivileged
from tests.machine.postgres import Cluster


def stop(cluster: Cluster) -> None:
    """Stop the server at once, as if it were killed: open transactions are lost."""
    _control(cluster, "stop", "-m", "immediate")


def restart(cluster: Cluster) -> None:
    """Stop the server at once, if it runs, and start it with the options it had."""
    _control(cluster, "restart", "-m", "immediate", "-l", "log")


def _control(cluster: Cluster, *words: str) -> None:
    command = [str(cluster.bin / "pg_ctl"), "-D", "data", "-w", *words]
    with (cluster.folder / "out").open("ab") as out:
        subprocess.run(command, cwd=cluster.folder, stdout=out, stderr=out, check=True, **unprivileged())
