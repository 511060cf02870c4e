"""`jalon track` and `jalon carriers`, as they are called."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from carriers.demo import number_for
from carriers.demo.server import app
from portal.cli import main
from tests.carriers.playing import running

SAMPLES = Path(__file__).resolve().parent
TRANSIT = SAMPLES / "ups/samples/window_today.json"


@pytest.fixture(autouse=True)
def no_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JALON_CARRIER_UPS_CLIENT_ID", "JALON_CARRIER_UPS_CLIENT_SECRET", "JALON_CARRIER_DEMO_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_recorded_answer_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["track", "ups", "--response", str(TRANSIT), "--json"]) == 0
    (parcel,) = printed(capsys)
    assert {"carrier", "tracking_number", "status", "delivered", "edd", "events"} <= parcel.keys()
    assert (parcel["carrier"], parcel["status"], parcel["edd"]) == ("ups", "out_for_delivery", "2026-03-30")
    assert parcel["events"][0].keys() >= {"code", "description", "occurred_at", "location"}


def test_a_recorded_answer_as_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["track", "ups", "--response", str(TRANSIT)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1Z12345E0205271688: out for delivery, expected 2026-03-30"
    assert lines[1].split() == [
        "2026-03-30T08:15:00+02:00",
        "out",
        "for",
        "delivery",
        "Out",
        "For",
        "Delivery",
        "Today",
        "(Lyon,",
        "FR)",
    ]


def test_an_error_is_an_answer(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_text('{"title": "No", "detail": "Nothing", "status": 404}')
    assert main(["track", "dhl_unified", "77", "--response", str(body), "--http-status", "404", "--json"]) == 0
    (parcel,) = printed(capsys)
    assert (parcel["tracking_number"], parcel["status"], parcel["events"]) == ("77", "unknown", [])
    assert parcel["error"]["kind"] == "not_found"
    assert main(["track", "dhl_unified", "77", "--response", str(body), "--http-status", "404"]) == 0
    assert capsys.readouterr().out == "77: not found. No: Nothing\n"


def test_a_push_and_a_proof(capsys: pytest.CaptureFixture[str]) -> None:
    push, proof = (str(SAMPLES / f"ups/samples/{case}.json") for case in ("push_label_made", "two_packages"))
    assert main(["track", "ups", "--response", push, "--webhook", "--json"]) == 0
    assert printed(capsys)[0]["status"] == "label_created"
    assert main(["track", "ups", "--response", proof, "--pod", "--json"]) == 0
    assert [document["format"] for document in printed(capsys)["documents"]] == ["image/gif", "text/html"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["track", "pigeonpost", "1"], 3, "no carrier 'pigeonpost': `jalon carriers` lists"),
        (["track", "Colissimo", "1"], 3, "ask laposte"),
        (["track", "no_such_carrier", "--response", "x", "--json"], 3, "no carrier"),
        (["track", "ups", "--response", "/nowhere/at/all"], 2, "/nowhere/at/all cannot be read: No such file"),
        (["track", "laposte", "--response", str(TRANSIT), "--webhook"], 2, "La Poste pushes nothing"),
        (["track", "laposte", "--response", str(TRANSIT), "--pod"], 2, "La Poste hands out no proof"),
        (["track", "ups"], 2, "give a tracking number"),
        (
            ["track", "ups", "1Z12345E0205271688"],
            2,
            "needs JALON_CARRIER_UPS_CLIENT_ID and JALON_CARRIER_UPS_CLIENT_SECRET",
        ),
    ],
)
def test_refusals(words: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == status
    output = capsys.readouterr()
    assert said in output.err
    assert output.out == ""


async def test_a_real_question() -> None:
    now = datetime.now(UTC)
    numbers = [number_for("in_france", seed, now - timedelta(days=20)) for seed in range(22)]
    async with running(app()) as url:
        environment = {"JALON_CARRIER_DEMO_API_KEY": "demo", "JALON_CARRIER_DEMO_API": url}
        good = await _jalon(environment, "track", "demo", *numbers, "PVF", "--json")
        bad = await _jalon(environment | {"JALON_CARRIER_DEMO_API_KEY": "crow"}, "track", "demo", numbers[0])
    assert good[0] == 0
    parcels = json.loads(good[1])
    assert [parcel["tracking_number"] for parcel in parcels] == [*numbers, "PVF"]
    assert {parcel["status"] for parcel in parcels[:-1]} == {"delivered"}
    assert bad[0] == 1
    assert "auth" in bad[1]


async def _jalon(environment: dict[str, str], *words: str) -> tuple[int, str]:
    import asyncio
    import os

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "portal", *words, env=os.environ | environment, stdout=subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


def test_help_has_examples_and_loads_nothing_heavy() -> None:
    code = """if True:
        import sys
        from portal.cli import main
        try:
            main(["track", "--help"])
        except SystemExit:
            print(*sys.modules)
    """
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "jalon track laposte 6A" in shown
    loaded = set(shown.splitlines()[-1].split())
    assert not loaded & {"httpx2", "asyncio", "carriers", "starlette", "sqlalchemy", "pydantic"}


def test_importing_carriers_is_light() -> None:
    code = "import sys, carriers; carriers.all(); print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert not loaded & {"httpx2", "starlette", "sqlalchemy", "pydantic", "uvicorn", "portal"}


def test_the_list_of_carriers(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_CARRIER_DEMO_API_KEY", "demo")
    assert main(["carriers", "--json"]) == 0
    rows = {row["slug"]: row for row in printed(capsys)}
    assert rows["demo"]["missing"] == []
    assert rows["ups"]["missing"] == ["JALON_CARRIER_UPS_CLIENT_ID", "JALON_CARRIER_UPS_CLIENT_SECRET"]
    assert main(["carriers"]) == 0
    table = capsys.readouterr().out
    assert "250/day" in table
    assert "Mondial Relay" in table


def test_a_setting_that_cannot_be_used_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JALON_CARRIER_UPS_API", "ups.test")
    assert main(["carriers"]) == 2
    assert main(["track", "ups", "1Z12345E0205271688"]) == 2
    assert capsys.readouterr().err.count("JALON_CARRIER_UPS_API must start with") == 2
