"""The visitor's side over HTTP: the shared page, its stream, and the one answer of every link that opens nothing.

Knows no order but through `reads`, and no template but those of `templates/visitor`. Nothing here may be stored
or found by a search engine, and no address of it travels on as a referrer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope as Asked, Send

from carriers.core.accounts import served
from portal.context import Context
from portal.kit import html, i18n
from portal.kit.errors import NotThere, Refused
from portal.kit.live import Channel, Frame, Hub
from portal.kit.negotiate import accepts
from portal.kit.pagecache import Kept, PageCache
from portal.kit.redirects import see_other
from portal.kit.stream import LiveResponse, after_of
from portal.notices.store import Boards
from portal.notices.values import Shown
from portal.sharing.public import opening, reads
from portal.sharing.public.values import Scope, SharedLink, SharedShop, SharedView
from portal.sharing.public.view import shared_view
from portal.sharing.public.visits import Visit, visit_of

AUDIENCE: Final = "visitor:"
STAYS: Final = timedelta(days=2)  # a link "until it has arrived" goes on telling so
MOST_STREAMS: Final = 50  # of one link: a family looks at it together
HEADERS: Final = {"cache-control": "no-store", "vary": "Accept-Encoding, Accept-Language, Cookie, Sec-Fetch-Mode"}


@dataclass(frozen=True, slots=True)
class VisitorPages:
    """GET and POST /s/{token}. `env` knows the visitors' templates only; `build` names their version;
    `looked` is told the order and the link whenever one is opened."""

    context: Context
    env: Environment
    cache: PageCache
    build: str
    boards: Boards
    looked: Callable[[int, int], None]
    demo: bool = False

    async def __call__(self, scope: Asked, receive: Receive, send: Send) -> None:
        """Answer."""
        request = Request(scope)
        try:
            answer = await (self.open(request) if scope["method"] == "POST" else self.page(request))
        except NotThere:
            answer = self.nothing(request)
        await answer(scope, receive, send)

    async def page(self, request: Request) -> Response:
        """The shared page, or its cover for whoever only wants to know what the address is. Raises NotThere."""
        token, visit = request.path_params["token"], visit_of(request.scope)
        link, known = await opening.opened(self.context, request.scope, token)
        kept = await self._kept(link, token, self.locale(request.scope))
        if not known and (visit is Visit.MACHINE or (link.limited and visit is not Visit.OPENS)):
            return self._cover(request, link)
        answer = _answer(kept, request)
        if visit is Visit.OPENS and not known:
            await opening.count(self.context, link)
            self.looked(link.order_id, link.id)
            if link.limited:
                answer.headers["set-cookie"] = opening.cookie(self.context, request.scope, token, link)
        return answer

    async def open(self, request: Request) -> Response:
        """Somebody pressed "Open" on the cover. Raises NotThere."""
        token = request.path_params["token"]
        link, known = await opening.opened(self.context, request.scope, token)
        wish = request.query_params.get("lang")
        answer = see_other(f"/s/{token}" + (f"?lang={self.locale(request.scope)}" if wish else ""))
        if not known:
            await opening.count(self.context, link)
            self.looked(link.order_id, link.id)
            answer.headers["set-cookie"] = opening.cookie(self.context, request.scope, token, link)
        return answer

    def nothing(self, request: Request) -> Response:
        """What every link that opens nothing answers, whatever the reason."""
        return self._plain(request, "gone.html", {}, 404)

    async def frame(self, channel: Channel) -> Frame:
        """What the streams of one link show now; the link is looked up again for each frame."""
        async with self.context.db.read() as reader:
            link = await reads.link_by_id(reader, int(channel.audience.removeprefix(AUDIENCE)))
            now = self.context.clock.now()
            view = None if link is None or link.is_over(now) else await self.view(link.order_id, link.scope, now)
        if link is None or view is None or _has_stayed(link, view, now):
            return self._farewell(channel.locale, link)
        notices = await self._notices(view, now, channel.locale)
        with i18n.using(channel.locale, self.context.settings.time_zone):
            values = self._values(view, now) | {"notices": notices}
            body = html.frame("shared", html.render(self.env, "_shared.html", values))
            if view.over_at is not None:
                body += html.frame("live", html.render(self.env, "_live_done.html", {}), "outerHTML")
        return Frame(link.event, body, last=view.over_at is not None)

    async def view(self, order_id: int, scope: Scope, now: datetime) -> SharedView | None:
        """What a link of this scope shows of an order."""
        async with self.context.db.read() as reader:
            rows = await reads.load(reader, order_id, scope)
        if rows is None:
            return None
        zone = ZoneInfo(self.context.settings.time_zone)
        return shared_view(rows, scope, now=now, zone=zone, polled=served(self.context.accounts))

    def text(self, view: SharedView, locale: str, **more: Any) -> str:
        """The whole page. `live`: the address of its stream with what it has; `preview`: for the
        customer's eyes, where they came from."""
        now = self._minute()
        with i18n.using(locale, self.context.settings.time_zone):
            frame = {"lang": locale, "languages": _languages(), "live": None, "preview": None, "demo": self.demo}
            return html.render(self.env, "page.html", self._values(view, now) | frame | more)

    def locale(self, scope: Asked) -> str:
        """The visitor's language: asked for in the address, else the browser's. The order's is the customer's."""
        request = Request(scope)
        wish, accepted = request.query_params.get("lang"), request.headers.get("accept-language")
        return i18n.choose([wish], accepted, self.context.settings.locale)

    async def alive(self, request: Asked, token: str) -> tuple[SharedLink, SharedView | None]:
        """The link for a stream. Raises NotThere."""
        link, known = await opening.opened(self.context, request, token)
        if link.limited and not known:
            raise NotThere
        now = self.context.clock.now()
        view = await self.view(link.order_id, link.scope, now)
        if view is None or _has_stayed(link, view, now):
            raise NotThere
        return link, view

    async def _kept(self, link: SharedLink, token: str, locale: str) -> Kept:
        minute = self._minute()
        told = (await self.boards.current()).event
        key = (token, link.id, link.event, told, link.scope, minute, locale, self.build)
        kept = None if link.until_arrival else self.cache.get(key)
        if kept is not None:
            return kept
        view = await self.view(link.order_id, link.scope, minute)
        if view is None or _has_stayed(link, view, self.context.clock.now()):
            raise NotThere
        notices = await self._notices(view, minute, locale)
        live = None if view.over_at else f"/s/{token}/events?after={link.event}&lang={locale}"
        return self.cache.keep(key, self.text(view, locale, live=live, notices=notices))

    def _cover(self, request: Request, link: SharedLink) -> Response:
        return self._plain(request, "cover.html", {"limited": link.limited}, 200)

    def _plain(self, request: Request, name: str, values: Mapping[str, Any], status: int) -> Response:
        locale = self.locale(request.scope)
        about = {"shop": self.shop, "lang": locale, "languages": _languages(), **values}
        with i18n.using(locale, self.context.settings.time_zone):
            text = html.render(self.env, name, about)
        return Response(text, status, HEADERS, "text/html; charset=utf-8")

    def _farewell(self, locale: str, link: SharedLink | None) -> Frame:
        with i18n.using(locale, self.context.settings.time_zone):
            body = html.frame("shared", html.render(self.env, "_gone.html", {}))
            body += html.frame("live", html.render(self.env, "_live_done.html", {}), "outerHTML")
        # One more than the page can have, so that it is written though nothing happened to the order.
        return Frame((link.event if link else 0) + 1, body, last=True)

    def _values(self, view: SharedView, now: datetime) -> dict[str, Any]:
        today = now.astimezone(ZoneInfo(self.context.settings.time_zone)).date()
        return {"view": view, "shop": self.shop, "today": today, "notices": ()}

    async def _notices(self, view: SharedView, now: datetime, locale: str) -> tuple[Shown, ...]:
        """What the shop tells everybody; of which shop of several the order is, is not known here."""
        board = (await self.boards.current()).in_public()
        statuses = {view.state.value, *(parcel.milestone for parcel in view.parcels)}
        return board.at_top(now, (locale, self.context.settings.locale), shop=None, statuses=statuses)

    def _minute(self) -> datetime:
        return self.context.clock.now().replace(second=0, microsecond=0)

    @property
    def shop(self) -> SharedShop:
        """Whose page it is."""
        return SharedShop(self.context.settings.shop_name)


