"""What every test may ask for: the programs of the machine, and the settings of the test tools."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from portal.kit import writer
from tests.machine.chromium import find_chromium
from tests.machine.postgres import Cluster, find_postgres, run_cluster
from tests.machine.temporary import use_memory
from tests.support.context import (
    any_context,
    blank_postgres,
    blank_sqlite,
    clock,
    context,
    engine_url,
    sqlite_url,
    tables_url,
)

# Fixtures are found by their names here: once for all folders, so that the tables are made once.
__all__ = [
    "any_context",
    "blank_postgres",
    "blank_sqlite",
    "clock",
    "context",
    "engine_url",
    "sqlite_url",
    "tables_url",
]

use_memory()
writer.WINDOW = 0.0  # one after the other, nobody waits for a commit to be shared

settings.register_profile("default", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "default")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of the test run's own, stopped and removed at the end."""
    with run_cluster(find_postgres()) as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """`postgresql+asyncpg://…` of an empty database that only this test uses."""
    with postgres_cluster.database() as url:
        yield url


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The Chromium program that browser tests start."""
    return find_chromium()
