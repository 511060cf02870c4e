"""What waits for the shop's people: the lists, the search, and the stream that keeps them up to date."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from carriers.core.accounts import served
from portal.editing import queries as edits
from portal.editing.answers import EditState
from portal.kit import html
from portal.kit.db import Reader, Tx
from portal.kit.errors import NotThere, Refused
from portal.kit.events import EVENT
from portal.kit.live import Channel, Frame
from portal.kit.stream import LiveResponse, after_of
from portal.orders import worklists
from portal.orders.many import load_many
from portal.orders.view import order_view
from portal.orders.viewmodels import OrderView
from portal.orders.waiting import Work
from portal.staff import limits
from portal.staff.desk import StaffDesk
from portal.staff.log import note
from portal.staff.sessions import somebody, stream_name
from portal.staff.values import Act, Actor, Step
from portal.staff.view import card_of
from portal.staff.viewmodels import CardView, ListView

TOPIC: Final = "staff"
AUDIENCE: Final = "staff-list:"
ALL: Final = "all"
WORKS: Final = {work.name.lower(): work for work in Work if work.name}
EDITS: Final = {"requests": EditState.REQUESTED, "stuck": EditState.STUCK}
TABS: Final = (*EDITS, *WORKS)  # in the order of the page: what only the shop can decide comes first
_LONGEST_SEARCH: Final = 120
_LAST_PAGE: Final = 2000


@dataclass(frozen=True, slots=True)
class Lists:
    """GET /staff"""

    desk: StaffDesk

    async def overview(self, request: Request) -> Response:
        """The list that was chosen, else the first one that has something on it; or what was searched for."""
        who = await self.desk.somebody(request)
        words = " ".join(request.query_params.get("q", "").split())[:_LONGEST_SEARCH]
        if words:
            await self.desk.count(limits.searching(self.desk.context, who.staff_id))
            await self._note(Actor(who.staff_id))
        async with self.desk.context.db.read() as reader:
            view = await self._view(reader, request, words)
            last = await _last_event(reader)
        found = view.cards[0] if words and len(view.cards) == 1 else None
        if found is not None:
            return self.desk.to(f"/staff/orders/{found.ref}")
        live = last if not words and view.newer is None else None
        return self.desk.page(request, who, "staff/list.html", {"view": view, "live": live})

    async def frame(self, channel: Channel) -> Frame:
        """The first page of a list, for all streams on it."""
        name = channel.audience.removeprefix(AUDIENCE)
        async with self.desk.context.db.read() as reader:
            view = await self._listed(reader, name, 1)
            last = await _last_event(reader)
        with self.desk.speaking(channel.locale):
            body = html.render(self.desk.env, "staff/_work.html", {"view": view, **self.desk.times()})
        return Frame(last, html.frame("work", body))

    async def _view(self, reader: Reader, request: Request, words: str) -> ListView:
        if words:
            ids = await worklists.found(reader, self.desk.context.keys, words)
            return ListView(await _counts(reader), "", await self._cards(reader, ids, None), words)
        asked = request.query_params.get("work", "")
        if asked not in (*TABS, ALL):
            counts = await _counts(reader)
            asked = next((name for name in TABS if counts[name]), "to_ship")
        return await self._listed(reader, asked, _page(request))

    async def _listed(self, reader: Reader, name: str, page: int) -> ListView:
        ids = await _ids(reader, name, page)
        cards = await self._cards(reader, ids, WORKS.get(name))
        more = page + 1 if len(ids) == worklists.AT_ONCE else None
        return ListView(await _counts(reader), name, cards, newer=page - 1 or None, older=more)

    async def _cards(self, reader: Reader, ids: Sequence[int], work: Work | None) -> tuple[CardView, ...]:
        loaded = await load_many(reader, ids)
        return tuple(card_of(rows.order.ref, shown(self.desk, rows), work) for rows in loaded.values())

    async def _note(self, actor: Actor) -> None:
        now = self.desk.context.clock.now()

        async def unit(tx: Tx) -> None:
            await note(tx, now, actor, Act.SEARCH, Step.DONE, str(uuid.uuid4()))

        await self.desk.context.db.write(unit)


class ListStream:
    """GET /staff/events"""

    def __init__(self, lists: Lists, response: LiveResponse) -> None:
        self._lists, self._response = lists, response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open a stream. Raises NotThere, Refused or Unavailable before anything was sent."""
        if scope["method"] != "GET":
            raise Refused(405, "streams are read")
        desk, request = self._lists.desk, Request(scope)
        async with desk.context.db.read() as reader:
            who = await somebody(reader, scope, desk.context.clock.now())
        if who is None:
            raise NotThere
        asked = request.query_params.get("work", "")
        name = asked if asked in TABS else ALL
        channel, seen = Channel(TOPIC, AUDIENCE + name, desk.locale(request, who)), after_of(scope)

        async def missed() -> Frame | int:
            frame = await self._lists.frame(channel)
            return frame.id if frame.id == seen else frame

        await self._response.follow(scope, receive, send, channel, stream_name(who.session_id), missed)


def shown(desk: StaffDesk, rows: Any) -> OrderView:
    """What an order's customer sees of it."""
    context = desk.context
    zone, days = ZoneInfo(context.settings.time_zone), context.settings.collect_days
    polled, now = served(context.accounts), context.clock.now()
    return order_view(rows, shop=desk.shop, now=now, zone=zone, polled=polled, keep_days=days)


async def _ids(reader: Reader, name: str, page: int) -> list[int]:
    if name in EDITS:
        return await edits.waiting(reader, EDITS[name], (page - 1) * worklists.AT_ONCE, worklists.AT_ONCE)
    if name in WORKS:
        return await worklists.waiting(reader, WORKS[name], page)
    return await worklists.newest(reader, page)


async def _counts(reader: Reader) -> Mapping[str, int]:
    """How many orders are on each list, in the order of the page."""
    open_edits, works = await edits.counted(reader), await worklists.counted(reader)
    of_edits = {name: open_edits.get(state.value, 0) for name, state in EDITS.items()}
    return {**of_edits, **{name: works[work] for name, work in WORKS.items()}}


async def _last_event(reader: Reader) -> int:
    row = await reader.row(select(func.max(EVENT.c.id).label("event")))
    return row.event or 0 if row else 0


def _page(request: Request) -> int:
    given = request.query_params.get("page", "1")
    return min(max(int(given), 1), _LAST_PAGE) if given.isascii() and given.isdigit() and len(given) < 6 else 1
