"""A wrong setting stops the start, at once, with one sentence that names it and without showing its value."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from portal import serving
from portal.cli import main
from tests.support.server import launch

WRONG = [
    ("JALON_PORT", "eighty"),
    ("JALON_PORT", "70000"),
    ("JALON_DATABASE_URL", "mysql://someone:hunter2@db/jalon"),
    ("JALON_DATABASE_URL", "sqlite:////no/such/folder/jalon.db"),
    ("JALON_DATABASE_URL", "hunter2"),
    ("JALON_BASE_URL", "track.example.com"),
    ("JALON_BASE_URL", "javascript:alert(1)"),
    ("JALON_SHOP_BRAND_COLOUR", "green"),
    ("JALON_SHOP_CONTACT", "call us"),
    ("JALON_TIME_ZONE", "Mars/Olympus"),
    ("JALON_LOCALE", "tlh"),
    ("JALON_LINK_DAYS", "0"),
    ("JALON_MAX_STREAMS", "-1"),
    ("JALON_POLL_PACE", "nan"),
    ("JALON_WORKER", "sometimes"),
    ("JALON_LOG_LEVEL", "loud"),
    ("JALON_SHOPNAME", "hunter2"),
    ("JALON_DATABASE_URL_FILE", "/no/such/file"),
    ("JALON_CARRIER_LAPOSTE_API_KEY_FILE", "/no/such/file"),
    ("JALON_CARRIER_UPS_CLIENT_ID", "hunter2"),
    ("JALON_CARRIER_UPS_API", "ftp://hunter2"),
    ("JALON_CARRIER_NOBODY_API_KEY", "hunter2"),
]
LACKING = {
    "JALON_CARRIER_UPS_CLIENT_ID": "JALON_CARRIER_UPS_CLIENT_SECRET"
}  # half an account: what is missing is named


def it_runs(*_: object) -> None:
    """What must not be reached."""
    pytest.fail("it runs all the same")


@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize(("key", "value"), WRONG)
def test_it_is_named_and_not_shown(
    command: str,
    key: str,
    value: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in [name for name in os.environ if name.startswith("JALON_")]:
        monkeypatch.delenv(name)
    for name, given in {"JALON_DATABASE_URL": f"sqlite:///{tmp_path}/jalon.db", key: value}.items():
        monkeypatch.setenv(name, given)
    monkeypatch.setattr(serving, "server", it_runs)
    monkeypatch.setattr(serving, "work", it_runs)
    with pytest.raises(SystemExit) as left:
        main([command])
    said = capsys.readouterr().err
    assert left.value.code == 2, said
    assert LACKING.get(key, key) in said
    assert len(said.splitlines()) == 1
    assert "hunter2" not in said


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_the_process_ends_with_status_2(command: str, tmp_path: Path) -> None:
    process = launch([sys.executable, "-m", "portal", command], tmp_path / "log", JALON_PORT="eighty")
    try:
        assert process.popen.wait(30) == 2
    finally:
        process.kill()
    assert "JALON_PORT" in process.said()
    assert "Traceback" not in process.said()
