"""Makes the two edits that PrestaShop's webservice can make safely: another address, and calling off an order that
nobody has paid.

An address is the customer's: other orders and the bill use it too. So a new one is made, marked as ours and hidden
from the customer's address book, and the order is told to use it. The webservice cannot pay back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from portal.platforms.changes import Applied, Begun, CancelOrder, Edit, NotApplied, Quote, SetAddress
from portal.platforms.guards import refusal
from portal.platforms.marks import mark_of
from portal.platforms.neutral.parts import Address, NeutralOrder
from portal.platforms.prestashop import words
from portal.platforms.prestashop.api import Api, Refused
from portal.platforms.prestashop.record import Reading, Record
from portal.platforms.prestashop.shape import Node, ident, text
from portal.platforms.pricing import paid, quote as reckoned

Reader = Callable[[str], Awaitable[tuple[Record, NeutralOrder, Reading] | None]]

# Without these a change of an order is refused; its state and its tracking number would be set anew if they were told.
_NEEDED: Final = (
    "id_address_delivery", "id_address_invoice", "id_cart", "id_currency", "id_lang", "id_customer", "id_carrier",
    "module", "payment", "total_paid", "total_paid_real", "total_products", "total_products_wt", "conversion_rate",
)  # fmt: skip
_KEPT: Final = ("id_customer", "id_country", "id_state", "vat_number", "dni", "other")
_UNSAFE: Final = "PrestaShop's webservice cannot do this safely"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where edits of one shop are made: its API, and how an order is read with all that belongs to it."""

    api: Api
    read: Reader

    async def apply(self, seen: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        """Make it, or go on with it."""
        found = await self.read(seen.source.order_id)
        if found is None:
            return NotApplied("cancelled", "the shop has deleted the order")
        record, order, reading = found
        if _is_made(record, reading, edit):
            return Applied()
        answer = quoted(order, edit)
        if isinstance(answer, NotApplied):
            return answer
        if _face(seen) != _face(order):
            return NotApplied("changed")
        try:
            if isinstance(edit.change, SetAddress):
                return await self._readdress(record, edit, edit.change.address)
            return await self._call_off(record, reading)
        except Refused as refused:
            return NotApplied("refused", refused.message)

    async def applied(self, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
        """Whether it was made. An address that no order uses yet is no part of it."""
        found = await self.read(before.source.order_id)
        return Applied() if found is not None and _is_made(found[0], found[2], edit) else None

    async def _readdress(self, record: Record, edit: Edit, address: Address) -> Applied:
        before = record.linked("addresses", "id_address_delivery")
        mark = mark_of(edit.key)
        made = await self.api.by_number("addresses", "alias", [mark])
        row = made[0] if made else await self.api.create("addresses", await self._members(before, address, mark))
        order = {name: text(record.order, name) for name in _NEEDED}
        await self.api.change(
            "orders", ident(record.order, "id") or "", {**order, "id_address_delivery": ident(row, "id")}
        )
        return Applied(ident(row, "id"))

    async def _members(self, before: Node, address: Address, mark: str) -> Mapping[str, str | None]:
        """The new address. A name that stays is not taken apart anew: nobody knows where a family name begins."""
        known = (text(before, "firstname") or "", text(before, "lastname") or "")
        first, _, last = (address.name or "").rpartition(" ")
        names = known if " ".join(filter(None, known)) == (address.name or "") else (first or last, last)
        state = await self._state(before, address)
        return {
            **{name: text(before, name) for name in _KEPT},
            "id_state": state,
            "alias": mark,
            "company": address.company,
            "lastname": names[1],
            "firstname": names[0],
            "address1": address.line1,
            "address2": address.line2,
            "postcode": address.postcode,
            "city": address.city,
            "phone": address.phone,
            "deleted": "1",
        }

    async def _state(self, before: Node, address: Address) -> str | None:
        """The number of the region, by its code in the country of the order."""
        if not address.region:
            return ident(before, "id_state")
        found = await self.api.by_number("states", "iso_code", [address.region])
        mine = (row for row in found if ident(row, "id_country") == ident(before, "id_country"))
        return next((ident(row, "id") for row in mine), ident(before, "id_state"))

    async def _call_off(self, record: Record, reading: Reading) -> Applied:
        number = next((key for key, word in reading.states.items() if word == "cancelled"), None)
        number = number or next(key for key, word in words.USUAL.items() if word == "cancelled")
        told = {"id_order": ident(record.order, "id"), "id_order_state": number}
        row = await self.api.create("order_histories", told)
        return Applied(ident(row, "id"))


def quoted(order: NeutralOrder, edit: Edit) -> Quote | NotApplied:
    """What the edit comes to, where it can be made."""
    if not isinstance(edit.change, SetAddress | CancelOrder):
        return NotApplied("unsupported", _UNSAFE)
    refused = refusal(order, edit)
    if refused is not None:
        return refused
    if isinstance(edit.change, CancelOrder) and (paid(order, "buyer")[0] or order.state.payment == "partially_paid"):
        return NotApplied("payment", "the order is paid, and the webservice cannot pay back")
    return reckoned(order, edit)


def _is_made(record: Record, reading: Reading, edit: Edit) -> bool:
    if isinstance(edit.change, SetAddress):
        return text(record.linked("addresses", "id_address_delivery"), "alias") == mark_of(edit.key)
    number = ident(record.order, "current_state")
    stands = words.standing(number, record.of("order_states", number), reading.states)
    return isinstance(edit.change, CancelOrder) and stands == "cancelled"


def _face(order: NeutralOrder) -> tuple[object, ...]:
    lines = [(line.id, line.quantity) for line in order.lines]
    parcels = [parcel.id for parcel in order.parcels]
    return (order.version, lines, parcels, order.state.raw.get("current_state"), order.address.shipping)
