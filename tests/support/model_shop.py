"""The adapter for the model platform: the contract of a connected shop, over any way to call it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.platforms.changes import (
    Applied,
    Begun,
    Can,
    CancelOrder,
    CancelUnits,
    Change,
    Edit,
    NotApplied,
    Quote,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
    Variant,
)
from portal.platforms.live import Finding, Manifest, Page, Shop
from portal.platforms.neutral import NeutralOrder, neutral_order
from portal.platforms.neutral.parts import Amount
from portal.platforms.pricing import quote
from tests.support.model_platform import PRICES, Json, Kind

Call = Callable[..., Awaitable[Any]]
ALL = frozenset(Can)
VARIANTS = [
    Variant(name, name.upper(), (("Size", name.upper()),), Amount(shop=price, buyer=price))
    for name, price in PRICES.items()
]


@dataclass(frozen=True)
class ModelShop:
    """One shop. `call` asks the platform by name and raises ShopError when that fails."""

    call: Call
    kind: Kind = "keyed"
    can: frozenset[Can] = ALL
    name: str = "model"

    @property
    def manifest(self) -> Manifest:
        """See `Shop`."""
        return Manifest("neutral", "Model", (), self.can)

    async def check(self, hooks_at: str | None) -> Sequence[Finding]:  # noqa: ARG002 - there is nothing to check
        """See `Shop.check`."""
        return ()

    async def page(self, since: datetime | None, cursor: str | None) -> Page:  # noqa: ARG002 - orders are placed
        """See `Shop.page`."""
        return Page((), None)

    async def order(self, order_id: str) -> NeutralOrder | None:
        """See `Shop.order`."""
        told = await self.call("order", order_id=order_id)
        return None if told is None else neutral_order(told)

    async def variants(self, order: NeutralOrder, line_id: str) -> Sequence[Variant]:
        """See `Editable.variants`."""
        line = next(line for line in order.lines if line.id == line_id)
        return [variant for variant in VARIANTS if variant.id != line.variant_id]

    async def quote(self, order: NeutralOrder, edit: Edit) -> Quote | NotApplied:
        """See `Editable.quote`."""
        return quote(order, edit, _wanted(edit.change))

    async def apply(self, order: NeutralOrder, edit: Edit) -> Applied | NotApplied:
        """See `Editable.apply`."""
        given = {"order_id": order.source.order_id, "key": edit.key}
        reckoned = quote(order, edit, _wanted(edit.change))
        if isinstance(reckoned, NotApplied):
            return reckoned
        back = {"refund": max(0, -(reckoned.due.shop or 0)), "fee": reckoned.fee.shop or 0}
        steps = steps_of(edit.change)
        if self.kind == "steps":
            why = await self.call("lines", **given, steps=steps)
            if why is None:
                await self.call("refund", **given, **back)
        else:
            why = await self.call("edit", **given, **back, version=order.version, steps=steps)
        return Applied(edit.key) if why is None else NotApplied(why)

    async def applied(self, before: NeutralOrder, edit: Edit) -> Applied | Begun | None:
        """See `Editable.applied`."""
        order_id = before.source.order_id
        if self.kind == "versioned":
            now = await self.order(order_id)
            return Applied() if now is not None and _looks_made(before, now, edit.change) else None
        known = await self.call("known", key=edit.key)
        if not known["made"]:
            return None
        return Applied(edit.key) if known["paid_back"] else Begun()

    async def hold(self, order_id: str, key: str) -> bool:
        """See `Holds.hold`."""
        return bool(await self.call("hold", order_id=order_id, key=key))

    async def release(self, order_id: str, key: str) -> None:
        """See `Holds.release`."""
        await self.call("release", order_id=order_id, key=key)


@dataclass(frozen=True)
class OneShop:
    """The connected shops: this one."""

    shop: Shop | None

    def of(self, platform: str, shop: str | None) -> Shop | None:
        """See `engine.Shops.of`."""
        return self.shop if platform == "neutral" and shop == "model" else None


def steps_of(change: Change) -> list[Json]:
    """What the platform is to do."""
    match change:
        case SwapVariant(line_id, variant_id, quantity):
            taken = {"do": "take", "line": line_id, "units": quantity}
            return [taken, {"do": "add", "line": line_id, "variant": variant_id, "units": quantity}]
        case SetQuantity(line_id, quantity):
            return [{"do": "set", "line": line_id, "units": quantity}]
        case CancelUnits(units):
            return [{"do": "take", "line": line_id, "units": quantity} for line_id, quantity in units]
        case SetAddress(address):
            return [{"do": "address", "address": address.model_dump(mode="json", exclude_none=True)}]
        case SetInstructions(text):
            return [{"do": "instruct", "text": text}]
        case CancelOrder(reason):
            return [{"do": "cancel", "reason": reason}]


def _wanted(change: Change) -> Variant | None:
    wanted = change.variant_id if isinstance(change, SwapVariant) else None
    return next((variant for variant in VARIANTS if variant.id == wanted), None)


def _looks_made(before: NeutralOrder, now: NeutralOrder, change: Change) -> bool:
    """Whether the order has become what the change would have made of it; only the change can be what did it, where
    nobody else changes orders on this platform."""
    match change:
        case SetAddress(address):
            there = now.address.shipping
            return there is not None and (there.line1, there.city) == (address.line1, address.city)
        case SetInstructions(text):
            return {delivery.instructions for delivery in now.deliveries} == {text}
        case CancelOrder():
            return now.cancelled_at is not None
        case _:
            return _units(now) == _expected(before, change)


def _units(order: NeutralOrder) -> dict[str, int]:
    return {line.id: line.quantity.current for line in order.lines}


def _expected(before: NeutralOrder, change: Change) -> dict[str, int]:
    units = _units(before)
    for step in steps_of(change):
        match step["do"]:
            case "take":
                units[step["line"]] -= step["units"]
            case "set":
                units[step["line"]] = step["units"]
            case "add":
                units[f"L{len(units) + 1}"] = step["units"]
    return units
