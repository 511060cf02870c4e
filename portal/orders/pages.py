"""The order page: rendered once per version, language and minute, and kept compressed. Whoever has it already is
answered 304 without rendering. At which addresses it is found, and by whom: `orders.doors`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from carriers.core.accounts import served
from portal.context import Context
from portal.kit import html, i18n, wish
from portal.kit.errors import NotThere
from portal.kit.guard import csp_with_images
from portal.kit.live import Channel, Frame
from portal.kit.negotiate import accepts, known
from portal.kit.pagecache import OFFLINE, Kept, PageCache
from portal.notices.store import Boards
from portal.orders import queries
from portal.orders.changing import Changing
from portal.orders.looks import Looks
from portal.orders.notes import with_notices
from portal.orders.queries import Version
from portal.orders.structured import structured
from portal.orders.view import finished, order_view
from portal.orders.viewmodels import LiveView, OrderView, ShopView

AUDIENCE = "owner"


@dataclass(frozen=True, slots=True)
class Shown:
    """An order that somebody may see: at which address, how they came to it, and its present version.

    `how`: by an address that is a secret itself ("token"), in a browser that opened a link ("link"), or as
    the order's person. `stream` counts their live pages, which end with it and with what it `rests` on.
    """

    order_id: int
    base: str
    how: Literal["token", "link", "person"]
    locale: str | None
    version: Version
    stream: str
    rests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderPages:
    """What the order page needs besides the context. `build` names this version of the templates; `looks` keeps count
    of who saw the page; `changing` says what there is to say of changing an order."""

    context: Context
    env: Environment
    cache: PageCache
    build: str
    boards: Boards
    looks: Looks
    changing: Changing
    demo: bool = False

    async def answer(self, shown: Shown, request: Request) -> Response:
        """The answer to a request for an order's page. Raises NotThere and Unavailable."""
        locale = self.locale(shown, request.scope)
        version = shown.version
        event = await self.stamp(version)
        now = self.context.clock.now().replace(second=0, microsecond=0)
        etag = f'"{event}.{_stamp(version.asked)}.{_stamp(now)}.{locale}.{shown.how}.{self.build}"'
        headers = self._headers(shown, etag) | wish.remembered(request.scope)
        if known(etag, request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        kept = self.cache.get((shown.base, etag))
        if kept is None:
            text = await self._render(shown, event, locale, now)
            kept = self.cache.keep((shown.base, etag), text)
        self.looks.note(shown.order_id, "person" if shown.how == "person" else "link")
        return _answer(kept, request, headers)

    async def stamp(self, version: Version) -> int:
        """The last event that a page shows: of its order, of the shop's messages to all, or of what may be changed.
        Raises Unavailable."""
        return max(version.event, (await self.boards.current()).event, await self.changing.event())

    async def preview(self, order_id: int, locale: str, back: str) -> str:
        """The page as the order's person sees it, for somebody of the shop who came from `back`. Nothing of it moves,
        and nobody's session is used. Raises NotThere."""
        now = self.context.clock.now().replace(second=0, microsecond=0)
        view = await self._view(order_id, now, locale)
        more = {"live": None, "lang": locale, "languages": (), "how": "person", "base": f"/orders/{view.ref}"}
        with self._speaking(locale):
            return html.render(self.env, "orders/page.html", self._values(view, now) | more | {"preview": back})

    async def frame(self, channel: Channel) -> Frame:
        """The current fragment of a channel, for all its streams; the last one once the order is gone or erased."""
        order_id = int(channel.topic.removeprefix("order:"))
        async with self.context.db.read() as reader:
            version = await queries.version(reader, order_id)
        now = self.context.clock.now().replace(second=0, microsecond=0)
        event = await self.stamp(version)
        try:
            view = await self._view(order_id, now, channel.locale)
        except NotThere:
            return self._farewell(event, channel.locale)
        with self._speaking(channel.locale):
            body = html.frame("order", html.render(self.env, "orders/_order.html", self._values(view, now)))
            if over := finished(view):
                done = html.render(self.env, "orders/_live_done.html", {})
                body += html.frame("live", done, "outerHTML")
        return Frame(event, body, last=over)

    def _farewell(self, event: int, locale: str) -> Frame:
        with self._speaking(locale):
            body = html.frame("order", html.render(self.env, "orders/_gone.html", {"shop": self.shop}))
            body += html.frame("live", html.render(self.env, "orders/_live_done.html", {}), "outerHTML")
        return Frame(event, body, last=True)

    async def _render(self, shown: Shown, event: int, locale: str, now: datetime) -> str:
        view = await self._view(shown.order_id, now, locale)
        live = None if finished(view) else LiveView(f"{shown.base}/events", event)
        languages = [(code, i18n.own_name(code), f"{shown.base}?lang={code}") for code in i18n.languages()]
        more: dict[str, Any] = {
            "live": live,
            "lang": locale,
            "languages": languages,
            "how": shown.how,
            "base": shown.base,
        }
        if shown.how != "token":
            more["structured"] = structured(view)
        with self._speaking(locale):
            return html.render(self.env, "orders/page.html", self._values(view, now) | more)

    async def _view(self, order_id: int, now: datetime, locale: str) -> OrderView:
        async with self.context.db.read() as reader:
            rows = await queries.load(reader, order_id)
        if rows is None:
            raise NotThere
        settings = self.context.settings
        view = order_view(
            rows,
            shop=self.shop,
            now=now,
            zone=ZoneInfo(settings.time_zone),
            polled=served(self.context.accounts),
            demo=self.demo,
            keep_days=settings.collect_days,
        )
        view = replace(view, changes=await self.changing.of_order(order_id, now))
        return with_notices(view, await self.boards.current(), now, (locale, settings.locale))

    def _values(self, view: OrderView, now: datetime) -> dict[str, Any]:
        today = now.astimezone(ZoneInfo(self.context.settings.time_zone)).date()
        return {"view": view, "now": now, "today": today}

    def _headers(self, shown: Shown, etag: str) -> dict[str, str]:
        return _caching(etag) | self._policy | (OFFLINE if shown.how == "person" else {})

    @property
    def _policy(self) -> dict[str, str]:
        """With a tile server of the shop's choice, a map may come to the page at any time, and show its images."""
        origin = self.context.settings.tiles_origin
        return {"content-security-policy": csp_with_images(origin)} if origin else {}

    @property
    def shop(self) -> ShopView:
        """Who sells."""
        settings = self.context.settings
        return ShopView(settings.shop_name, settings.shop_url, settings.shop_contact)

    def _speaking(self, locale: str) -> Any:
        return i18n.using(locale, self.context.settings.time_zone)

    def locale(self, shown: Shown, scope: Scope) -> str:
        """The language of a page: the visitor's choice, else the person's or the order's, else the browser's."""
        accepted = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
        return _chosen(wish.chosen(scope), shown.locale, accepted, self.context.settings.locale)


@lru_cache(1024)
def _chosen(choice: str | None, stored: str | None, accepted: bytes, default: str) -> str:
    return i18n.choose([choice, stored], accepted.decode("latin-1"), default)


def _stamp(moment: datetime | None) -> str:
    return format(int(moment.timestamp()), "x") if moment else "0"


def _caching(etag: str) -> dict[str, str]:
    return {"etag": etag, "cache-control": "private, no-cache", "vary": "Accept-Encoding, Accept-Language, Cookie"}


def _answer(kept: Kept, request: Request, headers: dict[str, str]) -> Response:
    headers = headers | {"content-type": "text/html; charset=utf-8"}
    if accepts("gzip", request.headers.get("accept-encoding", "")):
        return Response(kept.gzip, headers=headers | {"content-encoding": "gzip"})
    return Response(kept.plain, headers=headers)
