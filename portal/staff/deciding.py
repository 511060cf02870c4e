"""Answering from an order's staff page what its customer asks for, and seeing to changes that are stuck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from portal.editing.decide import LONGEST_NOTE
from portal.editing.engine import Engine
from portal.editing.values import Refusal
from portal.kit import forms
from portal.staff import changes, limits, sessions
from portal.staff.changes import Answered
from portal.staff.orders import Open, Said, StaffOrders


class Answer(BaseModel):
    """Which change, and what the shop says about it to the customer."""

    edit: str
    note: Annotated[str, StringConstraints(max_length=LONGEST_NOTE)] | None = None


@dataclass(frozen=True, slots=True)
class Deciding:
    """POST /staff/orders/{ref}/changes/…; each asks for a fresh proof. Raise Elsewhere."""

    orders: StaffOrders
    engine: Engine

    async def accept(self, request: Request) -> Response:
        """Yes."""
        opened, answer = await self._answer(request)
        found = await changes.accept(self.engine, opened.actor, opened.known.order_id, answer.edit, answer.note)
        return await self._ended(request, opened, "accept", found)

    async def decline(self, request: Request) -> Response:
        """No."""
        opened, answer = await self._answer(request)
        found = await changes.decline(self.engine, opened.actor, opened.known.order_id, answer.edit, answer.note)
        return await self._ended(request, opened, "decline", found)

    async def again(self, request: Request) -> Response:
        """It is stuck: try once more."""
        opened, answer = await self._answer(request)
        found = await changes.send_again(self.engine, opened.actor, opened.known.order_id, answer.edit)
        return await self._ended(request, opened, "send_again", found)

    async def made(self, request: Request) -> Response:
        """It is stuck, and somebody has seen that it was made."""
        opened, answer = await self._answer(request)
        found = await changes.settle(self.engine, opened.actor, opened.known.order_id, answer.edit, made=True)
        return await self._ended(request, opened, "was_made", found)

    async def not_made(self, request: Request) -> Response:
        """It is stuck, and somebody has seen that it was not made."""
        opened, answer = await self._answer(request)
        found = await changes.settle(self.engine, opened.actor, opened.known.order_id, answer.edit, made=False)
        return await self._ended(request, opened, "was_not_made", found)

    async def _answer(self, request: Request) -> tuple[Open, Answer]:
        opened, context = await self.orders.open(request), self.orders.desk.context
        sessions.proven(opened.who, context.clock.now(), opened.page)
        await self.orders.desk.count(limits.acting(context, opened.who.staff_id))
        form = await forms.read(request, Answer)
        return opened, form.data or Answer(edit="")

    async def _ended(self, request: Request, opened: Open, act: str, answered: Answered) -> Response:
        if isinstance(answered, Refusal):
            return await self.orders.answer(request, opened, Said(act, why=answered.code, status=409))
        return self.orders.desk.to(f"{opened.page}?done={act}#did")
