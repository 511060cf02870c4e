"""Edit sessions of the played Shopify: a copy of the order's lines, changed step by step, committed or forgotten."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.support.shopify.records import NOTHING, Item, Order, Pair, less, plus
from tests.support.shopify.shop import Shop
from tests.support.shopify.views import Json, bag, connection, minor, variant_view

Errors = list[Json]


@dataclass
class Session:
    """One edit of an order. `added` are the lines that it did not have; they get their numbers when it is committed."""

    id: str
    order: Order
    rev: int
    items: list[Item]
    added: list[Item] = field(default_factory=list)

    def worth(self) -> Pair:
        return plus(*(item.worth(item.current) for item in (*self.items, *self.added)))

    def tax(self) -> Pair:
        return plus(*(self.order.tax_of(item, item.current) for item in (*self.items, *self.added)))

    def total(self) -> Pair:
        on_top = NOTHING if self.order.taxes_included else self.tax()
        return plus(self.worth(), self.order.shipping_now, on_top, self.order.kept_back)


def user_errors(*messages: str) -> Errors:
    """As they stand in every payload."""
    return [{"field": None, "message": message} for message in messages]


def begin(shop: Shop, order: Order) -> Json:
    """orderEditBegin."""
    if order.cancelled:
        return {"calculatedOrder": None, "userErrors": user_errors("The order cannot be edited.")}
    session = Session(shop.id("CalculatedOrder"), order, order.rev, copy.deepcopy(order.items))
    shop.sessions[session.id] = session
    return {"calculatedOrder": session_view(session), "userErrors": []}


def set_quantity(shop: Shop, own: str, line: str, quantity: int) -> Json:
    """orderEditSetQuantity."""
    session: Session = shop.sessions[own]
    item = next(item for item in session.items if _calculated(item) == line)
    if item.current - quantity > session.order.open_units(item.id):
        return _payload(session, "This line item can't be edited: it's already been fulfilled.")
    item.current = quantity
    return _payload(session)


def add_variant(shop: Shop, own: str, variant_id: str, quantity: int) -> Json:
    """orderEditAddVariant."""
    session: Session = shop.sessions[own]
    variant = shop.variants.get(variant_id)
    if variant is None:
        return _payload(session, "The variant does not exist in the shop.")
    if variant.stock is not None and variant.stock < quantity:
        return _payload(session, "Not enough inventory in stock.")
    item = Item(_unnumbered(), "T-shirt", variant.price, quantity, quantity, variant)
    session.added.append(item)
    return {**_payload(session), "calculatedLineItem": calculated_view(session, item)}


def add_discount(shop: Shop, own: str, line: str, discount: Json) -> Json:
    """orderEditAddLineItemDiscount."""
    session: Session = shop.sessions[own]
    item = next((item for item in session.added if _calculated(item) == line), None)
    if item is None:
        return _payload(session, "Only added items can be discounted.")
    item.percent = discount["percentValue"]
    return _payload(session)


def add_fee(shop: Shop, own: str, title: str, price: Json) -> Json:
    """orderEditAddCustomItem, for something that is not taxed; its price is in the buyer's currency."""
    session: Session = shop.sessions[own]
    buyer = minor(price["amount"], price["currencyCode"])
    total = session.order.total
    shop_side = round(buyer * total[0] / total[1]) if total[1] else buyer
    session.added.append(Item(_unnumbered(), title, (shop_side, buyer), 1, 1, ships=False, tax_rate=0.0))
    return _payload(session)


def commit(shop: Shop, own: str, note: str, *, notify: bool) -> Json:
    """orderEditCommit: a session on an order that has changed since is refused."""
    session: Session = shop.sessions[own]
    order = session.order
    if session.rev != order.rev:
        return {"order": None, "userErrors": user_errors("The order has been modified since this edit was begun.")}
    for now, then in zip(session.items, list(order.items), strict=True):
        _take_over(shop, order, then, now.current - then.current)
    for item in session.added:
        item.id = shop.id("LineItem")
        order.items.append(item)
        shop.new_work(order, item)
        if item.variant is not None and item.variant.stock is not None:
            item.variant.stock -= item.quantity
    order.edited, order.closed = True, None
    shop.said += [f"edited {order.name}"] if notify else []
    shop.touch(order)
    shop.staff_notes.append(note)
    return {"order": order, "userErrors": []}


def _take_over(shop: Shop, order: Order, item: Item, more: int) -> None:
    if more < 0:
        shop.take_off(order, item.id, -more)
    elif more > 0:
        item.quantity += more
        item.current += more
        shop.add_work(order, item, more)


def session_view(session: Session) -> Json:
    """A CalculatedOrder."""
    order, pair = session.order, session.order.currencies
    rates = [{"price": bag(order.shipping_now, pair)}] if order.shipping_now != NOTHING else []
    return {
        "__typename": "CalculatedOrder",
        "id": session.id,
        "lineItems": connection(lambda: [calculated_view(session, item) for item in session.items]),
        "subtotalPriceSet": bag(session.worth(), pair),
        "totalPriceSet": bag(session.total(), pair),
        "totalOutstandingSet": bag(less(session.total(), order.received), pair),
        "taxLines": [{"priceSet": bag(session.tax(), pair)}],
        "shippingLines": rates,
    }


def calculated_view(session: Session, item: Item) -> Json:
    """A CalculatedLineItem."""
    pair = session.order.currencies
    return {
        "id": _calculated(item),
        "quantity": item.current,
        "editableQuantity": session.order.open_units(item.id),
        "originalUnitPriceSet": bag(item.unit, pair),
        "variant": variant_view(item.variant, pair) if item.variant else None,
    }


def _unnumbered() -> str:
    return f"gid://shopify/LineItem/{uuid.uuid4()}"


def _calculated(item: Item) -> str:
    return item.id.replace("/LineItem/", "/CalculatedLineItem/")


def _payload(session: Session, *errors: str) -> dict[str, Any]:
    return {"calculatedOrder": session_view(session), "userErrors": user_errors(*errors)}
