"""An order in the words of schema.org, for the programs of its owner: mail programs, assistants. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from portal.orders.viewmodels import ItemView, OrderState, OrderView, ParcelView

Json = dict[str, Any]
_STATUS: Final = {
    OrderState.PLACED: "OrderProcessing",
    OrderState.CONFIRMED: "OrderProcessing",
    OrderState.PREPARING: "OrderProcessing",
    OrderState.PARTLY_SHIPPED: "OrderInTransit",
    OrderState.SHIPPED: "OrderInTransit",
    OrderState.PARTLY_DELIVERED: "OrderInTransit",
    OrderState.READY_TO_COLLECT: "OrderPickupAvailable",
    OrderState.COMPLETED: "OrderDelivered",
    OrderState.CANCELLED: "OrderCancelled",
    OrderState.PROBLEM: "OrderProblem",
}


def structured(view: OrderView) -> Json:
    """The order and its parcels. No person, no address, no price."""
    seller = _given(name=view.shop.name, url=view.shop.home_url)
    collected = view.collect.items if view.collect else ()
    every = [*(item for parcel in view.parcels for item in parcel.items), *collected, *view.unshipped, *view.digital]
    return {"@context": "https://schema.org"} | _given(
        "Order",
        orderNumber=view.number,
        orderDate=view.placed_at.isoformat() if view.placed_at else None,
        orderStatus=f"https://schema.org/{_STATUS[view.state]}",
        seller={"@type": "Organization", **seller} if view.shop.name else None,
        orderedItem=[{"@type": "OrderItem", **_item(item)} for item in every] or None,
        orderDelivery=[_parcel(parcel) for parcel in view.parcels] or None,
    )


def _parcel(parcel: ParcelView) -> Json:
    arrival = parcel.arrival
    return _given(
        "ParcelDelivery",
        trackingNumber=parcel.number,
        trackingUrl=parcel.tracking_url,
        provider={"@type": "Organization", "name": parcel.carrier} if parcel.carrier else None,
        expectedArrivalFrom=_moment(arrival.day.isoformat(), arrival.earliest) if arrival else None,
        expectedArrivalUntil=_moment(arrival.day.isoformat(), arrival.latest) if arrival else None,
        itemShipped=_products(parcel.items) or None,
    )


def _products(items: Iterable[ItemView]) -> list[Json]:
    return [{"@type": "Product", "name": item.title} for item in items]


def _item(item: ItemView) -> Json:
    name = f"{item.title}, {item.options}" if item.options else item.title
    return {"orderQuantity": item.quantity, "orderedItem": {"@type": "Product", "name": name}}


def _moment(day: str, clock: str | None) -> str:
    return f"{day}T{clock}:00" if clock else day


def _given(kind: str | None = None, **members: Any) -> Json:
    """The members that say something."""
    said = {name: value for name, value in members.items() if value}
    return {"@type": kind, **said} if kind else said
