"""Signing in for the shop's people, over HTTP: the address, the code, proving oneself again, leaving."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from portal.kit import cookies, forms
from portal.kit.db import Tx
from portal.kit.forms import N_, Form
from portal.kit.quota import count
from portal.signin import codes
from portal.signin.desk import client_of, label_of
from portal.staff import beginning, limits, sessions
from portal.staff.beginning import Done
from portal.staff.desk import HOME, StaffDesk
from portal.staff.fields import Code, SignIn
from portal.staff.log import note
from portal.staff.members import address_of
from portal.staff.sessions import COOKIE, Somebody
from portal.staff.values import Act, Actor, Step

START: Final = "jalon-staff-start"
_SECONDS: Final = int(codes.LIFE.total_seconds())
_WAIT: Final = N_("You have asked too often. Try again in a quarter of an hour.")


@dataclass(frozen=True, slots=True)
class Entrance:
    """The pages under /staff/sign-in."""

    desk: StaffDesk

    async def start(self, request: Request) -> Response:
        """GET and POST /staff/sign-in"""
        who = await self.desk.asker(request)
        if request.method != "POST":
            return self.desk.to(self.desk.back(request) or HOME) if who else self._start(request, Form())
        form = await forms.read(request, SignIn)
        if form.data is None:
            return self._start(request, form)
        return await self._begin(request, form.data.email) or self._start(request, form.refused("email", _WAIT), 429)

    async def code(self, request: Request) -> Response:
        """GET and POST /staff/sign-in/code"""
        context, who = self.desk.context, await self.desk.asker(request)
        if request.method != "POST":
            return await self._code(request, Form())
        form = await forms.read(request, Code)
        if form.data is None:
            return await self._code(request, form)
        if await self._is_too_often(limits.answering(context, client_of(request))):
            return await self._code(request, form.refused("code", _WAIT), 429)
        browser = cookies.value(request.scope, START)
        result = await beginning.by_code(context, who, browser, form.data.code, label_of(request))
        if isinstance(result, Done):
            return self._welcome(request, result)
        if result is None or result.left == 0:
            return self._over(request)
        wrong = N_("This is not the code. Look at the newest message from us; you have %(left)s tries left.")
        if result.left == 1:
            wrong = N_("This is not the code. You have one try left.")
        return await self._code(request, Form().refused("code", wrong, left=result.left))

    async def again(self, request: Request) -> Response:
        """GET and POST /staff/sign-in/again: before money moves."""
        who, context = await self.desk.somebody(request), self.desk.context
        async with context.db.read() as reader:
            address = await address_of(reader, who.staff_id)
        status = 200
        if request.method == "POST":
            if (response := await self._begin(request, address)) is not None:
                return response
            status = 429
        values = {"address": address, "back": self.desk.back(request), "wait": _WAIT if status == 429 else None}
        return self.desk.page(request, who, "staff/again.html", values, status)

    async def leave(self, request: Request) -> Response:
        """POST /staff/sign-out"""
        who, context = await self.desk.asker(request), self.desk.context
        if who is not None:
            await context.db.write(lambda tx: _end(tx, context.clock.now(), who))
        response, secure = self.desk.to("/staff/sign-in"), cookies.secure(request.scope)
        for name in (COOKIE, START):
            response.headers.append("set-cookie", cookies.taken_back(name, secure=secure))
        return response

    async def _begin(self, request: Request, address: str) -> Response | None:
        """Count, write the beginning, and go to where the code is typed; None when it is too often."""
        context, locale = self.desk.context, self.desk.locale(request, None)
        claims, back = limits.asking(context, client_of(request), address), self.desk.back(request)

        async def unit(tx: Tx) -> str | None:
            wait = await count(tx, context.clock.now(), claims)
            return None if wait else await beginning.begin(tx, context, address, locale, back)

        browser = await context.db.write(unit)
        if browser is None:
            return None
        response, secure = self.desk.to("/staff/sign-in/code"), cookies.secure(request.scope)
        response.headers.append("set-cookie", cookies.given(START, browser, secure=secure, max_age=_SECONDS))
        return response

    async def _is_too_often(self, claims: list[Any]) -> bool:
        context = self.desk.context

        async def unit(tx: Tx) -> timedelta:
            return await count(tx, context.clock.now(), claims)

        return bool(await context.db.write(unit))

    def _start(self, request: Request, form: Form[SignIn], status: int | None = None) -> Response:
        values = {"form": form, "sends": self.desk.context.mail_channel != "none", "back": self.desk.back(request)}
        return self.desk.page(request, None, "staff/sign_in.html", values, status or form.status)

    async def _code(self, request: Request, form: Form[Code], status: int | None = None) -> Response:
        context = self.desk.context
        async with context.db.read() as reader:
            row = await beginning.begun_here(reader, cookies.value(request.scope, START), context.clock.now())
        if row is None:
            return self._over(request)
        values = {"form": form, "address": row.email, "mailbox": context.mail_channel == "mailbox"}
        return self.desk.page(request, None, "staff/code.html", values, status or form.status)

    def _over(self, request: Request) -> Response:
        return self.desk.page(request, None, "staff/over.html", {}, 410)

    def _welcome(self, request: Request, done: Done) -> Response:
        response, secure = self.desk.to(done.back or HOME), cookies.secure(request.scope)
        response.headers.append("set-cookie", done.opened.cookie(secure=secure))
        response.headers.append("set-cookie", cookies.taken_back(START, secure=secure))
        return response


async def _end(tx: Tx, now: Any, who: Somebody) -> None:
    await sessions.end(tx, now, who.session_id)
    await note(tx, now, Actor(who.staff_id), Act.SIGN_OUT, Step.DONE, str(uuid.uuid4()))
