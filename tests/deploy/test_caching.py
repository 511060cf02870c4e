"""A shop may put a cache in front of the portal: the shipped proxy settings with nginx's cache on, and people who
come in turn. Nobody ever gets what was somebody else's, and nobody can plant anything for the next one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import pytest
from sqlalchemy import select

from portal.context import Context, opened
from portal.kit.clock import ManualClock
from portal.orders.links import make_link
from portal.orders.models import ORDER
from portal.orders.sync import import_order
from portal.sharing.links import Maker, Wish, make_share_link
from portal.sharing.public.values import Scope
from tests.deploy.proxy import NAME, Proxy, run_nginx, trusting
from tests.support.context import blank_sqlite, clock, order, parcel, rows, settings_on, sqlite_url
from tests.support.visit import signed_in
from tests.support.web import served, site

__all__ = ["blank_sqlite", "clock", "sqlite_url"]
pytestmark = pytest.mark.slow

# Answers are kept for ten minutes unless they say otherwise: more eager than nginx is by itself.
CACHE = "30s; proxy_cache_path cache keys_zone=pages:1m; proxy_cache pages; proxy_cache_valid any 10m"
TOLD = "add_header X-Cache $upstream_cache_status always"
CLAIMS = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Server": "evil.example",
    "X-Forwarded-Prefix": "/evil.example",
    "X-Forwarded-Port": "6666",
    "X-Forwarded-Proto": "evil",
    "X-Forwarded-For": "evil.example",
    "X-Host": "evil.example",
    "X-Original-URL": "/evil.example",
    "X-Rewrite-URL": "/evil.example",
    "X-HTTP-Method-Override": "POST",
    "Forwarded": "host=evil.example;proto=evil",
    "Origin": "https://evil.example",
    "Referer": "https://evil.example/",
    "User-Agent": "evil.example",
}


@dataclass(frozen=True, slots=True)
class Person:
    """A customer: what only they may read, their cookies, and their order's addresses."""

    words: tuple[str, ...]
    cookies: str
    page: str
    link: str
    shared: str

    @property
    def paths(self) -> tuple[str, ...]:
        """Where they go, the last two without being asked who they are."""
        return ("/", "/orders", "/account", self.page, f"{self.page}/sharing", self.link, self.shared)


@dataclass(frozen=True, slots=True)
class Front:
    """The proxy with its cache, and the people of the portal behind it."""

    client: httpx2.AsyncClient
    proxy: Proxy
    camille: Person
    nour: Person

    async def get(self, path: str, cookies: str = "", **headers: str) -> httpx2.Response:
        """An answer through the cache."""
        sent = {"Host": NAME, **headers, **({"Cookie": cookies} if cookies else {})}
        address = f"https://127.0.0.1:{self.proxy.https}{path}"
        return await self.client.get(address, headers=sent, extensions={"sni_hostname": NAME})


@pytest.fixture
async def front(sqlite_url: str, clock: ManualClock) -> AsyncIterator[Front]:
    """Two customers' orders behind nginx."""
    settings = settings_on(sqlite_url, base_url=f"https://{NAME}", trusted_proxies="127.0.0.1")
    async with opened(settings, clock=clock, accounts={}) as context, _served(context) as front:
        yield front


@asynccontextmanager
async def _served(context: Context) -> AsyncIterator[Front]:
    here = site(context)
    async with served(here) as (_, url):
        camille = await _person(context, "camille", "1001", "6A12345678901", 1)
        nour = await _person(context, "nour", "2002", "6A98765432109", 2)
        with run_nginx(int(url.rsplit(":", 1)[1]), keepalive_timeout=f"{CACHE}; {TOLD}") as proxy:
            async with httpx2.AsyncClient(verify=trusting(), trust_env=False) as client:
                yield Front(client, proxy, camille, nour)


async def _person(context: Context, name: str, number: str, tracking: str, order_id: int) -> Person:
    email = f"{name}@mail.example"
    sent = [parcel("p", tracking, {"mug": 2})]
    await import_order(context, order(number=f"#{number}", contact={"email": email}, parcels=sent))
    ref = (await rows(context, select(ORDER.c.ref).where(ORDER.c.id == order_id)))[0].ref
    shared = await make_share_link(context, order_id, Wish(Scope(items=True, towns=True), 7), Maker())
    link = await make_link(context, order_id)
    jar = (await signed_in(site(context), email)).jar
    cookies = "; ".join(f"{name}={value}" for name, value in jar.items())
    base = context.settings.base_url
    return Person(
        (email, number, tracking), cookies, f"/orders/{ref}", link.removeprefix(base), shared.removeprefix(base)
    )


async def test_what_is_the_same_for_everybody_is_kept(front: Front) -> None:
    page = (await front.get("/")).text
    style = page.split('<link rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    assert [(await front.get(style)).headers["x-cache"] for _ in range(2)] == ["MISS", "HIT"]


async def test_two_customers_in_turn_never_get_what_is_the_others(front: Front) -> None:
    wrong: list[str] = []
    own: set[str] = set()
    people = ((front.camille, front.nour), (front.nour, front.camille))
    for _ in range(3):
        for path in dict.fromkeys((*front.camille.paths, *front.nour.paths)):
            for me, other in people:
                answer = await front.get(path, me.cookies)
                theirs = path == other.link  # whoever has the secret sees that order
                wrong += [f"{path}: {word}" for word in other.words if word in answer.text and not theirs]
                own |= {path for word in me.words if word in answer.text}
                wrong += [f"{path}: kept"] * (answer.headers["x-cache"] == "HIT")
            nobody = await front.get(path)
            words = (*front.camille.words, *front.nour.words) if "/o/" not in path else ()
            wrong += [f"{path}: {word} for nobody" for word in words if word in nobody.text]
    assert wrong == []
    assert own >= {front.camille.page, front.nour.page, "/account"}


async def test_a_language_is_nobody_elses(front: Front) -> None:
    for path in ("/", front.camille.shared):
        for language in ("fr", "en", "fr"):
            answer = await front.get(path, **{"Accept-Language": language})
            assert f'<html lang="{language}"' in answer.text, (path, language)


async def test_nobody_plants_anything_for_the_next(front: Front) -> None:
    wrong: list[str] = []
    for path in (*front.camille.paths, "/sign-in", "/nowhere", "/static/none.css"):
        for cookies in ("", front.camille.cookies):
            honest = await front.get(path, cookies)
            answers = [await front.get(path, cookies, **CLAIMS), await front.get(path, cookies)]
            said = [answer.text + str(answer.headers) for answer in answers]
            wrong += [f"{path}: {word}" for word in ("evil", "6666") for text in said if word in text]
            assert answers[1].status_code == honest.status_code, path
    assert wrong == []
