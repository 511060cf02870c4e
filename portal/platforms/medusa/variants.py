"""What a line could be instead: the other variants of its product."""

from __future__ import annotations

from decimal import Decimal

from portal.platforms.changes import Variant
from portal.platforms.live import ShopError
from portal.platforms.medusa.amounts import Money, exact
from portal.platforms.medusa.api import Api, Refused, escaped
from portal.platforms.medusa.shape import Node, count, nodes, part, text
from portal.platforms.neutral.parts import Amount, NeutralOrder

_FIELDS = (
    "id,title,manage_inventory,allow_backorder,inventory_quantity,*options,options.option.title,*prices,product.status"
)


async def variants(api: Api, order: NeutralOrder, line_id: str) -> list[Variant]:
    """See `Editable.variants`. The prices are the product's own: what the shop's price lists make of them is known
    when the edit is quoted."""
    line = next((line for line in order.lines if line.id == line_id), None)
    if line is None or line.product_id is None:
        return []
    path = f"/admin/products/{escaped(line.product_id)}/variants"
    try:
        answer = await api.get(path, [("fields", _FIELDS), ("limit", "200")])
    except Refused as refused:
        if refused.status == 404:
            return []
        raise ShopError("answer", f"Medusa does not list the variants: {refused.said}") from refused
    return [_variant(one, order) for one in nodes(answer, "variants") if text(one, "id") not in (None, line.variant_id)]


def _variant(one: Node, order: NeutralOrder) -> Variant:
    options = [(text(part(item, "option"), "title") or "", text(item, "value") or "") for item in nodes(one, "options")]
    money = Money(order.currency.shop)
    price = money.minor(_price(one, order))
    limited = one.get("manage_inventory") is True and one.get("allow_backorder") is not True
    return Variant(
        text(one, "id") or "",
        text(one, "title") or "",
        tuple(options),
        Amount(shop=price, buyer=price),
        count(one, "inventory_quantity") if limited else None,
    )


def _price(one: Node, order: NeutralOrder) -> Decimal | None:
    """In the order's currency: the one for its region, else the one for everywhere."""
    region = order.raw.get("region_id")
    there = [price for price in nodes(one, "prices") if _currency(price) == order.currency.shop and _is_for_one(price)]
    regional = [price for price in there if part(price, "rules").get("region_id") == region]
    common = [price for price in there if not part(price, "rules")]
    chosen = (regional or common)[:1]
    return exact(chosen[0], "amount") if chosen else None


def _currency(price: Node) -> str:
    return (text(price, "currency_code") or "").upper()


def _is_for_one(price: Node) -> bool:
    """Not for many units at once."""
    return (count(price, "min_quantity") or 0) <= 1
