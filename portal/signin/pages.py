"""Signing in over HTTP: the look-up, the code, the address in the message, proving oneself again, leaving.

What is answered to a look-up depends on what was typed and on nothing that is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from portal.accounts import own, sessions, stepup
from portal.accounts.viewer import Viewer
from portal.kit import cookies, forms
from portal.kit.db import Tx
from portal.kit.forms import N_, Form
from portal.kit.quota import Claim, count
from portal.orders import lookup
from portal.signin import codes, finish, limits, passkeys
from portal.signin.begin import Typed, begin
from portal.signin.desk import AFTER, START, Desk, client_of, label_of
from portal.signin.forms import ByEmail, ByOrder, Code, Way

_SECONDS = int(codes.LIFE.total_seconds())


@dataclass(frozen=True, slots=True)
class SignIn:
    """The home page, and the pages under /sign-in. `orders`: what the demonstration lists, each with number,
    url and note."""

    desk: Desk
    orders: Sequence[object] = ()

    async def home(self, request: Request) -> Response:
        """GET /"""
        viewer = await self.desk.viewer(request)
        return self.desk.page(request, viewer, "home.html", {**self._look_up(), "orders": self.orders})

    async def start(self, request: Request) -> Response:
        """GET and POST /sign-in"""
        viewer = await self.desk.viewer(request)
        if request.method != "POST":
            if viewer.person_id is not None:
                return self.desk.to(request, self.desk.back(request) or AFTER)
            return self._start(request, viewer, Form(), Form())
        if (await forms.read(request, Way)).value("way") == "order":
            other = await forms.read(request, ByOrder)
            if other.data is None:
                return self._start(request, viewer, Form(), other)
            typed = Typed(other.data.own_email, other.data.order_number, other.data.hint)
        else:
            form = await forms.read(request, ByEmail)
            if form.data is None:
                return self._start(request, viewer, form, Form())
            typed = Typed(form.data.email, form.data.number)
        return await self._begin(request, viewer, typed, self.desk.back(request))

    async def resend(self, request: Request) -> Response:
        """POST /sign-in/resend: another code for what this browser asked for before."""
        viewer = await self.desk.viewer(request)
        row = await self._begun(request)
        if row is None:
            return self.desk.to(request, "/sign-in")
        typed = Typed(row.email, row.number, row.hint)
        return await self._begin(request, viewer, typed, row.back, row.purpose, row.person_id)

    async def code(self, request: Request) -> Response:
        """GET and POST /sign-in/code"""
        viewer = await self.desk.viewer(request)
        if request.method != "POST":
            return await self._code(request, viewer, Form())
        form = await forms.read(request, Code)
        if form.data is None:
            return await self._code(request, viewer, form)
        if wait := await self._count(limits.answering(self.desk.context, client_of(request))):
            return self._wait(request, viewer, wait)
        browser = self.desk.began(request)
        result = await finish.by_code(self.desk.context, viewer, browser, form.data.code, label_of(request))
        if isinstance(result, finish.Done):
            return await self._welcome(request, result)
        if result is None or result.left == 0:
            return self._over(request, viewer)
        wrong = N_("This is not the code. Look at the newest message from us; you have %(left)s tries left.")
        if result.left == 1:
            wrong = N_("This is not the code. You have one try left.")
        return await self._code(request, viewer, Form().refused("code", wrong, left=result.left))

    async def link(self, request: Request) -> Response:
        """GET and POST /sign-in/link/{token}: looking uses nothing up, the button does."""
        viewer, token = await self.desk.viewer(request), request.path_params["token"]
        context = self.desk.context
        if request.method != "POST":
            async with context.db.read() as reader:
                row = await finish.begun_by_link(reader, token, context.clock.now())
            if row is None:
                return self._over(request, viewer)
            return self.desk.page(request, viewer, "signin/link.html", {"address": masked(row.target)})
        if wait := await self._count(limits.answering(context, client_of(request))):
            return self._wait(request, viewer, wait)
        done = await finish.by_link(context, viewer, token, label_of(request))
        return self._over(request, viewer) if done is None else await self._welcome(request, done)

    async def again(self, request: Request) -> Response:
        """GET and POST /sign-in/again: a person proves themselves once more, by a code or a passkey."""
        viewer, back = await self.desk.viewer(request), self.desk.back(request)
        person_id = stepup.signed_in(viewer, back or AFTER)
        context = self.desk.context
        async with context.db.read() as reader:
            addresses = await own.emails(reader, person_id)
            have = await passkeys.of_person(reader, person_id)
        if request.method == "POST" and addresses:
            return await self._begin(request, viewer, Typed(addresses[0]), back, "again", person_id)
        usable = bool(have) and passkeys.place(context.settings) is not None
        values = {"address": addresses[0] if addresses else None, "passkey": usable, "back": back}
        return self.desk.page(request, viewer, "signin/again.html", values)

    async def leave(self, request: Request) -> Response:
        """POST /sign-out"""
        viewer = await self.desk.viewer(request)
        context = self.desk.context
        if (session_id := viewer.session_id) is not None:

            async def unit(tx: Tx) -> None:
                await sessions.end(tx, context.clock.now(), session_id)

            await context.db.write(unit)
        return signed_out(request, self.desk.to(request, "/"))

    def _start(self, request: Request, viewer: Viewer, form: Form[ByEmail], other: Form[ByOrder]) -> Response:
        values = {**self._look_up(), "form": form, "other": other, "back": self.desk.back(request)}
        return self.desk.page(request, viewer, "signin/start.html", values, max(form.status, other.status))

    def _look_up(self) -> dict[str, Any]:
        context = self.desk.context
        works = {
            "sends": context.mail_channel != "none",
            "passkey": passkeys.place(context.settings) is not None,
        }
        return {"form": Form(), "other": Form(), **works}

    async def _begin(
        self,
        request: Request,
        viewer: Viewer,
        typed: Typed,
        back: str | None,
        purpose: str = "sign_in",
        person_id: int | None = None,
    ) -> Response:
        return await ask_for_code(self.desk, request, viewer, typed, back, purpose, person_id)

    async def _code(self, request: Request, viewer: Viewer, form: Form[Code]) -> Response:
        row = await self._begun(request)
        if row is None:
            return self._over(request, viewer)
        values = {"form": form, "begun": row, "mailbox": self.desk.context.mail_channel == "mailbox"}
        return self.desk.page(request, viewer, "signin/code.html", values, form.status)

    async def _begun(self, request: Request) -> Any | None:
        context = self.desk.context
        async with context.db.read() as reader:
            return await finish.begun_here(reader, self.desk.began(request), context.clock.now())

    async def _welcome(self, request: Request, done: finish.Done) -> Response:
        target = done.back or await self._order(done.order_id) or AFTER
        if done.offer and passkeys.place(self.desk.context.settings) is not None:
            target = f"/account/passkeys/new?offer=1&back={quote(target, safe='')}"
        response = self.desk.to(request, target)
        secure = cookies.secure(request.scope)
        response.headers.append("set-cookie", done.opened.cookie(secure=secure))
        response.headers.append("set-cookie", cookies.taken_back(START, secure=secure))
        return response

    async def _order(self, order_id: int | None) -> str | None:
        if order_id is None:
            return None
        async with self.desk.context.db.read() as reader:
            ref = await lookup.ref_of(reader, order_id)
        return ref and f"/orders/{ref}"

    def _over(self, request: Request, viewer: Viewer) -> Response:
        return self.desk.page(request, viewer, "signin/over.html", {}, 410)

    async def _count(self, claims: list[Claim]) -> timedelta:
        context = self.desk.context

        async def unit(tx: Tx) -> timedelta:
            return await count(tx, context.clock.now(), claims)

        return await context.db.write(unit)

    def _wait(self, request: Request, viewer: Viewer, wait: timedelta) -> Response:
        return wait_page(self.desk, request, viewer, wait)


async def ask_for_code(
    desk: Desk,
    request: Request,
    viewer: Viewer,
    typed: Typed,
    back: str | None,
    purpose: str,
    person_id: int | None,
) -> Response:
    """Count, write the beginning, and go to where the code is typed: one write, whatever is to be found."""
    context, locale = desk.context, desk.locale(request, viewer)
    claims = limits.asking(context, client_of(request), typed.email, typed.number)

    async def unit(tx: Tx) -> timedelta | str:
        wait = await count(tx, context.clock.now(), claims)
        if wait:
            return wait
        return await begin(tx, context, typed, locale=locale, back=back, purpose=purpose, person_id=person_id)

    result = await context.db.write(unit)
    if isinstance(result, timedelta):
        return wait_page(desk, request, viewer, result)
    return desk.remember(request, desk.to(request, "/sign-in/code"), result, _SECONDS)


def wait_page(desk: Desk, request: Request, viewer: Viewer, wait: timedelta) -> Response:
    """Too often: when to come again."""
    seconds = int(wait.total_seconds()) + 1
    response = desk.page(request, viewer, "signin/wait.html", {"minutes": -(-seconds // 60)}, 429)
    response.headers["retry-after"] = str(seconds)
    return response


def signed_out(request: Request, response: Response) -> Response:
    """The response after which this browser knows nothing any more."""
    secure = cookies.secure(request.scope)
    for name in (cookies.SESSION, START):
        response.headers.append("set-cookie", cookies.taken_back(name, secure=secure))
    response.headers["clear-site-data"] = '"cache", "cookies", "storage"'
    return response


def masked(address: str) -> str:
    """An address as somebody recognises it who knows it: "c…e@example.com"."""
    name, _, host = address.partition("@")
    return f"{name[:1]}…{name[-1:] if len(name) > 2 else ''}@{host}"
