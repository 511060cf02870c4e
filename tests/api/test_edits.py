"""Changes over the API: previewed, made once, and customers' requests answered."""

from __future__ import annotations

from typing import Any

import pytest

from portal.editing.commands import CancelLine
from portal.editing.confirm import confirm
from portal.editing.preview import preview
from portal.editing.values import EditView
from portal.editing.who import Who
from portal.wiring import open_engine
from portal.worker import run_due
from tests.api.conftest import Caller, order, said
from tests.support.visit import signed_in

ONCE = {"idempotency_key": "one"}


async def stored(caller: Caller, **members: Any) -> str:
    answer = await caller.ask("/orders", "POST", order(placed_at="2026-11-20T09:55:00Z", **members))
    return str(said(answer)["ref"])


async def work(caller: Caller) -> None:
    while await run_due(caller.site.context):
        pass


async def test_a_change_is_previewed_made_once_and_told(caller: Caller) -> None:
    ref = await stored(caller)
    wish = {"action": "cancel_line", "line": "mug", "quantity": 1}
    first, again = [await caller.ask(f"/orders/{ref}/edits", "POST", wish, **ONCE) for _ in range(2)]
    assert first.status == 201, first.text
    assert said(first)["ref"] == said(again)["ref"]
    assert said(first)["due"]["shop"] == -1500
    edit = f"/orders/{ref}/edits/{said(first)['ref']}"
    assert {(await caller.ask(f"{edit}/confirm", "POST")).status for _ in range(2)} == {200}
    await work(caller)
    assert said(await caller.ask(edit))["state"] == "applied"
    document = said(await caller.ask(f"/orders/{ref}"))["document"]
    assert [line["quantity"]["current"] for line in document["lines"]] == [1, 1]
    assert [one["state"] for one in said(await caller.ask(f"/orders/{ref}/edits"))["edits"]] == ["applied"]


async def test_what_its_customer_may_do_is_said(caller: Caller) -> None:
    ref = await stored(caller)
    told = said(await caller.ask(f"/orders/{ref}/actions"))
    assert told["order"]["cancel_order"]["verdict"] in ("allowed", "ask")
    assert set(told["lines"]) == {"mug", "bowl"}
    assert "until" in told["lines"]["mug"]["cancel_line"] or told["lines"]["mug"]["cancel_line"]["verdict"] != "no"


@pytest.mark.parametrize(("answer", "state"), [("accept", "applied"), ("decline", "declined")])
async def test_a_customers_request_is_answered(caller: Caller, answer: str, state: str) -> None:
    mugs = {"id": "mug", "title": "Mug", "quantity": 2, "flags": {"personalised": True}}
    ref = await stored(caller, lines=[mugs])
    await signed_in(caller.site, "ines@client.example")
    engine, ines = open_engine(caller.site.context), Who("person", 1)
    wished = await preview(engine, 1, CancelLine(line="mug", quantity=1), ines)
    assert isinstance(wished, EditView), wished
    asked = await confirm(engine, wished.order_id, wished.ref, ines)
    assert isinstance(asked, EditView)
    assert asked.state == "requested"
    path = f"/orders/{ref}/edits/{wished.ref}/{answer}"
    assert (await caller.ask(path, "POST", {"note": "As you wish"})).status == 200
    await work(caller)
    assert said(await caller.ask(f"/orders/{ref}/edits/{wished.ref}"))["state"] == state


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"action": "eat"}, 422, "no_command"),
        ({"action": "cancel_line", "line": "mug"}, 422, "no_command"),
        ({"action": "cancel_line", "line": "mug", "quantity": 1, "fee": 0}, 422, "no_command"),
        ({"action": "cancel_line", "line": "cup", "quantity": 1}, 409, None),
        ({"action": "cancel_line", "line": "mug", "quantity": 5}, 409, None),
        ([], 422, "no_command"),
    ],
)
async def test_what_cannot_be_is_said(caller: Caller, body: Any, status: int, code: str | None) -> None:
    ref = await stored(caller)
    answer = await caller.ask(f"/orders/{ref}/edits", "POST", body, **ONCE)
    assert answer.status == status, answer.text
    assert code in (None, said(answer)["code"])


async def test_what_there_is_not(caller: Caller) -> None:
    ref = await stored(caller)
    for edit in ("0123456789abcdef", "x"):
        assert (await caller.ask(f"/orders/{ref}/edits/{edit}")).status == 404
        assert (await caller.ask(f"/orders/{ref}/edits/{edit}/accept", "POST", {})).status == 404
    assert (await caller.ask(f"/orders/{ref}/edits", "POST", {"action": "cancel_order"})).status == 400
