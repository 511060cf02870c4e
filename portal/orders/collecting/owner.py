"""The customer's side over HTTP: who may collect the order besides them, and the link that they hand on.

Whoever sees the order sees its code already, so a browser that opened an order link may arrange this as well.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment
from pydantic import BaseModel, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from portal.accounts.viewer import viewer_of
from portal.context import Context
from portal.kit import forms, html, i18n, wish
from portal.kit.forms import Form
from portal.kit.ids import token_hash
from portal.kit.quota import Claim, Limit, take
from portal.kit.redirects import see_other
from portal.orders.access import Access, readable
from portal.orders.collecting import store
from portal.orders.collecting.values import Arranged
from portal.orders.guarded import Guarded, Page, Say

_HEADERS: Final = {"cache-control": "no-store", "vary": "Accept-Language, Cookie"}
# Each is told to all who look at the order.
_LIMIT: Final = Limit("collecting arranged", 30, timedelta(minutes=15))


class Collector(BaseModel):
    """What the form says; nothing: nobody else."""

    name: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(default="", max_length=80)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is asking, for which order, in which language, and what was arranged. `arranged` None: nothing of it is to
    be collected any more."""

    access: Access
    arranged: Arranged | None
    locale: str
    now: datetime

    @property
    def order(self) -> str:
        """The address of the order."""
        return f"/orders/{self.access.ref}"


@dataclass(frozen=True, slots=True)
class CollectingPages:
    """What these pages need besides the context."""

    context: Context
    env: Environment
    say: Say
    shop: object
    demo: bool = False

    async def overview(self, request: Request) -> Response:
        """GET /orders/{ref}/collecting"""
        owner = await self._owner(request)
        if owner.arranged is None:
            return see_other(owner.order)
        return self._page(request, owner, Form({"name": owner.arranged.name or ""}))

    async def name(self, request: Request) -> Response:
        """POST /orders/{ref}/collecting"""
        owner, form = await self._owner(request), await forms.read(request, Collector)
        if owner.arranged is None:
            return see_other(owner.order)
        if form.data is None:
            return self._page(request, owner, form)
        name = form.data.name or None
        return await self._arranged(request, owner, lambda order: store.name_collector(self.context, order, name))

    async def link(self, request: Request) -> Response:
        """POST /orders/{ref}/collecting/link"""
        owner = await self._owner(request)
        return await self._arranged(request, owner, lambda order: store.make_link(self.context, order))

    async def end(self, request: Request) -> Response:
        """POST /orders/{ref}/collecting/link/end"""
        owner = await self._owner(request)
        return await self._arranged(request, owner, lambda order: store.end_link(self.context, order))

    async def _arranged(self, request: Request, owner: Owner, step: Callable[[int], Awaitable[None]]) -> Response:
        """Have it arranged, and back to the page."""
        if owner.arranged is None:
            return see_other(owner.order)
        order_id = owner.access.order_id
        await take(self.context.db, owner.now, [Claim(_LIMIT, token_hash(f"order:{order_id}"))])
        await step(order_id)
        language = f"?lang={owner.locale}" if wish.asked(request.scope) else ""
        return see_other(f"{owner.order}/collecting{language}")

    async def _owner(self, request: Request) -> Owner:
        context, now = self.context, self.context.clock.now()
        async with context.db.read() as reader:
            viewer = await viewer_of(reader, request.scope, now)
            access = await readable(reader, viewer, request.path_params["ref"], now)
            arranged = await store.arranged(reader, context.keys, access.order_id, now)
        wishes = [wish.chosen(request.scope), access.locale]
        locale = i18n.choose(wishes, request.headers.get("accept-language"), context.settings.locale)
        return Owner(access, arranged, locale, now)

    def _page(self, request: Request, owner: Owner, form: Form[Collector]) -> Response:
        settings, arranged = self.context.settings, owner.arranged
        values = {
            "shop": self.shop,
            "lang": owner.locale,
            "languages": [(code, i18n.own_name(code), f"?lang={code}") for code in i18n.languages()],
            "order": owner.order,
            "base": f"{owner.order}/collecting",
            "arranged": arranged,
            "url": f"{settings.base_url}{arranged.url}" if arranged and arranged.url else None,
            "by_link": owner.access.how == "link",
            "form": form,
            "today": owner.now.astimezone(ZoneInfo(settings.time_zone)).date(),
            "demo": self.demo,
            "wish": wish.asked(request.scope),
        }
        with i18n.using(owner.locale, settings.time_zone):
            text = html.render(self.env, "orders/collecting.html", values)
        return Response(text, form.status, _HEADERS | wish.remembered(request.scope), "text/html; charset=utf-8")

    def at(self, **pages: Page) -> Guarded:
        """A route's endpoint: a page for each method. What is not the visitor's own is answered like the order."""
        return Guarded(pages, self.say)
