"""Shops' platforms deliver: what is taken, what is not, and what it causes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.connecting.hooks import LARGEST
from portal.connecting.models import CONNECTION, SHOP_HINT
from portal.connecting.private import ORDER_NEWS
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.errors import Unavailable
from portal.kit.jobs import JOB, claim
from portal.orders.links import make_link
from portal.privacy.erasure import erase_orders
from portal.worker import run_due
from tests.support.context import rows
from tests.support.shops import HOOK, PLATFORM, deliver, deliver_all, stored, work
from tests.support.teashop import OLD_SECRET, SECRET, Delivery, Fault, TeashopServer, signed
from tests.support.visit import signed_in
from tests.support.web import Site, site


@pytest.fixture
def shop(context: Context) -> Site:
    """A site that is connected, on SQLite."""
    return site(context)


@pytest.fixture
def any_shop(any_context: Context) -> Site:
    """On SQLite, then on PostgreSQL."""
    return site(any_context)


async def count(context: Context, table: Any) -> int:
    """How many rows a table has."""
    return int((await rows(context, select(func.count().label("n")).select_from(table)))[0].n)


async def test_an_order_is_read_after_its_delivery_and_shown(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context = any_shop.context
    order_id = teashop.place(items=[{"id": "a", "name": "Darjeeling", "qty": 3}])
    assert await deliver_all(any_shop, teashop.deliveries) == {200}
    assert teashop.asked == []  # the platform waits for nothing but the row
    await work(context, clock)
    assert await stored(context) == {order_id: ("1", True)}
    me = await signed_in(any_shop, "person1@mail.example")
    assert "T1" in (await me.ask("/orders")).text
    assert await count(context, ORDER_NEWS) == 0
    (connection,) = await rows(context, select(CONNECTION.c.reads, CONNECTION.c.read_at, CONNECTION.c.problem))
    assert (connection.reads, connection.read_at, connection.problem) == (1, clock.now(), None)


async def test_nothing_in_a_body_is_believed_but_the_id(shop: Site, teashop: TeashopServer, clock: ManualClock) -> None:
    order_id = teashop.place(total=1000)
    told = json.loads(teashop.deliveries.pop().body)
    await deliver(shop, signed(json.dumps(told | {"total": 1, "email": "else@mail.example"}).encode()))
    await work(shop.context, clock)
    assert await stored(shop.context) == {order_id: ("1", True)}
    assert "else@mail.example" not in str(await rows(shop.context, select(ORDER_NEWS)))


async def test_many_deliveries_of_one_order_within_a_second_make_one_reading(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    order_id = teashop.place()
    for number in range(8):
        teashop.change(order_id, note=str(number))
        await deliver(any_shop, teashop.deliveries.pop())
        clock.advance(timedelta(milliseconds=100))
    await work(any_shop.context, clock)
    assert teashop.count(f"/orders/{order_id}") == 1
    assert await stored(any_shop.context) == {order_id: ("9", True)}


async def test_what_is_told_while_an_order_is_read_has_it_read_once_more(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    order_id = teashop.place()
    await deliver_all(any_shop, teashop.deliveries)
    clock.advance(timedelta(seconds=1))
    loop = asyncio.get_running_loop()

    def told_meanwhile() -> None:
        teashop.change(order_id, note="changed while it was read")
        asyncio.run_coroutine_threadsafe(deliver_all(any_shop, teashop.deliveries[-1:]), loop).result(10)

    teashop.meanwhile = told_meanwhile
    assert await run_due(any_shop.context) == 1
    assert await stored(any_shop.context) == {order_id: ("1", True)}
    assert await count(any_shop.context, ORDER_NEWS) == 1
    await work(any_shop.context, clock)
    assert await stored(any_shop.context) == {order_id: ("2", True)}
    assert await count(any_shop.context, ORDER_NEWS) == 0
    assert await count(any_shop.context, JOB) == 0


async def test_a_thousand_at_once_are_one(any_shop: Site, teashop: TeashopServer, clock: ManualClock) -> None:
    order_id = teashop.place()
    answers = await asyncio.gather(*(deliver(any_shop, teashop.deliveries[0]) for _ in range(1000)))
    assert {answer.status for answer in answers} == {200}
    assert await count(any_shop.context, SHOP_HINT) == 1
    assert await count(any_shop.context, JOB) == 1
    await work(any_shop.context, clock)
    assert teashop.count(f"/orders/{order_id}") == 1


async def test_a_repetition_days_later_causes_nothing(shop: Site, teashop: TeashopServer, clock: ManualClock) -> None:
    order_id = teashop.place()
    for _ in range(3):
        assert (await deliver(shop, teashop.deliveries[0])).status == 200
        await work(shop.context, clock)
        clock.advance(timedelta(days=1, hours=12))
    assert teashop.count(f"/orders/{order_id}") == 1


async def test_a_late_delivery_changes_nothing(any_shop: Site, teashop: TeashopServer, clock: ManualClock) -> None:
    order_id = teashop.place()
    old = teashop.deliveries.pop()
    teashop.change(order_id, note="newer")
    await deliver_all(any_shop, teashop.deliveries)
    await work(any_shop.context, clock)
    await deliver(any_shop, old)
    await work(any_shop.context, clock)
    assert await stored(any_shop.context) == {order_id: ("2", True)}


async def test_an_order_that_was_deleted_goes_and_comes_back(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context, order_id = any_shop.context, teashop.place()
    before = dict(teashop.orders[order_id])
    await deliver_all(any_shop, teashop.deliveries)
    await work(context, clock)
    path = (await make_link(context, 1)).removeprefix(context.settings.base_url)
    assert (await any_shop.ask(path)).status == 200
    teashop.delete(order_id, silently=False)
    await deliver_all(any_shop, teashop.deliveries)
    await work(context, clock)
    assert await stored(context) == {order_id: ("1", False)}
    assert (await any_shop.ask(path)).status == 404
    teashop.orders[order_id] = before
    clock.advance(timedelta(minutes=5))
    await deliver(any_shop, teashop.say("order", (order_id,)))
    await work(context, clock)
    assert await stored(context) == {order_id: ("1", True)}
    assert (await any_shop.ask(path)).status == 200


def reserialised(delivery: Delivery) -> Delivery:
    """The same JSON in other bytes."""
    return replace(delivery, body=json.dumps(json.loads(delivery.body)).encode())


FORGED: dict[str, Callable[[Delivery], Delivery]] = {
    "no proof": lambda good: replace(good, headers={}),
    "an empty proof": lambda good: replace(good, headers={"teashop-signature": ""}),
    "no letters": lambda good: replace(good, headers={"teashop-signature": "ÿ\x80"}),
    "another secret": lambda good: signed(good.body, "another secret, just as long as it"),
    "a secret that was": lambda good: signed(good.body, OLD_SECRET),
    "another order": lambda good: replace(good, body=good.body.replace(b'"1"', b'"2"')),
    "one byte more": lambda good: replace(good, body=good.body + b" "),
    "another's proof": lambda good: replace(good, headers=signed(b"{}").headers),
    "no JSON": lambda _: signed(b"nothing that can be read"),
    "no event": lambda _: signed(b'{"event": 1}'),
    "serialised anew": reserialised,
}


@pytest.mark.parametrize("how", FORGED)
async def test_every_failure_of_proof_is_answered_alike(shop: Site, teashop: TeashopServer, how: str) -> None:
    teashop.place()
    answer = await deliver(shop, FORGED[how](teashop.deliveries[0]))
    assert (answer.status, answer.body) == (401, b"")
    assert await count(shop.context, SHOP_HINT) == 0
    assert await count(shop.context, JOB) == 0


async def test_while_a_secret_is_changed_both_are_taken(context: Context, teashop: TeashopServer) -> None:
    changing = site(replace(context, environ=teashop.environ(SECRET_OLD=OLD_SECRET)))
    teashop.place()
    body = teashop.deliveries[0].body
    statuses = [(await deliver(changing, signed(body, secret))).status for secret in (SECRET, OLD_SECRET, "neither")]
    assert statuses == [200, 200, 401]


async def test_a_ping_is_answered_and_nothing_is_kept(shop: Site, teashop: TeashopServer) -> None:
    assert (await deliver(shop, teashop.say("ping"))).status == 200
    assert await count(shop.context, SHOP_HINT) == 0


async def test_what_means_nothing_to_us_is_acknowledged_and_causes_nothing(shop: Site, teashop: TeashopServer) -> None:
    assert (await deliver(shop, teashop.say("stock.changed", ("1",)))).status == 200
    assert await count(shop.context, JOB) == 0


async def test_an_echo_of_ours_causes_nothing(shop: Site, teashop: TeashopServer) -> None:
    assert (await deliver(shop, teashop.say("order", ("1",), mark="jalon-" + "0" * 24))).status == 200
    assert await count(shop.context, JOB) == 0


async def test_a_platform_that_is_not_connected_has_no_hook(context: Context, teashop: TeashopServer) -> None:
    bare = site(replace(context, environ={}))
    teashop.place()
    answers = [await deliver(bare, teashop.deliveries[0]), await bare.ask("/hooks/platforms/nobody", "POST")]
    assert {answer.status for answer in answers} == {404}
    assert {answer.body for answer in answers} == {(await bare.ask("/nothing/here")).body}
    for path in ("/hooks/platforms/", "/hooks/platforms/tea/shop", "/hooks/platforms/%2e%2e"):
        assert (await bare.ask(path, "POST", sec_fetch_site="same-origin")).status == 404


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "streamed"])
async def test_too_much_is_turned_down(shop: Site, teashop: TeashopServer, announced: bool) -> None:
    teashop.place()
    body = teashop.deliveries[0].body
    full = signed(body + b" " * (LARGEST - len(body)))
    over = signed(full.body + b" ")
    assert (await deliver(shop, over, **({} if announced else {"content_length": "0"}))).status == 413
    assert await count(shop.context, SHOP_HINT) == 0
    assert (await deliver(shop, full)).status == 200


async def test_nothing_is_acknowledged_that_is_not_stored(
    shop: Site, teashop: TeashopServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> None:
        raise Unavailable("database: gone")

    teashop.place()
    with monkeypatch.context() as patch:
        patch.setattr(type(shop.context.db), "write", away)
        answer = await deliver(shop, teashop.deliveries[0])
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert await count(shop.context, SHOP_HINT) == 0
    assert (await deliver(shop, teashop.deliveries[0])).status == 200


async def test_a_cookie_opens_nothing_here(shop: Site, teashop: TeashopServer) -> None:
    me = await signed_in(shop, "person1@mail.example")
    jar = "; ".join(f"{name}={value}" for name, value in me.jar.items())
    answer = await shop.ask(HOOK, "POST", PLATFORM, b"{}", cookie=jar, content_length="2")
    assert (answer.status, answer.body) == (401, b"")


async def test_a_worker_that_dies_in_mid_reading_is_replaced(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context, order_id = any_shop.context, teashop.place()
    await deliver_all(any_shop, teashop.deliveries)
    clock.advance(timedelta(seconds=1))

    async def unit(tx: Any) -> int:
        return len(await claim(tx, clock.now(), 10))

    assert await context.db.write(unit) == 1
    await work(context, clock)
    assert await stored(context) == {order_id: ("1", True)}


async def test_a_shop_that_cannot_be_reached_is_left_alone_and_read_later(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context, order_ids = any_shop.context, [teashop.place() for _ in range(5)]
    teashop.faults += [Fault(500), Fault(503), Fault(500)]
    await deliver_all(any_shop, teashop.deliveries)
    clock.advance(timedelta(seconds=1))
    await run_due(context)
    (connection,) = await rows(context, select(CONNECTION))
    assert (connection.problem, connection.rests_until > clock.now()) == ("unreachable", True)
    asked = len(teashop.asked)
    clock.advance(timedelta(seconds=10))
    await run_due(context)
    assert len(teashop.asked) == asked  # nobody calls while it rests
    await work(context, clock)
    assert await stored(context) == dict.fromkeys(order_ids, ("1", True))
    (connection,) = await rows(context, select(CONNECTION))
    assert (connection.problem, connection.rests_until) == (None, None)


async def test_a_shop_that_asks_to_wait_is_called_when_it_said(
    shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    teashop.place()
    teashop.faults.append(Fault(429, {"Retry-After": "120"}))
    await deliver_all(shop, teashop.deliveries)
    await work(shop.context, clock, timedelta(seconds=115))
    assert len(teashop.asked) == 1
    clock.advance(timedelta(seconds=110))
    await work(shop.context, clock, timedelta(seconds=5))
    assert len(teashop.asked) == 1
    clock.advance(timedelta(seconds=10))
    await work(shop.context, clock)
    assert len(teashop.asked) == 2
    assert len(await stored(shop.context)) == 1


async def test_an_order_that_cannot_be_read_is_given_up_and_taken_up_again(
    shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context, order_id, well = shop.context, teashop.place(items=None), teashop.place()
    await deliver_all(shop, teashop.deliveries)
    await work(context, clock, timedelta(days=3))
    assert await stored(context) == {well: ("1", True)}  # and keeps no other waiting
    (news,) = await rows(context, select(ORDER_NEWS))
    assert (news.problem, news.stuck_at is not None) == ("answer", True)
    assert await count(context, JOB) == 0
    teashop.change(order_id, items=[{"id": "a", "name": "Assam", "qty": 1}])
    await deliver_all(shop, teashop.deliveries[-1:])
    await work(context, clock)
    assert (await stored(context))[order_id] == ("2", True)
    assert await count(context, ORDER_NEWS) == 0


async def test_news_of_a_shop_that_is_connected_no_more_are_dropped(
    context: Context, teashop: TeashopServer, clock: ManualClock
) -> None:
    teashop.place()
    await deliver_all(site(context), teashop.deliveries)
    clock.advance(timedelta(seconds=1))
    await run_due(replace(context, environ={}))
    assert await count(context, ORDER_NEWS) == 0
    assert await count(context, JOB) == 0


async def test_an_erased_order_is_not_taken_in_again(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context, order_id = any_shop.context, teashop.place()
    await deliver_all(any_shop, teashop.deliveries)
    await work(context, clock)
    assert await erase_orders(context, [1]) == 1
    teashop.change(order_id, note="again")
    await deliver_all(any_shop, teashop.deliveries[-1:])
    await work(context, clock)
    assert list(await stored(context)) != [order_id]
    assert len(await stored(context)) == 1
    assert await count(context, ORDER_NEWS) == 0


async def test_a_burst_is_counted_apart_from_customers(context: Context, teashop: TeashopServer) -> None:
    settings = context.settings.model_copy(update={"requests_per_minute": 60, "hook_requests_per_minute": 100})
    narrow = site(replace(context, settings=settings))
    teashop.place()
    statuses = [200]
    while statuses[-1] == 200 and len(statuses) < 1000:
        statuses.append((await deliver(narrow, teashop.deliveries[0])).status)
    assert len(statuses) > 100
    assert statuses[-1] == 429
    assert (await narrow.ask("/robots.txt", client=PLATFORM)).status == 200


async def test_logs_hold_no_secret_and_no_order(
    shop: Site, teashop: TeashopServer, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    teashop.place(id="order-1234567", email="leaf@mail.example")
    teashop.faults.append(Fault(500))
    await deliver_all(shop, teashop.deliveries)
    await deliver(shop, signed(b"{}", "another"))
    await work(shop.context, clock)
    for hidden in (SECRET, "leaf@mail.example", "Bearer", "order-1234567"):
        assert hidden not in caplog.text
