"""`jalon connect`, `sync`, `reconcile` and `requests`: what they say, and what they do."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from portal import schema
from portal.cli import main, sweeping
from portal.cli.progress import Progress
from portal.kit.clock import SystemClock
from tests.support.added import added
from tests.support.context import KEY
from tests.support.teashop import SECRET, TOKEN, Fault, TeashopServer, playing_teashop

HOOK = "https://track.example.com/hooks/platforms/teashop"
Jalon = Callable[..., str]


@pytest.fixture
def tea() -> Iterator[TeashopServer]:
    """A Teashop on the machine's clock."""
    with added(), playing_teashop(SystemClock()) as server:
        yield server


@pytest.fixture
def jalon(
    tea: TeashopServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Jalon]:
    """The command on an installation that is connected to it; returns what it prints."""
    url = f"sqlite:///{tmp_path / 'jalon.db'}"
    schema.migrate(url)
    for name in [name for name in os.environ if name.startswith("JALON_")]:
        monkeypatch.delenv(name)
    given = {"JALON_DATABASE_URL": url, "JALON_SECRET_KEY": KEY, "JALON_BASE_URL": "https://track.example.com"}
    for name, value in {**given, **tea.environ()}.items():
        monkeypatch.setenv(name, value)
    root, before = logging.getLogger(), logging.getLogger().handlers[:]

    def run(*words: str, status: int = 0) -> str:
        try:
            ended = main(list(words))
        except SystemExit as left:
            ended = int(left.code or 0)
        out, err = capsys.readouterr()
        assert ended == status, out + err
        assert SECRET not in out + err
        assert TOKEN not in out + err
        return out + err

    yield run
    root.handlers[:] = before


