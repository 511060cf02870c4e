"""Every kind of page, served for as long as a module's tests run."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest

from tests.machine.postgres import free_port
from tests.support.context import blank_postgres, blank_sqlite, clock, sqlite_url, tables_url
from tests.support.server import launch, status_of

__all__ = ["blank_postgres", "blank_sqlite", "clock", "sqlite_url", "stories", "tables_url"]


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with all pages."""
    port = free_port()
    log = tmp_path_factory.mktemp("stories") / "log"
    server = launch([sys.executable, "-m", "tests.support.page_stories", str(port)], log)
    server.url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 30
        while status_of(server, "/ready") != 200:
            assert time.monotonic() < until, server.said()
            time.sleep(0.05)
        yield server.url
        assert "Traceback" not in server.said()
    finally:
        server.kill()
