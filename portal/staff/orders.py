"""An order before the shop's people: with whom it is for, what can be done with it, and what was done. Looking at it is
noted, as is everything else.

The part that shows how the order stands moves by itself; the part with the buttons does not, so that nobody's typing is
lost, and says when the order has changed meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

import carriers
from carriers.core.links import BRANDS
from carriers.core.registry import slugs
from portal.editing import queries as edits
from portal.kit import html
from portal.kit.db import Tx
from portal.kit.errors import NotThere, Refused
from portal.kit.forms import Form
from portal.kit.ids import REF
from portal.kit.live import Channel, Frame
from portal.kit.stream import LiveResponse, after_of
from portal.orders import queries
from portal.orders.documents import Stored, stored, stored_by_ref
from portal.staff.acts import Hands
from portal.staff.changeview import merged
from portal.staff.desk import StaffDesk
from portal.staff.lists import shown
from portal.staff.log import is_done, note, of_order
from portal.staff.sessions import Somebody, somebody, stream_name
from portal.staff.values import Act, Actor, Step
from portal.staff.view import staff_view
from portal.staff.viewmodels import StaffOrderView

AUDIENCE: Final = "staff-order"
_LOOKED_FOR: Final = 600  # seconds: looks within them are one
Looked = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Open:
    """An order that somebody of the shop has open."""

    who: Somebody
    known: Stored

    @property
    def actor(self) -> Actor:
        """Who it is, for the log."""
        return Actor(self.who.staff_id, self.who.name)

    @property
    def page(self) -> str:
        """The address of the order's page."""
        return f"/staff/orders/{self.known.ref}"


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says of a button that was pressed: the act and why it was not done, and the forms as they were
    sent."""

    act: str = ""
    why: str | None = None
    told: str = field(default="", repr=False)
    forms: Mapping[str, Form[Any]] = field(default_factory=dict)
    guesses: tuple[str, ...] = ()
    status: int = 200


@dataclass(frozen=True, slots=True)
class StaffOrders:
    """GET /staff/orders/{ref}. `looked` is told the order whenever its page is opened."""

    desk: StaffDesk
    hands: Hands
    looked: Looked

    async def page(self, request: Request) -> Response:
        """The whole page. Raises NotThere and Elsewhere."""
        opened = await self.open(request)
        await self._note_look(opened)
        return await self.answer(request, opened, Said(act=request.query_params.get("done", "")))

    async def open(self, request: Request) -> Open:
        """Who asks, and for which order. Raises Elsewhere for nobody, NotThere for no order."""
        who, ref = await self.desk.somebody(request), request.path_params["ref"]
        async with self.desk.context.db.read() as reader:
            known = await stored_by_ref(reader, ref) if REF.fullmatch(ref) else None
        if known is None:
            raise NotThere
        return Open(who, known)

    async def answer(self, request: Request, opened: Open, said: Said) -> Response:
        """The page, with what became of a button."""
        view, event = await self.view(opened.known.order_id)
        values = {
            "view": view,
            "live": event,
            "said": said,
            "key": str(uuid.uuid4()),
            "carriers": _carriers(),
            "changed": False,
            "base": opened.page,
        }
        return self.desk.page(request, opened.who, "staff/order.html", values, said.status)

    async def view(self, order_id: int) -> tuple[StaffOrderView, int]:
        """The order as it is now, and its last event. Raises NotThere."""
        async with self.desk.context.db.read() as reader:
            known, rows = await stored(reader, order_id), await queries.load(reader, order_id)
            steps = merged(await of_order(reader, order_id), await edits.steps(reader, order_id))
            version, row = await queries.version(reader, order_id), await edits.open_edit(reader, order_id)
        if known is None or rows is None:
            raise NotThere
        shop = self.hands.shops.of(known.platform, known.shop)
        edit = None if row is None else edits.view_of(row)
        return staff_view(known.ref, known.document, shown(self.desk, rows), shop, steps, edit), version.event

    async def frame(self, channel: Channel) -> Frame:
        """How the order stands now, for all streams on it."""
        order_id = int(channel.topic.removeprefix("order:"))
        try:
            view, event = await self.view(order_id)
        except NotThere:
            async with self.desk.context.db.read() as reader:
                version = await queries.version(reader, order_id)
            return Frame(version.event, html.frame("stand", ""), last=True)
        values = {"view": view, "changed": True, "base": f"/staff/orders/{view.ref}", **self.desk.times()}
        with self.desk.speaking(channel.locale):
            body = html.render(self.desk.env, "staff/_stand.html", values)
        return Frame(event, html.frame("stand", body))

    async def _note_look(self, opened: Open) -> None:
        """That somebody saw a customer's name and address is noted, once in ten minutes."""
        context, order_id = self.desk.context, opened.known.order_id
        now = context.clock.now()
        spell = f"{opened.who.session_id}.{order_id}.{int(now.timestamp()) // _LOOKED_FOR}"
        async with context.db.read() as reader:
            if await is_done(reader, order_id, spell):
                return
        self.looked(order_id)

        async def unit(tx: Tx) -> None:
            await note(tx, now, opened.actor, Act.OPEN, Step.DONE, spell, order_id=order_id)

        await context.db.write(unit)


class OrderStream:
    """GET /staff/orders/{ref}/events"""

    def __init__(self, orders: StaffOrders, response: LiveResponse) -> None:
        self._orders, self._response = orders, response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open a stream. Raises NotThere, Refused or Unavailable before anything was sent."""
        if scope["method"] != "GET":
            raise Refused(405, "streams are read")
        desk, ref = self._orders.desk, scope["path_params"]["ref"]
        async with desk.context.db.read() as reader:
            who = await somebody(reader, scope, desk.context.clock.now())
            known = await stored_by_ref(reader, ref) if who is not None and REF.fullmatch(ref) else None
        if who is None or known is None:
            raise NotThere
        channel = Channel(queries.topic_of(known.order_id), AUDIENCE, desk.locale(Request(scope), who))
        seen = after_of(scope)

        async def missed() -> Frame | int:
            async with desk.context.db.read() as reader:
                version = await queries.version(reader, known.order_id)
            return version.event if version.event == seen else await self._orders.frame(channel)

        await self._response.follow(scope, receive, send, channel, stream_name(who.session_id), missed)


def _carriers() -> tuple[tuple[str, str], ...]:
    """Carriers that have a page to follow parcels on, by slug and name."""
    named = {slug: carriers.label_of(slug) for slug in (*slugs(), *(brand.slug for brand in BRANDS))}
    found = {slug: label for slug, label in named.items() if label and carriers.tracking_page(slug, "1")}
    by_label = {label: slug for slug, label in reversed(found.items())}
    return tuple(sorted(((slug, label) for label, slug in by_label.items()), key=lambda pair: pair[1].lower()))
