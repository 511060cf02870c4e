"""/account over HTTP: a person's contacts, browsers and language. What others could misuse asks for a fresh proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from portal.accounts import own, sessions, stepup
from portal.accounts.viewer import Viewer
from portal.kit import forms, i18n, wish
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.kit.forms import N_, Form
from portal.signin import notices, passkeys
from portal.signin.begin import Typed
from portal.signin.desk import Desk
from portal.signin.forms import Language, NewContact
from portal.signin.pages import ask_for_code, signed_out

HOME = "/account"


@dataclass(frozen=True, slots=True)
class Account:
    """The pages under /account."""

    desk: Desk

    async def home(self, request: Request) -> Response:
        """GET /account"""
        viewer = await self.desk.viewer(request)
        return await self._home(request, viewer, Form())

    async def add_contact(self, request: Request) -> Response:
        """POST /account/contacts: another address; it is theirs once they have typed the code sent there."""
        viewer, person_id = await self._proven(request)
        form = await forms.read(request, NewContact)
        if form.data is None:
            return await self._home(request, viewer, form)
        async with self.desk.context.db.read() as reader:
            have = await own.emails(reader, person_id)
        if form.data.email in have:
            return await self._home(request, viewer, form.refused("email", N_("This address is yours already.")))
        return await ask_for_code(
            self.desk, request, viewer, Typed(form.data.email), f"{HOME}#contacts", "add", person_id
        )

    async def remove_contact(self, request: Request) -> Response:
        """POST /account/contacts/{id}/remove; the last one stays."""
        viewer, person_id = await self._proven(request)
        context, contact_id = self.desk.context, int(request.path_params["id"])
        locale, now = self.desk.locale(request, viewer), context.clock.now()

        async def unit(tx: Tx) -> bool:
            values = {contact.id: contact.value for contact in await own.contacts(tx, person_id)}
            if contact_id not in values:
                return False
            told = await own.emails(tx, person_id)  # the one that goes as well
            if not await own.remove_contact(tx, person_id, contact_id):
                return False
            await notices.tell(tx, now, told, "contact_removed", locale=locale, values={"address": values[contact_id]})
            return True

        await self._done(await context.db.write(unit))
        return self.desk.to(request, f"{HOME}#contacts")

    async def end_session(self, request: Request) -> Response:
        """POST /account/sessions/{id}/end: sign another browser out, or this one."""
        viewer, person_id = await self._signed_in(request)
        context, session_id = self.desk.context, int(request.path_params["id"])

        async def unit(tx: Tx) -> bool:
            return await sessions.end(tx, context.clock.now(), session_id, person_id=person_id)

        await self._done(await context.db.write(unit))
        if session_id == viewer.session_id:
            return signed_out(request, self.desk.to(request, "/"))
        return self.desk.to(request, f"{HOME}#browsers")

    async def end_sessions(self, request: Request) -> Response:
        """POST /account/sessions/end: sign every browser out but this one."""
        viewer, person_id = await self._signed_in(request)
        context = self.desk.context

        async def unit(tx: Tx) -> None:
            await sessions.end_all(tx, context.clock.now(), person_id, but=viewer.session_id)

        await context.db.write(unit)
        return self.desk.to(request, f"{HOME}#browsers")

    async def language(self, request: Request) -> Response:
        """POST /account/language"""
        _, person_id = await self._signed_in(request)
        chosen = (await forms.read(request, Language)).value("language") or None
        if chosen is not None and chosen not in i18n.languages():
            raise NotThere

        async def unit(tx: Tx) -> None:
            await own.choose_language(tx, person_id, chosen)

        await self.desk.context.db.write(unit)
        response = self.desk.to(request, f"{HOME}#language")
        response.headers.append("set-cookie", wish.forgotten(request.scope))
        return response

    async def _home(self, request: Request, viewer: Viewer, form: Form[NewContact]) -> Response:
        person_id = stepup.signed_in(viewer, HOME)
        context, now = self.desk.context, self.desk.context.clock.now()
        async with context.db.read() as reader:
            values: dict[str, Any] = {
                "form": form,
                "contacts": await own.contacts(reader, person_id),
                "browsers": await sessions.sessions_of(reader, person_id, now),
                "passkeys": await passkeys.of_person(reader, person_id),
                "passkeys_work": passkeys.place(context.settings) is not None,
                "proven": viewer.proven(now),
                "tongues": [(code, i18n.own_name(code)) for code in i18n.languages()],
            }
        return self.desk.page(request, viewer, "account/page.html", values, form.status)

    async def _signed_in(self, request: Request) -> tuple[Viewer, int]:
        viewer = await self.desk.viewer(request)
        return viewer, stepup.signed_in(viewer, HOME)

    async def _proven(self, request: Request) -> tuple[Viewer, int]:
        viewer = await self.desk.viewer(request)
        return viewer, stepup.proven(viewer, self.desk.context.clock.now(), HOME)

    async def _done(self, changed: bool) -> None:
        if not changed:
            raise NotThere
