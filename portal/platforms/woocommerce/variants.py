"""What a line could be instead: the other variations of its product."""

from __future__ import annotations

from collections.abc import Sequence

from portal.platforms.changes import Variant
from portal.platforms.neutral.money import MoneyError, to_minor
from portal.platforms.neutral.parts import Amount, NeutralOrder
from portal.platforms.woocommerce.amounts import decimal
from portal.platforms.woocommerce.api import Api, Refused
from portal.platforms.woocommerce.gathering import as_error, every
from portal.platforms.woocommerce.shape import Node, count, ident, nodes, text, yes


async def variants_of(api: Api, order: NeutralOrder, line_id: str) -> Sequence[Variant]:
    """The variations that can be bought, the line's own one left out. Prices are as the shop tells them, like the
    order's; where the order is in another currency than the shop, they are the shop's. Raises ShopError."""
    line = next((line for line in order.lines if line.id == line_id), None)
    if line is None or line.product_id is None or line.variant_id is None:
        return ()
    try:
        found = await every(api, f"products/{line.product_id}/variations", ("status", "publish"))
    except Refused as refused:
        if refused.status == 404:
            return ()
        raise as_error(refused) from refused
    names = {name for item in found for name, _ in _options(item)}
    read = (_variant(item, names, order) for item in found if ident(item, "id") != line.variant_id)
    return tuple(variant for variant in read if variant is not None)


def _variant(item: Node, names: set[str], order: NeutralOrder) -> Variant | None:
    """A variation; None for one that leaves a choice open, has no price, or is not for sale."""
    options, price = _options(item), decimal(item.get("price"))
    own = ident(item, "id")
    if own is None or price is None or {name for name, _ in options} != names or item.get("purchasable") is False:
        return None
    chosen = ", ".join(value for _, value in options)
    try:
        shop = to_minor(price, order.currency.shop or "")
    except MoneyError:
        return None
    same = order.currency.shop == order.currency.buyer
    amount = Amount(shop=shop, buyer=shop if same else None)
    return Variant(own, chosen or text(item, "name") or own, options, amount, _available(item))


def _options(item: Node) -> tuple[tuple[str, str], ...]:
    pairs = ((text(choice, "name"), text(choice, "option")) for choice in nodes(item, "attributes"))
    return tuple((name, value) for name, value in pairs if name and value)


def _available(item: Node) -> int | None:
    """Units that can be had; None where the shop does not count, or sells what it has yet to get."""
    if yes(item.get("backorders_allowed")) or text(item, "stock_status") == "onbackorder":
        return None
    if text(item, "stock_status") == "outofstock":
        return 0
    held = item.get("stock_quantity")
    return count(held) if item.get("manage_stock") and held is not None else None
