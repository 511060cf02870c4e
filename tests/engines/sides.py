"""A shop from both sides: what the merchant sees, and what the portal's adapter makes of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.platforms.changes import Applied, Change, Edit, NotApplied
from portal.platforms.live import Editable, Shop
from portal.platforms.neutral.parts import Amount, NeutralOrder
from tests.engines.merchant import Merchant, Seen


@dataclass(frozen=True, slots=True)
class Sides:
    """`merchant` works in the shop, `shop` is the portal's way into it."""

    merchant: Merchant
    shop: Shop

    @property
    def editable(self) -> Editable:
        """The shop, which can be edited."""
        assert isinstance(self.shop, Editable)
        return self.shop

    async def order(self, order_id: str) -> NeutralOrder:
        """The order as the adapter reads it, which is as the merchant sees it."""
        order = await self.shop.order(order_id)
        assert order is not None
        assert told(order) == self.merchant.seen(order_id)
        return order

    async def edit(self, order_id: str, change: Change, **more: Any) -> Applied | NotApplied:
        """Make an edit as the portal does it: read, then apply."""
        order = await self.shop.order(order_id)
        assert order is not None
        return await self.editable.apply(order, edit_of(change, **more))


def edit_of(change: Change, fee: int = 0, **more: Any) -> Edit:
    """An edit with a key of its own."""
    return Edit(str(uuid.uuid4()), change, Amount(shop=fee, buyer=fee) if fee else Amount(), **more)


def told(order: NeutralOrder) -> Seen:
    """What the portal's document says, in the merchant's terms."""
    names = {line.id: line.sku or "" for line in order.lines}
    parcels = [parcel for parcel in order.parcels if parcel.state == "ok"]
    shipping = order.address.shipping
    return Seen(
        units=_units((names[line.id], line.quantity.current) for line in order.lines),
        shipped=_units((names[line.id], line.quantity.fulfilled) for line in order.lines),
        numbers=frozenset(one.number for parcel in parcels for one in parcel.tracking if one.number),
        delivered=sum(parcel.delivered_at is not None for parcel in parcels),
        street=(shipping.line1 if shipping else None) or "",
        total=order.totals.total.buyer or 0,
        refunded=order.totals.refunded.buyer or 0,
        outstanding=order.totals.outstanding.buyer or 0,
        cancelled=order.cancelled_at is not None,
    )


def line_of(order: NeutralOrder, sku: str) -> str:
    """The id of the line that is wanted still."""
    return next(line.id for line in order.lines if line.sku == sku and line.quantity.current)


def _units(pairs: Any) -> Mapping[str, int]:
    units: dict[str, int] = {}
    for sku, quantity in pairs:
        if quantity:
            units[sku] = units.get(sku, 0) + quantity
    return units
