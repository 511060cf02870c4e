"""The owner's side: making links, seeing and ending them, looking as a visitor. Nobody else gets anything."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.kit.clock import ManualClock
from portal.kit.ids import token_hash
from portal.kit.secrets import Keys
from portal.orders.links import make_link
from portal.orders.sync import import_order
from portal.sharing.links import (
    Maker,
    Wish,
    delete_dead_shares,
    make_share_link,
    revoke_all_share_links,
    revoke_share_link,
    shared,
)
from portal.sharing.models import SHARE_LINK
from portal.sharing.private import SHARE_LINK_PRIVATE
from portal.sharing.public.values import Scope
from tests.sharing.conftest import Sharing, ref_of
from tests.support.context import kinds, order, rows
from tests.support.visit import Visit, signed_in

ADDRESS = re.compile(r'value="(https://track\.atelier-lune\.example/s/[\w-]{27})"')


async def test_a_link_is_made_seen_opened_and_ended(any_sharing: Sharing) -> None:
    owner, base, site = any_sharing.owner, any_sharing.base, any_sharing.site
    wish = {"items": "on", "towns": "on", "lasts": "30", "opens": "5", "label": " Mum & <Dad> "}
    answer = await owner.send(base, wish)
    assert (answer.status, answer.headers["location"]) == (303, f"{base}#links")
    page = await owner.go(base)
    assert "Mum &amp; &lt;Dad&gt;" in page.text
    assert "Opened 0 of 5 times." in html.unescape(page.text)
    (url,) = ADDRESS.findall(page.text)
    path = url.removeprefix(any_sharing.context.settings.base_url)
    assert "Mug" in (await Visit(site).go(path)).text
    assert "Opened 1 of 5 times. Last: today, 11:00." in " ".join((await owner.go(base)).text.split())
    answer = await owner.send(f"{base}/1/end", {})
    assert (answer.status, answer.headers["location"]) == (303, f"{base}#links")
    assert (await Visit(site).go(path)).status == 404
    assert not ADDRESS.search((await owner.go(base)).text)


async def test_what_was_wished_is_what_is_kept(sharing: Sharing) -> None:
    await sharing.owner.send(sharing.base, {"gift": "on", "lasts": "arrival"})
    await sharing.owner.send(sharing.base, {"towns": "on", "lasts": "1", "opens": "3"})
    first, second = await rows(sharing.context, select(*SHARE_LINK.c).order_by(SHARE_LINK.c.id))
    now = sharing.context.clock.now()
    assert (first.with_items, first.with_towns, first.gift, first.until_arrival, first.max_opens) == (
        False,
        False,
        True,
        True,
        None,
    )
    assert (second.with_towns, second.until_arrival, second.max_opens) == (True, False, 3)
    assert (first.expires_at - now, second.expires_at - now) == (timedelta(days=90), timedelta(days=1))
    assert first.created_by_person is None
    assert first.created_by_session is not None
    assert await rows(sharing.context, select(SHARE_LINK_PRIVATE.c.label)) == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("opens", "many", "This must be a whole number."),
        ("opens", "0", "This must be 1 or more."),
        ("lasts", "9999", "Choose one of these."),
        ("label", "x" * 61, "This is too long: 60 characters at most."),
    ],
)
async def test_what_cannot_be_is_said_beside_the_field(sharing: Sharing, field: str, value: str, message: str) -> None:
    answer = await sharing.owner.send(sharing.base, {"items": "on", "lasts": "7", field: value})
    assert answer.status == 422
    assert answer.text.count(message) >= 1
    assert 'name="items" value="on" checked' in answer.text
    assert await rows(sharing.context, select(SHARE_LINK.c.id)) == []


async def test_there_is_an_end_to_links(sharing: Sharing) -> None:
    for _ in range(20):
        await sharing.owner.send(sharing.base, {"lasts": "7"})
    answer = await sharing.owner.send(sharing.base, {"lasts": "7"})
    assert answer.status == 422
    assert "This order has as many links as it can have." in answer.text


async def test_the_owner_looks_as_a_visitor_without_being_counted(sharing: Sharing) -> None:
    path = await sharing.link()
    seen = await sharing.owner.go(f"{sharing.base}/preview?items=on&towns=on")
    assert "Preview: visitors see exactly this." in seen.text
    shown = (await sharing.site.ask(path)).text
    main = re.compile(r'<main id="shared".*?</main>', re.DOTALL)
    assert main.findall(seen.text) == main.findall(shown) != []
    assert "Mug" not in (await sharing.owner.go(f"{sharing.base}/preview?items=on&gift=on")).text
    assert 'id="live"' not in seen.text
    (row,) = await rows(sharing.context, select(SHARE_LINK.c.opens))
    assert row.opens == 0


async def test_strangers_get_nothing_and_change_nothing(any_sharing: Sharing) -> None:
    await any_sharing.link()
    await import_order(any_sharing.context, order(number="#1002"))
    other = Visit(any_sharing.site)
    foreign = await ref_of(other, await make_link(any_sharing.context, 2))
    for who in (Visit(any_sharing.site), other):
        for path in ("", "/preview?items=on"):
            assert (await who.go(any_sharing.base + path)).status == 404
        assert (await who.send(any_sharing.base, {"lasts": "7"})).status == 404
        assert (await who.send(f"{any_sharing.base}/1/end", {})).status == 404
    assert (await other.send(f"/orders/{foreign}/sharing/1/end", {})).status == 404
    (row,) = await rows(any_sharing.context, select(SHARE_LINK.c.revoked_at))
    assert row.revoked_at is None


async def test_a_browser_with_a_link_ends_its_own_and_the_person_all(sharing: Sharing) -> None:
    await import_order(sharing.context, order(contact={"email": "ada@example.com"}, updated_at="2026-11-20T09:00:00Z"))
    await sharing.owner.send(sharing.base, {"lasts": "7", "label": "by the first"})
    second = Visit(sharing.site)
    await ref_of(second, await make_link(sharing.context, 1))
    assert "by the first" not in (await second.go(sharing.base)).text
    assert (await second.send(f"{sharing.base}/1/end", {})).status == 404
    person = await signed_in(sharing.site, "ada@example.com")
    assert "by the first" in (await person.go(sharing.base)).text
    assert (await person.send(f"{sharing.base}/1/end", {})).status == 303
    assert "by the first" not in (await sharing.owner.go(sharing.base)).text


async def test_an_address_is_kept_by_nobody_and_made_again_with_the_key(sharing: Sharing) -> None:
    context = sharing.context
    path = await sharing.link()
    (row,) = await rows(context, select(*SHARE_LINK.c))
    assert path.removeprefix("/s/") not in str(tuple(row))
    assert row.token_hash == token_hash(path.removeprefix("/s/"))
    async with context.db.read() as reader:
        assert [link.url for link in await shared(context, reader, 1)] == [context.settings.base_url + path]
        turned = replace(context, keys=Keys((b"another key of this length, really", *context.keys.secrets)))
        assert [link.url for link in await shared(turned, reader, 1)] == [context.settings.base_url + path]
        lost = replace(context, keys=Keys((b"another key of this length, really",)))
        assert [link.url for link in await shared(lost, reader, 1)] == [None]


async def test_links_long_ended_are_forgotten_with_their_names(any_sharing: Sharing, clock: ManualClock) -> None:
    context = any_sharing.context
    for label in ("ended", "expired", "alive"):
        days = 30 if label == "alive" else 1
        await make_share_link(context, 1, Wish(Scope(), days, label=label), Maker())
    await revoke_share_link(context, 1, 1)
    clock.advance(timedelta(days=10))
    await context.db.write(lambda tx: delete_dead_shares(tx, clock.now() - timedelta(days=5)))
    left = await rows(context, select(SHARE_LINK_PRIVATE.c.label))
    assert [row.label for row in left] == ["alive"]


async def test_the_shop_ends_all_links_of_an_order_at_once(any_sharing: Sharing) -> None:
    context, paths = any_sharing.context, [await any_sharing.link() for _ in range(2)]
    await revoke_share_link(context, 1, 1)
    assert await revoke_all_share_links(context, 1) == 1
    assert [(await any_sharing.site.ask(path)).status for path in paths] == [404, 404]
    assert (await kinds(context, "order:1"))[-2:] == ["share.revoked"] * 2


async def test_the_order_page_leads_there(sharing: Sharing) -> None:
    page = (await sharing.owner.go(f"/orders/{sharing.ref}")).text
    assert f'href="{sharing.base}"' in page
