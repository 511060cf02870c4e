"""Cancelling an order, or some of its items, from its staff page: what is chosen, what it comes to, and yes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import parse_qsl
from uuid import uuid4

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from portal.editing.commands import CancelItems, CancelWhole, Reason
from portal.editing.engine import Engine
from portal.editing.values import EditView, Refusal
from portal.kit import forms
from portal.kit.forms import N_, Form
from portal.platforms.units import nothing_shipped, unshipped_units
from portal.staff import changes, fields, limits, sessions
from portal.staff.doing import UNITS
from portal.staff.money import money_of
from portal.staff.orders import Open, Said, StaffOrders
from portal.staff.viewmodels import QuoteView

_NOTHING: Final = N_("Choose what is to be cancelled.")


class Choice(fields.Act):
    """What the form asks for. Units are further fields, one for each line."""

    what: Literal["whole", "items"] = "items"
    reason: Reason


class Yes(BaseModel):
    """The draft that was shown."""

    edit: str


@dataclass(frozen=True, slots=True)
class Cancelling:
    """/staff/orders/{ref}/cancel"""

    orders: StaffOrders
    engine: Engine

    async def choose(self, request: Request) -> Response:
        """GET: what can be cancelled."""
        return await self._page(request, await self.orders.open(request), Form())

    async def preview(self, request: Request) -> Response:
        """POST: what it comes to. It asks for a fresh proof. Raises Elsewhere."""
        opened = await self._proven(request)
        form = await forms.read(request, Choice)
        if form.data is None:
            return await self._page(request, opened, form)
        command = _command(form.data, await _units(request, opened))
        if command is None:
            return await self._page(request, opened, form.refused("what", _NOTHING))
        answered = await changes.preview(
            self.engine, opened.actor, opened.known.order_id, command, f"staff {form.data.key}"
        )
        if isinstance(answered, Refusal):
            return await self._page(request, opened, form, why=answered.code)
        values = {
            "base": opened.page,
            "number": opened.known.document.number,
            "edit": answered,
            "quote": _quote(opened, answered),
            "reason": form.data.reason,
            "whole": form.data.what == "whole",
        }
        return self.orders.desk.page(request, opened.who, "staff/cancel_sure.html", values)

    async def confirm(self, request: Request) -> Response:
        """POST …/cancel/confirm: yes. It asks for a fresh proof. Raises Elsewhere."""
        opened = await self._proven(request)
        form = await forms.read(request, Yes)
        if form.data is None:
            return await self._page(request, opened, Form().refused("what", _NOTHING))
        answered = await changes.confirm(self.engine, opened.actor, opened.known.order_id, form.data.edit)
        if isinstance(answered, Refusal):
            return await self.orders.answer(request, opened, Said("cancel", why=answered.code, status=409))
        return self.orders.desk.to(f"{opened.page}?done=cancel#did")

    async def _proven(self, request: Request) -> Open:
        opened, context = await self.orders.open(request), self.orders.desk.context
        sessions.proven(opened.who, context.clock.now(), f"{opened.page}/cancel")
        await self.orders.desk.count(limits.acting(context, opened.who.staff_id))
        return opened

    async def _page(self, request: Request, opened: Open, form: Form[Choice], why: str | None = None) -> Response:
        view, _ = await self.orders.view(opened.known.order_id)
        values = {
            "view": view,
            "base": opened.page,
            "form": form,
            "why": why,
            "key": str(uuid4()),
            "whole": nothing_shipped(opened.known.document),
        }
        status = 409 if why else form.status
        return self.orders.desk.page(request, opened.who, "staff/cancel.html", values, status)


def _command(choice: Choice, units: Mapping[str, int]) -> CancelWhole | CancelItems | None:
    if choice.what == "whole":
        return CancelWhole(reason=choice.reason)
    wanted = tuple((line, count) for line, count in units.items() if count)
    return CancelItems(units=wanted, reason=choice.reason) if wanted else None


async def _units(request: Request, opened: Open) -> Mapping[str, int]:
    """How many units of each line are meant; never more than are there."""
    typed = dict(parse_qsl((await request.body()).decode("ascii", "replace")))
    there = unshipped_units(opened.known.document)
    given = {
        line.id: typed.get(f"{UNITS}{place}", "").strip() for place, line in enumerate(opened.known.document.lines)
    }
    numbers = {line: text for line, text in given.items() if text.isascii() and text.isdigit() and len(text) < 5}
    return {line: min(int(text), there[line]) for line, text in numbers.items()}


def _quote(opened: Open, edit: EditView) -> QuoteView | None:
    """What it comes to, in the customer's currency."""
    quote, document = edit.quote, opened.known.document
    if quote is None:
        return None
    due: Any = money_of(quote.due, document)
    back = None if due is None or due.minor >= 0 else due
    return QuoteView(money_of(quote.after.total, document), back, exact=quote.exact)
