"""Orders out of spreadsheets: what spreadsheets write is read, and what is wrong is named by its line and column."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from portal.cli import main
from portal.platforms.contract import Delivered, Document, Problem
from portal.platforms.neutral import NeutralOrder, read_file
from portal.platforms.neutral.reader import read
from portal.platforms.sheets import Parcels, order_values, read_parcels

ORDER = "order_number,currency,sku,title,quantity,unit_price,total\n"
words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=12)


def entries(orders: str | bytes, sent: str = "order_number\n") -> list[Any]:
    """What two files come to: orders, and problems."""
    parcels, problems = read_parcels(io.BytesIO(sent.encode()))
    plain = orders.encode() if isinstance(orders, str) else orders
    found = list(read(order_values(io.BytesIO(plain), parcels), Delivered()))
    return [*problems, *found, *parcels.unused()]


def only_order(orders: str | bytes, sent: str = "order_number\n") -> NeutralOrder:
    (entry,) = entries(orders, sent)
    assert isinstance(entry, Document), entry
    return entry.order


def only_problem(orders: str | bytes, sent: str = "order_number\n") -> tuple[int, str, str]:
    (problem,) = [entry for entry in entries(orders, sent) if isinstance(entry, Problem)]
    return problem.line, problem.member, problem.message


def test_rows_of_one_order_are_its_lines() -> None:
    first, second = entries(ORDER + "7,EUR,A,Bowl,2,12.50,45\n7,EUR,B,Mug,1,20,\n8,JPY,A,Bowl,1,1200,1200\n")
    assert [(line.title, line.quantity.ordered, line.price.unit.shop) for line in first.order.lines] == [
        ("Bowl", 2, 1250),
        ("Mug", 1, 2000),
    ]
    assert (first.order.totals.total.shop, second.order.totals.total.shop) == (4500, 1200)


def test_a_spreadsheet_of_the_continent_is_read_as_it_is_saved() -> None:
    text = "\ufefforder_number;currency;title;unit_price\r\n7;KWD;Tasse ; 12,345\r\n"
    assert only_order(text.encode()).lines[0].price.unit.shop == 12345


def test_a_comma_is_no_decimal_point_where_commas_part_the_cells() -> None:
    assert only_problem('order_number,currency,title,total\n7,EUR,Bowl,"12,50"\n') == (
        2,
        "total",
        "not a decimal amount: '12,50'",
    )


def test_what_was_sent_is_in_its_parcels() -> None:
    sent = "order_number,carrier,number,sku,quantity\n7,Colissimo,6A1,A,1\n7,Colissimo,6A2,A,1\n7,Colissimo,6A2,B,1\n"
    order = only_order(ORDER + "#7,EUR,A,Bowl,2,,\n#7,EUR,B,Mug,1,,\n", sent)
    held = [(p.tracking[0].number, [(part.line_id, part.quantity) for part in p.lines]) for p in order.parcels]
    assert held == [("6A1", [("1", 1)]), ("6A2", [("1", 1), ("2", 1)])]
    assert {parcel.tracking[0].carrier for parcel in order.parcels} == {"laposte"}
    assert [line.quantity.fulfilled for line in order.lines] == [2, 1]


@pytest.mark.parametrize(
    ("orders", "problem"),
    [
        ("number,title\n1,Bowl\n", (1, "", "the first line names the columns, and has no order_number")),
        ("order_number,title,colour\n1,Bowl,red\n", (1, "", "unknown columns: colour (begin the name with x_")),
        ("order_number,title,title\n1,Bowl,x\n", (1, "", "columns named twice: title")),
        ("order_number,title,quantity\n1,Bowl,two\n", (2, "quantity", "expected a whole number, not 'two'")),
        ("order_number,title,total\n1,Bowl,3\n", (2, "total", "an amount needs a currency in its row")),
        ("order_number,title,placed_at\n1,Bowl,1/10/2026\n", (2, "placed_at", "expected a date and time with offset")),
        ("order_number,title,preorder\n1,Bowl,perhaps\n", (2, "preorder", "expected yes or no, not 'perhaps'")),
        ("order_number,title\n1,Bowl\n2,Mug\n1,Jug\n", (4, "order_number", "rows of order 1 stand apart")),
        ("order_number,title\n,Bowl\n", (2, "order_number", "is missing")),
        ("order_number,title\n1,Bowl,red\n", (2, "", "3 cells under 2 columns")),
        (b"order_number,title\n1,B\xf6wl\n", (2, "", "not UTF-8 text: save it as UTF-8; the rest is not read")),
        ("order_number,title,kind\n1,Bowl,pot\n", (2, "lines[0].kind", "expected one of")),
    ],
)
def test_what_is_wrong_is_named(orders: str | bytes, problem: tuple[int, str, str]) -> None:
    line, member, message = only_problem(orders)
    assert (line, member) == problem[:2]
    assert message.startswith(problem[2])


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ("order_number,sku\n7,C\n", (2, "", "line 2 of the parcels' file names C, which the order does not have")),
        ("order_number,number\n9,6A1\n", (2, "order_number", "there is no order 9 in the orders' file")),
        ("order_number,quantity\n7,some\n", (2, "quantity", "expected a whole number, not 'some'")),
        (
            "order_number,weight\n7,1\n",
            (1, "", "unknown columns: weight (begin the name with x_ to have a column passed over)"),
        ),
    ],
)
def test_what_is_wrong_with_parcels_is_named(sent: str, problem: tuple[int, str, str]) -> None:
    assert only_problem(ORDER + "7,EUR,A,Bowl,2,,\n", sent) == problem


@given(st.lists(st.tuples(words, words, st.integers(1, 99), st.integers(0, 10**9)), min_size=1, max_size=5))
def test_whatever_a_spreadsheet_quotes_comes_back(lines: list[tuple[str, str, int, int]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["order_number", "currency", "title", "sku", "quantity", "unit_price"])
    for title, sku, quantity, price in lines:
        writer.writerow(["7", "EUR", title, sku, quantity, f"{price // 100}.{price % 100:02}"])
    order = only_order(text.getvalue())
    read_back = [(x.title, x.sku, x.quantity.ordered, x.price.unit.shop) for x in order.lines]
    assert read_back == [(title.strip(), sku.strip(), quantity, price) for title, sku, quantity, price in lines]


@given(st.binary(max_size=300))
def test_any_bytes_are_orders_or_problems(body: bytes) -> None:
    found = list(read(order_values(io.BytesIO(b"order_number,title\n" + body), Parcels()), Delivered()))
    assert all(isinstance(entry, Document | Problem) for entry in found)


def test_the_command_reads_both_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orders, sent = tmp_path / "orders.csv", tmp_path / "parcels.csv"
    orders.write_text(ORDER + "7,EUR,A,Bowl,2,,\n8,EUR,A,Bowl,two,,\n")
    sent.write_text("order_number,number\n7,6A1\n9,6A2\n")
    out = tmp_path / "neutral.json"
    assert main(["import", "neutral", str(orders), "--parcels", str(sent), "--dry-run", "--json"]) == 1
    printed = capsys.readouterr()
    out.write_text(printed.out)
    (entry,) = read_file(out)
    assert isinstance(entry, Document)
    assert entry.order.parcels[0].allocation == "whole_order"
    assert printed.err.splitlines() == [
        f"{orders}:3: quantity: expected a whole number, not 'two'",
        f"{sent}:3: order_number: there is no order 9 in the orders' file",
    ]


@pytest.mark.parametrize(
    ("given_words", "said"),
    [
        (["shopify", "orders.csv"], "spreadsheets are read as neutral orders: jalon import neutral orders.csv"),
        (["neutral", "orders.json", "--parcels", "p.csv"], "--parcels goes with a .csv of orders"),
    ],
)
def test_spreadsheets_where_there_can_be_none(
    given_words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", *given_words]) == 2
    assert capsys.readouterr().err == f"jalon import: {said}\n"
