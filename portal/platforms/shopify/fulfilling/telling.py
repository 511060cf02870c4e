"""What carriers say, as events of Shopify's fulfilments: its own pages then show what ours do. Each bears our mark."""

from __future__ import annotations

from typing import Any, Final

from portal.platforms.changes import Applied, NotApplied, Told
from portal.platforms.live import ShopError
from portal.platforms.marks import mark_of
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.editing.refusals import because, said_in
from portal.platforms.shopify.operations import fulfilling
from portal.platforms.shopify.shape import nodes, part, text

# Milestones for which Shopify has a word that can be written.
_STATUS: Final = {
    "preparing": "CONFIRMED",
    "label_created": "LABEL_PRINTED",
    "handed_over": "CARRIER_PICKED_UP",
    "in_transit": "IN_TRANSIT",
    "out_for_delivery": "OUT_FOR_DELIVERY",
    "attempted": "ATTEMPTED_DELIVERY",
    "ready_for_pickup": "READY_FOR_PICKUP",
    "exception": "DELAYED",
    "lost": "FAILURE",
    "returned": "FAILURE",
    "delivered": "DELIVERED",
    "collected": "DELIVERED",
}


async def tell(admin: Admin, told: Told) -> None:
    """Write it once. What Shopify has no word for is not written. Raises ShopError."""
    status = _STATUS.get(told.status)
    mark = mark_of("event", told.key)
    if status is None or await _is_there(admin, told.parcel_id, mark):
        return
    event = {
        "fulfillmentId": told.parcel_id,
        "status": status,
        "happenedAt": told.at.isoformat(),
        "message": f"As the carrier says ({mark})",
        "city": told.city,
        "zip": told.postcode,
        "country": told.country,
        "estimatedDeliveryAt": told.estimated_at.isoformat() if told.estimated_at else None,
    }
    said = await _write(admin, event)
    if said:
        raise ShopError("answer", f"Shopify does not take the event: {said}")


async def delivered(admin: Admin, key: str, parcel_id: str, at: str) -> Applied | NotApplied:
    """A parcel arrived, as somebody at the shop says. Raises ShopError."""
    mark = mark_of("delivered", key).replace("jalon", "shop")  # it is the shop's word, and no echo of ours
    if not await _is_there(admin, parcel_id, mark):
        event = {"fulfillmentId": parcel_id, "status": "DELIVERED", "happenedAt": at, "message": mark}
        said = await _write(admin, event)
        if said:
            return because(said)
    return Applied(mark)


async def _write(admin: Admin, event: dict[str, Any]) -> str:
    given = {name: value for name, value in event.items() if value is not None}
    return said_in(part((await admin.ask(fulfilling.TELL, event=given)).data, "fulfillmentEventCreate"))


async def _is_there(admin: Admin, parcel_id: str, mark: str) -> bool:
    after: str | None = None
    while True:
        answer = await admin.ask(fulfilling.EVENTS, id=parcel_id, after=after)
        listed = part(part(answer.data, "fulfillment"), "events")
        if any(mark in (text(event, "message") or "") for event in nodes(listed, "nodes")):
            return True
        page = part(listed, "pageInfo")
        after = text(page, "endCursor")
        if page.get("hasNextPage") is not True or after is None:
            return False
