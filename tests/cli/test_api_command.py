"""`jalon api`: keys and addresses from the command line."""

from __future__ import annotations

import json
import re

import pytest

from portal.cli import main


@pytest.fixture(autouse=True)
def _installation(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_DATABASE_URL", sqlite_url)


def said(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    assert main(["api", *words]) == status
    out, err = capsys.readouterr()
    return out if status == 0 else err


def test_a_key_is_made_listed_and_ended(capsys: pytest.CaptureFixture[str]) -> None:
    assert "There is no key yet" in said(capsys, "key", "list")
    key = said(capsys, "key", "add", "warehouse", "--scopes", "orders:read,orders:write").strip()
    assert re.fullmatch(r"jalon_[\w-]{40}", key)
    listed = said(capsys, "key", "list")
    assert "warehouse  (orders:read orders:write)" in listed
    assert key not in listed
    (row,) = json.loads(said(capsys, "key", "list", "--json"))
    assert "opens nothing any more" in said(capsys, "key", "revoke", str(row["id"]))
    assert "revoked" in said(capsys, "key", "list")
    assert f"There is no key {row['id']} that works" in said(capsys, "key", "revoke", str(row["id"]), status=1)


def test_a_scope_that_there_is_not_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert "'orders:eat' is not a valid Scope; there are orders:read" in said(
        capsys, "key", "add", "x", "--scopes", "orders:eat", status=2
    )
    assert "one scope at least" in said(capsys, "key", "add", "x", "--scopes", " ", status=2)


def test_an_address_is_made_listed_and_ended(capsys: pytest.CaptureFixture[str]) -> None:
    assert "News are sent nowhere" in said(capsys, "hook", "list")
    secret = said(capsys, "hook", "add", "https://erp.example/jalon", "--kinds", "order.changed").splitlines()[-1]
    assert secret.startswith("whsec_")
    listed = said(capsys, "hook", "list") + said(capsys, "hook", "list", "--json")
    assert "https://erp.example/jalon  (order.changed)" in listed
    assert secret not in listed
    number = json.loads(said(capsys, "hook", "list", "--json"))[0]["id"]
    assert "is told nothing any more" in said(capsys, "hook", "end", str(number))
    assert "There is no address" in said(capsys, "hook", "end", str(number), status=1)
    assert "news go to https:// addresses" in said(capsys, "hook", "add", "http://erp.example", status=2)
