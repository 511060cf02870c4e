"""The customer's pages of changing an order: what can be changed, a form for each, the preview, and what became of
it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from portal.editing.answers import Action, EditState
from portal.editing.confirm import confirm, undo
from portal.editing.look import choices, edit_of, look
from portal.editing.pages.forms import chosen, first_values, is_for_nothing, sent_values, wish_for
from portal.editing.pages.overview import overview
from portal.editing.pages.owner import ChangeDesk, Owner
from portal.editing.pages.previewed import previewed
from portal.editing.preview import preview
from portal.editing.values import Refusal
from portal.kit import forms, ids
from portal.kit.forms import Form


@dataclass(frozen=True, slots=True)
class ChangePages:
    """Serves one installation."""

    desk: ChangeDesk

    async def home(self, request: Request) -> Response:
        """GET /orders/{ref}/change"""
        owner = await self.desk.owner(request)
        looked = await look(self.desk.engine, owner.access.order_id)
        return self.desk.page(request, owner, "page", {"page": overview(owner, looked)})

    async def form(self, request: Request) -> Response:
        """GET /orders/{ref}/change/new/{action}?line="""
        owner = await self.desk.owner(request)
        return await self._form(request, owner, None)

    async def send(self, request: Request) -> Response:
        """POST /orders/{ref}/change/new/{action}?line="""
        owner = await self.desk.sender(request)
        sent = await forms.fields(request)
        looked = await look(self.desk.engine, owner.access.order_id)
        wish = wish_for(looked, request.path_params["action"], request.query_params.get("line"))
        form: Form[Any] = forms.filled(wish.model, sent_values(wish, sent))
        if form.data is None:
            return await self._form(request, owner, form)
        found = await preview(
            self.desk.engine,
            owner.access.order_id,
            form.data,
            owner.who,
            client_key=_key(sent),
            locale=self.desk.desk.locale(request, owner.viewer),
        )
        if isinstance(found, Refusal):
            return self._refused(request, owner, found)
        return self.desk.desk.to(request, owner.edit(found.ref))

    async def edit(self, request: Request) -> Response:
        """GET /orders/{ref}/change/{edit}"""
        owner = await self.desk.owner(request)
        found = await edit_of(self.desk.engine, owner.access.order_id, request.path_params["edit"])
        looked = await look(self.desk.engine, owner.access.order_id)
        if found.state is not EditState.DRAFT:
            return self.desk.desk.to(request, f"{owner.order}#change")
        return self.desk.page(request, owner, "preview", {"page": previewed(found, looked, owner.now)})

    async def confirm(self, request: Request) -> Response:
        """POST /orders/{ref}/change/{edit}/confirm"""
        owner = await self.desk.sender(request)
        ref = request.path_params["edit"]
        who = self.desk.actor(owner, owner.edit(ref))
        return self._settled(request, owner, await confirm(self.desk.engine, owner.access.order_id, ref, who))

    async def undo(self, request: Request) -> Response:
        """POST /orders/{ref}/change/{edit}/undo"""
        owner = await self.desk.sender(request)
        who = self.desk.actor(owner, owner.base)
        found = await undo(self.desk.engine, owner.access.order_id, request.path_params["edit"], who)
        return self._settled(request, owner, found)

    def _settled(self, request: Request, owner: Owner, found: object) -> Response:
        if isinstance(found, Refusal):
            return self._refused(request, owner, found)
        return self.desk.desk.to(request, f"{owner.order}#change")

    def _refused(self, request: Request, owner: Owner, refusal: Refusal) -> Response:
        return self.desk.page(request, owner, "refused", {"refusal": refusal}, 409)

    async def _form(self, request: Request, owner: Owner, sent: Form[Any] | None) -> Response:
        looked = await look(self.desk.engine, owner.access.order_id)
        wish = wish_for(looked, request.path_params["action"], request.query_params.get("line"))
        if is_for_nothing(wish):
            return self._refused(request, owner, Refusal(wish.answer.code, wish.answer))
        values: dict[str, Any] = {
            "wish": wish,
            "form": Form(first_values(looked, wish)) if sent is None else sent,
            "key": ids.new_ref(),
            "refund_days": looked.answers.refund_days,
        }
        if wish.action == Action.SWAP.value and wish.line is not None:
            variants = await choices(self.desk.engine, owner.access.order_id, wish.line.id)
            if isinstance(variants, Refusal):
                return self._refused(request, owner, variants)
            values["choices"] = chosen(wish.line, variants, looked.order.currency)
        return self.desk.page(request, owner, "form", values, values["form"].status)


def _key(sent: dict[str, str]) -> str | None:
    """What tells a form that is sent twice from two forms."""
    key = sent.get("key", "")
    return key if ids.REF.fullmatch(key) else None
