"""Customers see who looked at their orders, without a write for each page and without anybody's address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.errors import Unavailable
from portal.ops.purge import purge
from portal.orders.links import make_link
from portal.orders.looks import Looks, of_orders, summed
from portal.orders.models import ORDER_LOOK
from portal.sharing.links import Maker, Wish, make_share_link
from portal.sharing.public.values import Scope
from tests.privacy.story import Shop, address_of, opened
from tests.support.context import rows
from tests.support.visit import NAVIGATION, Visit


async def looks(context: Context, order_id: int = 1) -> list[tuple[str, int, int]]:
    """What is stored, by kind."""
    async with context.db.read() as reader:
        return sorted((look.kind, look.via, look.count) for look in await of_orders(reader, [order_id]))


async def looked(shop: Shop) -> str:
    """Ada looks twice, somebody by a link once, a visitor once; Ada's page is asked about once more."""
    page = await address_of(shop.context, 1)
    first = await shop.ada.ask(page)
    await shop.ada.ask(page)
    assert (await shop.ada.ask(page, if_none_match=first.headers["etag"])).status == 304
    link = await make_link(shop.context, 1)
    await Visit(shop.site).go(link.removeprefix(shop.context.settings.base_url))
    shared = await make_share_link(shop.context, 1, Wish(Scope(), label="Uncle Swift"), Maker(person_id=1))
    answer = await Visit(shop.site).ask(shared.removeprefix(shop.context.settings.base_url), **NAVIGATION)
    assert answer.status == 200
    return page


async def test_each_kind_of_viewer_is_counted_and_shown(any_context: Context) -> None:
    shop = await opened(any_context)
    async with shop.site.running():
        page = await looked(shop)
        assert await looks(any_context) == []  # added up first, written together
    assert await looks(any_context) == [("link", 0, 1), ("person", 0, 2), ("visitor", 3, 1)]
    answer = await shop.ada.ask(f"{page}/sharing")
    for words in (
        "Who looked at this order",
        "You, signed in",
        "2 times, last today",
        "Uncle Swift",
        "1 time, last today",
    ):
        assert words in answer.text
    assert "203.0.113" not in "".join(map(str, await rows(any_context, select(ORDER_LOOK))))
    assert "You, signed in" not in (await shop.bea.ask(f"{await address_of(any_context, 2)}/sharing")).text


async def test_a_browser_with_a_link_does_not_see_who_else_looked(context: Context) -> None:
    shop = await opened(context)
    async with shop.site.running():
        page = await looked(shop)
    visit = Visit(shop.site)
    await visit.go((await make_link(context, 1)).removeprefix(context.settings.base_url))
    answer = await visit.ask(f"{page}/sharing")
    assert answer.status == 200
    assert "Who looked" not in answer.text


async def test_processes_add_to_the_same_day_and_another_day_is_its_own(
    any_context: Context, clock: ManualClock
) -> None:
    await opened(any_context)
    one, two = Looks(any_context), Looks(any_context)
    for process in (one, one, two):
        process.note(1, "person")
    await one.write()
    await two.write()
    assert await looks(any_context) == [("person", 0, 3)]
    clock.advance(timedelta(days=1))
    one.note(1, "person")
    await one.write()
    assert await looks(any_context) == [("person", 0, 1), ("person", 0, 3)]
    async with any_context.db.read() as reader:
        (whole,) = summed(await of_orders(reader, [1]))
    assert (whole.count, whole.last_at) == (4, clock.now())
    clock.advance(timedelta(days=366))
    await purge(any_context, {})
    assert await looks(any_context) == []


async def test_a_database_that_is_away_loses_no_look(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    await opened(context)
    kept = Looks(context)
    kept.note(1, "person")

    async def away(_unit: object) -> None:
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(context.db, "write", away)
        with pytest.raises(Unavailable):
            await kept.write()
    kept.note(1, "person")
    await kept.write()
    assert await looks(context) == [("person", 0, 2)]


def test_days_are_summed_by_viewer() -> None:
    assert summed([]) == []
