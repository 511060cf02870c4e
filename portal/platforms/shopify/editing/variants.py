"""What a line could be instead: the variants of its product, with what they cost in both currencies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from portal.platforms.changes import Variant
from portal.platforms.neutral.money import MoneyError, to_minor
from portal.platforms.neutral.parts import Amount, Line, NeutralOrder
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.operations import editing
from portal.platforms.shopify.shape import nodes, part, text, yes

_FIRST: Final = 50
_NOWHERE: Final = "FR"  # a country has to be named, also where the order has none


async def variants_of(admin: Admin, order: NeutralOrder, line: Line) -> list[Variant]:
    """The other variants of the line's product. Raises ShopError."""
    if line.product_id is None:
        return []
    found: list[Variant] = []
    after: str | None = None
    while True:
        answer = await admin.ask(
            editing.VARIANTS, id=line.product_id, first=_FIRST, after=after, country=_country(order)
        )
        listed = part(part(answer.data, "product"), "variants")
        found += [_variant(node, order) for node in nodes(listed, "nodes") if text(node, "id") != line.variant_id]
        page = part(listed, "pageInfo")
        after = text(page, "endCursor")
        if page.get("hasNextPage") is not True or after is None:
            return found


async def variant_of(admin: Admin, order: NeutralOrder, line: Line, variant_id: str) -> Variant | None:
    """One of them, as it is now; None when it is no variant of the line's product. Raises ShopError."""
    answer = await admin.ask(editing.VARIANT, id=variant_id, country=_country(order))
    node = part(answer.data, "productVariant")
    mine = line.product_id is not None and text(part(node, "product"), "id") == line.product_id
    return _variant(node, order) if mine else None


def _country(order: NeutralOrder) -> str:
    address = order.address.shipping or order.address.billing
    return (address.country if address else None) or _NOWHERE


def _variant(node: Mapping[str, Any], order: NeutralOrder) -> Variant:
    options = ((text(one, "name") or "", text(one, "value") or "") for one in nodes(node, "selectedOptions"))
    return Variant(
        text(node, "id") or "",
        text(node, "title") or "",
        tuple(options),
        _price(node, order),
        _available(node),
    )


def _price(node: Mapping[str, Any], order: NeutralOrder) -> Amount:
    """The buyer's price is the one of the buyer's country, where that country's currency is the order's."""
    shop = _minor(node.get("price"), order.currency.shop)
    told = part(part(node, "contextualPricing"), "price")
    known = told.get("currencyCode") == order.currency.buyer
    buyer = _minor(told.get("amount"), order.currency.buyer) if known else None
    if order.currency.shop == order.currency.buyer:
        shop = buyer = shop if buyer is None else buyer
    return Amount(shop=shop, buyer=buyer)


def _minor(value: object, currency: str | None) -> int | None:
    try:
        return to_minor(value, currency) if isinstance(value, str) and currency is not None else None
    except MoneyError:
        return None


def _available(node: Mapping[str, Any]) -> int | None:
    """How many can be had; None where the shop does not count them, or sells what it has not."""
    if not yes(node, "availableForSale"):
        return 0
    counted = yes(part(node, "inventoryItem"), "tracked") and node.get("inventoryPolicy") == "DENY"
    stock = node.get("inventoryQuantity")
    return max(0, stock) if counted and isinstance(stock, int) else None
