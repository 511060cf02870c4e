"""The two addresses of an order's page and its stream: `/o/{token}`, which is a secret, and `/orders/{ref}`, which
opens for whom the cookie names.

A browser that comes by the first is sent to the second at once, so that the secret leaves its address bar; any
other client gets the page where it asked for it, and nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from portal.accounts import sessions
from portal.accounts.viewer import Viewer, viewer_of
from portal.kit import cookies, wish
from portal.kit.browsers import label
from portal.kit.db import Reader
from portal.kit.errors import NotThere, Refused
from portal.kit.ids import TOKEN
from portal.kit.live import Channel, Frame
from portal.kit.redirects import see_other
from portal.kit.stream import LiveResponse, after_of
from portal.orders import access, queries
from portal.orders.browsers import Full, keep_place, let_in
from portal.orders.guarded import Say
from portal.orders.links import stream_name
from portal.orders.pages import AUDIENCE, OrderPages, Shown
from portal.orders.queries import LinkAccess

_NAVIGATES = (b"sec-fetch-mode", b"navigate")
_TO_A_PAGE = (b"sec-fetch-dest", b"document")
Door = Callable[[Scope], Awaitable[Shown]]


class ByToken:
    """GET /o/{token}"""

    def __init__(self, pages: OrderPages, say: Say) -> None:
        self._pages, self._say = pages, say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or raise NotThere, Refused (410) or Unavailable."""
        request = Request(scope)
        link = await self._link(scope)
        response = await self._exchange(link, request) if is_navigation(scope) else None
        response = response or await self._pages.answer(self._shown(link, scope), request)
        await response(scope, receive, send)

    async def shown(self, scope: Scope) -> Shown:
        """What the secret in the address opens. Raises NotThere, and Refused (410) for a link that has ended."""
        return self._shown(await self._link(scope), scope)

    async def _link(self, scope: Scope) -> LinkAccess:
        token = scope["path_params"]["token"]
        if not TOKEN.fullmatch(token):
            raise NotThere
        context = self._pages.context
        async with context.db.read() as reader:
            link = await queries.access_by_token(reader, token, context.clock.now())
        if link is None:
            raise NotThere
        if not link.live:
            raise Refused(410, "this link has ended")
        return link

    def _shown(self, link: LinkAccess, scope: Scope) -> Shown:
        base = f"/o/{scope['path_params']['token']}"
        return Shown(link.order_id, base, "token", link.locale, link.version, stream_name(link.link_id))

    async def _exchange(self, link: LinkAccess, request: Request) -> Response:
        """Let the browser in and send it to the order's own address."""
        context, scope = self._pages.context, request.scope
        now = context.clock.now()
        async with context.db.read() as reader:
            viewer = await viewer_of(reader, scope, now)
            theirs = await _is_their_own(reader, viewer, link.ref, now)
        language = wish.asked(scope)
        response = see_other(f"/orders/{link.ref}" + (f"?lang={language}" if language else ""))
        if theirs:
            return response
        try:
            opened = await let_in(context, link.link_id, viewer, label(request.headers.get("user-agent")))
        except Full:
            return self._say(request, "orders/link_full.html", {}, 403)
        if opened is not None:
            response.headers.append("set-cookie", opened.cookie(secure=cookies.secure(scope)))
        return response


class ByCookie:
    """GET /orders/{ref}"""

    def __init__(self, pages: OrderPages, say: Say) -> None:
        self._pages, self._say = pages, say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer: for a stranger, for a session that ended and for an order that never was with the same page."""
        request = Request(scope)
        try:
            response = await self._pages.answer(await self._seen(scope), request)
        except NotThere:
            response = self._say(request, "orders/not_here.html", {}, 404)
        await response(scope, receive, send)

    async def shown(self, scope: Scope) -> Shown:
        """What the cookie opens. Raises NotThere; a browser that opened a link must have seen the page first."""
        found = await self._access(scope)
        if found.link_id is not None and found.placed_at is None:
            raise NotThere
        return _shown(found)

    async def _seen(self, scope: Scope) -> Shown:
        found = await self._access(scope)
        context = self._pages.context
        try:
            await keep_place(context, found)
        except Full:
            raise NotThere from None
        await sessions.keep(context, found.session_id, found.session_seen_at)
        return _shown(found)

    async def _access(self, scope: Scope) -> access.Access:
        context = self._pages.context
        async with context.db.read() as reader:
            return await access.opened(reader, scope, scope["path_params"]["ref"], context.clock.now())


class OrderStream:
    """The page's stream, at either address: one shared application for every open page."""

    def __init__(self, pages: OrderPages, door: Door, response: LiveResponse) -> None:
        self._pages = pages
        self._door = door
        self._response = response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open a stream. Raises NotThere, Refused or Unavailable before anything was sent; the answer to that
        is never a redirect and never 204, which browsers would retry at once."""
        if scope["method"] != "GET":
            raise Refused(405, "streams are read")
        shown = await self._door(scope)
        channel = Channel(queries.topic_of(shown.order_id), AUDIENCE, self._pages.locale(shown, scope))
        seen = after_of(scope)

        async def missed() -> Frame | int:
            async with self._pages.context.db.read() as reader:
                version = await queries.version(reader, shown.order_id)
            event = await self._pages.stamp(version)
            if event == seen:
                return event
            return await self._pages.frame(channel)

        await self._response.follow(scope, receive, send, channel, shown.stream, missed, shown.rests)


def is_navigation(scope: Scope) -> bool:
    """Whether a person's browser is opening a page, as against a program fetching an address."""
    headers = scope["headers"]
    return scope["method"] == "GET" and _NAVIGATES in headers and _TO_A_PAGE in headers


async def _is_their_own(reader: Reader, viewer: Viewer, ref: str, now: datetime) -> bool:
    try:
        return (await access.readable(reader, viewer, ref, now)).how == "person"
    except NotThere:
        return False


def _shown(found: access.Access) -> Shown:
    rests = () if found.link_id is None else (stream_name(found.link_id),)
    stream = sessions.stream_name(found.session_id)
    return Shown(found.order_id, f"/orders/{found.ref}", found.how, found.locale, found.version, stream, rests)
