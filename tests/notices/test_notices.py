"""What the shop tells customers: who reads what, where and when, and what rich text may hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import update

from portal.context import Context
from portal.kit.db import Tx
from portal.notices.document import cleaned, document, documents
from portal.notices.models import NOTICE
from portal.notices.store import Boards, board, put, remove
from portal.notices.values import Board, Notice
from portal.orders.links import make_link
from portal.orders.sync import import_order
from portal.sharing.links import Maker, Wish, make_share_link
from portal.sharing.public.values import Scope
from tests.support.context import NOW, kinds, order, parcel
from tests.support.web import Site, site

CALM: dict[str, Any] = {"name": "hello", "text": {"en": "Hello", "fr": "Bonjour"}}


async def kept(context: Context, *entries: dict[str, Any], only: bool = False) -> int:
    notices = [document({**CALM, **entry}, "en").notice() for entry in entries]

    async def unit(tx: Tx) -> int:
        return await put(tx, context.clock.now(), notices, only=only)

    return await context.db.write(unit)


async def known(context: Context) -> Board:
    async with context.db.read() as reader:
        return await board(reader)


async def test_messages_are_kept_and_found_again(any_context: Context) -> None:
    full = {"rich": True, "tone": "wait", "shops": ["b", "a"], "statuses": ["shipped"], "carriers": ["Colissimo"]}
    times = {"from": "2026-11-20T09:00:00+01:00", "until": "2026-11-21T09:00:00Z", "public": True}
    await kept(any_context, {"name": "plain"}, {**full, **times})
    first, second = (await known(any_context)).notices
    assert (first.name, first.texts, first.public) == ("hello", CALM["text"], True)
    assert (first.shops, first.statuses, first.carriers) == (
        frozenset({"a", "b"}),
        frozenset({"shipped"}),
        frozenset({"laposte"}),
    )
    assert (first.starts_at, first.ends_at) == (
        datetime(2026, 11, 20, 8, tzinfo=UTC),
        datetime(2026, 11, 21, 9, tzinfo=UTC),
    )
    assert second == Notice("plain", CALM["text"])
    assert await kept(any_context, {"text": "Changed"}, only=True) == 1
    (only,) = (await known(any_context)).notices
    assert only.texts == {"en": "Changed"}
    assert await kinds(any_context, "notices") == ["notices.changed"] * 2
    for found in (True, False):

        async def unit(tx: Tx) -> bool:
            return await remove(tx, "hello")

        assert await any_context.db.write(unit) is found
    assert (await known(any_context)).notices == ()


FAULTS = [
    ({"name": "No blanks"}, "name"),
    ({"text": {}}, "text"),
    ({"text": {"en": " "}}, "text"),
    ({"text": {"english": "x"}}, "text"),
    ({"text": "<script>1</script>", "rich": True}, "nothing is left"),
    ({"statuses": ["sent"]}, "no status"),
    ({"carriers": ["nobody"]}, "no carrier"),
    ({"from": "2026-11-20T09:00:00"}, "timezone"),
    ({"from": "2026-11-20T09:00:00Z", "until": "2026-11-20T09:00:00Z"}, "after from"),
    ({"colour": "red"}, "colour"),
]


@pytest.mark.parametrize(("members", "said"), FAULTS, ids=range(len(FAULTS)))
def test_what_is_wrong_is_named(members: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        document({**CALM, **members}, "en")


def test_a_file_names_a_message_once() -> None:
    with pytest.raises(ValueError, match="given twice: hello"):
        documents({"message": [CALM, CALM]}, "en")
    with pytest.raises(ValueError, match="list of messages"):
        documents([CALM], "en")


CLEANED = [
    ("<p>Read <b>this</b></p>", "<p>Read <b>this</b></p>"),
    ("<p onclick='x()' style='color:red' class=x>a</p>", "<p>a</p>"),
    ("<script>alert(1)</script>b", "b"),
    ("<img src=x onerror=alert(1)>c", "c"),
    ("<a href='javascript:alert(1)'>d</a>", '<a rel="noopener noreferrer external">d</a>'),
    (
        "<a href='https://x.example' target=_top>e</a>",
        '<a href="https://x.example" rel="noopener noreferrer external">e</a>',
    ),
    ("<iframe src='https://x.example'></iframe><form><input></form>f", "f"),
    ("5 < 6 & 7", "5 &lt; 6 &amp; 7"),
]


@pytest.mark.parametrize(("given_", "expected"), CLEANED)
def test_rich_text_keeps_what_it_may_hold(given_: str, expected: str) -> None:
    assert cleaned(given_) == expected


@given(st.text(alphabet=st.sampled_from("<>/=\"' abscriptonhref:&;!-"), max_size=80))
def test_clean_text_stays_as_it_is_and_runs_nothing(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once
    assert "<script" not in once


SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
TIMES = [(None, None, True), (NOW, None, True), (SOON, None, False), (None, NOW, False), (NOW, SOON, True)]


@pytest.mark.parametrize(("starts", "ends", "holds"), TIMES)
def test_messages_have_their_time(starts: datetime | None, ends: datetime | None, *, holds: bool) -> None:
    told = Board((Notice("n", {"en": "x"}, starts_at=starts, ends_at=ends),))
    shown = told.at_top(NOW, ["en"], shop=None, statuses=())
    assert bool(shown) is holds


async def opened_site(context: Context) -> tuple[Site, str]:
    parcels = [parcel("p", "6A12345678901", {"mug": 2, "bowl": 1})]
    await import_order(context, order(parcels=parcels, locale="fr", source={"shop": "north", "order_id": "1"}))
    return site(context), (await make_link(context, 1)).removeprefix(context.settings.base_url)


async def test_pages_show_what_concerns_them(any_context: Context) -> None:
    here, path = await opened_site(any_context)
    await kept(
        any_context,
        {"name": "a", "text": "<top & plain>", "shops": ["north"]},
        {"name": "b", "text": "<p><b>rich</b></p>", "rich": True, "statuses": ["shipped", "handed_over"]},
        {"name": "c", "text": "at the parcel", "carriers": ["laposte"]},
        {"name": "d", "text": "another carrier", "carriers": ["ups"]},
        {"name": "e", "text": "another shop", "shops": ["south"]},
        {"name": "f", "text": "another status", "statuses": ["delivered"]},
        {"name": "g"},
    )
    page = (await here.ask(path)).text
    assert "&lt;top &amp; plain&gt;" in page
    assert "<p><b>rich</b></p>" in page
    assert page.index("at the parcel") > page.index('class="parcel card"') > page.index("rich")
    assert "another" not in page
    assert "Bonjour" in page
    assert "Hello" in (await here.ask(f"{path}?lang=en")).text


async def test_what_was_written_into_the_database_past_us_is_cleaned(any_context: Context) -> None:
    here, path = await opened_site(any_context)
    await kept(any_context, {"rich": True})

    async def unit(tx: Tx) -> None:
        await tx.run(update(NOTICE).values(texts='{"fr": "<b>a</b><script>alert(1)</script>"}'))

    await any_context.db.write(unit)
    page = (await here.ask(path)).text
    assert '<div class="rich"><b>a</b></div>' in page
    assert "alert(1)" not in page


async def test_a_message_changes_pages_that_are_known_and_open(any_context: Context) -> None:
    here, path = await opened_site(any_context)
    before = await here.ask(path)
    async with here.running(), here.stream(f"{path}/events?after=0&lang=en") as live:
        await live.until("6A12345678901")
        await kept(any_context, {"text": "Closed on Monday"})
        assert "Closed on Monday" in await live.until("Closed on Monday")
        known_by = {"if_none_match": before.headers["etag"]}
        after = await here.ask(path, **known_by)
        assert after.status == 200
        assert "Closed on Monday" in after.text


async def test_visitors_read_what_is_public(any_context: Context) -> None:
    here, path = await opened_site(any_context)
    await kept(
        any_context,
        {"name": "a", "text": "for customers"},
        {"name": "b", "text": "for <all>", "public": True},
        {"name": "c", "text": "of one shop", "public": True, "shops": ["north"]},
        {"name": "d", "text": "of one carrier", "public": True, "carriers": ["laposte"]},
    )
    assert "for customers" in (await here.ask(path)).text
    shared = await shared_page(any_context, here)
    assert "for &lt;all&gt;" in shared
    assert "for customers" not in shared
    assert "of one" not in shared


async def shared_page(context: Context, here: Site) -> str:
    url = await make_share_link(context, 1, Wish(Scope()), Maker())
    address = url.removeprefix(context.settings.base_url)
    return (await here.ask(address, sec_fetch_mode="navigate", sec_fetch_dest="document")).text


async def test_what_changes_while_it_is_read_is_read_again(context: Context) -> None:
    await kept(context, {})
    boards = Boards(context.db)
    first = await boards.current()
    assert await boards.current() is first
    await kept(context, {"text": "New"})
    assert await boards.current() is first
    boards.changed()
    assert json.dumps([notice.texts for notice in (await boards.current()).notices]) == '[{"en": "New"}]'
