"""Makes edits in a Saleor shop.

Saleor changes addresses and metadata of any order, lines only of one that is not confirmed yet, and pays nothing back
when it cancels. Each mutation stands alone: an edit of several is marked in the order's private metadata before its
first and after its last, and whatever is between them is set, not changed by some amount, so that it can be set again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from portal.platforms.changes import (
    Applied,
    Begun,
    CancelOrder,
    CancelUnits,
    Edit,
    NotApplied,
    Quote,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
    Variant,
)
from portal.platforms.guards import refusal
from portal.platforms.live import ShopError
from portal.platforms.neutral.parts import Address, NeutralOrder
from portal.platforms.pricing import paid, quote as reckoned
from portal.platforms.repricing import leaves_nothing, units_after
from portal.platforms.saleor import queries
from portal.platforms.saleor.api import Api, Refused
from portal.platforms.saleor.order import INSTRUCTIONS
from portal.platforms.saleor.shape import Node, count, known, nodes, part, text

Found = tuple[Node, NeutralOrder]
Reader = Callable[[str], Awaitable[Found | None]]
Variants = Callable[[NeutralOrder, str], Awaitable[tuple[Variant, ...]]]

_BEGUN: Final = "begun"
_MADE: Final = "made"
_NOT_MADE: Final = "refused"
_LATE: Final = ("NOT_EDITABLE", "CANNOT_CANCEL_ORDER", "CANNOT_CANCEL_FULFILLMENT")
_SHORT: Final = (
    "INSUFFICIENT_STOCK", "PRODUCT_NOT_PUBLISHED", "PRODUCT_UNAVAILABLE_FOR_PURCHASE", "NOT_AVAILABLE_IN_CHANNEL",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """Where edits of one shop are made: its API, how an order is read, and what a line could be instead."""

    api: Api
    read: Reader
    variants: Variants

    async def quote(self, order: NeutralOrder, edit: Edit) -> Quote | NotApplied:
        """What the edit would come to."""
        return _quoted(order, edit, await self._variant(order, edit))

    async def apply(self, seen: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        """Make it, or go on with it."""
        found = await self.read(seen.source.order_id)
        if found is None:
            return NotApplied("cancelled", "the shop has deleted the order")
        body, order = found
        stands = progress(body, edit)
        if isinstance(stands, Applied):
            return stands
        if stands is None and (refused := await self._refused(seen, order, edit)) is not None:
            return refused
        try:
            return await self._make(body, seen, edit)
        except Refused as no:
            return NotApplied(_why(no.code), no.message)

    async def applied(self, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
        """Whether it was made."""
        found = await self.read(before.source.order_id)
        return None if found is None else progress(found[0], edit)

    async def _refused(self, seen: NeutralOrder, order: NeutralOrder, edit: Edit) -> NotApplied | None:
        quote = _quoted(order, edit, await self._variant(order, edit))
        if isinstance(quote, NotApplied):
            return quote
        return NotApplied("changed") if _face(seen) != _face(order) else None

    async def _make(self, body: Node, before: NeutralOrder, edit: Edit) -> Applied:
        order_id = before.source.order_id
        made = [{"key": _mark(edit), "value": _MADE}]
        match edit.change:
            case SetAddress(address):
                told = {"shippingAddress": _address(part(body, "shipping_address"), address), "privateMetadata": made}
                await self.api.change(queries.UPDATE, id=order_id, input=told)
            case SetInstructions(words):
                told = {"metadata": [{"key": INSTRUCTIONS, "value": words or ""}], "privateMetadata": made}
                await self.api.change(queries.UPDATE, id=order_id, input=told)
            case _:
                await self._in_steps(body, before, edit)
        return Applied()

    async def _in_steps(self, body: Node, before: NeutralOrder, edit: Edit) -> None:
        """Mutations between two marks. When the first of them is refused, nothing was made, and the mark goes."""
        order_id = before.source.order_id
        steps = self._steps(body, before, edit)
        if progress(body, edit) is None:
            await self._mark(order_id, edit, _BEGUN)
        for number, (mutation, told) in enumerate(steps):
            try:
                await self.api.change(mutation, **told)
            except Refused as no:
                if number or progress(body, edit) is not None:
                    raise ShopError(
                        "answer", f"Saleor made a part of this edit and refuses the rest: {no.message}"
                    ) from no
                await self._mark(order_id, edit, _NOT_MADE)
                raise
        await self._mark(order_id, edit, _MADE)

    def _steps(self, body: Node, before: NeutralOrder, edit: Edit) -> list[tuple[str, dict[str, Any]]]:
        """What is still to be done. What is added comes first: an order without lines would be none."""
        if isinstance(edit.change, CancelOrder) or leaves_nothing(before, edit.change):
            gone = (text(body, "status") or "").lower() == "canceled"
            return [] if gone else [(queries.CANCEL, {"id": before.source.order_id})]
        lines = {text(line, "id"): line for line in nodes(body, "lines")}
        steps = _added(body, before, edit.change) if isinstance(edit.change, SwapVariant) else []
        for line, units in units_after(before, edit.change).items():
            if line in lines and lines[line].get("quantity") != units:
                set_ = (queries.SET_LINE, {"id": line, "quantity": units})
                steps.append(set_ if units else (queries.DROP_LINE, {"id": line}))
        return steps

    async def _mark(self, order_id: str, edit: Edit, word: str) -> None:
        await self.api.change(queries.MARK, id=order_id, input=[{"key": _mark(edit), "value": word}])

    async def _variant(self, order: NeutralOrder, edit: Edit) -> Variant | None:
        if not isinstance(edit.change, SwapVariant):
            return None
        wanted = edit.change.variant_id
        return next((v for v in await self.variants(order, edit.change.line_id) if v.id == wanted), None)


def _added(body: Node, before: NeutralOrder, change: SwapVariant) -> list[tuple[str, dict[str, Any]]]:
    """Units of the other variant. Saleor adds to a line that has it already: what was there before tells whether it was
    done."""
    had = sum(line.quantity.current for line in before.lines if line.variant_id == change.variant_id)
    mine = [line for line in nodes(body, "lines") if text(part(line, "variant"), "id") == change.variant_id]
    missing = had + change.quantity - sum(count(line, "quantity") for line in mine)
    if missing <= 0:
        return []
    return [(queries.ADD_LINE, {"id": before.source.order_id, "variant": change.variant_id, "quantity": missing})]


def progress(body: Node, edit: Edit) -> Applied | Begun | None:
    """How far the edit is, by its mark."""
    word = known(body, _mark(edit))
    return Applied() if word == _MADE else Begun() if word == _BEGUN else None


def _quoted(order: NeutralOrder, edit: Edit, variant: Variant | None) -> Quote | NotApplied:
    refused = refusal(order, edit, variant)
    if refused is not None:
        return refused
    whole = isinstance(edit.change, CancelOrder) or leaves_nothing(order, edit.change)
    touches = isinstance(edit.change, SwapVariant | SetQuantity | CancelUnits) and not whole
    if touches and order.state.raw.get("status") != "UNCONFIRMED":
        return NotApplied("unsupported", "Saleor changes lines only until the order is confirmed")
    if (touches or whole) and paid(order, "buyer")[0]:
        return NotApplied("payment", "the order is paid, and Saleor pays nothing back by itself")
    return reckoned(order, edit, variant)


def _mark(edit: Edit) -> str:
    return f"jalon.edit.{edit.key}"


def _why(code: str) -> Any:
    return "shipped" if code in _LATE else "unavailable" if code in _SHORT else "refused"


def _face(order: NeutralOrder) -> tuple[object, ...]:
    lines = [(line.id, line.quantity) for line in order.lines]
    parcels = [(parcel.id, parcel.state) for parcel in order.parcels]
    return (lines, parcels, order.state.raw, order.totals.total, order.address.shipping)


def _address(before: Node, address: Address) -> Mapping[str, Any]:
    """A name that stays is not taken apart anew: nobody knows where a family name begins."""
    known_ = (text(before, "first_name") or "", text(before, "last_name") or "")
    first, _, last = (address.name or "").rpartition(" ")
    names = known_ if " ".join(filter(None, known_)) == (address.name or "") else (first, last)
    return {
        "firstName": names[0],
        "lastName": names[1],
        "companyName": address.company or "",
        "streetAddress1": address.line1 or "",
        "streetAddress2": address.line2 or "",
        "postalCode": address.postcode or "",
        "city": address.city or "",
        "cityArea": "",  # what there was of it is in the city, as we read it
        "countryArea": address.region or "",
        "country": address.country or text(part(before, "country"), "code"),
        "phone": address.phone or "",
    }
