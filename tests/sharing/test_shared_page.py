"""The shared page over HTTP: what it shows, when it opens, what it counts, how it ends."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from portal.context import Context, opened
from portal.kit.clock import ManualClock, SystemClock
from portal.kit.db import Tx
from portal.kit.errors import Refused
from portal.orders.sync import import_order
from portal.sharing.links import Maker, Wish, make_share_link, revoke_share_link
from portal.sharing.models import SHARE_LINK
from portal.sharing.public.values import Scope
from tests.sharing.conftest import Sharing, opened_sharing
from tests.support.context import order, parcel, rows, settings_on
from tests.support.visit import NAVIGATION as BROWSER
from tests.support.web import Exchange

NEVER = "/s/" + "B" * 27
BOT = {"user_agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"}


async def opens(context: Context) -> list[int]:
    """How often each link was opened."""
    return [row.opens for row in await rows(context, select(SHARE_LINK.c.opens).order_by(SHARE_LINK.c.id))]


async def test_a_link_shows_its_scope_and_nothing_else(any_sharing: Sharing) -> None:
    full = await any_sharing.site.ask(await any_sharing.link())
    bare = await any_sharing.site.ask(await any_sharing.link(Scope()))
    gift = await any_sharing.site.ask(await any_sharing.link(Scope(items=True, towns=True, gift=True)))
    assert (full.status, bare.status, gift.status) == (200, 200, 200)
    assert "Mug" in full.text
    assert "Bowl" in full.text
    assert "Mug" not in bare.text + gift.text
    assert "La Poste" in bare.text
    assert "La Poste" not in gift.text
    for page in (full, bare, gift):
        for word in ("1001", "6A12345678901", "45.00", any_sharing.ref):
            assert word not in page.text


async def test_its_answers_are_stored_nowhere_and_found_by_nobody(sharing: Sharing) -> None:
    path = await sharing.link()
    for answer in (await sharing.site.ask(path), await sharing.site.ask(NEVER), await sharing.site.ask(path, **BOT)):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert "etag" not in answer.headers
        assert "set-cookie" not in answer.headers
    async with sharing.site.stream(f"{path}/events") as stream:
        assert stream.answer.headers["cache-control"] == "no-store"
        assert stream.answer.headers["referrer-policy"] == "no-referrer"


async def test_a_preview_finds_the_shops_name_alone(sharing: Sharing) -> None:
    path = await sharing.link()
    for who in (BOT, {"user_agent": "WhatsApp/2.23.20.0"}, {"user_agent": "bingbot/2.0"}, {"sec_purpose": "prefetch"}):
        card = (await sharing.site.ask(path, **who)).text
        assert re.findall(r'property="og:\w+" content="([^"]*)"', card) == ["Atelier Lune", "Atelier Lune"]
        assert re.findall(r"<title>(.*?)</title>", card) == ["Atelier Lune"]
        assert "Delivered" not in card
        assert "parcel" not in card.lower()
    page = (await sharing.site.ask(path)).text
    assert re.findall(r'property="og:\w+" content="([^"]*)"', page) == ["Atelier Lune", "Atelier Lune"]
    assert re.findall(r"<title>(.*?)</title>", page) == ["Atelier Lune"]
    assert await opens(sharing.context) == [0]


async def test_all_links_that_open_nothing_look_the_same(any_sharing: Sharing, clock: ManualClock) -> None:
    site, context = any_sharing.site, any_sharing.context
    revoked, short, once = [await any_sharing.link(days=days, opens=n) for days, n in ((30, None), (1, None), (30, 1))]
    await revoke_share_link(context, 1, 1)
    clock.advance(timedelta(days=1))
    assert (await site.ask(once, **BROWSER)).status == 200
    asked = [NEVER, "/s/short", "/s/" + "%C3%A9" * 27, revoked, short, once]
    for language in ("en", "fr"):
        found = [await site.ask(path, accept_language=language, **BROWSER) for path in asked]
        assert {answer.status for answer in found} == {404}
        assert len({answer.body for answer in found}) == 1
        assert len({tuple(sorted(answer.headers.items())) for answer in found}) == 1
        live = [await site.ask(f"{path}/events?after=1", accept_language=language) for path in asked]
        assert {answer.status for answer in live} == {404}
        assert len({answer.body for answer in live}) == 1


async def test_browsers_are_counted_and_nothing_else(any_sharing: Sharing) -> None:
    site, path = any_sharing.site, await any_sharing.link()
    for headers in (BOT, {"sec_purpose": "prefetch", **BROWSER}, {}, {"sec_fetch_mode": "cors"}):
        await site.ask(path, **headers)
    await site.ask(path, "HEAD", **BROWSER)
    await site.ask(path, cache_control="max-age=0", **BROWSER)
    assert await opens(any_sharing.context) == [0]
    for _ in range(2):
        await site.ask(path, **BROWSER)
    assert await opens(any_sharing.context) == [2]
    (row,) = await rows(any_sharing.context, select(SHARE_LINK.c.last_opened_at))
    assert row.last_opened_at == any_sharing.context.clock.now()


async def test_a_limited_link_knows_the_browsers_that_opened_it(any_sharing: Sharing) -> None:
    site, path = any_sharing.site, await any_sharing.link(opens=2)
    first = await site.ask(path, **BROWSER)
    cookie = first.headers["set-cookie"]
    assert re.fullmatch(
        r"__Host-jalon-shared-[a-p]{10}=[0-9a-f]{64}; Max-Age=\d+; Path=/; HttpOnly; SameSite=Lax; Secure", cookie
    )
    mine = cookie.partition(";")[0]
    for _ in range(3):
        assert "Mug" in (await site.ask(path, cookie=mine, **BROWSER)).text
    assert await opens(any_sharing.context) == [1]
    assert "Mug" in (await site.ask(path, **BROWSER)).text
    assert (await site.ask(path, **BROWSER)).status == 404
    assert (await site.ask(path)).status == 404
    assert (await site.ask(path, cookie=mine.replace("=", "=0"), **BROWSER)).status == 404
    assert "Mug" in (await site.ask(path, cookie=mine)).text
    assert await opens(any_sharing.context) == [2]
    async with site.stream(f"{path}/events", cookie=mine) as stream:
        assert "Mug" in await stream.until("Mug")
    assert (await site.ask(f"{path}/events")).status == 404


async def test_a_limited_link_hides_behind_its_cover_until_somebody_opens_it(sharing: Sharing) -> None:
    site, path = sharing.site, await sharing.link(opens=1)
    for headers in ({}, BOT, {"sec_fetch_mode": "cors"}):
        cover = await site.ask(path, **headers)
        assert cover.status == 200
        assert "Mug" not in cover.text
        assert '<form method="post">' in cover.text
    assert (await site.ask(f"{path}/events")).status == 404
    assert (await site.ask(path, "POST")).status == 403  # from another site
    answer = await site.ask(f"{path}?lang=fr", "POST", sec_fetch_site="same-origin")
    assert (answer.status, answer.headers["location"]) == (303, f"{path}?lang=fr")
    assert "Mug" in (await site.ask(path, cookie=answer.headers["set-cookie"].partition(";")[0])).text
    assert (await site.ask(path, "POST", sec_fetch_site="same-origin")).status == 404


async def test_of_two_browsers_one_gets_the_last_open(any_sharing: Sharing) -> None:
    path = await any_sharing.link(opens=1)
    found = await asyncio.gather(*(any_sharing.site.ask(path, **BROWSER) for _ in range(6)))
    assert sorted(answer.status for answer in found) == [200] + [404] * 5
    assert await opens(any_sharing.context) == [1]


async def test_a_link_until_arrival_tells_of_it_for_two_days(sharing: Sharing, clock: ManualClock) -> None:
    delivered = parcel(
        "p", "6A12345678901", {"mug": 2, "bowl": 1}, status="delivered", delivered_at="2026-11-20T09:00:00Z"
    )
    path = await sharing.link(days=None)
    assert (await sharing.site.ask(path)).status == 200
    await import_order(sharing.context, order(parcels=[delivered], updated_at="2026-11-20T10:00:00Z"))
    page = await sharing.site.ask(path)
    assert "Delivered" in page.text
    assert 'id="live"' not in page.text
    clock.advance(timedelta(days=2, hours=1))
    assert (await sharing.site.ask(path)).status == 404
    assert (await sharing.site.ask(f"{path}/events")).status == 404


@pytest.fixture
async def living(engine_url: str) -> AsyncIterator[Sharing]:
    """A site on a clock that runs."""
    async with opened(settings_on(engine_url), clock=SystemClock(), accounts={}) as context:
        yield await opened_sharing(context)


async def ended(stream: Exchange) -> str:
    """What a stream said, once it is over."""
    async with asyncio.timeout(30):
        await stream.gone.wait()
    return stream.answer.text


async def test_a_link_taken_back_ends_its_open_pages_within_two_seconds(living: Sharing) -> None:
    path, other = await living.link(), await living.link()
    async with living.site.running(), living.site.stream(f"{other}/events") as stays:
        async with living.site.stream(f"{path}/events?lang=fr") as stream:
            await stream.until("Mug")
            began = time.monotonic()
            await revoke_share_link(living.context, 1, 1)
            said = await ended(stream)
            assert time.monotonic() - began < 2
            last = said.rpartition("id: ")[2]
            assert "Ce lien n’est plus valable" in last
            assert '<div id="live">' in last
            assert "Mug" not in last
        assert not stays.gone.is_set()


async def test_a_link_ends_its_open_pages_when_its_time_is_over(living: Sharing) -> None:
    path = await living.link()
    async with living.site.running():
        soon = datetime.now(UTC) + timedelta(seconds=3)

        async def unit(tx: Tx) -> None:
            await tx.run(update(SHARE_LINK).values(expires_at=soon))

        await living.context.db.write(unit)
        async with living.site.stream(f"{path}/events?after=999") as stream:
            assert "This link has ended" in await ended(stream)
            assert timedelta(0) <= datetime.now(UTC) - soon < timedelta(seconds=2)


async def test_an_open_page_follows_the_order(living: Sharing) -> None:
    path = await living.link()
    async with living.site.running(), living.site.stream(f"{path}/events") as stream:
        await stream.until("Mug")
        changed = order(updated_at="2026-11-20T12:00:00Z", cancelled_at="2026-11-20T12:00:00Z")
        await import_order(living.context, changed)
        assert "Not coming any more" in await stream.until("Not coming any more")


async def test_a_family_may_look_together(sharing: Sharing) -> None:
    path = await sharing.link()
    async with asyncio.timeout(30):
        streams = [sharing.site.stream(f"{path}/events", client=f"203.0.113.{n}") for n in range(10)]
        found = [await stream.__aenter__() for stream in streams]
        assert {exchange.answer.status for exchange in found} == {200}
        for stream in streams:
            await stream.__aexit__(None, None, None)


async def test_one_order_may_have_twenty_links(sharing: Sharing) -> None:
    for _ in range(20):
        await sharing.link(Scope())
    with pytest.raises(Refused):
        await make_share_link(sharing.context, 1, Wish(Scope()), Maker())
