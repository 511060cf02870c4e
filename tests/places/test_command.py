"""`jalon places`, as it is called."""

from __future__ import annotations

import json

import pytest

from portal.cli import main


def test_json_has_one_entry_per_text_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "HODGKINS, IL", "no such place", "ISC NEW YORK NY(USPS)", "--country", "us", "--json"]) == 0
    first, unknown, hub = json.loads(capsys.readouterr().out)
    assert first == {
        "text": "HODGKINS, IL", "name": "Hodgkins", "country": "US", "lat": 41.769, "lon": -87.858, "evidence": "name"
    }  # fmt: skip
    assert unknown == dict.fromkeys(first) | {"text": "no such place"}
    assert (hub["name"], hub["evidence"]) == ("Jamaica", "hub")


def test_lines_for_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "CORBAS PF COLIS", "x\x1b[31m", "--country", "FR"]) == 0
    found, strange = capsys.readouterr().out.splitlines()
    assert found == "CORBAS PF COLIS  Corbas, FR  45.668 4.902  Europe/Paris  (name)"
    assert strange.endswith("not known")
    assert strange.isprintable()


def test_a_country_that_is_none_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "Lyon", "--country", "Atlantis"]) == 2
    assert capsys.readouterr().err.startswith("jalon places: --country")
