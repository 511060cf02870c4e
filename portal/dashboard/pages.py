"""The list of a person's orders: the page, and the stream that keeps its current part up to date.

A browser that has only opened links sees the orders of those links. The stream follows the topics of all orders
on the page at once, and a topic of its own, on which a new order of the person is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from carriers.core.accounts import served
from portal.accounts import people, sessions
from portal.accounts.viewer import Viewer, viewer_of
from portal.dashboard import feeds
from portal.dashboard.calendar import calendar, coming
from portal.dashboard.view import FILTERS, CardView, DashboardView, by_urgency, cards_of, only
from portal.kit import html, i18n
from portal.kit.db import Reader, Tx
from portal.kit.errors import Elsewhere, NotThere, Refused
from portal.kit.live import Channel, Frame, Hub
from portal.kit.pagecache import OFFLINE
from portal.kit.stream import LiveResponse, after_of
from portal.orders import listing
from portal.orders.access import opened
from portal.orders.many import load_many
from portal.orders.queries import topic_of as topic_of_order
from portal.orders.view import order_view
from portal.signin.desk import Desk

AUDIENCE = "dashboard"
Gather = Callable[[str, Iterable[str]], None]
_LONGEST_SEARCH = 80
_LAST_PAGE = 500


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What is served about a person's orders as a whole."""

    desk: Desk
    demo: bool = False

    async def overview(self, request: Request) -> Response:
        """GET /orders; whoever is nobody signs in first. Raises Elsewhere."""
        viewer = await self.desk.viewer(request)
        if viewer.session_id is None:
            raise Elsewhere("/sign-in?back=/orders")
        await sessions.keep(self.desk.context, viewer.session_id, viewer.seen_at)
        now = self.desk.context.clock.now()
        words = " ".join(request.query_params.get("q", "").split())[:_LONGEST_SEARCH].removeprefix("#")
        show = request.query_params.get("show", "")
        async with self.desk.context.db.read() as reader:
            if words or show in FILTERS:
                view = await self._searched(reader, viewer, now, words, show if show in FILTERS else "")
                live = None
            else:
                view, version = await self._listed(reader, viewer, now, _page(request))
                live = version if not view.newer else None
            if viewer.person_id is not None:
                view = replace(view, calendar=await self._address(reader, viewer.person_id))
        values = {"view": view, "live": live, "filters": _filters(request, words)}
        page = self.desk.page(request, viewer, "dashboard/page.html", values)
        if viewer.person_id is not None:
            page.headers.update(OFFLINE)
        return page

    async def make_calendar(self, request: Request) -> Response:
        """POST /orders/calendar"""
        person, context = await self._person(request), self.desk.context
        now = context.clock.now()

        async def unit(tx: Tx) -> None:
            await feeds.make(tx, context.keys, person, now)

        await context.db.write(unit)
        return self.desk.to(request, "/orders#calendar")

    async def end_calendar(self, request: Request) -> Response:
        """POST /orders/calendar/end"""
        person = await self._person(request)

        async def unit(tx: Tx) -> None:
            await feeds.end(tx, person)

        await self.desk.context.db.write(unit)
        return self.desk.to(request, "/orders#calendar")

    async def calendar(self, request: Request) -> Response:
        """GET /calendar/{token}.ics. Raises NotThere for an address that is nobody's."""
        context = self.desk.context
        now = context.clock.now()
        async with context.db.read() as reader:
            person = await feeds.person_of(reader, request.path_params["token"])
            if person is None:
                raise NotThere
            viewer = Viewer(person_id=person, locale=await people.locale_of(reader, person))
            cards = await self._cards(reader, await listing.current(reader, viewer, now), now)
        settings = context.settings
        with i18n.using(i18n.choose([viewer.locale], None, settings.locale), settings.time_zone):
            body = calendar(cards, shop=settings.shop_name, base_url=settings.base_url, now=now)
        return Response(body, headers={"cache-control": "no-store"}, media_type="text/calendar; charset=utf-8")

    async def arrivals(self, request: Request) -> Response:
        """GET /orders/{ref}/arrival.ics: to be taken over once. Raises NotThere, as where no day is known."""
        context = self.desk.context
        settings, now = context.settings, context.clock.now()
        async with context.db.read() as reader:
            found = await opened(reader, request.scope, request.path_params["ref"], now)
            cards = await self._cards(reader, [found.order_id], now)
        if not any(coming(card) for card in cards):
            raise NotThere
        with i18n.using(i18n.choose([found.locale], None, settings.locale), settings.time_zone):
            body = calendar(cards, shop=settings.shop_name, base_url=settings.base_url, now=now)
        headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="delivery.ics"'}
        return Response(body, headers=headers, media_type="text/calendar; charset=utf-8")

    async def frame(self, channel: Channel, gather: Gather) -> Frame:
        """The current part of a list, for all streams on it; `gather` is told which orders are on it now."""
        kind, _, number = channel.topic.partition(":")
        viewer = Viewer(person_id=int(number)) if kind == "person" else Viewer(session_id=int(number))
        now = self.desk.context.clock.now()
        async with self.desk.context.db.read() as reader:
            ids = await listing.current(reader, viewer, now)
            version = await listing.version(reader, channel.topic, ids)
            cards = by_urgency(await self._cards(reader, ids, now))
        gather(channel.topic, [topic_of_order(order) for order in ids])
        today = now.astimezone(ZoneInfo(self.desk.context.settings.time_zone)).date()
        with i18n.using(channel.locale, self.desk.context.settings.time_zone):
            body = html.render(self.desk.env, "dashboard/_now.html", {"cards": cards, "now": now, "today": today})
        return Frame(version, html.frame("now", body))

    async def _listed(self, reader: Reader, viewer: Viewer, now: datetime, page: int) -> tuple[DashboardView, int]:
        ids = await listing.current(reader, viewer, now)
        past = await listing.history(reader, viewer, now, page)
        view = replace(
            self._view(viewer),
            now=by_urgency(await self._cards(reader, ids, now)) if page == 1 else (),
            past=await self._cards(reader, past.ids, now),
            newer=page - 1 or None,
            older=page + 1 if past.more else None,
        )
        return view, await listing.version(reader, topic_of(viewer), ids)

    async def _searched(self, reader: Reader, viewer: Viewer, now: datetime, words: str, show: str) -> DashboardView:
        ids = await listing.matching(reader, viewer, now, words)
        found = only(await self._cards(reader, ids, now), show)
        return replace(self._view(viewer), found=found, words=words, show=show)

    async def _person(self, request: Request) -> int:
        """Who is signed in. Raises Elsewhere for anybody else."""
        viewer = await self.desk.viewer(request)
        if viewer.person_id is None:
            raise Elsewhere("/sign-in?back=/orders")
        return viewer.person_id

    async def _address(self, reader: Reader, person_id: int) -> str | None:
        secret = await feeds.secret_of(reader, self.desk.context.keys, person_id)
        return secret and f"{self.desk.context.settings.base_url}/calendar/{secret}.ics"

    def _view(self, viewer: Viewer) -> DashboardView:
        return DashboardView(self.desk.shop, viewer.person_id is not None, (), (), demo=self.demo)

    async def _cards(self, reader: Reader, ids: list[int], now: datetime) -> tuple[CardView, ...]:
        context = self.desk.context
        common: dict[str, Any] = {
            "shop": self.desk.shop,
            "now": now,
            "zone": ZoneInfo(context.settings.time_zone),
            "polled": served(context.accounts),
        }
        loaded = await load_many(reader, ids)
        return cards_of({rows.order.ref: order_view(rows, **common) for rows in loaded.values()})


