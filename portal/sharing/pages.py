"""The owner's side over HTTP: making share links, seeing how often they were opened, ending them, and looking at
what visitors would see.

The order's person has all its links. A browser that opened an order link may make links of its own and sees and
ends those alone: whoever has it sees more already than any share link shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from jinja2 import Environment
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from portal.accounts.viewer import Viewer, viewer_of
from portal.context import Context
from portal.kit import forms, html, i18n, wish
from portal.kit.errors import NotThere, Refused
from portal.kit.forms import N_, Form
from portal.kit.redirects import see_other
from portal.orders.access import Access, readable
from portal.orders.guarded import Guarded, Page, Say
from portal.orders.looks import Look, of_orders, summed
from portal.sharing.links import Maker, Shared, Wish, make_share_link, revoke_share_link, shared
from portal.sharing.public.pages import VisitorPages
from portal.sharing.public.values import Scope

_HEADERS: Final = {"cache-control": "no-store", "vary": "Accept-Language, Cookie"}
_TOO_MANY: Final = N_("This order has as many links as it can have. End one that is not needed any more.")


class Choice(BaseModel):
    """What the form asks for."""

    items: bool = False
    towns: bool = False
    gift: bool = False
    lasts: Literal["1", "7", "30", "arrival"] = "7"
    opens: int | None = Field(default=None, ge=1, le=999)
    label: str = Field(default="", max_length=60)

    @property
    def scope(self) -> Scope:
        """What the link is to show."""
        return Scope(self.items, self.towns, self.gift)

    @property
    def wish(self) -> Wish:
        """The link that is wanted."""
        return Wish(self.scope, None if self.lasts == "arrival" else int(self.lasts), self.opens, self.label)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is asking, and for which order."""

    access: Access
    viewer: Viewer
    locale: str
    now: datetime

    @property
    def base(self) -> str:
        """The address of the sharing page."""
        return f"/orders/{self.access.ref}/sharing"

    def may_end(self, link: Shared) -> bool:
        """Whether a link is theirs."""
        return self.access.how == "person" or link.made_by_session == self.access.session_id


@dataclass(frozen=True, slots=True)
class SharingPages:
    """What the owner's pages need besides the context."""

    context: Context
    env: Environment
    visitors: VisitorPages
    say: Say
    shop: object
    demo: bool = False

    async def overview(self, request: Request) -> Response:
        """GET /orders/{ref}/sharing"""
        return await self._page(request, await self._owner(request), Form({"lasts": "7"}))

    async def make(self, request: Request) -> Response:
        """POST /orders/{ref}/sharing"""
        owner, form = await self._owner(request), await forms.read(request, Choice)
        if form.data is None:
            return await self._page(request, owner, form)
        try:
            await make_share_link(self.context, owner.access.order_id, form.data.wish, _maker(owner))
        except Refused:
            return await self._page(request, owner, form.refused("", _TOO_MANY))
        return see_other(_said(owner, request, "#links"))

    async def end(self, request: Request) -> Response:
        """POST /orders/{ref}/sharing/{link}/end"""
        owner, wanted = await self._owner(request), request.path_params["link"]
        if not any(link.id == wanted for link in await self._links(owner)):
            raise NotThere
        await revoke_share_link(self.context, owner.access.order_id, wanted)
        return see_other(_said(owner, request, "#links"))

    async def preview(self, request: Request) -> Response:
        """GET /orders/{ref}/sharing/preview?items=on&towns=on&gift=on"""
        owner = await self._owner(request)
        choice = forms.filled(Choice, request.query_params).data or Choice()
        view = await self.visitors.view(owner.access.order_id, choice.scope, owner.now)
        if view is None:
            raise NotThere
        text = self.visitors.text(view, owner.locale, preview="../sharing", languages=())
        return Response(text, 200, _HEADERS, "text/html; charset=utf-8")

    async def _owner(self, request: Request) -> Owner:
        now = self.context.clock.now()
        async with self.context.db.read() as reader:
            viewer = await viewer_of(reader, request.scope, now)
            access = await readable(reader, viewer, request.path_params["ref"], now)
        wishes = [wish.chosen(request.scope), access.locale]
        locale = i18n.choose(wishes, request.headers.get("accept-language"), self.context.settings.locale)
        return Owner(access, viewer, locale, now)

    async def _links(self, owner: Owner) -> list[Shared]:
        async with self.context.db.read() as reader:
            links = await shared(self.context, reader, owner.access.order_id)
        return [link for link in links if owner.may_end(link)]

    async def _looks(self, owner: Owner) -> list[Look]:
        """Who looked at the order: for its person to see."""
        if owner.access.how != "person":
            return []
        async with self.context.db.read() as reader:
            return summed(await of_orders(reader, [owner.access.order_id]))

    async def _page(self, request: Request, owner: Owner, form: Form[Choice]) -> Response:
        zone = ZoneInfo(self.context.settings.time_zone)
        links = await self._links(owner)
        values = {
            "shop": self.shop,
            "lang": owner.locale,
            "languages": [(code, i18n.own_name(code), f"{owner.base}?lang={code}") for code in i18n.languages()],
            "base": owner.base,
            "order": f"/orders/{owner.access.ref}",
            "links": links,
            "looks": await self._looks(owner),
            "names": {link.id: link.label for link in links},
            "by_link": owner.access.how == "link",
            "form": form,
            "now": owner.now,
            "today": owner.now.astimezone(zone).date(),
            "demo": self.demo,
            "wish": wish.asked(request.scope),
        }
        with i18n.using(owner.locale, self.context.settings.time_zone):
            text = html.render(self.env, "sharing/page.html", values)
        return Response(text, form.status, _HEADERS | wish.remembered(request.scope), "text/html; charset=utf-8")

    def at(self, **pages: Page) -> Guarded:
        """A route's endpoint: a page for each method. What is not the visitor's own is answered like the order."""
        return Guarded(pages, self.say)


def _maker(owner: Owner) -> Maker:
    person = owner.viewer.person_id if owner.access.how == "person" else None
    return Maker(person, owner.access.session_id)


def _said(owner: Owner, request: Request, part: str) -> str:
    """Back to the list, in the language that was asked for."""
    return owner.base + (f"?lang={owner.locale}" if wish.asked(request.scope) else "") + part
