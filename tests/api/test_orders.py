"""Orders over the API: stored once, read as they are, sent on by whoever has a key."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.api.conftest import Caller, order, said
from tests.support.context import kinds

ONCE = {"idempotency_key": "5b0c7d6e"}


async def stored(caller: Caller, **members: Any) -> str:
    """An order's name in addresses."""
    answer = await caller.ask("/orders", "POST", order(**members))
    assert answer.status == 201, answer.text
    return str(said(answer)["ref"])


async def test_an_order_is_stored_once_and_replaced_by_a_newer_one_alone(caller: Caller) -> None:
    answers = [
        await caller.ask("/orders", "POST", order()),
        await caller.ask("/orders", "POST", order()),
        await caller.ask("/orders", "POST", order(updated_at="2026-11-20T09:00:00Z", shop_note="Soon")),
        await caller.ask("/orders", "POST", order(updated_at="2026-11-19T10:00:00Z")),
    ]
    assert [answer.status for answer in answers] == [201, 200, 200, 409]
    assert [said(answer).get("outcome") for answer in answers] == ["created", "unchanged", "updated", None]
    assert said(answers[3])["code"] == "stale"


async def test_several_orders_are_answered_each_for_itself(caller: Caller) -> None:
    wrong = order(number="#1002", lines=[{"id": "a", "quantity": "two"}])
    wrong["source"] = {"platform": "neutral", "shop": "atelier", "order_id": "1002"}
    answer = await caller.ask("/orders", "POST", [order(), wrong])
    good, bad = said(answer)["orders"]
    assert (answer.status, good["outcome"]) == (200, "created")
    assert bad["faults"] == [{"member": "lines[0].quantity", "fault": "expected an object"}]


async def test_a_hundred_large_orders_are_taken_at_once(caller: Caller) -> None:
    several = [order(number=str(n), source={"order_id": str(n)}, note="x" * 20_000) for n in range(100)]
    answer = await caller.ask("/orders", "POST", several)
    assert {one["outcome"] for one in said(answer)["orders"]} == {"created"}
    assert (await caller.ask("/orders", "POST", [*several, order()])).status == 422


async def test_what_is_no_order_is_named_member_by_member(caller: Caller) -> None:
    answer = await caller.ask("/orders", "POST", order(placed_at="yesterday", currency="EURO"))
    assert (answer.status, answer.headers["content-type"]) == (422, "application/problem+json")
    assert {fault["member"] for fault in said(answer)["faults"]} == {"placed_at", "currency.shop", "currency.buyer"}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ("{", {}, 400),
        ('{"number": "1"} more', {}, 400),
        ('{"number": NaN}', {}, 400),
        ("[]", {}, 422),
        ('{"number": "1"}', {"content_type": "text/plain"}, 415),
        ("[" * 100_000, {}, 400),
        (f'"{"x" * 4_100_000}"', {"content_length": "4100002"}, 413),
    ],
)
async def test_what_cannot_be_read_is_said(caller: Caller, body: str, headers: dict[str, str], status: int) -> None:
    assert (await caller.ask("/orders", "POST", body, **headers)).status == status


async def test_an_order_is_read_with_where_its_parcels_are(caller: Caller) -> None:
    sent = [
        {
            "id": "p",
            "lines": [{"line_id": "mug", "quantity": 2}],
            "tracking": [{"number": "6A1", "carrier_raw": "La Poste"}],
        }
    ]
    ref = await stored(caller, parcels=sent)
    told = said(await caller.ask(f"/orders/{ref}"))
    assert told["page"] == f"https://track.atelier-lune.example/orders/{ref}"
    assert told["parcels"][0]["number"] == "6A1"
    assert told["document"]["contact"]["email"] == "ines@client.example"
    assert told["state"] == "partly_shipped"


@pytest.mark.parametrize("path", ["/orders/0123456789abcdef", "/orders/1", "/orders/x/links", "/hooks/77"])
async def test_what_there_is_not_is_said_alike(caller: Caller, path: str) -> None:
    method = "POST" if path.endswith("links") else "DELETE" if path.startswith("/hooks") else "GET"
    answer = await caller.ask(path, method, {} if method == "POST" else None)
    assert (answer.status, said(answer)["code"]) == (404, "not_there")


