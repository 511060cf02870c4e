"""Somebody else collects it: whom the customer names, and the link they hand on, which shows the code and the place
and nothing more."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.secrets import Keys
from portal.orders.models import ORDER
from portal.orders.private import ORDER_PRIVATE
from portal.orders.sync import import_order
from portal.platforms.neutral import NeutralOrder
from tests.support.context import NOW, kinds, order, rows
from tests.support.visit import Visit, of_the_shop, signed_in
from tests.support.web import Site, site
from tests.web.conftest import collector, once_compressed

__all__ = ["collector", "once_compressed"]
INES, CODE = "ines@mail.example", "7KQM-3XWP"
LINK = re.compile(r'value="https://track\.atelier-lune\.example(/c/[\w-]{27})"')
READY = {"code": CODE, "ready_at": "2026-11-19T23:30:00Z", "opening_hours": "Tue–Sat 10–19"}
PRIVATE = re.compile(r"Ferrand|Quai|ines@|1001|Mug|sage|Bowl|45", re.IGNORECASE)


def to_collect(pickup: Mapping[str, str], version: int = 1) -> NeutralOrder:
    """An order of Inès's that she collects."""
    place = {"name": "Atelier Lyon", "address": {"line1": "4 rue Mourguet", "postcode": "69005", "city": "Lyon"}}
    shipping = {"name": "Inès Ferrand", "line1": "1 Quai", "postcode": "69005", "city": "Lyon", "country": "FR"}
    return order(
        source={"platform": "neutral", "shop": "atelier", "order_id": "1"},
        version=version,
        contact={"email": INES},
        address={"shipping": shipping},
        deliveries=[{"id": "shop", "method": "pickup", "location": place, "pickup": dict(pickup)}],
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """The site, with Inès signed in, and the address of her order."""

    site: Site
    ines: Visit
    page: str

    @property
    def base(self) -> str:
        """Where she says who collects it."""
        return f"{self.page}/collecting"

    async def link(self) -> str:
        """The path of the link that she can hand on now."""
        await self.ines.send(f"{self.base}/link", {})
        (path,) = LINK.findall((await self.ines.ask(self.base)).text)
        return str(path)

    async def told(self, path: str) -> str:
        """What the bearer of a link reads after pressing its button."""
        answer = await Visit(self.site).send(path, {})
        assert answer.status == 200
        return html.unescape(answer.text)


async def opened(context: Context) -> Desk:
    """Over an open context."""
    await import_order(context, to_collect(READY))
    (row,) = await rows(context, select(ORDER.c.ref))
    where = site(replace(context, environ={"JALON_PLATFORM_NEUTRAL_SHOP": "atelier"}))
    return Desk(where, await signed_in(where, INES), f"/orders/{row.ref}")


@pytest.fixture
async def desk(context: Context) -> Desk:
    """On SQLite."""
    return await opened(context)


@pytest.fixture
async def any_desk(any_context: Context) -> Desk:
    """On SQLite, then on PostgreSQL."""
    return await opened(any_context)


def now(desk: Desk) -> ManualClock:
    """The clock of the site."""
    clock = desk.site.context.clock
    assert isinstance(clock, ManualClock)
    return clock


async def test_the_one_who_is_named_is_shown_to_the_customer_and_the_shop(any_desk: Desk) -> None:
    before = await any_desk.ines.ask(any_desk.page)
    answer = await any_desk.ines.send(any_desk.base, {"name": "  Karim <Benali> "})
    assert (answer.status, answer.headers["location"]) == (303, any_desk.base)
    seen = await any_desk.ines.ask(any_desk.page, if_none_match=before.headers["etag"])
    assert seen.status == 200
    assert seen.text.count("Karim &lt;Benali&gt;") == 2
    jeanne = await of_the_shop(any_desk.site)
    staff = (await jeanne.ask(f"/staff{any_desk.page}")).text
    assert staff.count("May be collected by Karim &lt;Benali&gt;") == 2
    assert await kinds(any_desk.site.context, "order:1") == ["order.changed", "collecting.arranged"]
    await import_order(any_desk.site.context, to_collect(READY, 2))  # what the shop tells later changes nothing
    assert 'value="Karim &lt;Benali&gt;"' in (await any_desk.ines.ask(any_desk.base)).text
    await any_desk.ines.send(any_desk.base, {"name": " "})
    assert "Karim" not in (await any_desk.ines.ask(any_desk.page)).text


async def test_the_link_shows_the_code_and_the_place_and_nothing_more(any_desk: Desk) -> None:
    path = await any_desk.link()
    cover = await Visit(any_desk.site).go(path)
    assert (cover.status, cover.headers["cache-control"]) == (200, "no-store")
    told = await any_desk.told(path)
    for words in (CODE, "Atelier Lyon", "4 rue Mourguet", "69005 Lyon", "Tue–Sat 10–19", "4 December"):
        assert words in told, words
        assert words not in cover.text, words
    for text in (cover.text, told):
        assert not PRIVATE.search(re.sub(r"<head>.*?</head>|/static/\S+|d=\S+", "", text, flags=re.DOTALL))
    (row,) = await rows(any_desk.site.context, select(ORDER_PRIVATE))
    assert path.removeprefix("/c/") not in str(tuple(row))


async def test_the_code_waits_until_it_is_ready_and_goes_with_what_was_collected(desk: Desk) -> None:
    await import_order(desk.site.context, to_collect({"code": CODE}, 2))
    path = await desk.link()
    told = await desk.told(path)
    assert "Not ready yet" in told
    assert CODE not in told
    await import_order(desk.site.context, to_collect(READY, 3))
    assert CODE in await desk.told(path)
    await import_order(desk.site.context, to_collect({**READY, "collected_at": "2026-11-20T09:00:00Z"}, 4))
    told = await desk.told(path)
    assert "There is nothing to collect any more" in told
    assert CODE not in told
    assert "Atelier Lyon" not in told
    assert (await desk.ines.ask(desk.base)).headers["location"] == desk.page
    assert (await desk.ines.send(f"{desk.base}/link", {})).headers["location"] == desk.page
    assert "Somebody else collects it" not in (await desk.ines.ask(desk.page)).text


async def test_a_cancelled_order_has_nothing_to_hand_out(desk: Desk) -> None:
    path = await desk.link()
    off = to_collect(READY, 2).model_copy(update={"cancelled_at": NOW, "cancel_reason": "customer"})
    await import_order(desk.site.context, off)
    assert CODE not in await desk.told(path)


async def test_a_link_ends_when_its_customer_says_so_when_another_one_is_made_and_after_sixty_days(desk: Desk) -> None:
    first = await desk.link()
    second = await desk.link()
    nothing = await Visit(desk.site).ask("/c/" + "B" * 27)
    for answer in (await Visit(desk.site).ask(first), await Visit(desk.site).send(first, {})):
        assert (answer.status, answer.text) == (404, nothing.text)
    assert (await Visit(desk.site).ask(second)).status == 200
    await desk.ines.send(f"{desk.base}/link/end", {})
    assert (await Visit(desk.site).ask(second)).status == 404
    assert not LINK.search((await desk.ines.ask(desk.base)).text)
    third = await desk.link()
    now(desk).advance(timedelta(days=59, hours=23))
    assert (await Visit(desk.site).ask(third)).status == 200
    now(desk).advance(timedelta(hours=1))
    assert (await Visit(desk.site).ask(third)).status == 404


async def test_strangers_arrange_nothing(desk: Desk) -> None:
    lou = await signed_in(desk.site, "lou@mail.example")
    for who in (Visit(desk.site), lou, await of_the_shop(desk.site)):
        assert (await who.ask(desk.base)).status == 404
        for path in ("", "/link", "/link/end"):
            assert (await who.send(desk.base + path, {"name": "Lou"})).status == 404
    assert await kinds(desk.site.context, "order:1") == ["order.changed"]


async def test_a_name_that_is_too_long_is_said_beside_the_field(desk: Desk) -> None:
    answer = await desk.ines.send(desk.base, {"name": "x" * 81})
    assert answer.status == 422
    assert "This is too long: 80 characters at most." in answer.text
    assert await kinds(desk.site.context, "order:1") == ["order.changed"]


async def test_nobody_stirs_all_open_pages_again_and_again(desk: Desk) -> None:
    answers = [(await desk.ines.send(desk.base, {"name": f"K{n}"})).status for n in range(31)]
    assert answers == [303] * 30 + [429]


async def test_while_one_key_takes_the_place_of_another_the_link_is_shown_and_can_be_ended_afterwards(
    context: Context,
) -> None:
    desk = await opened(context)
    path = await desk.link()
    fresh = b"another secret of this installation"
    both = replace(desk, site=site(replace(desk.site.context, keys=Keys((fresh, *context.keys.secrets)))))
    assert LINK.findall((await replace(desk.ines, site=both.site).ask(desk.base)).text) == [path]
    await context.db.write(lambda tx: tx.run(update(ORDER_PRIVATE).values(collect_link_salt="of a key that is gone")))
    assert (await Visit(desk.site).ask(path)).status == 200
    assert "The one you made cannot be shown any more." in (await desk.ines.ask(desk.base)).text
    await desk.ines.send(f"{desk.base}/link/end", {})
    assert (await Visit(desk.site).ask(path)).status == 404


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "Kept for you until <em>Friday 4 December</em> · 14 more days"),
        (13, "Kept for you until <em>Friday 4 December</em> · 1 more day"),
        (14, "Kept for you until <em>Friday 4 December</em> · the last day"),
        (15, "It was kept for you until Friday 4 December. Please ask the shop whether it still is."),
    ],
)
async def test_the_days_for_which_it_is_kept_are_counted_down(desk: Desk, days: int, words: str) -> None:
    # It was ready at half past midnight, of the 20th, in the shop's own zone.
    now(desk).advance(timedelta(days=days))
    ines = await signed_in(desk.site, INES)
    assert words in " ".join((await ines.ask(desk.page)).text.split())
    staff = (await (await of_the_shop(desk.site)).ask("/staff?work=to_collect")).text
    assert ("kept until" in staff, 'class="pill" data-tone="alert"' in staff) == (True, days > 14)


async def test_a_shop_that_keeps_it_for_ever_says_no_day(context: Context) -> None:
    settings = context.settings.model_copy(update={"collect_days": 0})
    desk = await opened(replace(context, settings=settings))
    assert "Kept for you" not in (await desk.ines.ask(desk.page)).text
    assert "until" not in (await desk.told(await desk.link())).lower().replace("keep it to yourself", "")
