"""What a line could be instead: the other variants of its product."""

from __future__ import annotations

from collections.abc import Sequence

from portal.platforms.changes import SwapVariant, Variant
from portal.platforms.neutral.parts import Amount, NeutralOrder
from portal.platforms.vendure import operations
from portal.platforms.vendure.desk import Desk, Found, precision_of
from portal.platforms.vendure.money import Money
from portal.platforms.vendure.shape import Node, nodes, number, part, text


async def variants_of(desk: Desk, order: NeutralOrder, line_id: str) -> Sequence[Variant]:
    """Every variant of the line's product that is for sale, in the order's currency; the line's own is none. Raises
    ShopError."""
    line = next((line for line in order.lines if line.id == line_id), None)
    if line is None or line.product_id is None:
        return ()
    data = await desk.api.ask(operations.VARIANTS, currency=order.currency.shop, id=line.product_id)
    product, money = part(data, "product"), _money(order, data)
    if product.get("enabled") is False:
        return ()
    return tuple(
        _variant(one, data, money)
        for one in nodes(product, "variants")
        if one.get("enabled") is not False and text(one, "id") != line.variant_id
    )


async def variant_of(desk: Desk, found: Found, change: SwapVariant) -> Variant | None:
    """The variant that a line is to be swapped for, if it is one of them."""
    known = await variants_of(desk, found.document, change.line_id)
    return next((variant for variant in known if variant.id == change.variant_id), None)


def _money(order: NeutralOrder, data: Node) -> Money:
    """With taxes where the order's prices have them."""
    return Money(order.currency.shop, precision_of(data), order.taxes_included is not False)


def _variant(node: Node, data: Node, money: Money) -> Variant:
    price = money.shown(node, "price")["shop"] if text(node, "currencyCode") == money.currency else None
    return Variant(
        id=text(node, "id") or "",
        title=text(node, "name") or "",
        options=tuple(
            (text(part(option, "group"), "name", "code") or "", text(option, "name", "code") or "")
            for option in nodes(node, "options")
        ),
        price=Amount(shop=price, buyer=price),
        available=_available(node, part(data, "globalSettings")),
    )


def _available(variant: Node, shop: Node) -> int | None:
    """Units that can still be sold; None where nobody counts them."""
    counts = text(variant, "trackInventory")
    if counts == "FALSE" or (counts == "INHERIT" and shop.get("trackInventory") is False):
        return None
    threshold = shop if variant.get("useGlobalOutOfStockThreshold") is True else variant
    levels = nodes(variant, "stockLevels")
    free = sum((number(level, "stockOnHand") or 0) - (number(level, "stockAllocated") or 0) for level in levels)
    return max(0, free - (number(threshold, "outOfStockThreshold") or 0))
