"""`jalon orders` and `jalon staff` as people at the shop type them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.shell import Said, Shell

SHOP = {"PLATFORM_NEUTRAL_SHOP": "atelier"}
SENT = {
    "number": "#1001",
    "source": {"platform": "neutral", "shop": "atelier", "order_id": "1001"},
    "placed_at": "2026-11-18T09:00:00Z",
    "updated_at": "2026-11-19T09:00:00Z",
    "currency": "EUR",
    "state": {"payment": "paid"},
    "contact": {"email": "ines@mail.example"},
    "address": {"shipping": {"name": "Inès Ferrand", "postcode": "69005", "city": "Lyon", "country": "FR"}},
    "lines": [
        {"id": "mug", "title": "Mug", "quantity": 2, "price": {"unit": {"shop": 1500}}},
        {"id": "bowl", "title": "Bowl", "quantity": 1, "price": {"unit": {"shop": 900}}},
    ],
    "totals": {"total": {"shop": 3900}},
}
PICKUP = {"id": "shop", "method": "pickup", "location": {"name": "Atelier Lyon"}, "pickup": {"code": "7KQM-3XWP"}}
FETCHED = {**SENT, "number": "#1002", "source": {**SENT["source"], "order_id": "1002"}, "deliveries": [PICKUP]}  # type: ignore[dict-item]  # it is a dict


@pytest.fixture
def orders(jalon: Shell) -> Shell:
    """A shop with an order to send and one to be collected."""
    (jalon.folder / "orders.jsonl").write_text(f"{json.dumps(SENT)}\n{json.dumps(FETCHED)}\n")
    assert jalon("import", "neutral", "orders.jsonl").status == 0
    return jalon


def plain(said: Said) -> Any:
    assert said.status == 0, said.err
    return json.loads(said.out)


def test_an_order_is_sent_and_arrives(orders: Shell) -> None:
    assert orders("orders", "list", "--work", "to-ship").out.splitlines() == [
        "#1001  2026-11-18 10:00  39.00 EUR  to ship  3 units in the shop"
    ]
    said = orders("orders", "to-ship", "1001", **SHOP)
    assert (said.status, said.out) == (0, "Order 1001: is being made ready.\n")
    assert plain(orders("orders", "show", "1001", "--json"))["lines"][0]["quantity"]["in_progress"] == 2
    first = orders(
        "orders", "ship", "#1001", "--carrier", "Mondial Relay", "--number", "64182075", "--line", "mug=2", **SHOP
    )
    assert (first.status, first.out) == (0, "Order #1001: was handed over.\n")
    assert orders("orders", "ship", "1001", "--number", "1Z999AA10123456784", **SHOP).status == 0
    shown = plain(orders("orders", "show", "1001", "--json"))
    assert [[each["carrier_raw"] for each in parcel["tracking"]] for parcel in shown["parcels"]] == [
        ["Mondial Relay"],
        ["UPS"],
    ]
    assert shown["waits_for"] == []
    assert orders("orders", "delivered", "1001", **SHOP).status == 0
    text = orders("orders", "show", "1001").out
    assert "parcel " in text
    assert "Inès Ferrand, 69005 Lyon, FR" in text
    assert text.count("arrived") == 2
    assert orders("orders", "list", "--work", "to-ship").out == "No orders.\n"


def test_an_order_is_collected_by_whoever_has_the_code(orders: Shell) -> None:
    assert plain(orders("orders", "list", "--work", "to-prepare", "--json"))[0]["number"] == "#1002"
    assert orders("orders", "to-ship", "1002", **SHOP).status == 0
    assert [one["number"] for one in plain(orders("orders", "list", "--work", "to-collect", "--json"))] == ["#1002"]
    wrong = orders("orders", "collected", "1002", "--code", "AAAA-AAAA", **SHOP)
    assert (wrong.status, wrong.err) == (1, "jalon: order 1002: that is not the code.\n")
    assert orders("orders", "collected", "1002", "--code", "7kqm 3xwp", **SHOP).status == 0
    again = orders("orders", "collected", "1002", "--without-code", "--json", **SHOP)
    assert (again.status, json.loads(again.out)) == (1, {"done": False, "why": "nothing", "said": ""})
    steps = plain(orders("orders", "log", "1002", "--json"))
    assert [(step["act"], step["step"], step["code"]) for step in reversed(steps)] == [
        ("to_ship", "begun", None),
        ("to_ship", "done", None),
        ("collected", "begun", None),
        ("collected", "refused", "wrong_code"),
        ("collected", "begun", None),
        ("collected", "done", None),
        ("collected", "begun", None),
        ("collected", "refused", "nothing"),
    ]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ("show 9999", 1, "there is no order 9999"),
        ("to-ship 1001", 1, "its shop is not connected"),
        ("collected 1002", 2, "one of the arguments --code --without-code is required"),
        ("ship 1001 --line mug", 2, "expected ID=UNITS"),
        ("ship 1001 --line mug=0", 2, "expected ID=UNITS"),
        ("dance 1001", 2, "invalid choice"),
        ("", 2, "required: WHAT"),
    ],
)
def test_what_cannot_be_done_is_said(orders: Shell, words: str, status: int, said: str) -> None:
    answer = orders("orders", *words.split())
    assert answer.status == status
    assert said in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("ship 1001 --line cup=1", "the order is not as it was (the order has no such units)."),
        ("ship 1001 --line mug=3", "it has left the shop already (so many units are not there to be sent)."),
        ("ready 1001", "there is nothing to do about it."),
        ("delivered 1001", "there is nothing to do about it."),
    ],
)
def test_what_the_order_does_not_allow_is_refused_with_its_reason(orders: Shell, words: str, said: str) -> None:
    answer = orders("orders", *words.split(), **SHOP)
    assert (answer.status, answer.err) == (1, f"jalon: order 1001: {said}\n")


def test_orders_are_found_by_what_somebody_says(orders: Shell) -> None:
    for words in ("1002", "#1002", "7KQM-3XWP"):
        assert [one["number"] for one in plain(orders("orders", "list", "--find", words, "--json"))] == ["#1002"]
    both = plain(orders("orders", "list", "--find", "Ines@mail.example", "--json"))
    assert [one["number"] for one in both] == ["#1002", "#1001"]
    assert orders("orders", "list", "--find", "lou@mail.example").out == "No orders.\n"


def test_two_orders_of_one_number_are_told_apart(orders: Shell) -> None:
    other = {**SENT, "source": {"platform": "neutral", "shop": "elsewhere", "order_id": "7"}}
    (orders.folder / "other.json").write_text(json.dumps(other))
    assert orders("import", "neutral", "other.json").status == 0
    said = orders("orders", "show", "1001")
    assert (said.status, "2 orders have this number" in said.err) == (2, True)
    refs = [line.split()[0] for line in said.err.splitlines() if "neutral" in line]
    assert [plain(orders("orders", "show", ref, "--json"))["shop"] for ref in refs] == ["elsewhere", "atelier"]


def test_the_shops_people_are_let_in_and_let_go(jalon: Shell) -> None:
    assert jalon("staff", "list").out == "Nobody.\n"
    said = jalon("staff", "add", "Jeanne", "--email", "Jeanne@Atelier.example", BASE_URL="https://track.example")
    assert (said.status, said.out) == (0, "Jeanne signs in at https://track.example/staff.\n")
    assert plain(jalon("staff", "list", "--json")) == [
        {"name": "Jeanne", "email": "jeanne@atelier.example", "signs_in": True}
    ]
    assert jalon("staff", "remove", "--email", "jeanne@atelier.example").status == 0
    assert jalon("staff", "remove", "--email", "jeanne@atelier.example").status == 1
    assert plain(jalon("staff", "list", "--json"))[0]["signs_in"] is False
    assert jalon("staff", "add", "Jeanne B.", "--email", "jeanne@atelier.example").status == 0
    assert [one["name"] for one in plain(jalon("staff", "list", "--json"))] == ["Jeanne B."]


@pytest.mark.parametrize("words", ["add Jeanne", "add --email a@b.example", "remove", "add Jeanne --email nowhere"])
def test_somebody_needs_a_name_and_an_address(jalon: Shell, words: str) -> None:
    said = jalon("staff", *words.split())
    assert (said.status, "jalon staff" in said.err) == (2, True)


def test_some_items_then_the_whole_order_are_cancelled_and_told(orders: Shell) -> None:
    dry = orders("orders", "cancel-lines", "1001", "--line", "mug=1", "--reason", "out_of_stock", "--dry-run", **SHOP)
    assert dry.out == "Order 1001: would be changed; 15.00 EUR go back.\n"
    assert plain(orders("orders", "show", "1001", "--json"))["lines"][0]["quantity"]["current"] == 2
    some = orders("orders", "cancel-lines", "1001", "--line", "mug=1", "--reason", "out_of_stock", **SHOP)
    assert (some.status, some.out) == (0, "Order 1001: is changed; 15.00 EUR go back.\n")
    whole = orders("orders", "cancel", "1001", "--reason", "sold_in_store", "--json", **SHOP)
    assert (whole.status, json.loads(whole.out)["state"]) == (0, "applied")
    again = orders("orders", "cancel", "1001", "--reason", "other", **SHOP)
    assert (again.status, again.err) == (1, "jalon: order 1001: the order is cancelled.\n")
    assert "cancelled" in orders("orders", "list").out
    log = orders("orders", "log", "1001").out
    assert "edit_cancel_order applied" in log
    assert "cancel done, at the command line" in log
    assert orders("orders", "list", "--work", "to-settle").out.startswith("#1001")
    assert orders("orders", "settled", "1001", **SHOP).status == 0
    assert orders("orders", "list", "--work", "to-settle").out == "No orders.\n"


def test_nothing_is_asked_for(orders: Shell) -> None:
    assert orders("orders", "requests").out == "No orders.\n"
    assert orders("orders", "accept", "1001", **SHOP).err == "jalon: order 1001: there is nothing to do about it.\n"
    assert orders("orders", "cancel", "1001", **SHOP).status == 2  # a reason is wanted


def test_an_order_is_seen_with_other_eyes(orders: Shell) -> None:
    seen = orders("orders", "as-customer", "1001", "--lang", "fr")
    assert seen.status == 0
    assert "Commande confirmée" in seen.out
    assert "<" not in seen.out
    page = orders("orders", "as-customer", "1001", "--html").out
    assert page.startswith("<!doctype html>")
    visitor = orders("orders", "as-visitor", "1001", "--items").out
    assert "Mug" in visitor
    assert "1001" not in visitor
    assert "see_as_visitor done" in orders("orders", "log", "1001").out
