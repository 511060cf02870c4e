"""What an order says about where it goes: its address, and instructions for whoever delivers it.

Both are written in one step together with our mark. Shopify takes an address at any time and for any country; whether
the order may still have another one is asked before, and whether the open work got it afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from portal.platforms.changes import Applied, Edit, NotApplied, SetAddress, SetInstructions
from portal.platforms.live import ShopError
from portal.platforms.marks import mark_of
from portal.platforms.neutral.parts import Address
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.editing.marks import value_for
from portal.platforms.shopify.editing.places import has_followed
from portal.platforms.shopify.editing.refusals import because, said_in
from portal.platforms.shopify.instructions import INSTRUCTIONS
from portal.platforms.shopify.operations import editing
from portal.platforms.shopify.reading.whole import Whole, read_whole
from portal.platforms.shopify.shape import nodes, part, text

_REGION: Final = re.compile(r"[A-Z0-9]{1,3}(-[A-Z0-9]{1,3})?")
_LOOKS: Final = (1.0, 3.0)  # seconds until the open work is looked at again


async def update(admin: Admin, whole: Whole, edit: Edit) -> Applied | NotApplied:
    """Write it. Raises ShopError."""
    said = await _write(admin, whole, mark_of(edit.key), _members(whole, edit))
    if said:
        return because(said, whole.order, edit)
    if isinstance(edit.change, SetAddress):
        return await followed(admin, whole, edit, whole.order.address.shipping)
    return Applied(mark_of(edit.key))


async def followed(admin: Admin, whole: Whole, edit: Edit, old: Address | None) -> Applied | NotApplied:
    """Wait until the open work has the new address; if it keeps the `old` one, so does the order."""
    for wait in (0.0, *_LOOKS):
        await admin.pause(wait)
        now = await read_whole(admin, whole.order.source.order_id)
        if now is None or has_followed(now.body, old):
            return Applied(mark_of(edit.key))
        whole = now
    back = _address(old or Address(), part(whole.body, "shippingAddress"))
    said = await _write(admin, whole, f"undone {mark_of(edit.key)}", {"shippingAddress": back})
    if said:
        raise ShopError("answer", f"Open work kept the old address, and the order cannot have it back: {said}")
    return NotApplied("refused", "the work that is open kept the address that it had")


async def _write(admin: Admin, whole: Whole, mark: str, members: Mapping[str, Any]) -> str:
    marked = {
        "namespace": "$app:jalon", "key": "edit", "type": "json", "value": value_for(mark, whole.order),
    }  # fmt: skip
    written = {"id": whole.order.source.order_id, **members, "metafields": [marked]}
    answer = await admin.ask(editing.UPDATE, input=written)
    return said_in(part(answer.data, "orderUpdate"))


def _members(whole: Whole, edit: Edit) -> dict[str, Any]:
    if isinstance(edit.change, SetAddress):
        return {"shippingAddress": _address(edit.change.address, part(whole.body, "shippingAddress"))}
    words = edit.change.text if isinstance(edit.change, SetInstructions) else None
    kept = [
        {"key": text(one, "key") or "", "value": text(one, "value") or ""}
        for one in nodes(whole.body, "customAttributes")
        if text(one, "key") != INSTRUCTIONS
    ]
    return {"customAttributes": [*kept, *([{"key": INSTRUCTIONS, "value": words}] if words else [])]}


def _address(new: Address, old: Mapping[str, Any]) -> dict[str, Any]:
    """Who lives there has one name with us and two with Shopify; the phone stays unless there is another."""
    first, last = _names(new.name, old)
    return {
        "firstName": first,
        "lastName": last,
        "company": new.company,
        "address1": new.line1,
        "address2": new.line2,
        "zip": new.postcode,
        "city": new.city,
        "provinceCode": _region(new.region, old),
        "countryCode": new.country or text(old, "countryCodeV2"),
        "phone": new.phone or text(old, "phone"),
    }


def _names(name: str | None, old: Mapping[str, Any]) -> tuple[str | None, str | None]:
    before = " ".join(part_ for member in ("firstName", "lastName") if (part_ := text(old, member)))
    if name is None or name == before or name == text(old, "name"):
        return text(old, "firstName"), text(old, "lastName")
    first, _, last = name.strip().rpartition(" ")
    return first or None, last


def _region(region: str | None, old: Mapping[str, Any]) -> str | None:
    """Shopify takes codes only."""
    if region is not None and region == text(old, "province"):
        return text(old, "provinceCode")
    return region if region is not None and _REGION.fullmatch(region) else None
