"""What went wrong, said to people: in their language, with what to do, and without a word about our insides."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from portal.context import Context
from portal.kit import i18n
from portal.kit.errors import Unavailable
from portal.kit.guard import HEADERS
from portal.orders.links import revoke_links
from portal.orders.pages import OrderPages
from tests.support.web import Answer, Site, site
from tests.web.conftest import Shop

LANGUAGES = ["de", "en", "es", "fr", "it", "nl"]
INSIDES = re.compile(
    r"Traceback|File \"|portal[./]|sqlite|asyncpg|sqlalchemy|starlette|uvicorn|10\.0\.0|\.py\b", re.IGNORECASE
)


class Away:
    """A database that does not answer."""

    def read(self) -> Any:
        """Raises."""
        raise Unavailable("database: connection to 10.0.0.5 refused", retry_after=9)


async def not_found(shop: Shop, lang: str) -> Answer:
    """An address that no page has."""
    return await shop.site.ask("/wp-admin.php", accept_language=lang)


async def unknown_link(shop: Shop, lang: str) -> Answer:
    """A secret that was never given out."""
    return await shop.site.ask("/o/" + "B" * 27, accept_language=lang)


async def ended(shop: Shop, lang: str) -> Answer:
    """A link that was revoked."""
    await revoke_links(shop.context, 1)
    return await shop.site.ask(shop.mine, accept_language=lang)


async def wrong_method(shop: Shop, lang: str) -> Answer:
    """A change of what can only be read."""
    return await shop.site.ask(shop.mine, "POST", accept_language=lang, sec_fetch_site="same-origin")


async def from_elsewhere(shop: Shop, lang: str) -> Answer:
    """A form on another site."""
    return await shop.site.ask(shop.mine, "POST", accept_language=lang, sec_fetch_site="cross-site")


async def too_large(shop: Shop, lang: str) -> Answer:
    """More than anyone has to say."""
    size = {"content_length": "1000001", "sec_fetch_site": "same-origin"}
    return await shop.site.ask("/", "POST", accept_language=lang, **size)


async def too_many(shop: Shop, lang: str) -> Answer:
    """One request more than the burst."""
    slow = replace(shop.context, settings=shop.context.settings.model_copy(update={"requests_per_minute": 1}))
    busy = site(slow)
    for _ in range(30):
        assert (await busy.ask("/robots.txt")).status == 200
    return await busy.ask("/robots.txt", accept_language=lang)


async def mistake(shop: Shop, lang: str) -> Answer:
    """An error of ours."""

    async def broken(*_: Any) -> str:
        raise KeyError("the secret colour of customer Lou Azur")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OrderPages, "_render", broken)
        return await shop.site.ask(shop.mine, accept_language=lang)


async def away(shop: Shop, lang: str) -> Answer:
    """The database is away."""
    return await site(replace(shop.context, db=Away())).ask(shop.mine, accept_language=lang)  # type: ignore[arg-type]  # enough of a database


CASES = [
    (not_found, 404),
    (unknown_link, 404),
    (ended, 410),
    (wrong_method, 405),
    (from_elsewhere, 403),
    (too_large, 413),
    (too_many, 429),
    (mistake, 500),
    (away, 503),
]


@pytest.mark.parametrize(("case", "status"), CASES, ids=[case.__name__ for case, _ in CASES])
async def test_an_error_is_a_page_in_the_visitors_language(shop: Shop, case: Any, status: int) -> None:
    answers = {lang: await case(shop, lang) for lang in LANGUAGES}
    for lang, answer in answers.items():
        assert answer.status == status
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        assert "Accept-Language" in answer.headers["vary"]
        assert f'<html lang="{lang}"' in answer.text
        assert "Atelier Lune" in answer.text
        assert not INSIDES.search(answer.text)
        assert "Lou Azur" not in answer.text
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
    heading = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
    said = {lang: heading.findall(answer.text) for lang, answer in answers.items()}
    assert said["en"] != said["fr"]


async def test_how_long_to_wait_is_said(shop: Shop) -> None:
    assert int((await too_many(shop, "en")).headers["retry-after"]) >= 1
    assert (await away(shop, "en")).headers["retry-after"] == "9"


async def test_a_wrong_method_is_told_the_right_ones(shop: Shop) -> None:
    for path in ("/", "/robots.txt", "/healthz/live", shop.mine, shop.mine + "/events"):
        answer = await shop.site.ask(path, "DELETE", sec_fetch_site="same-origin")
        assert answer.status == 405
        assert {"GET", "HEAD"} >= {method.strip() for method in answer.headers["allow"].split(",")} >= {"GET"}


async def test_a_mistake_is_logged_with_its_traceback_and_without_the_secret(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "jalon")
    await mistake(shop, "en")
    assert any(record.exc_info for record in caplog.records)
    assert shop.mine.rpartition("/")[2] not in caplog.text


async def test_an_error_page_may_be_read_in_another_language(shop: Shop) -> None:
    answer = await shop.site.ask("/nothing?lang=fr", accept_language="en")
    assert '<html lang="fr"' in answer.text


@pytest.mark.parametrize("query", ["lang=%ff", "lang=%00", "lang=<script>", "a" * 5000, "%", "lang=&lang=fr", "=&=&;"])
async def test_junk_in_the_query_is_no_failure(shop: Shop, query: str) -> None:
    for path in ("/", "/nothing", shop.mine):
        answer = await shop.site.ask(f"{path}?{query}")
        assert answer.status in (200, 404)
        assert "<script>" not in answer.text


async def test_every_language_that_is_offered_is_spoken_by_errors(shop: Shop) -> None:
    assert sorted(i18n.languages()) == LANGUAGES


async def test_the_home_page_looks_orders_up_and_names_the_shop(shop: Shop) -> None:
    answer = await shop.site.ask("/")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert "Atelier Lune" in answer.text
    assert '<form class="form" method="post" action="/sign-in"' in answer.text
    assert "1001" not in answer.text


async def test_robots_are_sent_away(shop: Shop) -> None:
    answer = await shop.site.ask("/robots.txt")
    assert (answer.status, answer.text) == (200, "User-agent: *\nDisallow: /\n")
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"


async def test_the_host_that_is_named_changes_nothing(shop: Shop) -> None:
    honest, lying = [
        await shop.site.ask(path, host=host, x_forwarded_host=host, x_original_url="/evil")
        for path in (shop.mine,)
        for host in ("track.atelier-lune.example", "evil.example")
    ]
    assert "evil" not in lying.text
    assert (lying.status, lying.headers["etag"]) == (honest.status, honest.headers["etag"])
    home = await shop.site.ask("/", host="evil.example")
    assert "evil" not in home.text


async def test_a_slash_at_the_end_is_no_redirect_to_another_host(shop: Shop) -> None:
    for path in (shop.mine + "/", "/healthz/live/", "//evil.example/", "/o//evil.example"):
        answer = await shop.site.ask(path, host="evil.example")
        assert answer.status in (200, 404)
        assert "location" not in answer.headers


async def test_static_files_carry_the_headers_too(context: Context) -> None:
    served: Site = site(context)
    text = (await served.ask("/")).text
    name = re.search(r'href="(/static/css/app\.[^"]+)"', text)
    assert name is not None
    for path, status in ((name[1], 200), ("/static/none.css", 404), ("/static/../pyproject.toml", 404)):
        answer = await served.ask(path)
        assert answer.status == status
        for header, value in HEADERS.items():
            assert answer.headers[header] == value
    again = await served.ask(name[1], if_none_match=(await served.ask(name[1])).headers["etag"])
    assert again.status == 304
    assert again.headers["x-content-type-options"] == "nosniff"
