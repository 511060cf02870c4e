"""`jalon import`: what it prints, what it stores, and how it ends."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from portal.cli import main
from tests.platforms.graph_samples import answer
from tests.platforms.shopify_samples import fulfilment, order

GOOD = '{"number": "1001", "lines": [{"title": "Mug"}], "parcels": [{"tracking": [{"number": "PS1"}]}]}'
WRONG = '{"number": "1002", "lines": [{"quantity": {"ordered": "two"}}]}'


def run(*words: str) -> int:
    """The exit status, argparse's own included."""
    try:
        return main(["import", *words])
    except SystemExit as left:
        return int(left.code or 0)


@pytest.fixture
def lines(tmp_path: Path) -> str:
    path = tmp_path / "orders.jsonl"
    path.write_text(f"{GOOD}\n{WRONG}\nnonsense\n")
    return str(path)


def test_json_is_a_list_of_documents_and_nothing_else(lines: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("neutral", lines, "--dry-run", "--json") == 1
    out, err = capsys.readouterr()
    assert [document["number"] for document in json.loads(out)] == ["1001"]
    assert err.splitlines() == [
        f"{lines}:2: lines[0].quantity.ordered: expected a whole number",
        f"{lines}:3: not JSON: expecting value",
    ]


def test_no_orders_are_an_empty_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "fulfilment.json"
    path.write_text(json.dumps(fulfilment(order_id=42)))
    assert run("shopify", str(path), "--dry-run", "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == []
    assert err.startswith(f"{path}:1: note: a fulfilment")


def test_a_dry_run_counts(lines: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("neutral", lines, "--dry-run") == 1
    assert capsys.readouterr().out == "1 order read, nothing stored, 2 problems\n"


def test_standard_input_is_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "piped"
    path.write_text(GOOD)
    with path.open() as piped:
        monkeypatch.setattr(sys, "stdin", piped)
        assert run("neutral", "-", "--dry-run", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)) == 1


def test_a_closed_standard_input_is_unreadable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert run("neutral", "-", "--dry-run") == 2
    assert "standard input is closed" in capsys.readouterr().err


def test_pipes_are_read_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(GOOD,))
    writer.start()
    assert run("neutral", str(pipe), "--dry-run") == 0
    writer.join()
    assert capsys.readouterr().out == "1 order read, nothing stored\n"


@pytest.mark.parametrize(
    "words", [["neutral"], [], ["woo", "x"], ["neutral", "missing.json"], ["neutral", "."], ["neutral", "x", "--json"]]
)
def test_wrong_usage_is_status_2(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").write_text(GOOD)
    assert run(*words) == 2


def test_an_unreadable_file_stops_before_anything_is_read(lines: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("neutral", lines, "missing.json", "--dry-run", "--json") == 2
    out, err = capsys.readouterr()
    assert (out, "'missing.json'" in err) == ("", True)


def test_headers_beside_a_body_tell_shop_and_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.body").write_text(json.dumps(order()))
    headers = {
        "X-Shopify-Shop-Domain": "b.myshopify.com",
        "x-shopify-api-version": "2026-10",
        "X-Shopify-Topic": "orders/create",
    }
    (tmp_path / "a.headers.json").write_text(json.dumps(headers))
    assert run("shopify", str(tmp_path / "a.body"), "--dry-run", "--json") == 0
    (document,) = json.loads(capsys.readouterr().out)
    assert (document["source"]["shop"], document["source"]["api_version"]) == ("b.myshopify.com", "2026-10")


def test_the_flag_beats_every_other_shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(answer()))
    assert run("shopify", str(path), "--shop", "c.myshopify.com", "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["source"]["shop"] == "c.myshopify.com"


def test_output_is_plain_ascii_wherever_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "order.json"
    path.write_text('{"number": "É1 \\ud83d\\ude00"}', encoding="utf-8")
    written = io.BytesIO()
    narrow = io.TextIOWrapper(written, encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    assert run("neutral", str(path), "--dry-run", "--json") == 0
    narrow.flush()
    assert json.loads(written.getvalue())[0]["number"] == "É1 😀"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JALON_DATABASE_URL", f"sqlite:///{tmp_path / 'orders.db'}")
    return tmp_path


def test_orders_are_stored_once(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = database / "orders.jsonl"

    def stored(*orders: dict[str, Any]) -> str:
        path.write_text("\n".join(json.dumps(one) for one in orders))
        assert run("neutral", str(path)) == 0
        return capsys.readouterr().out

    def version(number: str, day: int) -> dict[str, Any]:
        return {"number": number, "updated_at": f"2026-10-{day:02}T08:00:00Z", "note": f"day {day}"}

    assert stored(version("1", 3), version("2", 3)) == "2 imported\n"
    assert stored(version("1", 3), version("2", 4)) == "1 imported, 1 unchanged\n"
    assert stored(version("1", 2), version("2", 4)) == "0 imported, 1 unchanged, 1 older than what is stored\n"


def test_products_are_counted_kept_and_told_what_is_wrong_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "products.jsonl"
    good = {"product_id": "mug", "currency": "EUR", "variants": [{"id": "sage", "price": 1500}, {"id": "sand"}]}
    path.write_text(f"{json.dumps(good)}\n{json.dumps({**good, 'variants': []})}\nnonsense\n")
    monkeypatch.setenv("JALON_DATABASE_URL", f"sqlite:///{tmp_path / 'jalon.db'}")
    assert run("products", str(path), "--shop", "atelier", "--dry-run") == 1
    assert capsys.readouterr().out == "1 product with 2 variants read, nothing stored, 2 problems\n"
    assert not (tmp_path / "jalon.db").exists()
    assert run("products", str(path), "--shop", "atelier") == 1
    out, err = capsys.readouterr()
    assert out == "1 product with 2 variants kept, 2 problems\n"
    assert [line.rsplit(": ", 1)[0] for line in err.splitlines()] == [f"{path}:2: variants", f"{path}:3: not JSON"]
