"""Passkeys over HTTP: what the page's script asks for and sends, and the pages around it."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from portal.accounts import own, sessions, stepup
from portal.accounts.sessions import Opened
from portal.accounts.viewer import Viewer
from portal.context import Context
from portal.kit import cookies, forms, i18n
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.kit.forms import N_, Form
from portal.kit.ids import TOKEN, new_token, token_hash
from portal.kit.quota import take
from portal.kit.redirects import is_safe
from portal.signin import limits, notices, passkeys
from portal.signin.desk import AFTER, START, Desk, client_of, label_of
from portal.signin.forms import PasskeyName
from portal.signin.passkeys import NotAccepted, Place

T = TypeVar("T")
log = logging.getLogger("jalon.passkeys")
_SECONDS = int(passkeys.LIFE.total_seconds())
_HOME = "/account"
_REFUSED = N_("This passkey was not accepted. Try once more, or use a code.")
_TWICE = N_("This passkey could not be added. Try once more, or with another device.")


@dataclass(frozen=True, slots=True)
class Passkeys:
    """The addresses about passkeys. `place` is there: without one these routes are not."""

    desk: Desk
    place: Place

    async def challenge(self, request: Request) -> Response:
        """POST /sign-in/passkey/options"""
        viewer = await self.desk.viewer(request)
        context = self.desk.context
        await take(context.db, context.clock.now(), limits.passkey(context, client_of(request)))
        began = self.desk.began(request)
        browser = began if began is not None and TOKEN.fullmatch(began) else new_token()
        have = None
        if viewer.person_id is not None:
            async with context.db.read() as reader:
                have = await passkeys.of_person(reader, viewer.person_id)
        options = await passkeys.challenge(context, self.place, _browser(browser), have)
        return self.desk.remember(request, _json(options), browser, _SECONDS)

    async def use(self, request: Request) -> Response:
        """POST /sign-in/passkey: sign in, or prove oneself again, with an answered challenge."""
        viewer = await self.desk.viewer(request)
        context = self.desk.context
        await take(context.db, context.clock.now(), limits.passkey(context, client_of(request)))
        body, began = await request.body(), self.desk.began(request)

        async def sign_in(tx: Tx) -> Opened:
            sent = passkeys.parsed(body)
            if began is None:
                raise NotAccepted("another browser")
            person_id, handle = await passkeys.used(context, tx, self.place, _browser(began), sent.get("credential"))
            if handle is not None and await own.person_of(tx, handle) != person_id:
                raise NotAccepted("another person's name")
            return await sessions.sign_in(tx, context.clock.now(), viewer, person_id, label=label_of(request))

        opened = await self._accepted(context, sign_in)
        if opened is None:
            return self._refused(request, viewer, _REFUSED)
        response = _json(json.dumps({"location": _wanted(body) or AFTER}))
        secure = cookies.secure(request.scope)
        response.headers.append("set-cookie", opened.cookie(secure=secure))
        response.headers.append("set-cookie", cookies.taken_back(START, secure=secure))
        return response

    async def new(self, request: Request) -> Response:
        """GET /account/passkeys/new: where one is made; `?offer=1` right after the first code."""
        viewer = await self.desk.viewer(request)
        back = self.desk.back(request) or f"{_HOME}#passkeys"
        stepup.proven(viewer, self.desk.context.clock.now(), "/account/passkeys/new")
        values = {"back": back, "offer": request.query_params.get("offer") == "1", "label": label_of(request)}
        return self.desk.page(request, viewer, "account/passkey.html", values)

    async def invite(self, request: Request) -> Response:
        """POST /account/passkeys/options"""
        viewer, person_id = await self._proven(request)
        context = self.desk.context
        async with context.db.read() as reader:
            have = await passkeys.of_person(reader, person_id)
            ref = await own.ref_of(reader, person_id)
            addresses = await own.emails(reader, person_id)
        name = addresses[0] if addresses else context.settings.shop_name
        holder = _session(viewer)
        return _json(await passkeys.invite(context, self.place, holder, ref=ref, name=name, have=have))

    async def add(self, request: Request) -> Response:
        """POST /account/passkeys"""
        viewer, person_id = await self._proven(request)
        context, body = self.desk.context, await request.body()
        locale, now = self.desk.locale(request, viewer), context.clock.now()

        async def keep(tx: Tx) -> int:
            sent = passkeys.parsed(body)
            name = forms.filled(PasskeyName, {"name": str(sent.get("name", ""))[:200]}).data
            called = name.name if name else label_of(request) or "Passkey"
            holder = _session(viewer)
            made = await passkeys.add(context, tx, self.place, holder, person_id, sent.get("credential"), called)
            told = await own.emails(tx, person_id)
            await notices.tell(tx, now, told, "passkey_added", locale=locale, values={"name": called})
            return made

        if await self._accepted(context, keep) is None:
            return self._refused(request, viewer, _TWICE)
        return _json(json.dumps({"location": _wanted(body) or f"{_HOME}#passkeys"}))

    async def remove(self, request: Request) -> Response:
        """POST /account/passkeys/{id}/remove"""
        viewer, person_id = await self._proven(request)
        context, passkey_id = self.desk.context, int(request.path_params["id"])
        locale, now = self.desk.locale(request, viewer), context.clock.now()

        async def unit(tx: Tx) -> str | None:
            name = await passkeys.remove(tx, person_id, passkey_id)
            if name is not None:
                told = await own.emails(tx, person_id)
                await notices.tell(tx, now, told, "passkey_removed", locale=locale, values={"name": name})
            return name

        if await context.db.write(unit) is None:
            raise NotThere
        return self.desk.to(request, f"{_HOME}#passkeys")

    async def rename(self, request: Request) -> Response:
        """POST /account/passkeys/{id}/name"""
        viewer = await self.desk.viewer(request)
        person_id = stepup.signed_in(viewer, _HOME)
        form: Form[PasskeyName] = await forms.read(request, PasskeyName)
        if form.data is not None:
            passkey_id, name = int(request.path_params["id"]), form.data.name

            async def unit(tx: Tx) -> bool:
                return await passkeys.rename(tx, person_id, passkey_id, name)

            if not await self.desk.context.db.write(unit):
                raise NotThere
        return self.desk.to(request, f"{_HOME}#passkeys")

    async def _proven(self, request: Request) -> tuple[Viewer, int]:
        viewer = await self.desk.viewer(request)
        return viewer, stepup.proven(viewer, self.desk.context.clock.now(), _HOME)

    async def _accepted(self, context: Context, act: Callable[[Tx], Awaitable[T]]) -> T | None:
        """What `act` gives; None for an answer that was not accepted, whose challenge is used up all the same."""

        async def unit(tx: Tx) -> T | NotAccepted:
            try:
                return await act(tx)
            except NotAccepted as problem:
                return problem

        result = await context.db.write(unit)
        if isinstance(result, NotAccepted):
            log.info("a passkey was not accepted: %s", result)
            return None
        return result

    def _refused(self, request: Request, viewer: Viewer, why: str) -> Response:
        with i18n.using(self.desk.locale(request, viewer)):
            return _json(json.dumps({"problem": i18n.gettext(why)}), 422)


def _browser(token: str) -> str:
    return f"browser:{token_hash(token)}"


def _session(viewer: Viewer) -> str:
    return f"session:{viewer.session_id}"


def _wanted(body: bytes) -> str | None:
    """Where the page wants to go afterwards, if that is a page of ours."""
    back = passkeys.parsed(body).get("back")
    return back if isinstance(back, str) and is_safe(back) else None


def _json(text: str, status: int = 200) -> Response:
    return Response(text, status, {"cache-control": "no-store", "vary": "Cookie"}, "application/json")
