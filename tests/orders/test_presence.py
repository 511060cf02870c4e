"""Orders that their platform has no more: shown to nobody, asked about no more, and back when the platform has them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.orders.links import make_link, order_id_of
from portal.orders.lookup import by_number_and_email, has_orders
from portal.orders.models import ORDER
from portal.orders.presence import note_gone, unseen
from portal.orders.private import ORDER_PRIVATE
from portal.orders.sync import Outcome, import_order
from portal.platforms.neutral import NeutralOrder
from portal.sharing.links import Maker, Wish, make_share_link
from portal.sharing.public.values import Scope
from portal.tracking.models import TRACKER
from tests.support.context import NOW, kinds, order, parcel, rows
from tests.support.visit import Visit, signed_in
from tests.support.web import site

MINE = "camille@mail.example"
SOURCE = {"platform": "neutral", "shop": "tea.example", "order_id": "7"}
MINUTE = timedelta(minutes=1)


def telling(version: int = 1, **members: object) -> NeutralOrder:
    """The order as its platform tells it."""
    told = {"parcels": [parcel("p", "6A12345678901", {"mug": 2})], "contact": {"email": MINE}, "source": SOURCE}
    return order(version=version, **told | members)


async def go(context: Context, asked_at: datetime, order_id: str = "7") -> bool:
    """The platform, asked then, had it no more."""

    async def unit(tx: Tx) -> bool:
        return await note_gone(tx, "neutral", "tea.example", order_id, asked_at)

    return await context.db.write(unit)


async def is_there(context: Context) -> bool:
    """Whether the order is shown."""
    (row,) = await rows(context, select(ORDER.c.gone_at))
    return row.gone_at is None


async def test_a_gone_order_is_shown_to_nobody_and_comes_back_to_everybody(
    any_context: Context, clock: ManualClock
) -> None:
    context = any_context
    await import_order(context, telling(), asked_at=NOW)
    here, me, guest = site(context), await signed_in(site(context), MINE), Visit(site(context))
    link = (await make_link(context, 1)).removeprefix(context.settings.base_url)
    shared = await make_share_link(context, 1, Wish(Scope(items=True)), Maker())
    shared = shared.removeprefix(context.settings.base_url)
    (found,) = await rows(context, select(ORDER.c.ref))
    page = f"/orders/{found.ref}"
    assert (await guest.go(link)).status == 200
    await me.send("/orders/calendar", {})
    addresses = {"mine": (me, page), "link": (guest, page), "secret": (Visit(here), link), "other": (guest, link)}

    async def statuses() -> dict[str, int]:
        return {who: (await visit.ask(path)).status for who, (visit, path) in addresses.items()}

    async def lists() -> list[bool]:
        return ["1001" in (await visit.ask("/orders")).text for visit in (me, guest)]

    async with context.db.read() as reader:
        assert await has_orders(reader, context.keys, MINE)
    assert set((await statuses()).values()) == {200}
    assert await lists() == [True, True]
    visitor = await here.ask(shared)
    assert (visitor.status, "Mug" in visitor.text) == (200, True)

    clock.advance(MINUTE)
    assert await go(context, clock.now())
    assert set((await statuses()).values()) == {404}
    assert await lists() == [False, False]
    visitor = await here.ask(shared)
    assert (visitor.status, "Mug" in visitor.text) == (404, False)
    with pytest.raises(NotThere):
        await order_id_of(context, "#1001")
    async with context.db.read() as reader:
        assert not await has_orders(reader, context.keys, MINE)
        assert await by_number_and_email(reader, "1001", MINE) is None
    assert await rows(context, select(TRACKER)) == []
    assert "1001" in (await me.ask("/account/data")).text  # it is still held, and so it is said

    clock.advance(MINUTE)
    assert await import_order(context, telling(), asked_at=clock.now()) is Outcome.UPDATED
    assert set((await statuses()).values()) == {200}
    assert await lists() == [True, True]
    assert (await here.ask(shared)).status == 200
    assert len(await rows(context, select(TRACKER))) == 1
    assert (await kinds(context, "person:1"))[-2:] == ["order.gone", "order.added"]


async def test_an_open_page_says_so_and_ends(context: Context, clock: ManualClock) -> None:
    await import_order(context, telling(), asked_at=NOW)
    here = site(context)
    link = (await make_link(context, 1)).removeprefix(context.settings.base_url)
    async with here.running(), here.stream(f"{link}/events?after=0&lang=en") as live:
        await live.until("Mug")
        clock.advance(MINUTE)
        await go(context, clock.now())
        told = (await live.until("This order is not here any more")).rpartition("id: ")[2]
        assert "Mug" not in told
        assert "1001" not in told


async def test_answers_of_any_age_end_in_what_was_asked_last(any_context: Context, clock: ManualClock) -> None:
    """It is there, gone, there, gone: whichever answer comes when."""
    stories = list(permutations(range(4)))
    for number, story in enumerate(stories):
        source = {**SOURCE, "order_id": f"o{number}"}
        await import_order(any_context, telling(source=source), asked_at=NOW - MINUTE)
        for step in story[:3]:
            if step % 2:
                await go(any_context, NOW + MINUTE * step, f"o{number}")
            else:
                await import_order(any_context, telling(source=source), asked_at=NOW + MINUTE * step)
    found = await rows(any_context, select(ORDER.c.gone_at).order_by(ORDER.c.id))
    assert [row.gone_at is not None for row in found] == [max(story[:3]) % 2 == 1 for story in stories]


async def test_an_order_that_nobody_knows_cannot_go(any_context: Context) -> None:
    assert not await go(any_context, NOW)
    await import_order(any_context, telling(), asked_at=NOW - MINUTE)
    assert await is_there(any_context)
    assert await go(any_context, NOW)
    assert not await go(any_context, NOW + MINUTE)


async def test_a_file_brings_it_back_unless_it_is_older(any_context: Context, clock: ManualClock) -> None:
    await import_order(any_context, telling(2), asked_at=NOW)
    await go(any_context, NOW + MINUTE)
    assert await import_order(any_context, telling(1)) is Outcome.STALE
    assert not await is_there(any_context)
    assert await import_order(any_context, telling(2)) is Outcome.UPDATED
    assert await is_there(any_context)


async def test_a_restored_platform_is_believed_although_its_version_is_older(any_context: Context) -> None:
    await import_order(any_context, telling(5, note="five"), asked_at=NOW)
    await go(any_context, NOW + MINUTE)
    assert await import_order(any_context, telling(3, note="three"), asked_at=NOW + 2 * MINUTE) is Outcome.UPDATED
    (row,) = await rows(any_context, select(ORDER.c.version, ORDER_PRIVATE.c.document).join(ORDER_PRIVATE))
    assert (row.version, '"note":"three"' in row.document) == ("3", True)


async def test_a_new_version_of_the_same_is_kept_and_told_to_nobody(any_context: Context, clock: ManualClock) -> None:
    await import_order(any_context, telling(1), asked_at=NOW)
    before = await kinds(any_context)
    later = telling(2, updated_at="2026-11-20T09:30:00Z")
    assert await import_order(any_context, later, asked_at=NOW + MINUTE) is Outcome.UNCHANGED
    assert await kinds(any_context) == before
    asked = select(ORDER.c.version, ORDER.c.changed_at, ORDER.c.seen_at, ORDER_PRIVATE.c.document).join(ORDER_PRIVATE)
    (row,) = await rows(any_context, asked)
    assert (row.version, row.changed_at, row.seen_at) == ("2", later.updated_at, NOW + MINUTE)
    assert '"version":2' in row.document
    assert await import_order(any_context, telling(1), asked_at=NOW) is Outcome.UNCHANGED
    (row,) = await rows(any_context, asked)
    assert (row.version, row.seen_at) == ("2", NOW + MINUTE)


async def test_those_that_a_list_did_not_have_are_known(any_context: Context) -> None:
    changed = {"a": 1, "b": 2, "c": 3, "d": 4}
    for name, hours in changed.items():
        source = {**SOURCE, "order_id": name}
        moment = (NOW - timedelta(hours=hours)).isoformat()
        await import_order(any_context, telling(source=source, updated_at=moment), asked_at=NOW - MINUTE)
    await import_order(any_context, telling(source={**SOURCE, "order_id": "b"}), asked_at=NOW)
    await go(any_context, NOW, "c")

    async def missing(since: datetime | None, most: int = 10) -> list[str]:
        async with any_context.db.read() as reader:
            return list(await unseen(reader, "neutral", "tea.example", since, NOW, most))

    assert await missing(None) == ["a", "d"]
    assert await missing(None, most=1) == ["a"]
    assert await missing(NOW - timedelta(hours=3, minutes=30)) == ["a"]
    assert await missing(NOW) == []
