"""What the pages of the shop's people share: who asks, in which language, and how it is answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response

from portal.context import Context
from portal.kit import html, i18n, wish
from portal.kit.db import Tx
from portal.kit.errors import Elsewhere
from portal.kit.quota import Claim, take
from portal.kit.redirects import is_safe, see_other
from portal.orders.viewmodels import ShopView
from portal.staff import sessions
from portal.staff.sessions import Somebody, somebody

HOME: Final = "/staff"
_HEADERS: Final = {"cache-control": "no-store", "vary": "Accept-Language, Cookie"}


@dataclass(frozen=True, slots=True)
class StaffDesk:
    """Serves one installation's people."""

    context: Context
    env: Environment
    shop: ShopView

    async def asker(self, request: Request) -> Somebody | None:
        """Who of the shop sent this request, if anybody did."""
        async with self.context.db.read() as reader:
            return await somebody(reader, request.scope, self.context.clock.now())

    async def somebody(self, request: Request) -> Somebody:
        """The same, and nobody else. Raises Elsewhere: to sign in, and then back."""
        who, now = await self.asker(request), self.context.clock.now()
        if who is None:
            raise Elsewhere(f"/staff/sign-in?back={quote(self.page_of(request), safe='')}")
        if now - who.seen_at >= sessions.NOTED_EVERY:
            session_id = who.session_id

            async def unit(tx: Tx) -> None:
                await sessions.seen(tx, now, session_id)

            await self.context.db.write(unit)
        return who

    def page_of(self, request: Request) -> str:
        """The page that a request came from, or is for: where a button leads to is no page."""
        path = request.url.path
        if request.method == "GET":
            return path
        order = path.split("/")[:4]
        return "/".join(order) if len(order) == 4 and order[2] == "orders" else HOME

    async def count(self, claims: Iterable[Claim]) -> None:
        """Count, or raise Refused (429)."""
        await take(self.context.db, self.context.clock.now(), claims)

    def locale(self, request: Request, who: Somebody | None) -> str:
        """The language to answer in: what was chosen, else the browser's."""
        wishes = [wish.chosen(request.scope), who.locale if who else None]
        return i18n.choose(wishes, request.headers.get("accept-language"), self.context.settings.locale)

    def page(
        self, request: Request, who: Somebody | None, name: str, values: dict[str, Any], status: int = 200
    ) -> Response:
        """A page that caches never keep."""
        locale = self.locale(request, who)
        others = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
        languages = [
            (code, i18n.own_name(code), f"?{urlencode([('lang', code), *others])}") for code in i18n.languages()
        ]
        shared = {"shop": self.shop, "lang": locale, "languages": languages, "who": who, **self.times()}
        with self.speaking(locale):
            text = html.render(self.env, name, {**shared, **values})
        return Response(text, status, _HEADERS | wish.remembered(request.scope), "text/html; charset=utf-8")

    def speaking(self, locale: str) -> Any:
        """In this language, and in the shop's time zone."""
        return i18n.using(locale, self.context.settings.time_zone)

    def times(self) -> dict[str, Any]:
        """`now` and `today`, as templates want them."""
        now = self.context.clock.now()
        return {"now": now, "today": now.astimezone(ZoneInfo(self.context.settings.time_zone)).date()}

    def back(self, request: Request) -> str | None:
        """Where the visitor wants to be afterwards: a page of the shop's people, or nothing."""
        wanted = request.query_params.get("back")
        return wanted if wanted and is_safe(wanted) and wanted.startswith(HOME) else None

    def to(self, path: str) -> Response:
        """Send the browser to another page of ours."""
        return see_other(path)
