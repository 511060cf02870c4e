"""What the pages of signing in and of the account share: who asks, in which language, and how it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response

from portal.accounts.viewer import Viewer, viewer_of
from portal.context import Context
from portal.kit import browsers, cookies, html, i18n, wish
from portal.kit.redirects import is_safe, see_other
from portal.orders.viewmodels import ShopView

START: Final = "jalon-start"  # the cookie of a browser that asked for a code
AFTER: Final = "/orders"


@dataclass(frozen=True, slots=True)
class Desk:
    """Serves one installation."""

    context: Context
    env: Environment
    shop: ShopView

    async def viewer(self, request: Request) -> Viewer:
        """Who sent this request."""
        async with self.context.db.read() as reader:
            return await viewer_of(reader, request.scope, self.context.clock.now())

    def locale(self, request: Request, viewer: Viewer) -> str:
        """The language to answer in: the visitor's choice, else the person's, else the browser's."""
        wishes = [wish.chosen(request.scope), viewer.locale]
        return i18n.choose(wishes, request.headers.get("accept-language"), self.context.settings.locale)

    def page(self, request: Request, viewer: Viewer, name: str, values: dict[str, Any], status: int = 200) -> Response:
        """A page that caches never keep."""
        locale = self.locale(request, viewer)
        others = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
        languages = [
            (code, i18n.own_name(code), f"?{urlencode([('lang', code), *others])}") for code in i18n.languages()
        ]
        shared = {"shop": self.shop, "lang": locale, "languages": languages, "viewer": viewer}
        asked = request.query_params.get("lang")
        shared["query"] = f"?{urlencode({'lang': asked})}" if asked else ""
        with i18n.using(locale, self.context.settings.time_zone):
            text = html.render(self.env, name, {**shared, **self._times(), **values})
        headers = {"cache-control": "no-store", "vary": "Accept-Language, Cookie", **wish.remembered(request.scope)}
        return Response(text, status, headers, "text/html; charset=utf-8")

    def _times(self) -> dict[str, Any]:
        now = self.context.clock.now()
        return {"now": now, "today": now.astimezone(ZoneInfo(self.context.settings.time_zone)).date()}

    def to(self, request: Request, path: str) -> Response:
        """Send the browser to another page of ours, in the language it chose."""
        asked = request.query_params.get("lang")
        if asked and asked in i18n.languages():
            path += ("&" if "?" in path else "?") + urlencode({"lang": asked})
        return see_other(path)

    def back(self, request: Request) -> str | None:
        """Where the visitor wants to be afterwards: a page of ours, or nothing."""
        wanted = request.query_params.get("back")
        return wanted if wanted and is_safe(wanted) else None

    def remember(self, request: Request, response: Response, browser: str, seconds: int) -> Response:
        """The response with the cookie of a browser that began something here."""
        given = cookies.given(START, browser, secure=cookies.secure(request.scope), max_age=seconds)
        response.headers.append("set-cookie", given)
        return response

    def began(self, request: Request) -> str | None:
        """The secret of that cookie."""
        return cookies.value(request.scope, START)


def client_of(request: Request) -> str:
    """The address that a request came from."""
    return request.client.host if request.client else ""


def label_of(request: Request) -> str:
    """What the browser calls itself."""
    return browsers.label(request.headers.get("user-agent"))
