"""The form for returning an item, where the shop's platform takes such requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from portal.editing.answers import Action, Answer, Code, Verdict
from portal.editing.look import look
from portal.editing.pages.forms import options_of, title_of
from portal.editing.pages.owner import ChangeDesk, Owner
from portal.editing.returning import LONGEST_WORDS, Reason, request_return
from portal.editing.values import Looked, Refusal
from portal.kit import forms, ids
from portal.kit.errors import NotThere
from portal.kit.forms import N_, Form

REASONS: Final = (
    ("size", N_("The size does not fit")),
    ("defective", N_("It is damaged or does not work")),
    ("wrong_item", N_("It is not what was ordered")),
    ("not_as_described", N_("It is not as described")),
    ("unwanted", N_("It is not wanted any more")),
    ("other", N_("Another reason")),
)


class Wish(BaseModel):
    """What the form asks for. `key` tells a form that is sent twice from two forms."""

    quantity: int = Field(default=1, ge=1, le=999)
    reason: Reason
    words: Annotated[str, StringConstraints(max_length=LONGEST_WORDS)] = ""
    key: Annotated[str, StringConstraints(pattern=ids.REF.pattern)]


@dataclass(frozen=True, slots=True)
class ReturnPages:
    """Serves one installation."""

    desk: ChangeDesk

    async def form(self, request: Request) -> Response:
        """GET /orders/{ref}/change/return?line="""
        owner = await self.desk.owner(request)
        return await self._form(request, owner, Form({"quantity": "1", "key": ids.new_ref()}))

    async def send(self, request: Request) -> Response:
        """POST /orders/{ref}/change/return?line="""
        owner = await self.desk.sender(request)
        form = await forms.read(request, Wish)
        if form.data is None:
            return await self._form(request, owner, form)
        self.desk.actor(owner, f"{owner.base}/return?{request.url.query}")
        wish, line = form.data, request.query_params.get("line", "")
        order_id = owner.access.order_id
        refused = await request_return(
            self.desk.engine, order_id, line, wish.quantity, wish.reason, wish.words, f"{owner.access.ref}:{wish.key}"
        )
        if refused is not None:
            return self.desk.page(request, owner, "refused", {"refusal": refused}, 409)
        return self.desk.page(request, owner, "return_sent", {})

    async def _form(self, request: Request, owner: Owner, form: Form[Any]) -> Response:
        looked = await look(self.desk.engine, owner.access.order_id)
        line_id = request.query_params.get("line", "")
        answer = _answer(looked, line_id)
        if answer.verdict is Verdict.NO or answer.code is not Code.RETURN_REQUEST:
            return self.desk.page(request, owner, "refused", {"refusal": Refusal(answer.code, answer)}, 409)
        line = next(line for line in looked.order.lines if line.id == line_id)
        values = {
            "form": form,
            "answer": answer,
            "title": title_of(line),
            "options": options_of(line),
            "reasons": REASONS,
            "longest": LONGEST_WORDS,
        }
        return self.desk.page(request, owner, "return", values, form.status)


def _answer(looked: Looked, line_id: str) -> Answer:
    found = looked.answers.lines.get(line_id, {}).get(Action.RETURN)
    if found is None:
        raise NotThere
    return found
