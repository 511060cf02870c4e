"""What a bulk operation cannot tell of an order: what is in its parcels, its refunds and its returns. Pure.

For most orders it follows: one parcel with everything that has left, no refund, no return. The others are read whole.
"""

from __future__ import annotations

from typing import Any

from portal.platforms.shopify import words

Json = dict[str, Any]


def completed(body: Json) -> Json | None:
    """The order's body with what follows from the rest; None when it has to be read whole."""
    if body.get("refunds") or body.get("returnStatus") != "NO_RETURN":
        return None
    whole = {**body, "returns": []}
    for name in ("lineItems", "shippingLines", "fulfillmentOrders"):
        whole.setdefault(name, [])
    whole["fulfillmentOrders"] = [{"lineItems": [], **work} for work in whole["fulfillmentOrders"]]
    parcels = list(body.get("fulfillments") or [])
    sent = [parcel for parcel in parcels if words.parcel_state(parcel.get("status")) not in ("cancelled", "failed")]
    if not sent:
        return whole
    units = {line["id"]: _left(line) for line in whole["lineItems"]}
    if len(sent) > 1 or sent[0].get("totalQuantity") != sum(units.values()):
        return None
    held = [{"quantity": quantity, "lineItem": {"id": own}} for own, quantity in units.items() if quantity]
    whole["fulfillments"] = [
        {**parcel, "fulfillmentLineItems": held} if parcel is sent[0] else parcel for parcel in parcels
    ]
    return whole


def _left(line: Json) -> int:
    """Units that have left: what is still wanted and does not wait."""
    return max(0, int(line.get("currentQuantity") or 0) - int(line.get("unfulfilledQuantity") or 0))