class VisitorStream:
    """GET /s/{token}/events: one shared application for every open page."""

    def __init__(self, pages: VisitorPages, hub: Hub, response: LiveResponse) -> None:
        self._pages, self._hub, self._response = pages, hub, response

    async def __call__(self, scope: Asked, receive: Receive, send: Send) -> None:
        """Open a stream that ends with its link. Raises NotThere and Refused before anything was sent."""
        if scope["method"] != "GET":
            raise Refused(405, "streams are read")
        context, pages = self._pages.context, self._pages
        link, _ = await pages.alive(scope, scope["path_params"]["token"])
        channel = Channel(reads.topic_of(link.order_id), f"{AUDIENCE}{link.id}", pages.locale(scope))
        seen = after_of(scope)

        async def missed() -> Frame | int:
            async with context.db.read() as reader:
                event = await reads.last_event(reader, link.order_id)
            return event if event == seen else await pages.frame(channel)

        left = (link.expires_at - context.clock.now()).total_seconds()
        end = asyncio.get_running_loop().call_later(max(left, 0), self._hub.again, channel)
        try:
            session = reads.session_of(link.id)
            await self._response.follow(scope, receive, send, channel, session, missed, most=MOST_STREAMS)
        finally:
            end.cancel()


def _has_stayed(link: SharedLink, view: SharedView, now: datetime) -> bool:
    """Whether a link "until it has arrived" has told so for long enough."""
    return link.until_arrival and view.over_at is not None and view.over_at + STAYS <= now


def _languages() -> list[tuple[str, str, str]]:
    return [(code, i18n.own_name(code), f"?lang={code}") for code in i18n.languages()]


def _answer(kept: Kept, request: Request) -> Response:
    headers = HEADERS | {"content-type": "text/html; charset=utf-8"}
    if accepts("gzip", request.headers.get("accept-encoding", "")):
        return Response(kept.gzip, headers=headers | {"content-encoding": "gzip"})
    return Response(kept.plain, headers=headers)
