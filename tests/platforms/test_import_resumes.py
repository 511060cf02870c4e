"""`jalon import` that is killed: what was stored stays, and the same command again does the rest."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from portal import schema
from tests.support.context import KEY
from tests.support.server import launch

ORDERS = 4_000


def count(path: Path) -> int:
    """How many orders are stored."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute('select count(*) from "order"').fetchone()[0])


@pytest.mark.slow
def test_an_import_that_was_killed_is_done_by_the_same_command_again(tmp_path: Path) -> None:
    database, file = tmp_path / "jalon.db", tmp_path / "orders.jsonl"
    schema.migrate(f"sqlite:///{database}")
    told = [{"number": str(number), "version": 1, "lines": [{"title": "Mug"}]} for number in range(ORDERS)]
    file.write_text("\n".join(map(json.dumps, told)))
    settings = {"JALON_DATABASE_URL": f"sqlite:///{database}", "JALON_SECRET_KEY": KEY}
    command = [sys.executable, "-m", "portal", "import", "neutral", str(file)]
    first = launch(command, tmp_path / "first.log", **settings)
    end = time.monotonic() + 60
    while count(database) < 100:
        assert time.monotonic() < end, first.said()
        time.sleep(0.01)
    first.kill()
    stored = count(database)
    assert stored % 100 == 0  # whole batches, or nothing of them
    again = launch(command, tmp_path / "again.log", **settings)
    assert again.popen.wait(120) == 0, again.said()
    assert count(database) == ORDERS
    assert f"{ORDERS - stored} imported, {stored} unchanged" in again.said() or stored == ORDERS
