"""`jalon poll` as staff type it: asking once, and how each account fares."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.cli import main
from portal.context import opened
from portal.tracking.models import TRACKER
from tests.flows.parcels import number_of, said, shipped
from tests.support.carrier import CarrierServer, playing
from tests.support.clock import FileClock
from tests.support.context import rows, settings_on

FIELDS = {
    "account",
    "carriers",
    "left_now",
    "left_today",
    "calls_today",
    "under_way",
    "due",
    "planned",
    "flagged",
    "lag_s",
    "breaker",
    "failures",
    "rests_until",
    "rests_for",
    "unknown_codes",
}


def on(url: str, played: CarrierServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of this installation, with an account at La Poste."""
    monkeypatch.setenv("JALON_DATABASE_URL", url)
    monkeypatch.setenv("JALON_CARRIER_LAPOSTE_API", played.urls["laposte"])
    monkeypatch.setenv("JALON_CARRIER_LAPOSTE_API_KEY", "invented")


async def with_parcels(url: str, count: int, played: CarrierServer) -> None:
    """So many parcels, due at once, and what La Poste says of them."""
    async with opened(settings_on(url), accounts={}) as context:
        for index in range(1, count + 1):
            await shipped(context, index)
            played.play(number_of(index), said(context, index, 2))


def status_of(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """What `jalon poll status --json` says of La Poste."""
    assert main(["poll", "status", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert set(one) == FIELDS
    return dict(one)


def test_asking_once_asks_about_all_that_is_due_and_ends(
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    clock = FileClock(tmp_path_factory.mktemp("clock") / "clock")
    clock.set(datetime.now(UTC))
    with playing(clock) as played:
        on(sqlite_url, played, monkeypatch)
        asyncio.run(with_parcels(sqlite_url, 3, played))
        before = status_of(capsys)
        assert (before["account"], before["due"], before["planned"], before["calls_today"]) == ("laposte", 3, 0, 0)

        assert main(["poll", "--once", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"laposte": 3}
        assert [played.count(number_of(index)) for index in (1, 2, 3)] == [1, 1, 1]
        after = status_of(capsys)
        assert (after["due"], after["planned"], after["lag_s"], after["breaker"]) == (0, 3, 0, "closed")
        assert after["calls_today"] == 1  # a call takes ten numbers

        assert main(["poll", "--once"]) == 0
        assert capsys.readouterr().out == "laposte: asked about 0 parcels\n"
        assert played.count(number_of(1)) == 1

    async def taken_in() -> list[object]:
        async with opened(settings_on(sqlite_url), accounts={}) as context:
            return [tracker.known for tracker in await rows(context, select(TRACKER))]

    assert asyncio.run(taken_in()) == [True] * 3


def test_the_table_for_people_has_a_line_for_each_account(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JALON_DATABASE_URL", sqlite_url)
    assert main(["poll", "status"]) == 0
    assert capsys.readouterr().out == "No carrier has an account: see `jalon carriers`.\n"
    monkeypatch.setenv("JALON_CARRIER_LAPOSTE_API_KEY", "invented")
    assert main(["poll", "status"]) == 0
    head, line = capsys.readouterr().out.splitlines()
    assert head.split()[0] == "ACCOUNT"
    assert line.split()[0] == "laposte"
    assert line.endswith("asking")
    assert "invented" not in line


@pytest.mark.parametrize("words", [[], ["status", "--once"], ["dance"]])
def test_what_is_to_be_done_must_be_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(["poll", *words])
    except SystemExit as left:
        status = int(left.code or 0)
    assert status == 2
    assert "poll" in capsys.readouterr().err
