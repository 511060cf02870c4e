"""The order page over HTTP: the page itself, and the stream that keeps it current.

A page is rendered once per version, language and minute, and kept compressed; whoever has it already is
answered 304 without rendering.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from carriers.core.accounts import served
from portal.context import Context
from portal.kit import html, i18n
from portal.kit.errors import NotThere, Refused
from portal.kit.ids import TOKEN
from portal.kit.live import Channel, Frame
from portal.kit.negotiate import accepts, known
from portal.kit.pagecache import Kept, PageCache
from portal.kit.stream import LiveResponse, after_of
from portal.orders import queries
from portal.orders.queries import Access, Version
from portal.orders.view import finished, order_view
from portal.orders.viewmodels import LiveView, OrderView, ShopView

AUDIENCE = "owner"
_LANG = re.compile(rb"(?:^|&)lang=([A-Za-z_-]{1,20})(?:&|$)")


@dataclass(frozen=True, slots=True)
class OrderPages:
    """What the order page needs besides the context. `build` names this version of the templates."""

    context: Context
    env: Environment
    cache: PageCache
    build: str
    demo: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """GET /o/{token}"""
        response = await self.page(Request(scope))
        await response(scope, receive, send)

    async def page(self, request: Request) -> Response:
        """The answer to a request for an order's page. Raises NotThere, Refused (410) and Unavailable."""
        access = await self.opened(request.path_params["token"])
        locale = self.locale(access, request.scope)
        version = access.version
        now = self.context.clock.now().replace(second=0, microsecond=0)
        etag = f'"{version.event}.{_stamp(version.asked)}.{_stamp(now)}.{locale}.{self.build}"'
        if known(etag, request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=_caching(etag))
        token = request.path_params["token"]
        kept = self.cache.get((token, etag))
        if kept is None:
            text = await self._render(access, token, version, locale, now)
            kept = self.cache.keep((token, etag), text)
        return _answer(kept, request, etag)

    async def frame(self, channel: Channel) -> Frame:
        """The current fragment of a channel, for all its streams."""
        order_id = int(channel.topic.removeprefix("order:"))
        async with self.context.db.read() as reader:
            version = await queries.version(reader, order_id)
        now = self.context.clock.now().replace(second=0, microsecond=0)
        view = await self._view(order_id, now)
        with self._speaking(channel.locale):
            body = html.frame("order", html.render(self.env, "orders/_order.html", self._values(view, now)))
            if over := finished(view):
                done = html.render(self.env, "orders/_live_done.html", {})
                body += html.frame("live", done, "outerHTML")
        return Frame(version.event, body, last=over)

    async def _render(self, access: Access, token: str, version: Version, locale: str, now: datetime) -> str:
        view = await self._view(access.order_id, now)
        live = None if finished(view) else LiveView(f"/o/{token}/events", version.event)
        languages = [(code, i18n.own_name(code), f"/o/{token}?lang={code}") for code in i18n.languages()]
        with self._speaking(locale):
            values = self._values(view, now) | {"live": live, "lang": locale, "languages": languages}
            return html.render(self.env, "orders/page.html", values)

    async def _view(self, order_id: int, now: datetime) -> OrderView:
        async with self.context.db.read() as reader:
            rows = await queries.load(reader, order_id)
        if rows is None:
            raise NotThere
        settings = self.context.settings
        return order_view(
            rows,
            shop=self.shop,
            now=now,
            zone=ZoneInfo(settings.time_zone),
            polled=served(self.context.accounts),
            demo=self.demo,
        )

    def _values(self, view: OrderView, now: datetime) -> dict[str, Any]:
        today = now.astimezone(ZoneInfo(self.context.settings.time_zone)).date()
        return {"view": view, "now": now, "today": today}

    @property
    def shop(self) -> ShopView:
        """Who sells."""
        settings = self.context.settings
        return ShopView(settings.shop_name, settings.shop_url, settings.shop_contact)

    def _speaking(self, locale: str) -> Any:
        return i18n.using(locale, self.context.settings.time_zone)

    async def opened(self, token: str) -> Access:
        """What a token opens. Raises NotThere, and Refused (410) for a link that has ended."""
        if not TOKEN.fullmatch(token):
            raise NotThere
        async with self.context.db.read() as reader:
            access = await queries.access_by_token(reader, token, self.context.clock.now())
        if access is None:
            raise NotThere
        if not access.live:
            raise Refused(410, "this link has ended")
        return access

    def locale(self, access: Access, scope: Scope) -> str:
        """The language of a page: asked for in the address, else the order's, else the browser's."""
        asked = _LANG.search(scope["query_string"])
        accepted = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
        return _chosen(asked and asked[1], access.locale, accepted, self.context.settings.locale)


@lru_cache(1024)
def _chosen(asked: bytes | None, stored: str | None, accepted: bytes, default: str) -> str:
    wishes = [asked.decode("ascii") if asked else None, stored]
    return i18n.choose(wishes, accepted.decode("latin-1"), default)


class OrderStream:
    """GET /o/{token}/events: one shared application for every open page."""

    def __init__(self, pages: OrderPages, response: LiveResponse) -> None:
        self._pages = pages
        self._response = response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open a stream. Raises NotThere, Refused or Unavailable before anything was sent; the answer to that
        is never a redirect and never 204, which browsers would retry at once."""
        if scope["method"] != "GET":
            raise Refused(405, "streams are read")
        access = await self._pages.opened(scope["path_params"]["token"])
        channel = Channel(queries.topic_of(access.order_id), AUDIENCE, self._pages.locale(access, scope))
        seen = after_of(scope)

        async def missed() -> Frame | int:
            async with self._pages.context.db.read() as reader:
                version = await queries.version(reader, access.order_id)
            return version.event if version.event == seen else await self._pages.frame(channel)

        await self._response.follow(scope, receive, send, channel, str(access.link_id), missed)


def _stamp(moment: datetime | None) -> str:
    return format(int(moment.timestamp()), "x") if moment else "0"


def _caching(etag: str) -> dict[str, str]:
    return {"etag": etag, "cache-control": "private, no-cache", "vary": "Accept-Encoding, Accept-Language, Cookie"}


def _answer(kept: Kept, request: Request, etag: str) -> Response:
    headers = _caching(etag) | {"content-type": "text/html; charset=utf-8"}
    if accepts("gzip", request.headers.get("accept-encoding", "")):
        return Response(kept.gzip, headers=headers | {"content-encoding": "gzip"})
    return Response(kept.plain, headers=headers)
