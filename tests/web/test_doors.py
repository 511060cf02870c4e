"""The order's two addresses: a secret one that browsers leave at once, and one that opens by the cookie."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts.models import SESSION
from portal.accounts.sessions import end, stream_name
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.errors import Unavailable
from portal.orders.links import make_link, revoke_links
from portal.orders.models import ORDER_LINK_USE
from portal.orders.sync import import_order
from tests.support.context import order, rows
from tests.support.visit import NAVIGATION, Visit, signed_in
from tests.web.conftest import MINE, Shop

DAY = timedelta(days=1)


async def places(context: Context) -> int:
    """How many uses of links were noted."""
    return int((await rows(context, select(func.count().label("n")).select_from(ORDER_LINK_USE)))[0].n)


async def test_a_browser_is_sent_on_and_its_address_bar_holds_no_secret(any_shop: Shop) -> None:
    visit = Visit(any_shop.site)
    first = await visit.ask(any_shop.mine, **NAVIGATION)
    assert (first.status, first.body) == (303, b"")
    assert first.headers["location"] == any_shop.my_order
    assert first.headers["cache-control"] == "no-store"
    page = await visit.go(any_shop.mine)
    assert (page.status, "#1001" in page.text) == (200, True)
    token = any_shop.mine.rpartition("/")[2]
    assert token not in page.text
    assert len(visit.seen) == 1


async def test_the_cookie_is_a_secret_of_this_host_alone(shop: Shop) -> None:
    visit = Visit(shop.site)
    await visit.go(shop.mine)
    (given,) = visit.seen
    assert re.fullmatch(r"__Host-jalon=[\w-]{27}; Max-Age=7776000; Path=/; HttpOnly; SameSite=Lax; Secure", given)


async def test_the_language_that_was_asked_for_comes_along(shop: Shop) -> None:
    visit = Visit(shop.site)
    page = await visit.go(f"{shop.mine}?lang=fr&utm_source=mail")
    assert '<html lang="fr"' in page.text


OTHERS: list[dict[str, str]] = [
    {},
    {"sec_fetch_mode": "cors"},
    {"sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"},
    {"user_agent": "BingPreview/1.0b"},
]


@pytest.mark.parametrize("headers", OTHERS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_any_other_client_gets_the_page_there_and_nothing_is_noted(
    shop: Shop, headers: dict[str, str], method: str
) -> None:
    for _ in range(8):
        answer = await shop.site.ask(shop.mine, method, **headers)
        assert (answer.status, "set-cookie" in answer.headers) == (200, False)
    assert await places(shop.context) == 0
    assert (await rows(shop.context, select(SESSION.c.id))) == []


async def test_a_browser_opens_the_link_again_and_stays_one(shop: Shop) -> None:
    visit = Visit(shop.site)
    for _ in range(10):
        assert (await visit.go(shop.mine)).status == 200
    assert await places(shop.context) == 1
    assert len(visit.seen) == 1


async def test_the_sixth_browser_is_asked_to_sign_in(any_shop: Shop) -> None:
    visits = [Visit(any_shop.site) for _ in range(6)]
    answers = [await visit.go(any_shop.mine) for visit in visits]
    assert [answer.status for answer in answers] == [200] * 5 + [403]
    assert 'href="/sign-in"' in answers[5].text
    assert "#1001" not in answers[5].text
    assert visits[5].seen == []
    assert [(await visit.go(any_shop.my_order)).status for visit in visits] == [200] * 5 + [404]


async def test_programs_that_try_out_links_take_no_places(shop: Shop) -> None:
    for _ in range(20):  # a scanner that says it is a browser, and drops cookies
        assert (await Visit(shop.site).ask(shop.mine, **NAVIGATION)).status == 303
    assert [(await Visit(shop.site).go(shop.mine)).status for _ in range(6)] == [200] * 5 + [403]


async def test_a_browser_that_never_came_again_gives_its_place_back(shop: Shop, clock: ManualClock) -> None:
    once = [Visit(shop.site) for _ in range(4)]
    faithful = Visit(shop.site)
    for visit in (*once, faithful):
        await visit.go(shop.mine)
    clock.advance(timedelta(minutes=11))
    await faithful.go(shop.my_order)
    clock.advance(DAY)
    late = [Visit(shop.site) for _ in range(5)]
    assert [(await visit.go(shop.mine)).status for visit in late] == [200] * 4 + [403]
    assert (await faithful.go(shop.my_order)).status == 200
    assert (await once[0].go(shop.my_order)).status == 404


async def test_two_who_come_at_once_do_not_share_the_last_place(any_shop: Shop) -> None:
    visits = [Visit(any_shop.site) for _ in range(9)]
    for visit in visits:
        await visit.ask(any_shop.mine, **NAVIGATION)
    answers = await asyncio.gather(*(visit.go(any_shop.my_order) for visit in visits))
    assert sorted(answer.status for answer in answers) == [200] * 5 + [404] * 4


async def test_a_link_that_ended_ends_for_browsers_that_opened_it(any_shop: Shop, clock: ManualClock) -> None:
    visit = Visit(any_shop.site)
    await visit.go(any_shop.mine)
    await revoke_links(any_shop.context, 1)
    assert (await visit.go(any_shop.my_order)).status == 404
    again = (await make_link(any_shop.context, 1, days=1)).removeprefix(any_shop.context.settings.base_url)
    assert (await visit.go(again)).status == 200
    clock.advance(DAY)
    assert (await visit.go(any_shop.my_order)).status == 404


async def test_a_person_sees_their_order_and_no_other(any_shop: Shop) -> None:
    me, other = await signed_in(any_shop.site, MINE), await signed_in(any_shop.site, "lou@mail.example")
    mine, theirs = any_shop.my_order, any_shop.other_order
    assert [(await me.go(mine)).status, (await me.go(theirs)).status, (await other.go(mine)).status] == [200, 404, 404]


async def test_what_is_anothers_and_what_never_was_are_the_same_bytes(any_shop: Shop) -> None:
    ref = any_shop.my_order.rpartition("/")[2]
    visits = [Visit(any_shop.site), await signed_in(any_shop.site, "lou@mail.example"), Visit(any_shop.site)]
    await visits[2].go(any_shop.other)
    names = (ref, "0123456789abcdef", "x", "0" * 90, "%00", "é")
    answers = [await visit.go(f"/orders/{name}") for visit in visits for name in names]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert 'href="/sign-in"' in answers[0].text


async def test_a_person_who_opens_a_link_to_their_own_order_takes_no_place(shop: Shop) -> None:
    me = await signed_in(shop.site, MINE)
    assert (await me.go(shop.mine)).status == 200
    assert await places(shop.context) == 0
    assert me.seen == []


async def test_whoever_has_the_page_is_answered_304_by_one_question(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = Visit(shop.site)
    page = await visit.go(shop.mine)
    asked: list[Any] = []
    async with shop.context.db.read() as reader:
        kind = type(reader)
    one = kind.row

    async def row(self: Any, *question: Any) -> Any:
        asked.append(question)
        return await one(self, *question)

    monkeypatch.setattr(kind, "row", row)
    again = await visit.ask(shop.my_order, if_none_match=page.headers["etag"])
    assert (again.status, len(asked)) == (304, 1)
    nobody = await shop.site.ask(shop.my_order, if_none_match=page.headers["etag"])
    assert nobody.status == 404


@pytest.mark.parametrize("aged", [timedelta(days=30), timedelta(days=90)])
async def test_a_session_ends_when_it_was_idle_or_is_old(any_shop: Shop, clock: ManualClock, aged: timedelta) -> None:
    me = await signed_in(any_shop.site, MINE)
    steps = 1 if aged.days == 30 else 6
    for step in range(steps):
        clock.advance(aged / steps - (timedelta(seconds=1) if step == steps - 1 else timedelta()))
        assert (await me.go(any_shop.my_order)).status == 200, step
    clock.advance(aged if steps == 1 else timedelta(seconds=1))
    assert (await me.go(any_shop.my_order)).status == 404


async def test_looking_is_noted_once_an_hour(shop: Shop, clock: ManualClock) -> None:
    me = await signed_in(shop.site, MINE)
    noted = []
    for _ in range(9):
        clock.advance(timedelta(minutes=20))
        await me.go(shop.my_order)
        noted.append((await rows(shop.context, select(SESSION.c.seen_at)))[0].seen_at)
    assert sorted({at.hour for at in noted}) == [10, 11, 12, 13]


async def test_a_session_that_is_ended_ends_its_streams(shop: Shop) -> None:
    me = await signed_in(shop.site, MINE)
    async with shop.site.running(), me.stream(f"{shop.my_order}/events") as exchange:
        assert exchange.answer.status == 200
        session = (await rows(shop.context, select(SESSION.c.id)))[0].id

        async def unit(tx: Tx) -> bool:
            return await end(tx, shop.context.clock.now(), session)

        assert await shop.context.db.write(unit)
        await ended(exchange)
    assert (await me.go(shop.my_order)).status == 404
    assert stream_name(session) == f"session:{session}"


async def test_a_link_that_is_revoked_ends_the_streams_of_browsers_that_opened_it(shop: Shop) -> None:
    visit = Visit(shop.site)
    await visit.go(shop.mine)
    async with shop.site.running(), visit.stream(f"{shop.my_order}/events") as exchange:
        assert exchange.answer.status == 200
        await revoke_links(shop.context, 1)
        await ended(exchange)


async def test_a_stream_alone_takes_nobody_past_the_number_of_browsers(shop: Shop) -> None:
    visit = Visit(shop.site)
    await visit.ask(shop.mine, **NAVIGATION)
    async with visit.stream(f"{shop.my_order}/events") as exchange:
        assert exchange.answer.status == 404


async def test_the_cookie_under_the_wrong_name_is_not_looked_at(shop: Shop) -> None:
    me = await signed_in(shop.site, MINE)
    me.jar["jalon"] = me.jar.pop("__Host-jalon")
    assert (await me.go(shop.my_order)).status == 404


async def test_the_database_holds_no_usable_cookie(shop: Shop) -> None:
    visit = Visit(shop.site)
    await visit.go(shop.mine)
    stored = await rows(shop.context, select(SESSION.c.token_hash))
    assert visit.jar["__Host-jalon"] not in str(stored)
    visit.jar["__Host-jalon"] = stored[0].token_hash[:27]
    assert (await visit.go(shop.my_order)).status == 404


async def test_an_order_whose_owner_changed_is_its_new_owners(any_shop: Shop) -> None:
    me, other = await signed_in(any_shop.site, MINE), await signed_in(any_shop.site, "lou@mail.example")
    await import_order(
        any_shop.context, order(contact={"email": "lou@mail.example"}, updated_at="2026-11-19T11:00:00Z")
    )
    assert [(await visit.go(any_shop.my_order)).status for visit in (me, other)] == [404, 200]


async def test_a_page_is_read_while_the_database_takes_no_writes(
    shop: Shop, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = Visit(shop.site)
    await visit.go(shop.mine)
    clock.advance(timedelta(hours=2))

    async def away(_: Any) -> None:
        raise Unavailable("database: read-only")

    monkeypatch.setattr(type(shop.context.db), "write", staticmethod(away))
    assert (await visit.go(shop.my_order)).status == 200


async def test_a_planted_cookie_gives_nothing_that_was_not_given(shop: Shop) -> None:
    visit = Visit(shop.site, {"__Host-jalon": "A" * 27})
    await visit.go(shop.mine)
    assert visit.jar["__Host-jalon"] != "A" * 27


async def ended(exchange: Any) -> None:
    """Wait until the server has ended a stream."""
    async with asyncio.timeout(30):
        await exchange.gone.wait()


SPOOFED: list[dict[str, str]] = [
    {"host": "evil.example"},
    {"x_forwarded_host": "evil.example", "x_original_url": "/evil", "forwarded": "host=evil.example;proto=http"},
    {"x_forwarded_proto": "http", "x_forwarded_for": "198.51.100.9"},
]


@pytest.mark.parametrize("headers", SPOOFED, ids=range(len(SPOOFED)))
async def test_what_a_request_claims_about_our_address_changes_nothing(shop: Shop, headers: dict[str, str]) -> None:
    visit = Visit(shop.site)
    sent_on = await visit.ask(shop.mine, **NAVIGATION, **headers)
    assert sent_on.headers["location"] == shop.my_order
    assert list(visit.jar) == ["__Host-jalon"]
    page = await visit.ask(shop.my_order, **headers)
    plain = await Visit(shop.site, visit.jar).ask(shop.my_order)
    assert (page.status, page.body == plain.body, "evil" in str(page.headers)) == (200, True, False)
