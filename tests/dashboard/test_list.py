"""A person's list of orders in their browser: all of theirs and nobody else's, live, searchable, in a calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from carriers import Account, Milestone
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.orders.links import make_link
from portal.orders.sync import import_order
from portal.tracking.merge import merge
from tests.support.context import order, parcel
from tests.support.parcels import report, scan
from tests.support.visit import Visit, signed_in
from tests.support.web import Site, site

INES, TOM = "ines@example.com", "tom@example.com"


@pytest.fixture
async def shop(any_context: Context) -> Site:
    """Two orders of Inès, one of Tom, one of nobody."""
    sent = [parcel("p", "6A12345678901", {"mug": 2})]
    await import_order(any_context, order(contact={"email": INES}, parcels=sent))
    await import_order(any_context, order(number="#1002", contact={"email": "Ines@Example.com "}))
    await import_order(any_context, order(number="#1003", contact={"email": TOM}))
    await import_order(any_context, order(number="#1004"))
    return site(replace(any_context, accounts={"laposte": Account("laposte", {"key": "invented"}, None)}))


async def moves(context: Context, milestone: Milestone) -> None:
    """The carrier says something about the first order's parcel."""
    now = context.clock.now()

    async def unit(tx: Tx) -> None:
        await merge(tx, now, 1, "order:1", report("6A12345678901", scan(milestone, 30.0)))

    await context.db.write(unit)


async def test_it_holds_all_orders_of_the_person_and_no_other(shop: Site) -> None:
    page = await (await signed_in(shop, INES)).go("/orders")
    assert page.status == 200
    assert [number in page.text for number in ("#1001", "#1002", "#1003", "#1004")] == [True, True, False, False]
    assert page.headers["cache-control"] == "no-store"
    strangers = await (await signed_in(shop, "nobody@example.com")).go("/orders")
    assert "No orders yet" in strangers.text


async def test_whoever_is_nobody_signs_in_first(shop: Site) -> None:
    answer = await Visit(shop).ask("/orders")
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in?back=/orders")
    assert (await Visit(shop).ask("/orders/events")).status == 404


async def test_a_browser_that_opened_a_link_sees_that_order(shop: Site) -> None:
    visit = Visit(shop)
    await visit.go((await make_link(shop.context, 3)).removeprefix(shop.context.settings.base_url))
    page = await visit.go("/orders")
    assert [number in page.text for number in ("#1001", "#1003")] == [False, True]
    assert "Sign in to see all of yours." in page.text


async def test_one_stream_tells_of_every_order_and_of_new_ones(shop: Site) -> None:
    visit = await signed_in(shop, INES)
    async with shop.running(), visit.stream("/orders/events") as stream:
        await stream.until("#1001")
        await moves(shop.context, Milestone.OUT_FOR_DELIVERY)
        await stream.until("Out for delivery")
        await import_order(shop.context, order(number="#1005", contact={"email": INES}))
        await stream.until("#1005")
        await import_order(shop.context, order(number="#1006", contact={"email": TOM}))
        await moves(shop.context, Milestone.DELIVERED)
        body = await stream.until("parcels has arrived")
    assert "#1006" not in body


async def test_old_orders_are_the_history_by_pages(shop: Site, clock: ManualClock) -> None:
    for number in range(25):
        await import_order(
            shop.context,
            order(number=f"#20{number:02}", placed_at="2025-01-01T09:00:00Z", contact={"email": INES}),
        )
    visit = await signed_in(shop, INES)
    first, second = (await visit.go("/orders")).text, (await visit.go("/orders?page=2")).text
    shown = [[f"#20{number:02}" in page for number in range(25)] for page in (first, second)]
    assert [sum(page) for page in shown] == [20, 5]
    assert not any(both == (True, True) for both in zip(*shown, strict=True))
    assert "#1001" in first
    assert "#1001" not in second
    assert (await visit.go("/orders?page=99999999999")).status == 200
    clock.advance(timedelta(days=90))
    later = (await (await signed_in(shop, INES)).go("/orders")).text
    assert "Nothing is on its way just now." in later


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=1001", ["#1001"]),
        ("q=%231002", ["#1002"]),
        ("q=6A12345678901", ["#1001"]),
        ("q=6A+1234+5678+901", ["#1001"]),
        ("q=BOWL", ["#1001", "#1002"]),
        ("q=1003", []),
        ("q=%25", []),
        ("q=_", []),
        ("show=moving", ["#1001", "#1002"]),
        ("show=arrived", []),
        ("q=mug&show=cancelled", []),
        ("show=%27%3B--", ["#1001", "#1002"]),
    ],
)
async def test_search_and_filters(shop: Site, query: str, found: list[str]) -> None:
    page = (await (await signed_in(shop, INES)).go(f"/orders?{query}")).text
    assert [number for number in ("#1001", "#1002", "#1003", "#1004") if f"Order {number}" in page] == found


async def test_the_calendar_is_the_persons_alone_until_it_ends(shop: Site) -> None:
    visit = await signed_in(shop, INES)
    await moves(shop.context, Milestone.IN_TRANSIT)
    await import_order(
        shop.context,
        order(
            contact={"email": INES},
            updated_at="2026-11-20T09:00:00Z",
            parcels=[parcel("p", "6A12345678901", {"mug": 2}, estimated_at="2026-11-24T00:00:00Z")],
        ),
    )
    assert (await visit.send("/orders/calendar", {})).headers["location"] == "/orders#calendar"
    page = (await visit.go("/orders")).text
    address = page.split("/calendar/")[1].split(".ics")[0]
    feed = await Visit(shop).ask(f"/calendar/{address}.ics")
    assert feed.headers["content-type"] == "text/calendar; charset=utf-8"
    assert len(list(Calendar.from_ical(feed.body).walk("VEVENT"))) == 1
    assert (await Visit(shop).ask(f"/calendar/{'A' * 27}.ics")).status == 404
    await visit.send("/orders/calendar/end", {})
    assert (await Visit(shop).ask(f"/calendar/{address}.ics")).status == 404
    assert (await Visit(shop).send("/orders/calendar", {})).status == 303
