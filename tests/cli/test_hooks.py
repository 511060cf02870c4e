"""`jalon hooks`: what the shop's developer enters at each carrier."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portal import schema
from portal.cli import main
from tests.support.context import KEY
from tests.support.pushes import SECRET, SIGN


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation whose Ship24 account takes pushes."""
    url = f"sqlite:///{tmp_path / 'jalon.db'}"
    schema.migrate(url)
    settings = {
        "DATABASE_URL": url,
        "BASE_URL": "https://track.example.com",
        "SECRET_KEY": KEY,
        "CARRIER_SHIP24_API_KEY": "an invented key",
        "CARRIER_SHIP24_PUSH_SECRET": SECRET,
        "CARRIER_EASYPOST_API_KEY": "an invented key",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"JALON_{name}", value)


def said(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    """What it prints."""
    assert main(["hooks", *words]) == status
    captured = capsys.readouterr()
    assert SECRET not in captured.out + captured.err
    return captured.out + captured.err


@pytest.mark.usefixtures("installed")
def test_each_carrier_that_pushes_has_an_address(capsys: pytest.CaptureFixture[str]) -> None:
    hooks = json.loads(said(capsys, "--json"))
    assert {hook["carrier"]: hook["address"] for hook in hooks} == {
        slug: f"https://track.example.com/hooks/carriers/{slug}" for slug in SIGN
    }
    assert [hook["carrier"] for hook in hooks if hook["ready"]] == ["ship24"]
    assert all(hook["proof"] and hook["set_up"] for hook in hooks)


@pytest.mark.usefixtures("installed")
def test_one_carrier_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    ready, off = said(capsys, "ship24"), said(capsys, "easypost")
    assert "https://track.example.com/hooks/carriers/ship24" in ready
    assert "Nothing yet." in ready
    assert "Off: set JALON_CARRIER_EASYPOST_PUSH_SECRET." in off
    assert "laposte does not push" in said(capsys, "laposte", status=2)


@pytest.mark.usefixtures("installed")
def test_an_address_that_carriers_will_not_push_to_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JALON_BASE_URL", "http://127.0.0.1:8000")
    assert "JALON_BASE_URL is no https address" in said(capsys, "ship24")


def test_a_new_secret_is_long_and_new(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = said(capsys, "--new-secret").strip(), said(capsys, "--new-secret").strip()
    assert (len(first), len(second)) == (32, 32)
    assert first != second
