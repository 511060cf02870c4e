"""GET and POST /c/{token}: for whoever was handed the link to collect an order.

Opening the address shows the shop's name and a button, so that what fetches a preview of it learns no code; pressing
the button shows where to go, until when, and the code. Nothing else of the order is known here, and nothing stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from portal.context import Context
from portal.kit import html, i18n
from portal.orders.collecting.store import bearing
from portal.orders.collecting.values import Bearing

_HEADERS: Final = {"cache-control": "no-store", "vary": "Accept-Language"}


@dataclass(frozen=True, slots=True)
class BearerPages:
    """`env` knows the visitors' templates only."""

    context: Context
    env: Environment
    shop: object

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer: with one page for every link that opens nothing, whatever the reason."""
        request = Request(scope)
        found = await self._found(request.path_params["token"])
        if found is None:
            response = self._page(request, "gone.html", {}, 404)
        elif scope["method"] == "POST":
            response = self._page(request, "collect.html", {"view": found}, 200)
        else:
            response = self._page(request, "collect_cover.html", {}, 200)
        await response(scope, receive, send)

    async def _found(self, token: str) -> Bearing | None:
        context = self.context
        settings, now = context.settings, context.clock.now()
        async with context.db.read() as reader:
            return await bearing(reader, token, now, ZoneInfo(settings.time_zone), settings.collect_days)

    def _page(self, request: Request, name: str, values: dict[str, Any], status: int) -> Response:
        settings = self.context.settings
        wished, accepted = request.query_params.get("lang"), request.headers.get("accept-language")
        locale = i18n.choose([wished], accepted, settings.locale)
        languages = [(code, i18n.own_name(code), f"?lang={code}") for code in i18n.languages()]
        today = self.context.clock.now().astimezone(ZoneInfo(settings.time_zone)).date()
        about = {"shop": self.shop, "lang": locale, "languages": languages, "today": today, **values}
        with i18n.using(locale, settings.time_zone):
            text = html.render(self.env, name, about)
        return Response(text, status, _HEADERS, "text/html; charset=utf-8")
