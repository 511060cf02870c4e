"""`jalon detect`, as it is called."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from portal.cli import main

KEYS = {"carrier", "format", "check_digit_ok", "tracking_url"}


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main(["detect", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_json_has_one_entry_per_number_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    numbers = [" 1z 999AA10123456784 ", "nothing", "1020304051", "nothing"]
    entries = asked(capsys, *numbers)
    assert [entry["number"] for entry in entries] == numbers
    assert [len(entry["candidates"]) > 0 for entry in entries] == [True, False, True, False]
    best = entries[0]["candidates"][0]
    assert best.keys() >= KEYS
    assert (best["carrier"], best["format"], best["check_digit_ok"]) == ("ups", "ups_1z", True)
    assert best["tracking_url"].endswith("tracknum=1Z999AA10123456784")
    assert (best["evidence"], best["tracking_number"]) == ("form_and_check", "1Z999AA10123456784")


def test_hints_are_used(capsys: pytest.CaptureFixture[str]) -> None:
    (french,) = asked(capsys, "10203040506070", "--country", "FR")
    assert french["candidates"][0]["carrier"].startswith("dpd")
    (told,) = asked(capsys, "10203040506070", "--carrier", "Hermes Germany")
    assert told["candidates"][0]["carrier"].startswith("hermes")


def test_lines_for_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detect", "1Z999AA10123456784", "1Z999AA10123456785", "x\x1b[31m\x00\u202e\udcff"]) == 0
    right, wrong, strange = (part.splitlines() for part in _paragraphs(capsys.readouterr().out))
    assert right[0] == "1Z999AA10123456784:"
    assert right[1].split()[:5] == ["UPS", "ups_1z", "check", "digit", "right"]
    assert "check digit wrong" in wrong[1]
    assert strange[0].startswith("x [31m")
    assert strange[0].endswith("in no carrier's form that is known here")
    assert all(line.isprintable() for line in (*right, *wrong, *strange))


@pytest.mark.parametrize(("words", "status"), [(["X1", "--country", "Atlantis"], 2), (["X1", "--carrier", "\x1b"], 0)])
def test_hints_that_are_not_known_are_said(words: list[str], status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detect", *words]) == status
    said = capsys.readouterr().err
    assert said.startswith("jalon detect: ")
    assert said.strip().isprintable()


def test_a_carrier_that_only_has_a_form_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detect", "X1", "--carrier", "OnTrac"]) == 0
    assert capsys.readouterr().err == ""


def test_a_number_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["detect"])
    assert left.value.code == 2
    assert "NUMBER" in capsys.readouterr().err


def test_help_loads_nothing_heavy() -> None:
    code = """if True:
        import sys
        from portal.cli import main
        try:
            main(["detect", "--help"])
        except SystemExit:
            print(*sys.modules)
    """
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "jalon detect 1Z" in shown
    assert not set(shown.splitlines()[-1].split()) & {"httpx2", "asyncio", "carriers", "starlette", "sqlalchemy"}


def _paragraphs(output: str) -> list[str]:
    """The output cut before each line that is not indented."""
    return output.replace("\n  ", "\v").strip().replace("\n", "\f").replace("\v", "\n  ").split("\f")