class DashboardStream:
    """GET /orders/events"""

    def __init__(self, dashboard: Dashboard, hub: Hub, response: LiveResponse) -> None:
        self._dashboard, self._hub, self._response = dashboard, hub, response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open a stream. Raises NotThere, Refused or Unavailable before anything was sent."""
        if scope["method"] != "GET":
            raise Refused(405, "streams are read")
        desk = self._dashboard.desk
        async with desk.context.db.read() as reader:
            viewer = await viewer_of(reader, scope, desk.context.clock.now())
        if viewer.session_id is None:
            raise NotThere
        locale = desk.locale(Request(scope), viewer)
        channel, seen = Channel(topic_of(viewer), AUDIENCE, locale), after_of(scope)

        async def missed() -> Frame | int:
            frame = await self._dashboard.frame(channel, self._hub.gather)
            return frame.id if frame.id == seen else frame

        await self._response.follow(scope, receive, send, channel, sessions.stream_name(viewer.session_id), missed)


def topic_of(viewer: Viewer) -> str:
    """Where a list's own changes are told: new orders of the person; of a browser there are none."""
    return people.topic_of(viewer.person_id) if viewer.person_id is not None else f"browser:{viewer.session_id}"


def _filters(request: Request, words: str) -> dict[str, str]:
    """The query of each filter's link, by its key."""
    kept = [("q", words)] if words else []
    lang = request.query_params.get("lang")
    kept += [("lang", lang)] if lang else []
    queries = {show: urlencode([("show", show), *kept] if show else kept) for show in ("", *FILTERS)}
    return {show: f"?{query}" if query else "" for show, query in queries.items()}


def _page(request: Request) -> int:
    given = request.query_params.get("page", "1")
    return min(max(int(given), 1), _LAST_PAGE) if given.isascii() and given.isdigit() and len(given) < 5 else 1
