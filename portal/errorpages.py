"""What went wrong, said to people: one page for every status, in their language, with what to do."""

from __future__ import annotations

import logging
from typing import Any

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

from portal.kit import html, i18n, wish
from portal.kit.errors import Elsewhere, NotThere, Refused, Unavailable
from portal.kit.redirects import see_other
from portal.orders.viewmodels import ShopView
from portal.settings import Settings

log = logging.getLogger("jalon.errors")


class ErrorPages:
    """Renders answers that are no order page."""

    def __init__(self, env: Environment, shop: ShopView, settings: Settings) -> None:
        self._env = env
        self._shop = shop
        self._settings = settings

    def page(self, request: Request, name: str, values: dict[str, Any], status: int = 200) -> Response:
        """A page of `name` in the visitor's language; never kept by caches."""
        locale = i18n.choose(
            [wish.chosen(request.scope)], request.headers.get("accept-language"), self._settings.locale
        )
        languages = [(code, i18n.own_name(code), f"?lang={code}") for code in i18n.languages()]
        with i18n.using(locale, self._settings.time_zone):
            text = html.render(self._env, name, values | {"shop": self._shop, "lang": locale, "languages": languages})
        kept = {"cache-control": "no-store", "vary": "Accept-Language, Cookie", **wish.remembered(request.scope)}
        return Response(text, status, kept, "text/html; charset=utf-8")

    def refuse(self, scope: Scope, status: int, retry_after: int | None = None) -> ASGIApp:
        """An application that answers with an error."""
        return self._error(Request(scope), status, retry_after)

    def handlers(self) -> dict[Any, Any]:
        """What Starlette is to do with each kind of failure."""
        return {
            HTTPException: self.on_http,
            NotThere: self.on_not_there,
            Refused: self.on_refused,
            Unavailable: self.on_unavailable,
            Elsewhere: self.on_elsewhere,
            Exception: self.on_bug,
        }

    async def on_http(self, request: Request, error: HTTPException) -> Response:
        """Routing's own errors: no such page, wrong method, too large."""
        response = self._error(request, error.status_code, None)
        for name, value in (error.headers or {}).items():
            response.headers[name] = value
        return response

    async def on_not_there(self, request: Request, _: Exception) -> Response:
        """Nothing there, or not for this visitor."""
        return self._error(request, 404, None)

    async def on_refused(self, request: Request, error: Refused) -> Response:
        """Understood and turned down."""
        return self._error(request, error.status, error.retry_after)

    async def on_unavailable(self, request: Request, error: Unavailable) -> Response:
        """The database is away."""
        log.warning("%s", error)
        return self._error(request, 503, error.retry_after)

    async def on_elsewhere(self, _: Request, error: Elsewhere) -> Response:
        """Another page of ours comes first."""
        return see_other(error.target)

    async def on_bug(self, request: Request, _: Exception) -> Response:
        """Our mistake; the server logs the traceback."""
        return self._error(request, 500, None)

    def _error(self, request: Request, status: int, retry_after: int | None) -> Response:
        response = self.page(request, "error.html", {"status": status}, status)
        if retry_after is not None:
            response.headers["retry-after"] = str(retry_after)
        return response