@pytest.fixture
def reached(jalon: Jalon, tea: TeashopServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our address leads to us, and is one that the shop on this machine may deliver to."""
    monkeypatch.setenv("JALON_BASE_URL", tea.url)
    tea.ours = True


def ids(tmp_path: Path) -> list[str]:
    """The orders that are stored."""
    with closing(sqlite3.connect(tmp_path / "jalon.db")) as connection:
        found = connection.execute('select external_id from "order" where gone_at is null order by id')
        return [row[0] for row in found]


def test_without_a_platform_all_are_listed(jalon: Jalon, monkeypatch: pytest.MonkeyPatch) -> None:
    said = jalon("connect")
    assert "Teashop (teashop): tea.example" in said
    assert "Last delivery: never; 0 in three days." in said
    assert "Orders from before the connection are not here yet: `jalon sync teashop`." in said
    monkeypatch.delenv("JALON_PLATFORM_TEASHOP_TOKEN")
    monkeypatch.delenv("JALON_PLATFORM_TEASHOP_SECRET")
    monkeypatch.delenv("JALON_PLATFORM_TEASHOP_DOMAIN")
    monkeypatch.delenv("JALON_PLATFORM_TEASHOP_API")
    said = jalon("connect")
    assert "Teashop (teashop): not connected" in said
    assert "JALON_PLATFORM_TEASHOP_TOKEN\n      A token with access to orders" in said
    assert "JALON_PLATFORM_TEASHOP_SECRET_OLD (not needed)" in said
    found = {one["platform"]: one for one in json.loads(jalon("connect", "--json"))}
    assert (found["teashop"]["shop"], found["teashop"]["needs"][0]["required"]) == (None, True)
    assert "Teashop is not connected. Set these" in jalon("connect", "teashop", status=1)


def test_a_platform_that_nobody_knows(jalon: Jalon) -> None:
    assert "teahouse cannot be connected; these can:" in jalon("connect", "teahouse", status=2)
    jalon("connect", "teashop", "--check", "--subscribe", status=2)


def test_one_line_says_what_is_right_and_one_what_is_not(jalon: Jalon, tea: TeashopServer) -> None:
    tea.may = []
    said = jalon("connect", "teashop", status=1)
    assert "ok  The shop answers.\n" in said
    assert "no  Orders can be read. Tick “orders” for the token.\n" in said
    assert "no  Our address https://track.example.com answers. It" in said
    assert tea.hooks == set()
    assert "By hand, at the platform: Nothing" in said


def test_credentials_that_are_wrong(jalon: Jalon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_PLATFORM_TEASHOP_TOKEN", "wrong")
    assert "no  The shop answers. The shop does not accept the credentials (HTTP 401)." in jalon(
        "connect", "teashop", status=1
    )


def test_nothing_is_asked_for_while_nothing_would_arrive(jalon: Jalon, tea: TeashopServer) -> None:
    assert "no  Deliveries are asked for. Not done" in jalon("connect", "teashop", status=1)
    assert tea.hooks == set()


@pytest.mark.usefixtures("reached")
def test_deliveries_are_asked_for_when_all_else_is_right(jalon: Jalon, tea: TeashopServer) -> None:
    said = jalon("connect", "teashop", "--check", status=1)
    assert "no  Deliveries are on. Run this command without --check." in said
    assert tea.hooks == set()
    said = jalon("connect", "teashop")
    assert "ok  Deliveries are on." in said
    assert tea.hooks == {f"{tea.url}/hooks/platforms/teashop"}
    assert "ok  Deliveries are on." in jalon("connect", "teashop")
    assert len(tea.hooks) == 1
    members = json.loads(jalon("connect", "teashop", "--json"))
    assert [finding["ok"] for finding in members["findings"]] == [True, True, True, True]
    assert members["state"]["asked_for"] == f"{tea.url}/hooks/platforms/teashop"


def test_they_may_be_asked_for_all_the_same(jalon: Jalon, tea: TeashopServer) -> None:
    jalon("connect", "teashop", "--subscribe", status=1)
    assert tea.hooks == {HOOK}


def test_an_address_that_nobody_can_deliver_to(jalon: Jalon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_BASE_URL", "http://track.example.com")
    said = jalon("connect", "teashop", status=1)
    assert "Deliveries need an https address that the world reaches: set JALON_BASE_URL." in said


def test_sync_reads_everything_and_says_so(jalon: Jalon, tea: TeashopServer, tmp_path: Path) -> None:
    placed = [tea.place() for _ in range(120)]
    said = jalon("sync")
    assert "120 of 120 orders" in said
    assert "Teashop (tea.example): 120 orders read, 120 of them new or changed." in said
    assert ids(tmp_path) == placed
    (done,) = json.loads(jalon("sync", "teashop", "--json").partition("\n]")[0] + "]")
    assert (done["orders"], done["changed"], done["total"], done["problem"]) == (120, 0, 120, None)
    assert "the whole list: 20" in jalon("connect")


def test_sync_waits_where_the_shop_asks_for_it(
    jalon: Jalon, tea: TeashopServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ = [tea.place() for _ in range(3)]
    tea.faults += [Fault(429, {"Retry-After": "1"}), Fault(503), Fault(500)]
    monkeypatch.setattr(sweeping, "_LONGEST_PAUSE_S", 0.1)
    began = time.monotonic()
    said = jalon("sync")
    assert time.monotonic() - began > 1.2
    assert "The shop asks to be called less often (HTTP 429). Trying again in 1 s." in said
    assert said.count("Trying again") == 3
    assert len(ids(tmp_path)) == 3


def test_sync_stops_where_waiting_helps_nobody(jalon: Jalon, tea: TeashopServer) -> None:
    tea.place()
    tea.faults.append(Fault(401))
    said = jalon("sync", status=1)
    assert "Not finished: The shop does not accept the credentials (HTTP 401)." in said


def test_what_cannot_be_read_is_counted(jalon: Jalon, tea: TeashopServer, tmp_path: Path) -> None:
    tea.place(items=None)
    tea.place()
    assert "1 could not be read and are tried again" in jalon("sync", status=1)
    assert ids(tmp_path) == ["2"]


@pytest.mark.parametrize("command", ["sync", "reconcile"])
def test_what_is_not_connected_is_status_2(jalon: Jalon, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "medusa is not connected" in jalon(command, "medusa", status=2)
    for name in ("DOMAIN", "TOKEN", "SECRET", "API"):
        monkeypatch.delenv(f"JALON_PLATFORM_TEASHOP_{name}")
    assert "No shop is not connected" not in jalon(command, status=2)


def test_reconcile_looks_as_far_back_as_it_is_told_to(jalon: Jalon, tea: TeashopServer, tmp_path: Path) -> None:
    long_ago = (datetime.now(UTC) - timedelta(days=5)).isoformat()
    tea.place()
    old = tea.place(changed=long_ago, placed=long_ago)
    jalon("reconcile")
    assert ids(tmp_path) == ["1"]
    jalon("reconcile", "--since", "2d")
    assert ids(tmp_path) == ["1"]
    assert "2 orders read, 1 of them new or changed" in jalon("reconcile", "teashop", "--since", "6d")
    assert ids(tmp_path) == ["1", old]
    tea.delete(old)
    assert "1 gone" in jalon("reconcile", "--since", (datetime.now(UTC) - timedelta(days=6)).isoformat())
    assert ids(tmp_path) == ["1"]
    assert "a day like 2026-11-01" in jalon("reconcile", "--since", "yesterday", status=2)


def test_requests_are_listed_shown_and_closed(jalon: Jalon, tmp_path: Path) -> None:
    assert jalon("requests") == "Nobody has asked for anything.\n"
    with closing(sqlite3.connect(tmp_path / "jalon.db")) as connection:
        insert = "insert into shop_request (platform, shop, purpose, at, erased, person, orders) values (?,?,?,?,0,?,?)"
        about: Any = (
            "teashop",
            "tea.example",
            "data_request",
            "2026-01-01 00:00:00.000000",
            '[["email","x@y.z"]]',
            "[]",
        )
        connection.execute(insert, about)
        connection.commit()
    assert "show what is held; OVERDUE since 2026-01-31" in jalon("requests", status=1)
    assert json.loads(jalon("requests", "show", "1"))["orders"] == []
    assert "asks to see the data" in jalon("requests", "erase", "1", status=2)
    assert jalon("requests", "done", "1") == "Request 1 is answered.\n"
    assert "was done at" in jalon("requests", "show", "1", status=2)
    assert "there is no request 7" in jalon("requests", "done", "7", status=2)
    jalon("requests", "done", status=2)
    assert "; done 20" in jalon("requests")


def test_progress_says_how_far_how_fast_and_how_long() -> None:
    progress = Progress("orders", total=100_000, before=10_000)
    assert progress.line(12_400, 2.0) == "12,400 of 100,000 orders, 1,200 a second, 73 s left"
    assert progress.line(10_000, 0.0) == "10,000 of 100,000 orders"
    assert progress.line(100_000, 600) == "100,000 of 100,000 orders, 150 a second"
    assert Progress("orders").line(7, 10) == "7 orders, 0.7 a second"
    assert Progress("orders", total=1_000_000).line(1000, 10) == "1,000 of 1,000,000 orders, 100 a second, 2.8 h left"
