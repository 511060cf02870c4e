"""An order as its customer sees it, and as somebody sees it with whom it was shared: looked at by the shop's people,
who get nobody's session for it. Each look is noted."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from portal.kit import forms, i18n, wish
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.orders.pages import OrderPages
from portal.sharing.public.pages import VisitorPages
from portal.sharing.public.values import Scope
from portal.staff.log import note
from portal.staff.orders import Open, StaffOrders
from portal.staff.values import Act, Step

_HEADERS: Final = {"cache-control": "no-store", "vary": "Accept-Language, Cookie"}


class Shows(BaseModel):
    """What the link would show besides how far it has come."""

    items: bool = False
    towns: bool = False
    gift: bool = False


@dataclass(frozen=True, slots=True)
class Seeing:
    """GET /staff/orders/{ref}/as-…"""

    orders: StaffOrders
    pages: OrderPages
    visitors: VisitorPages

    async def as_customer(self, request: Request) -> Response:
        """What the order's person sees, signed in."""
        opened = await self.orders.open(request)
        await self._note(opened, Act.SEE_AS_CUSTOMER)
        locale = self._locale(request, opened)
        return _answer(await self.pages.preview(opened.known.order_id, locale, opened.page))

    async def as_visitor(self, request: Request) -> Response:
        """What a visitor sees: ?items=on&towns=on&gift=on as the link would say. Raises NotThere."""
        opened = await self.orders.open(request)
        shows = forms.filled(Shows, request.query_params).data or Shows()
        scope, now = Scope(shows.items, shows.towns, shows.gift), self.orders.desk.context.clock.now()
        view = await self.visitors.view(opened.known.order_id, scope, now)
        if view is None:
            raise NotThere
        await self._note(opened, Act.SEE_AS_VISITOR)
        return _answer(self.visitors.text(view, self._locale(request, opened), preview=opened.page, languages=()))

    async def _note(self, opened: Open, act: Act) -> None:
        now, order_id = self.orders.desk.context.clock.now(), opened.known.order_id
        self.orders.looked(order_id)

        async def unit(tx: Tx) -> None:
            await note(tx, now, opened.actor, act, Step.DONE, str(uuid.uuid4()), order_id=order_id)

        await self.orders.desk.context.db.write(unit)

    def _locale(self, request: Request, opened: Open) -> str:
        """The language that the page would have for them: the order's, unless another one is asked for."""
        wishes = [wish.asked(request.scope), opened.known.document.locale, opened.who.locale]
        return i18n.choose(wishes, request.headers.get("accept-language"), self.orders.desk.context.settings.locale)


def _answer(text: str) -> Response:
    return Response(text, 200, _HEADERS, "text/html; charset=utf-8")
