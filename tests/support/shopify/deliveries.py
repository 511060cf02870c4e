"""What the played Shopify would deliver: bodies in its REST form, signed over their bytes as Rails writes them."""

from __future__ import annotations

import base64
import hmac
import json
from itertools import count
from typing import Any

from tests.support.shopify.records import Order, Parcel
from tests.support.shopify.server import CLIENT_SECRET
from tests.support.shopify.shop import DOMAIN

Json = dict[str, Any]
_numbers = count(1)


def written(body: Json) -> bytes:
    """JSON with `&`, `<` and `>` escaped, and everything else as it is."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    for sign in "&<>":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.encode()


def signature(body: bytes, secret: str = CLIENT_SECRET) -> str:
    """As in X-Shopify-Hmac-Sha256."""
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def headers(topic: str, body: bytes, secret: str = CLIENT_SECRET, **changes: str) -> dict[str, str]:
    """The headers of a delivery, in lower case."""
    given = {
        "topic": topic,
        "shop-domain": DOMAIN,
        "api-version": "2026-10",
        "hmac-sha256": signature(body, secret),
        "webhook-id": f"00000000-0000-4000-8000-{next(_numbers):012}",
        "triggered-at": "2026-11-12T10:00:00.123456789Z",
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return {f"x-shopify-{name}": value for name, value in given.items()}


def order_body(order: Order) -> Json:
    """The body of an orders/* delivery, as far as a hint needs it."""
    return {
        "id": int(order.id.rsplit("/", 1)[1]),
        "admin_graphql_api_id": order.id,
        "name": order.name,
        "email": order.email or "",
        "updated_at": order.updated.isoformat(),
        "line_items": [
            {"id": int(item.id.rsplit("/", 1)[1]), "quantity": item.quantity, "title": "Fish & <chips>"}
            for item in order.items
        ],
    }


def event_body(order: Order, parcel: Parcel, message: str) -> Json:
    """The body of a fulfillment_events/* delivery."""
    return {
        "id": 1, "fulfillment_id": int(parcel.id.rsplit("/", 1)[1]), "status": "in_transit", "message": message,
        "order_id": int(order.id.rsplit("/", 1)[1]), "admin_graphql_api_id": "gid://shopify/FulfillmentEvent/1",
    }  # fmt: skip
