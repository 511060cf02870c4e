"""Who asks for a page about changing an order: its person, signed in. A browser that only opened a link signs in
first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from portal.accounts.stepup import proven, signed_in
from portal.accounts.viewer import Viewer, viewer_of
from portal.editing.engine import Engine
from portal.editing.who import Who, acting, looking
from portal.kit.ids import token_hash
from portal.kit.quota import Claim, Limit, take
from portal.orders.access import Access, readable
from portal.signin.desk import Desk

_SENDS: Final = Limit("order changes sent", 60, timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class Owner:
    """The order's person, at this moment."""

    access: Access
    viewer: Viewer
    now: datetime

    @property
    def order(self) -> str:
        """The address of the order's page."""
        return f"/orders/{self.access.ref}"

    @property
    def base(self) -> str:
        """The address of all that can be changed."""
        return f"{self.order}/change"

    def edit(self, ref: str) -> str:
        """The address of one change."""
        return f"{self.base}/{ref}"

    def form(self, action: str, line: str | None = None) -> str:
        """The address of the form for an action."""
        return f"{self.base}/new/{action}" + (f"?{urlencode({'line': line}, quote_via=quote)}" if line else "")

    def giving_back(self, line: str | None) -> str:
        """The address of the form for returning a line."""
        return f"{self.base}/return?{urlencode({'line': line or ''}, quote_via=quote)}"

    @property
    def who(self) -> Who:
        """As the engine knows them, to look."""
        return looking(self.access)


@dataclass(frozen=True, slots=True)
class ChangeDesk:
    """What the pages are made with."""

    engine: Engine
    desk: Desk

    async def owner(self, request: Request) -> Owner:
        """Who asks. Raises Elsewhere for a browser that opened a link and has not signed in, NotThere for everybody
        else whose order it is not."""
        now = self.engine.context.clock.now()
        async with self.engine.context.db.read() as reader:
            viewer = await viewer_of(reader, request.scope, now)
            access = await readable(reader, viewer, request.path_params["ref"], now)
        if access.how != "person":
            signed_in(viewer, _here(request))
        looking(access)
        return Owner(access, viewer, now)

    async def sender(self, request: Request) -> Owner:
        """The same for a form that is sent: counted, so that nobody floods a shop's platform. Raises Refused (429)."""
        owner = await self.owner(request)
        who = token_hash(f"person:{owner.access.person_id}")
        await take(self.engine.context.db, owner.now, [Claim(_SENDS, who)])
        return owner

    def actor(self, owner: Owner, back: str) -> Who:
        """As the engine knows them, to change something. Raises Elsewhere: to prove themselves, and back to `back`."""
        proven(owner.viewer, owner.now, back)
        return acting(owner.access)

    def page(self, request: Request, owner: Owner, name: str, values: dict[str, Any], status: int = 200) -> Response:
        """A page about the order, in their language."""
        shared = {"order": owner.order, "base": owner.base, "owner": owner}
        return self.desk.page(request, owner.viewer, f"changes/{name}.html", {**shared, **values}, status)


def _here(request: Request) -> str:
    """The page that is asked for; of a form that was sent, the order's."""
    if request.method in ("GET", "HEAD"):
        query = request.url.query
        return request.url.path + (f"?{query}" if query else "")
    return f"/orders/{request.path_params['ref']}/change"
