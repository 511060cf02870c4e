"""The buttons of an order's staff page: each is an act, done once however often it is pressed; what is refused is said
on the page, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

import carriers
from portal.kit import forms
from portal.kit.forms import N_, Form
from portal.staff import acts, fields, limits, sessions
from portal.staff.acts import NotDone, Result
from portal.staff.orders import Open, Said, StaffOrders

F = TypeVar("F", bound=fields.Act)
UNITS: Final = "units-"  # and the line's place on the page, from 0
_NO_CODE: Final = N_("Type the code that is shown to you, or say that you know who collects it.")
_NUMBER: Final = N_("Several carriers could have given out this number. Say which one it is.")
_MOST: Final = 9999


@dataclass(frozen=True, slots=True)
class Doing:
    """POST /staff/orders/{ref}/…"""

    orders: StaffOrders

    async def to_ship(self, request: Request) -> Response:
        """The one button for both ways: being made ready, or ready to be collected."""
        opened, form = await self._sent(request, fields.Act)
        if form.data is None:
            return await self._said(request, opened, "to_ship", form)
        return await self._ended(request, opened, "to_ship", form, await acts.to_ship(*self._of(opened), form.data.key))

    async def ship(self, request: Request) -> Response:
        """Handed to a carrier. Where the number could be several carriers', somebody says whose it is."""
        opened, form = await self._sent(request, fields.Parcel)
        units = await self._units(request, opened)
        if form.data is None:
            return await self._said(request, opened, "ship", form)
        number, carrier = form.data.number, form.data.carrier
        guesses = () if carrier or not number else _guesses(number, opened)
        if len(guesses) > 1 and acts.proven(number, opened.known.document) is None:
            return await self._said(request, opened, "ship", form.refused("carrier", _NUMBER), guesses=guesses)
        result = await acts.ship(
            *self._of(opened), form.data.key, units=units, carrier=carrier or (guesses or (None,))[0], number=number
        )
        return await self._ended(request, opened, "ship", form, result)

    async def ready(self, request: Request) -> Response:
        """Ready to be collected."""
        opened, form = await self._sent(request, fields.OfDelivery)
        if form.data is None:
            return await self._said(request, opened, "ready", form)
        result = await acts.ready(*self._of(opened), form.data.key, delivery_id=form.data.delivery)
        return await self._ended(request, opened, "ready", form, result)

    async def collected(self, request: Request) -> Response:
        """Collected by whoever showed the code, or by somebody whom the shop knows."""
        opened, form = await self._sent(request, fields.Collected)
        if form.data is None:
            return await self._said(request, opened, "collected", form)
        if not form.data.code and not form.data.known:
            return await self._said(request, opened, "collected", form.refused("code", _NO_CODE))
        if not form.data.known:
            await self.orders.desk.count(limits.collecting(self.orders.desk.context, opened.known.order_id))
        code = None if form.data.known else form.data.code
        result = await acts.collected(*self._of(opened), form.data.key, code=code, delivery_id=form.data.delivery)
        return await self._ended(request, opened, "collected", form, result)

    async def delivered(self, request: Request) -> Response:
        """A parcel arrived, as the shop knows."""
        opened, form = await self._sent(request, fields.OfParcel)
        if form.data is None:
            return await self._said(request, opened, "delivered", form)
        result = await acts.delivered(*self._of(opened), form.data.key, parcel_id=form.data.parcel)
        return await self._ended(request, opened, "delivered", form, result)

    async def settled(self, request: Request) -> Response:
        """The money went back. It asks for a fresh proof. Raises Elsewhere."""
        opened, form = await self._sent(request, fields.Act, money=True)
        if form.data is None:
            return await self._said(request, opened, "settled", form)
        return await self._ended(request, opened, "settled", form, await acts.settled(*self._of(opened), form.data.key))

    async def _sent(self, request: Request, model: type[F], *, money: bool = False) -> tuple[Open, Form[F]]:
        """Who pressed which button, and what was typed beside it."""
        opened = await self.orders.open(request)
        context = self.orders.desk.context
        if money:
            sessions.proven(opened.who, context.clock.now(), opened.page)
        await self.orders.desk.count(limits.acting(context, opened.who.staff_id))
        return opened, await forms.read(request, model)

    def _of(self, opened: Open) -> tuple[acts.Hands, Any, int]:
        return self.orders.hands, opened.actor, opened.known.order_id

    async def _units(self, request: Request, opened: Open) -> Mapping[str, int]:
        """How many units of each line are in the parcel; what cannot be read is none."""
        typed = dict(parse_qsl((await request.body()).decode("ascii", "replace")))
        lines = opened.known.document.lines
        given = {line.id: typed.get(f"{UNITS}{place}", "").strip() for place, line in enumerate(lines)}
        return {line: min(int(text), _MOST) for line, text in given.items() if text.isascii() and text.isdigit()}

    async def _said(
        self, request: Request, opened: Open, act: str, form: Form[Any], *, guesses: tuple[str, ...] = ()
    ) -> Response:
        """The page with what is wrong with what was typed."""
        said = Said(act, forms={act: form}, guesses=guesses, status=422)
        return await self.orders.answer(request, opened, said)

    async def _ended(self, request: Request, opened: Open, act: str, form: Form[Any], result: Result) -> Response:
        if not isinstance(result, NotDone):
            return self.orders.desk.to(f"{opened.page}?done={act}#did")
        said = Said(act, why=result.why, told=result.said, forms={act: form}, status=409)
        return await self.orders.answer(request, opened, said)


def _guesses(number: str, opened: Open) -> tuple[str, ...]:
    """The carriers that may have given out a number, the likeliest first; none where all one knows is its form."""
    address = opened.known.document.address.shipping
    found = carriers.detect(number, country=address.country if address else None)
    return tuple(dict.fromkeys(guess.carrier for guess in found))
