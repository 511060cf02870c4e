"""A person's own data over HTTP: reading it, taking it away, having it erased. Each asks for a fresh proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel
from starlette.requests import Request
from starlette.responses import Response

from portal.accounts import own, stepup
from portal.accounts.viewer import Viewer
from portal.kit import forms
from portal.kit.forms import N_, Form
from portal.orders import rights
from portal.privacy.erasure import erase_person
from portal.privacy.export import as_json, export_of
from portal.privacy.readable import readable
from portal.signin.desk import Desk
from portal.signin.pages import signed_out

DATA: Final = "/account/data"
ERASE: Final = "/account/erase"
ERASED: Final = "/account/erased"


def _sure(ticked: bool) -> bool:
    if not ticked:
        raise ValueError(N_("Tick this if you want it: it cannot be undone."))
    return ticked


class Erase(BaseModel, validate_default=True):
    """Whether somebody really wants it."""

    sure: Annotated[bool, AfterValidator(_sure)] = False


@dataclass(frozen=True, slots=True)
class OwnData:
    """The pages of a person's rights."""

    desk: Desk

    async def read(self, request: Request) -> Response:
        """GET /account/data: everything, to be read."""
        viewer, person_id = await self._proven(request, DATA)
        context = self.desk.context
        async with context.db.read() as reader:
            parts = readable(await export_of(context, reader, person_id))
        return self.desk.page(request, viewer, "account/data.html", {"parts": parts})

    async def take(self, request: Request) -> Response:
        """GET /account/data.json: everything, as a file."""
        _, person_id = await self._proven(request, DATA)
        context = self.desk.context
        async with context.db.read() as reader:
            text = as_json(await export_of(context, reader, person_id))
        headers = {
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="data-{context.clock.now():%Y-%m-%d}.json"',
            "vary": "Cookie",
        }
        return Response(text, 200, headers, "application/json")

    async def erase(self, request: Request) -> Response:
        """GET and POST /account/erase: what goes, said plainly, and then gone."""
        viewer, person_id = await self._proven(request, ERASE)
        if request.method != "POST":
            return await self._asked(request, viewer, person_id, Form())
        form = await forms.read(request, Erase)
        if form.data is None:
            return await self._asked(request, viewer, person_id, form)
        await erase_person(self.desk.context, person_id, self.desk.locale(request, viewer))
        return signed_out(request, self.desk.to(request, ERASED))

    async def erased(self, request: Request) -> Response:
        """GET /account/erased: the same for everybody."""
        return self.desk.page(request, await self.desk.viewer(request), "account/erased.html", {})

    async def _asked(self, request: Request, viewer: Viewer, person_id: int, form: Form[Erase]) -> Response:
        context = self.desk.context
        async with context.db.read() as reader:
            values = {
                "form": form,
                "contacts": await own.contacts(reader, person_id),
                "orders": await rights.orders_of_person(reader, person_id),
            }
        return self.desk.page(request, viewer, "account/erase.html", values, form.status)

    async def _proven(self, request: Request, back: str) -> tuple[Viewer, int]:
        viewer = await self.desk.viewer(request)
        return viewer, stepup.proven(viewer, self.desk.context.clock.now(), back)
