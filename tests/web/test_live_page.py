"""Pages that stay open: each change arrives as it happens, until the link or the server ends."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from carriers import Milestone
from portal.context import Context, opened
from portal.kit import html
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.guard import HEADERS
from portal.orders.links import revoke_links
from portal.orders.sync import import_order
from portal.tracking.merge import merge
from portal.tracking.models import SHIPMENT
from tests.support.context import order, parcel, rows, settings_on
from tests.support.parcels import report, scan
from tests.support.web import served, site
from tests.web.conftest import Shop

NUMBER = "6A12345678901"


async def carried(context: Context, *milestones: Milestone) -> None:
    """The carrier says that the parcel has come so far."""
    (shipment,) = await rows(context, select(SHIPMENT.c.id, SHIPMENT.c.topic))
    news = report(NUMBER, *(scan(milestone, hours) for hours, milestone in enumerate(milestones, 1)))

    async def unit(tx: Tx) -> None:
        await merge(tx, context.clock.now(), shipment.id, shipment.topic, news)

    await context.db.write(unit)


async def changed(context: Context, hour: int) -> None:
    """The shop changes its order at this hour of the day."""
    lines = [{"id": "x", "title": f"Jug no {hour}"}]
    await import_order(context, order(updated_at=f"2026-11-20T0{hour}:00:00Z", lines=lines))


async def test_a_change_arrives_on_the_open_page_and_on_no_other(any_shop: Shop) -> None:
    async with (
        any_shop.site.running(),
        any_shop.site.stream(any_shop.mine + "/events?after=1", accept_language="en") as mine,
        any_shop.site.stream(any_shop.other + "/events?after=2", accept_language="en") as other,
    ):
        await carried(any_shop.context, Milestone.IN_TRANSIT, Milestone.OUT_FOR_DELIVERY)
        body = await mine.until("\n\nid: 3\n")
        assert "Out for delivery" in await mine.until("Out for delivery")
        assert '<hx-partial hx-target="#order"' in body
        assert "Out for delivery" not in other.answer.text
        assert re.fullmatch(r":[^\n]*\n\n", other.answer.text)


async def test_a_stream_is_one_and_belongs_to_nobodys_cache(shop: Shop) -> None:
    async with shop.site.stream(shop.mine + "/events") as exchange:
        headers = exchange.answer.headers
        assert (exchange.answer.status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert "no-store" in headers["cache-control"]
        assert headers["x-accel-buffering"] == "no"
        for name, value in HEADERS.items():
            assert headers[name] == value
        assert "content-length" not in headers


async def test_who_comes_back_gets_the_present_state_once(shop: Shop) -> None:
    await changed(shop.context, 5)
    for given, query, missed in [("1", "", True), ("3", "", False), ("", "?after=1", True), ("", "?after=3", False)]:
        headers = {"last_event_id": given} if given else {}
        async with shop.site.stream(f"{shop.mine}/events{query}", **headers) as exchange:
            await exchange.until("\n\n")
            assert ("Jug no 5" in exchange.answer.text) is missed
            assert exchange.answer.text.count("id: 3\n") == missed


async def test_many_pages_on_one_order_are_rendered_once_for_each_language(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []
    render = html.render

    def counted(env: Any, name: str, values: Any) -> str:
        rendered.append(name)
        return render(env, name, values)

    path = shop.mine + "/events?after=1"
    async with (
        shop.site.running(),
        shop.site.stream(path, accept_language="en") as one,
        shop.site.stream(path, accept_language="en") as two,
        shop.site.stream(path, accept_language="fr") as french,
    ):
        monkeypatch.setattr(html, "render", counted)
        await carried(shop.context, Milestone.OUT_FOR_DELIVERY)
        english = [await page.until("Out for delivery") for page in (one, two)]
        spoken = await french.until("id: 3")
        assert english[0] == english[1]
        assert "Out for delivery" not in spoken
        assert rendered.count("orders/_order.html") == 2


async def test_the_end_of_the_journey_ends_the_stream(shop: Shop) -> None:
    whole = [parcel("p", NUMBER, {"mug": 2, "bowl": 1})]
    await import_order(shop.context, order(updated_at="2026-11-20T09:00:00Z", parcels=whole))
    async with shop.site.running(), shop.site.stream(shop.mine + "/events?after=3", accept_language="en") as exchange:
        await carried(shop.context, Milestone.IN_TRANSIT, Milestone.DELIVERED)
        body = await exchange.until("Delivered")
        await asyncio.wait_for(exchange.gone.wait(), 5)
        assert body.count("id: ") == 1
    page = (await shop.site.ask(shop.mine)).text
    assert "/events" not in page


async def test_revoking_a_link_ends_its_streams_at_once(any_shop: Shop) -> None:
    async with (
        any_shop.site.running(),
        any_shop.site.stream(any_shop.mine + "/events?after=1") as mine,
        any_shop.site.stream(any_shop.other + "/events?after=2") as other,
    ):
        await revoke_links(any_shop.context, 1)
        await asyncio.wait_for(mine.gone.wait(), 5)
        assert "#1001" not in mine.answer.text
        assert not other.gone.is_set()
        assert (await any_shop.site.ask(any_shop.mine + "/events")).status == 410


async def test_one_link_opens_a_few_streams_and_one_address_some_more(shop: Shop) -> None:
    few = shop.context.settings.model_copy(update={"max_streams_per_link": 2, "max_streams_per_address": 3})
    strict = site(replace(shop.context, settings=few))
    mine, other = shop.mine + "/events", shop.other + "/events"
    async with strict.stream(mine), strict.stream(mine):
        refused = await strict.ask(mine, client="198.51.100.1")
        assert (refused.status, refused.headers["retry-after"]) == (429, "30")
        async with strict.stream(other):
            assert (await strict.ask(other)).status == 429
            async with strict.stream(other, client="198.51.100.1") as elsewhere:
                assert elsewhere.answer.status == 200
    async with strict.stream(mine) as again:
        assert again.answer.status == 200


async def test_a_full_house_still_shows_pages(shop: Shop) -> None:
    full = site(replace(shop.context, settings=shop.context.settings.model_copy(update={"max_streams": 1})))
    async with full.stream(shop.mine + "/events"):
        refused = await full.ask(shop.other + "/events")
        assert (refused.status, refused.headers["retry-after"]) == (503, "30")
        assert (await full.ask(shop.other)).status == 200


async def test_what_another_process_commits_is_found_by_looking(shop: Shop, clock: ManualClock) -> None:
    settings = settings_on(shop.context.settings.database_url)
    async with (
        opened(settings, clock=clock, accounts={}) as elsewhere,
        shop.site.running(),
        shop.site.stream(shop.mine + "/events?after=1") as exchange,
    ):
        await changed(elsewhere, 5)
        assert "Jug no 5" in await exchange.until("Jug no 5")


async def test_a_real_server_streams_and_stops_in_order(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "jalon")
    async with httpx2.AsyncClient(trust_env=False) as browser, served(shop.site) as (running, base):
        page = await browser.get(base + shop.mine)
        assert (page.status_code, "#1001" in page.text, "server" in page.headers) == (200, True, False)
        assert (await browser.get(f"{base}/healthz/ready")).status_code == 200
        async with asyncio.timeout(30), browser.stream("GET", f"{base}{shop.mine}/events?after=1") as stream:
            lines = stream.aiter_lines()
            assert (await anext(lines)).startswith(":")
            await carried(shop.context, Milestone.OUT_FOR_DELIVERY)
            while not (await anext(lines)).startswith("id: 3"):
                pass
            running.should_exit = True
            rest = [line async for line in lines]
    assert "event: restart" in rest
    assert any(re.fullmatch(r"retry: \d{3,4}", line) for line in rest)
    assert len(running._hub) == 0
    for path in (shop.mine, shop.other):
        assert path.rpartition("/")[2] not in caplog.text
    assert "GET /o/… 200" in caplog.text


@pytest.mark.parametrize(("proxies", "statuses"), [("127.0.0.1", {200}), ("192.0.2.1", {200, 429})])
async def test_only_a_trusted_proxy_says_who_is_asking(shop: Shop, proxies: str, statuses: set[int]) -> None:
    """A stranger who names another address with each request is counted all the same."""
    async with (
        httpx2.AsyncClient(trust_env=False) as browser,
        served(shop.site, trusted_proxies=proxies, requests_per_minute=1) as (_, base),
    ):
        asked = [
            (await browser.get(f"{base}/robots.txt", headers={"x-forwarded-for": f"203.0.113.{n}"})).status_code
            for n in range(40)
        ]
    assert set(asked) == statuses
