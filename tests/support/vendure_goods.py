"""What the played Vendure sells, what its orders come to, and how they are shown."""

from __future__ import annotations

import copy
from typing import Any, Final

Json = dict[str, Any]

# Size, price with its tax, and how many there are.
VARIANTS: Final = {"m": ("M", 2500, 500), "l": ("L", 2900, 500), "s": ("S", 2500, 1)}


def shipping(method: str) -> Json:
    """A shipping line."""
    way = {"code": "std", "name": method, "fulfillmentHandlerCode": "manual-fulfillment"}
    return {"id": "5", "price": 408, "priceWithTax": 490, "shippingMethod": way}


def add_up(order: Json) -> None:
    """The order's sums."""
    for line in order["lines"]:
        total = line["quantity"] * line["price"]
        line |= {"unitPrice": round(line["price"] / 1.2), "unitPriceWithTax": line["price"]}
        line |= {"proratedLinePrice": round(total / 1.2), "proratedLinePriceWithTax": total}
    goods = sum(line["proratedLinePriceWithTax"] for line in order["lines"])
    fees = sum(fee["priceWithTax"] for fee in order["surcharges"])
    sent = sum(line["priceWithTax"] for line in order["shippingLines"])
    net = sum(line["proratedLinePrice"] for line in order["lines"]) + fees
    order |= {"subTotal": net, "subTotalWithTax": goods + fees, "shipping": round(sent / 1.2), "shippingWithTax": sent}
    order |= {"total": order["subTotal"] + order["shipping"], "totalWithTax": goods + fees + sent}


def shown(order: Json) -> Json:
    """With its history, which takes arguments."""

    def history(_info: Any, options: Json) -> Json:
        transitions = "eq" in options.get("filter", {}).get("type", {})
        wanted = [e for e in order["entries"] if (e["type"] == "ORDER_STATE_TRANSITION") == transitions]
        return {"items": wanted[::-1][: options["take"]]}

    return {**copy.deepcopy(order), "history": history}


def offered(key: str) -> Json:
    """A variant as its product has it."""
    size, price, stock = VARIANTS[key]
    counted = {"trackInventory": "TRUE", "outOfStockThreshold": 0, "useGlobalOutOfStockThreshold": True}
    options = [{"name": size, "code": key, "group": {"name": "Size", "code": "size"}}]
    told = {
        "id": key,
        "name": f"Linen shirt {size}",
        "enabled": True,
        "price": round(price / 1.2),
        "priceWithTax": price,
    }
    levels = [{"stockOnHand": stock, "stockAllocated": 0}]
    return {**told, **counted, "currencyCode": "EUR", "options": options, "stockLevels": levels}


def ids_in(options: Json) -> list[str] | None:
    """The orders that are asked for by their ids; None: all."""
    found: list[str] | None = options.get("filter", {}).get("id", {}).get("in")
    return found
