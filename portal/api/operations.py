"""All that can be called, in one list: routes and the description are made from it."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from portal.api.desk import Operation
from portal.api.orders import MOST, LinkWish, Orders, Shipment
from portal.api.programs import HookWish, Programs
from portal.api.scopes import Scope
from portal.orders.catalog.document import ProductDocument
from portal.platforms.neutral import NeutralOrder

_ORDER: Final = {"$ref": "#/components/schemas/NeutralOrder"}


def of_orders(orders: Orders) -> tuple[Operation, ...]:
    """Orders, and what becomes of them."""
    one_or_more = {"oneOf": [_ORDER, {"type": "array", "items": _ORDER, "maxItems": MOST}]}
    asks = {
        "changed_since": "orders whose platform, or whose shop, said something new since this moment (RFC 3339)",
        "number": "orders with this number, with or without #",
        "order_id": "the order that its platform calls so",
        "cursor": "what the page before gave, to read on behind it",
        "limit": f"orders on a page, 1 to {MOST}",
    }
    read, write = Scope.ORDERS_READ, Scope.ORDERS_WRITE
    no_body = {"type": "object", "maxProperties": 0}
    return (
        Operation("GET", "/orders", read, orders.listed, "List orders, the one that changed first first", asks=asks),
        Operation("POST", "/orders", write, orders.store, "Store an order, or several", one_or_more),
        Operation("GET", "/orders/{ref}", read, orders.read, "Read an order, with where its parcels are"),
        Operation(
            *("POST", "/orders/{ref}/links", Scope.LINKS_WRITE, orders.link, "Make a secret link to the order's page"),
            takes=schema(LinkWish),
            gives=201,
        ),
        Operation(
            *("POST", "/orders/{ref}/shipments", write, orders.ship, "Say what was handed to a carrier"),
            takes=schema(Shipment),
            once=True,
        ),
        Operation(
            *("POST", "/orders/{ref}/deliveries/{delivery}/ready", write, orders.ready, "It can be collected"),
            takes=no_body,
            once=True,
        ),
        Operation(
            *("POST", "/orders/{ref}/deliveries/{delivery}/collected", write, orders.collected, "It was collected"),
            takes=no_body,
            once=True,
        ),
        Operation(
            *("POST", "/orders/{ref}/parcels/{parcel}/delivered", write, orders.delivered, "A parcel arrived"),
            takes=no_body,
            once=True,
        ),
    )


def of_programs(programs: Programs) -> tuple[Operation, ...]:
    """What programs set up."""
    news, products = Scope.HOOKS_WRITE, Scope.PRODUCTS_WRITE
    return (
        Operation("GET", "/hooks", news, programs.hooks, "List the addresses that news are sent to"),
        Operation(
            *("POST", "/hooks", news, programs.make_hook, "Have news sent to an address"),
            takes=schema(HookWish),
            gives=201,
        ),
        Operation("DELETE", "/hooks/{id:int}", news, programs.end_hook, "Send no more news there", gives=204),
        Operation(
            *("PUT", "/products/{product}", products, programs.put_product, "Store a product with its variants"),
            takes=schema(ProductDocument),
        ),
    )


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """A body's schema, by reference."""
    return {"$ref": f"#/components/schemas/{model.__name__}"}


MODELS: Final[tuple[type[BaseModel], ...]] = (NeutralOrder, ProductDocument, Shipment, LinkWish, HookWish)
