"""Changes of orders over the API: what a customer may do, what is under way, changes that the shop's programs make,
and answers to what customers ask for.

A program acts for the shop: its changes are not measured by the policy for customers, and are made at once. The body
of a preview is a command as `portal.editing.commands` has them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

from portal.api.desk import Answer, Call, Problem
from portal.api.orders import Orders, checked, step_key
from portal.editing.answers import Answer as Said, Answers
from portal.editing.commands import BadCommand, command_from
from portal.editing.confirm import confirm
from portal.editing.decide import accept, decline
from portal.editing.engine import Engine
from portal.editing.look import choices, edit_of, look
from portal.editing.preview import preview
from portal.editing.values import EditView, Refusal
from portal.editing.who import Who
from portal.editing.words import sentence
from portal.kit.errors import NotThere
from portal.kit.ids import REF
from portal.platforms.changes import Variant
from portal.platforms.neutral.parts import Amount

_LOST: Final = frozenset({"gone", "not_there"})


class Note(BaseModel):
    """A word to the customer."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = None


Decide = Callable[[Engine, int, str, Who, str | None], Awaitable[EditView | Refusal]]


@dataclass(frozen=True, slots=True)
class Edits:
    """Serves one installation."""

    engine: Engine
    orders: Orders

    async def actions(self, call: Call) -> Answer:
        """GET /orders/{ref}/actions"""
        order = await self.orders.stored(call)
        return 200, _answers((await look(self.engine, order.order_id)).answers)

    async def variants(self, call: Call) -> Answer:
        """GET /orders/{ref}/variants?line="""
        order = await self.orders.stored(call)
        found = await choices(self.engine, order.order_id, call.asked("line") or "")
        if isinstance(found, Refusal):
            raise _refused(found)
        shown = [
            {
                "id": v.id,
                "title": v.title,
                "options": dict(v.options),
                "price": _amount(v.price),
                "available": v.available,
            }
            for v in found
        ]
        return 200, {"variants": shown}

    async def listed(self, call: Call) -> Answer:
        """GET /orders/{ref}/edits"""
        order = await self.orders.stored(call)
        looked = await look(self.engine, order.order_id)
        edits = [*([looked.open] if looked.open else []), *looked.past]
        return 200, {"edits": [_edit(edit) for edit in edits]}

    async def read(self, call: Call) -> Answer:
        """GET /orders/{ref}/edits/{edit}"""
        order = await self.orders.stored(call)
        return 200, _edit(await edit_of(self.engine, order.order_id, _named(call)))

    async def preview(self, call: Call) -> Answer:
        """POST /orders/{ref}/edits: what a change would come to."""
        key, order = step_key(call), await self.orders.stored(call)
        try:
            command = command_from(call.body)
        except BadCommand as wrong:
            raise Problem(422, "no_command", "This is no change of an order.", wrong.faults) from wrong
        return 201, _edit(
            _made(await preview(self.engine, order.order_id, command, _program(call), client_key=f"api:{key}"))
        )

    async def confirm(self, call: Call) -> Answer:
        """POST /orders/{ref}/edits/{edit}/confirm: have it made."""
        order = await self.orders.stored(call)
        return 200, _edit(_made(await confirm(self.engine, order.order_id, _named(call), _program(call))))

    async def accept(self, call: Call) -> Answer:
        """POST /orders/{ref}/edits/{edit}/accept: yes to what a customer asks for."""
        return await self._decide(call, accept)

    async def decline(self, call: Call) -> Answer:
        """POST /orders/{ref}/edits/{edit}/decline: no to it."""
        return await self._decide(call, decline)

    async def _decide(self, call: Call, act: Decide) -> Answer:
        order, said = await self.orders.stored(call), checked(Note, call.body)
        found = await act(self.engine, order.order_id, _named(call), _program(call), said.note)
        return 200, _edit(_made(found))


def _program(call: Call) -> Who:
    return Who("api", name=call.program.name)


def _named(call: Call) -> str:
    ref = call.name("edit")
    if not REF.fullmatch(ref):
        raise NotThere
    return ref


def _made(found: EditView | Refusal) -> EditView:
    if isinstance(found, Refusal):
        raise _refused(found)
    return found


def _refused(refusal: Refusal) -> Problem:
    code = str(refusal.code)
    said, _ = sentence(code, refusal.answer)
    return Problem(404 if code in _LOST else 409, code, said or "It cannot be done.")


def _answers(answers: Answers) -> dict[str, Any]:
    return {
        "order": {action.value: _said(answer) for action, answer in answers.order.items()},
        "lines": {
            line: {action.value: _said(answer) for action, answer in found.items()}
            for line, found in answers.lines.items()
        },
        "refund_days": answers.refund_days,
    }


def _said(answer: Said) -> dict[str, Any]:
    told = {
        "verdict": answer.verdict.value,
        "code": answer.code.value,
        "until": _iso(answer.until),
        "units": answer.units,
        "fee": _amount(answer.fee) if answer.fee is not None else None,
        "rule": answer.rule,
        "instead": answer.instead.value if answer.instead else None,
        "link": answer.link,
    }
    return {name: value for name, value in told.items() if value is not None}


def _edit(edit: EditView) -> dict[str, Any]:
    quote = edit.quote
    return {
        "ref": edit.ref,
        "action": edit.action.value,
        "state": edit.state.value,
        "code": edit.code,
        "by": edit.who,
        "created_at": _iso(edit.created_at),
        "expires_at": _iso(edit.expires_at),
        "undo_until": _iso(edit.undo_until),
        "settled_at": _iso(edit.settled_at),
        "items": [
            {"line_id": item.line_id, "title": item.title, "before": item.before, "after": item.after}
            for item in edit.touched
        ],
        "due": _amount(quote.due) if quote else None,
        "fee": _amount(quote.fee if quote else edit.fee),
        "exact": quote.exact if quote else None,
        "pay_url": edit.pay_url,
    }


def _variant(variant: Variant) -> dict[str, Any]:
    told = {"id": variant.id, "title": variant.title, "options": dict(variant.options), "available": variant.available}
    return {**told, "price": _amount(variant.price)}


def _amount(amount: Amount) -> dict[str, int | None]:
    return {"shop": amount.shop, "buyer": amount.buyer}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
