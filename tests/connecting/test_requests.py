"""What platforms ask for in somebody's name: done at once where a program can do it, for this shop's orders alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.connecting.models import CONNECTION
from portal.connecting.private import SHOP_REQUEST
from portal.connecting.requests import request, requests
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.orders.models import ORDER
from portal.orders.private import ORDER_PRIVATE
from portal.orders.sync import import_order
from portal.privacy import requests as answering
from portal.privacy.export import as_json
from portal.privacy.requests import close, shown
from portal.worker import run_due
from tests.support.context import order, rows
from tests.support.shops import deliver, deliver_all, work
from tests.support.teashop import TeashopServer
from tests.support.web import Site, site

EMAIL = "camille@mail.example"


@pytest.fixture
def any_shop(any_context: Context) -> Site:
    """On SQLite, then on PostgreSQL."""
    return site(any_context)


async def sold(shop: Site, teashop: TeashopServer, clock: ManualClock, *orders: Mapping[str, Any]) -> list[str]:
    """Orders that we know; returns their ids."""
    ids = [teashop.place(**members) for members in orders]
    await deliver_all(shop, teashop.deliveries)
    teashop.deliveries.clear()
    await work(shop.context, clock)
    return ids


async def left(context: Context) -> set[str]:
    """The numbers of the orders of which anything personal is left."""
    return {row.number for row in await rows(context, select(ORDER.c.number).join(ORDER_PRIVATE))}


async def test_a_persons_orders_at_this_shop_are_erased_and_no_others(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context = any_shop.context
    mine = {"email": EMAIL, "customer": "c1"}
    ids = await sold(any_shop, teashop, clock, mine, {"email": "", "customer": "c1"}, {"email": EMAIL}, {}, {})
    await import_order(context, order(number="elsewhere", contact={"email": EMAIL}))
    person = {"email": EMAIL.upper(), "customer_id": "c1"}
    assert (await deliver(any_shop, teashop.say("person.erased", (ids[3],), person=person))).status == 200
    await work(context, clock)
    # By address, by number, by both, and one that the request names; the last is somebody else's.
    assert await left(context) == {"T5", "elsewhere"}
    (done,) = await rows(context, select(SHOP_REQUEST))
    assert (done.done_at, done.erased, done.person, done.orders) == (clock.now(), 4, "[]", "[]")
    teashop.change(ids[0], note="told again")
    await deliver_all(any_shop, teashop.deliveries[-1:])
    await work(context, clock)
    assert await left(context) == {"T5", "elsewhere"}


async def test_a_person_whom_nobody_knows_is_answered_too(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    await sold(any_shop, teashop, clock, {})
    person = {"email": "nobody@mail.example", "phone": "no number", "customer_id": '%_"'}
    await deliver(any_shop, teashop.say("person.erased", person=person))
    await work(any_shop.context, clock)
    assert await left(any_shop.context) == {"T1"}
    (done,) = await rows(any_shop.context, select(SHOP_REQUEST))
    assert (done.done_at is not None, done.erased) == (True, 0)


async def test_a_request_to_show_waits_for_somebody_at_the_shop(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context = any_shop.context
    await sold(any_shop, teashop, clock, {"email": EMAIL, "note": "for my aunt"}, {"note": "not this"})
    await deliver(any_shop, teashop.say("person.shown", person={"email": EMAIL}))
    await work(context, clock)
    async with context.db.read() as reader:
        (asked,) = await requests(reader, open_only=True)
        document = as_json(await shown(context, reader, asked))
    assert asked.due_at == asked.at + timedelta(days=30)
    (found,) = json.loads(document)["orders"]
    assert (found["number"], found["document"]["note"]) == ("T1", "for my aunt")
    assert "not this" not in document
    assert await close(context, asked.id)
    assert not await close(context, asked.id)
    async with context.db.read() as reader:
        done = await request(reader, asked.id)
        assert await requests(reader, open_only=True) == []
    assert done is not None
    assert (done.person, done.orders) == ((), ())


async def test_a_shop_that_left_is_erased_and_marked(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    context = any_shop.context
    await sold(any_shop, teashop, clock, {}, {}, {})
    await import_order(context, order(number="elsewhere"))
    teashop.may = []  # the token is worth nothing any more
    await deliver(any_shop, teashop.say("app.removed"))
    await work(context, clock)
    (connection,) = await rows(context, select(CONNECTION.c.disconnected_at, CONNECTION.c.findings))
    assert connection.disconnected_at is not None
    assert [finding["what"] for finding in json.loads(connection.findings)] == [
        "Orders can be read",
        "Deliveries are on",
    ]
    clock.advance(timedelta(days=2))
    await deliver(any_shop, teashop.say("shop.erased"))
    await work(context, clock)
    assert await left(context) == {"elsewhere"}
    (done,) = await rows(context, select(SHOP_REQUEST.c.erased, SHOP_REQUEST.c.done_at))
    assert (done.erased, done.done_at is not None) == (3, True)


async def test_a_shop_that_still_lets_us_in_is_not_erased_by_a_delivery(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    await sold(any_shop, teashop, clock, {})
    await deliver(any_shop, teashop.say("shop.erased"))
    await work(any_shop.context, clock)
    assert await left(any_shop.context) == {"T1"}
    async with any_shop.context.db.read() as reader:
        assert len(await requests(reader, open_only=True)) == 1


async def test_a_shop_that_is_said_to_have_left_and_lets_us_in_has_not(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock
) -> None:
    clock.advance(timedelta(seconds=1))
    await deliver(any_shop, teashop.say("app.removed"))
    (connection,) = await rows(any_shop.context, select(CONNECTION.c.disconnected_at))
    assert connection.disconnected_at == clock.now()
    clock.advance(timedelta(seconds=1))
    await work(any_shop.context, clock)
    (connection,) = await rows(any_shop.context, select(CONNECTION.c.disconnected_at))
    assert connection.disconnected_at is None


async def test_what_takes_long_is_done_in_turns(
    any_shop: Site, teashop: TeashopServer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "_TOGETHER", 2)
    monkeypatch.setattr(answering, "_ONE_RUN", timedelta(seconds=-1))
    context = any_shop.context
    await sold(any_shop, teashop, clock, *({"email": EMAIL} for _ in range(7)), {})
    await deliver(any_shop, teashop.say("person.erased", person={"email": EMAIL}))
    assert await run_due(context) == 1
    assert len(await left(context)) == 6
    assert await work(context, clock) == 4
    assert await left(context) == {"T8"}
    (done,) = await rows(context, select(SHOP_REQUEST.c.erased, SHOP_REQUEST.c.done_at))
    assert (done.erased, done.done_at is not None) == (7, True)
