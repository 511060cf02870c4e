"""The order page over HTTP: who gets it, in what language, and how it is cached."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from portal.context import Context
from portal.kit import html
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.orders.links import make_link, revoke_links
from portal.orders.sync import import_order
from portal.tracking.models import TRACKER
from tests.support.context import order, parcel
from tests.support.web import Answer, site
from tests.web.conftest import Shop

LANG = re.compile(r'<html lang="(\w+)"')


def language(answer: Answer) -> str:
    """The language that a page says it is in."""
    found = LANG.search(answer.text)
    assert found is not None
    return found[1]


async def test_a_link_shows_its_order_and_no_other(any_shop: Shop) -> None:
    mine, other = await any_shop.site.ask(any_shop.mine), await any_shop.site.ask(any_shop.other)
    assert (mine.status, other.status) == (200, 200)
    assert mine.headers["content-type"] == "text/html; charset=utf-8"
    assert "#1001" in mine.text
    assert "6A12345678901" in mine.text
    assert "#1002" not in mine.text
    assert "#1001" not in other.text


async def test_a_page_is_for_one_browser_and_asked_about_each_time(shop: Shop) -> None:
    headers = (await shop.site.ask(shop.mine)).headers
    assert headers["cache-control"] == "private, no-cache"
    assert {"Accept-Encoding", "Accept-Language"} <= {part.strip() for part in headers["vary"].split(",")}
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert "set-cookie" not in headers


async def test_whoever_has_the_page_is_answered_304_without_rendering(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await shop.site.ask(shop.mine)
    monkeypatch.setattr(html, "render", None)
    again = await shop.site.ask(shop.mine, if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    for name in ("etag", "cache-control", "vary", "content-security-policy", "x-content-type-options"):
        assert again.headers[name] == first.headers[name]
    assert "content-type" not in again.headers


TAGS = ["{}", "W/{}", '"other", {}', 'W/"other", W/{}', "*"]


@pytest.mark.parametrize("form", TAGS)
async def test_every_form_of_the_tag_that_a_proxy_sends_is_known(shop: Shop, form: str) -> None:
    first = await shop.site.ask(shop.mine)
    again = await shop.site.ask(shop.mine, if_none_match=form.format(first.headers["etag"]))
    assert again.status == 304


@pytest.mark.parametrize("tag", ['"other"', "", "junk", 'W/"', '"' * 500])
async def test_any_other_tag_gets_the_page(shop: Shop, tag: str) -> None:
    assert (await shop.site.ask(shop.mine, if_none_match=tag)).status == 200


async def test_the_tag_changes_with_whatever_the_page_shows(shop: Shop, clock: ManualClock) -> None:
    async def tag(**headers: str) -> str:
        return (await shop.site.ask(shop.mine, **headers)).headers["etag"]

    tags = [await tag()]
    assert await tag() == tags[0]
    tags.append(await tag(accept_language="fr"))
    clock.advance(timedelta(seconds=59))
    assert await tag() == tags[0]
    clock.advance(timedelta(seconds=1))
    tags.append(await tag())
    sent = [parcel("p", "6A12345678901", {"mug": 2})]
    await import_order(shop.context, order(updated_at="2026-11-20T09:00:00Z", note="changed", parcels=sent))
    tags.append(await tag())
    await _asked(shop.context)
    tags.append(await tag())
    assert len(set(tags)) == len(tags)


async def _asked(context: Context) -> None:
    """A carrier was asked, and knew nothing new."""

    async def unit(tx: Tx) -> None:
        await tx.run(update(TRACKER).values(asked_at=context.clock.now()))

    await context.db.write(unit)


async def test_a_page_is_rendered_once_a_version(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[str] = []
    render = html.render

    def counted(env: Any, name: str, values: Any) -> str:
        rendered.append(name)
        return render(env, name, values)

    monkeypatch.setattr(html, "render", counted)
    first = await shop.site.ask(shop.mine)
    packed = await shop.site.ask(shop.mine, accept_encoding="gzip")
    second = await shop.site.ask(shop.mine)
    assert rendered == ["orders/page.html"]
    assert first.body == second.body
    assert packed.text == first.text


@pytest.mark.parametrize(
    ("accepted", "packed"), [("gzip", True), ("br, gzip;q=0.5", True), ("", False), ("br", False), ("gzip;q=0", False)]
)
async def test_compression_is_what_the_browser_takes(shop: Shop, accepted: str, packed: bool) -> None:
    answer = await shop.site.ask(shop.mine, accept_encoding=accepted)
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert answer.text.startswith("<!doctype html>")
    assert int(answer.headers["content-length"]) == len(answer.body)


async def test_head_is_get_without_a_body(shop: Shop) -> None:
    get, head = await shop.site.ask(shop.mine), await shop.site.ask(shop.mine, "HEAD")
    assert (head.status, head.headers) == (get.status, get.headers)


SPOKEN = [
    ("mine", "", "", "en"),
    ("mine", "", "fr-CA,fr;q=0.9,en;q=0.1", "fr"),
    ("mine", "", "pl, it;q=0.8", "it"),
    ("mine", "", "pl, sv", "en"),
    ("mine", "?lang=fr", "en", "fr"),
    ("other", "", "en", "fr"),
    ("other", "?lang=en", "fr", "en"),
    ("other", "?lang=xx", "en", "fr"),
    ("other", "?x=1&lang=en", "", "en"),
    ("other", "?language=en", "", "fr"),
    ("mine", "?lang=%66%72", "", "en"),
    ("mine", "?lang=" + "f" * 3000, "", "en"),
]


@pytest.mark.parametrize(("page", "query", "accepted", "spoken"), SPOKEN, ids=[str(n) for n in range(len(SPOKEN))])
async def test_the_language_is_the_visitors_wish_then_the_orders_then_the_browsers(
    shop: Shop, page: str, query: str, accepted: str, spoken: str
) -> None:
    answer = await shop.site.ask(getattr(shop, page) + query, accept_language=accepted)
    assert language(answer) == spoken


async def test_where_nobody_says_the_shops_language_is_spoken(context: Context) -> None:
    french = replace(context, settings=context.settings.model_copy(update={"locale": "fr"}))
    answer = await site(french).ask("/")
    assert language(answer) == "fr"


SCANNERS = [
    "Mozilla/5.0 (compatible; SafeLinks)",
    "facebookexternalhit/1.1",
    "BingPreview/1.0b",
    "curl/8",
    "WhatsApp/2",
]


async def test_looking_consumes_nothing(shop: Shop, sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    before = _content(path)
    for number in range(20):
        method = ("GET", "HEAD", "OPTIONS")[number % 3]
        await shop.site.ask(shop.mine, method, user_agent=SCANNERS[number % 5])
    assert (await shop.site.ask(shop.mine)).status == 200
    assert _content(path) == before


def _content(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


async def test_an_expired_link_is_gone(any_shop: Shop, clock: ManualClock) -> None:
    clock.advance(timedelta(days=21))
    answer = await any_shop.site.ask(any_shop.mine)
    assert answer.status == 410
    assert "#1001" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_a_revoked_link_is_gone_even_for_whoever_has_the_page(any_shop: Shop) -> None:
    first = await any_shop.site.ask(any_shop.mine)
    await revoke_links(any_shop.context, 1)
    assert (await any_shop.site.ask(any_shop.mine)).status == 410
    assert (await any_shop.site.ask(any_shop.mine, if_none_match=first.headers["etag"])).status == 410
    assert (await any_shop.site.ask(any_shop.other)).status == 200


STRANGE = [
    "A" * 27,
    "a" * 26,
    "a" * 28,
    "a" * 101,
    "a" * 5000,
    "%00" * 27,
    "..%2f..%2fetc%2fpasswd",
    "%ff" * 27,
    "é" * 27,
    "'" * 27,
    "a" * 26 + "%0a",
    "a" * 27 + "%0d%0aSet-Cookie:x=1",
]


@pytest.mark.parametrize("token", STRANGE, ids=[str(n) for n in range(len(STRANGE))])
async def test_unknown_and_malformed_tokens_look_alike(shop: Shop, token: str) -> None:
    known = await shop.site.ask("/o/" + "B" * 27)
    for path in (f"/o/{token}", f"/o/{token}/events"):
        answer = await shop.site.ask(path.encode("latin-1", "replace").decode("latin-1"))
        assert answer.status == 404
        assert answer.text == known.text
        assert "set-cookie" not in answer.headers


async def test_the_page_names_no_other_site_and_runs_no_inline_script(shop: Shop) -> None:
    text = (await shop.site.ask(shop.mine)).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son\w+=", text)
    assert "style=" not in text
    sources = re.findall(r'(?:src|href)="([^"]+)"', text)
    outside = {source.split("?")[0] for source in sources if not source.startswith(("/", "#", "?"))}
    assert outside == {"https://www.laposte.fr/outils/suivre-vos-envois"}


async def test_what_a_shop_or_carrier_writes_is_text(context: Context) -> None:
    evil = "<img src=x onerror=alert(1)>\"'&{{7*7}}"
    tracking = [{"carrier_raw": evil, "number": evil}]
    document = order(
        number=evil,
        lines=[{"id": "1", "title": evil, "sku": evil, "quantity": 1, "options": [{"value": evil}]}],
        parcels=[parcel("p", None, {"1": 1}, tracking=tracking)],
        cancel_reason=evil,
    )
    await import_order(context, document)
    page = (await make_link(context, 1)).removeprefix(context.settings.base_url)
    text = (await site(context).ask(page)).text
    assert "<img" not in text
    assert "{{7*7}}" in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