async def test_orders_are_listed_by_change_in_pages(caller: Caller) -> None:
    for number in range(5):
        await caller.ask(
            "/orders", "POST", order(number=str(number), source={"order_id": str(number), "shop": "atelier"})
        )
    seen: list[str] = []
    cursor = ""
    while True:
        page = said(await caller.ask(f"/orders?limit=2{cursor}"))
        seen += [one["number"] for one in page["orders"]]
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"
    assert sorted(seen) == ["0", "1", "2", "3", "4"]
    assert [one["number"] for one in said(await caller.ask("/orders?number=%233"))["orders"]] == ["3"]
    assert [one["number"] for one in said(await caller.ask("/orders?order_id=4"))["orders"]] == ["4"]
    assert said(await caller.ask("/orders?changed_since=2027-01-01T00:00:00Z"))["orders"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=1000", "changed_since=soon", "cursor=1", "cursor=x~1"])
async def test_a_wrong_question_is_said(caller: Caller, query: str) -> None:
    answer = await caller.ask(f"/orders?{query}")
    assert (answer.status, said(answer)["code"]) == (400, query.partition("=")[0])


async def test_a_link_opens_the_page(caller: Caller) -> None:
    ref = await stored(caller)
    url = said(await caller.ask(f"/orders/{ref}/links", "POST", {"days": 3}))["url"]
    path = url.removeprefix("https://track.atelier-lune.example")
    assert "#1001" in (await caller.site.ask(path)).text
    assert (await caller.ask(f"/orders/{ref}/links", "POST", {"days": 1000})).status == 422


async def test_what_was_sent_is_sent_once(caller: Caller) -> None:
    ref = await stored(caller)
    sent = {"units": [{"line_id": "mug", "quantity": 1}], "carrier": "Colissimo", "number": "6A12345678901"}
    answers = [await caller.ask(f"/orders/{ref}/shipments", "POST", sent, **ONCE) for _ in range(2)]
    answers += await asyncio.gather(*(caller.ask(f"/orders/{ref}/shipments", "POST", sent, **ONCE) for _ in range(3)))
    assert {answer.status for answer in answers} == {200}
    (parcel,) = said(answers[-1])["document"]["parcels"]
    assert [(part["line_id"], part["quantity"]) for part in parcel["lines"]] == [("mug", 1)]
    assert said(answers[-1])["parcels"][0]["number"] == "6A12345678901"
    assert "order.changed" in await kinds(caller.site.context)


async def test_more_than_there_is_cannot_be_sent(caller: Caller) -> None:
    ref = await stored(caller)
    answer = await caller.ask(
        f"/orders/{ref}/shipments", "POST", {"units": [{"line_id": "mug", "quantity": 3}]}, **ONCE
    )
    assert answer.status == 409
    assert said(await caller.ask(f"/orders/{ref}"))["document"]["parcels"] == []


async def test_a_call_that_must_happen_once_needs_a_key_of_its_own(caller: Caller) -> None:
    ref = await stored(caller)
    answer = await caller.ask(f"/orders/{ref}/shipments", "POST", {})
    assert (answer.status, said(answer)["code"]) == (400, "no_idempotency_key")


async def test_it_is_ready_and_collected(caller: Caller) -> None:
    pickup = {"id": "shop", "method": "pickup", "state": "open", "lines": [{"line_id": "mug", "quantity": 2}]}
    ref = await stored(caller, deliveries=[pickup], lines=[{"id": "mug", "title": "Mug", "quantity": 2}])
    ready = await caller.ask(f"/orders/{ref}/deliveries/shop/ready", "POST", {}, **ONCE)
    assert said(ready)["headline"] == "ready_to_collect"
    assert said(ready)["document"]["deliveries"][0]["pickup"]["code"]
    collected = await caller.ask(f"/orders/{ref}/deliveries/shop/collected", "POST", {}, **ONCE)
    assert said(collected)["headline"] == "collected"


async def test_a_parcel_is_said_to_have_arrived(caller: Caller) -> None:
    ref = await stored(caller)
    sent = await caller.ask(f"/orders/{ref}/shipments", "POST", {"number": "X1"}, **ONCE)
    assert (await caller.ask(f"/orders/{ref}/shipments", "POST", {"number": "X1"}, **ONCE)).status == 200
    (parcel,) = (one["id"] for one in said(sent)["document"]["parcels"])
    arrived = await caller.ask(f"/orders/{ref}/parcels/{parcel}/delivered", "POST", {}, **ONCE)
    assert said(arrived)["document"]["parcels"][0]["status"] == "delivered"


async def test_orders_of_a_connected_platform_come_from_there(caller: Caller) -> None:
    ref = await stored(caller, source={"platform": "elsewhere", "shop": "other", "order_id": "1"})
    answer = await caller.ask(f"/orders/{ref}/shipments", "POST", {}, **ONCE)
    assert (answer.status, said(answer)["code"]) == (409, "unsupported")


async def test_nothing_else_may_be_sent_along(caller: Caller) -> None:
    ref = await stored(caller)
    answer = await caller.ask(f"/orders/{ref}/shipments", "POST", {"number": "1", "state": "delivered"}, **ONCE)
    assert said(answer)["faults"] == [{"member": "state", "fault": "Extra inputs are not permitted"}]


async def test_products_are_kept_for_swapping(caller: Caller) -> None:
    mug = {"currency": "EUR", "variants": [{"id": "sage", "price": 1500}, {"id": "sand", "price": 1500}]}
    answer = await caller.ask("/products/mug", "PUT", mug)
    assert (answer.status, said(answer)) == (200, {"product_id": "mug", "variants": 2})
    assert (await caller.ask("/products/mug", "PUT", {"variants": []})).status == 422
    assert (await caller.ask("/products/mug", "PUT", {**mug, "product_id": "jug"})).status == 422
