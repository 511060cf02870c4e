"""What the flows share: a clock, played carriers, and an installation on each database engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.carrier import CarrierServer, playing
from tests.support.clock import FileClock
from tests.support.context import blank_postgres, blank_sqlite, sqlite_url, tables_url
from tests.support.server import Installation, installed

__all__ = [
    "blank_postgres",
    "blank_sqlite",
    "carrier",
    "clock",
    "database_url",
    "installation",
    "sqlite_url",
    "tables_url",
]


@pytest.fixture
def clock(tmp_path: Path) -> FileClock:
    """A clock that stands at the present minute until the test moves it."""
    clock = FileClock(tmp_path / "clock")
    clock.set(datetime.now(UTC).replace(second=0, microsecond=0))
    return clock


@pytest.fixture
def carrier(clock: FileClock) -> Iterator[CarrierServer]:
    """The carriers' side."""
    with playing(clock) as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "tables_url"))


@pytest.fixture
def installation(tmp_path: Path, database_url: str, clock: FileClock, carrier: CarrierServer) -> Iterator[Installation]:
    """An installation on that database, with accounts at the played carriers; nothing is started yet."""
    with installed(tmp_path, database_url, clock, carrier.urls) as installation:
        yield installation
