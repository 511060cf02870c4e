"""Pages about an order that answer strangers with the one page that says nothing: for whose it is not, as for what
never was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from portal.kit.errors import NotThere

Page = Callable[[Request], Awaitable[Response]]


class Say(Protocol):
    """Answers with a page that is about no order."""

    def __call__(self, request: Request, name: str, values: dict[str, Any], status: int) -> Response:
        """The page `name`."""
        ...


class Guarded:
    """A route's endpoint: a page for each method."""

    def __init__(self, pages: Mapping[str, Page], say: Say) -> None:
        self._pages, self._say = pages, say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        request = Request(scope, receive)
        page = self._pages["POST" if scope["method"] == "POST" else "GET"]
        try:
            response = await page(request)
        except NotThere:
            response = self._say(request, "orders/not_here.html", {}, 404)
        await response(scope, receive, send)
