"""All that can be called, in one list: routes and the description are made from it."""

from __future__ import annotations

from portal.api.desk import Operation
from portal.api.edits import Edits, Note
from portal.api.orders import MOST, LinkWish, Orders, Shipment
from portal.api.programs import HookWish, Programs
from portal.api.schemas import schema
from portal.api.scopes import Scope
from portal.editing.commands import COMMANDS
from portal.orders.catalog.document import ProductDocument
from portal.platforms.neutral import NeutralOrder


def of_orders(orders: Orders) -> tuple[Operation, ...]:
    """Orders, and what becomes of them."""
    an_order = schema(NeutralOrder)
    one_or_more = {"oneOf": [an_order, {"type": "array", "items": an_order, "maxItems": MOST}]}
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


def of_edits(edits: Edits) -> tuple[Operation, ...]:
    """Changing and cancelling, and what customers ask for."""
    read, write = Scope.ORDERS_READ, Scope.EDITS_WRITE
    one = "/orders/{ref}/edits/{edit}"
    commands = {"oneOf": [schema(command) for command in COMMANDS.values()]}
    line = {"line": "the line, as its platform calls it"}
    return (
        Operation("GET", "/orders/{ref}/actions", read, edits.actions, "Say what its customer may do, and until when"),
        Operation("GET", "/orders/{ref}/variants", read, edits.variants, "List what a line could become", asks=line),
        Operation("GET", "/orders/{ref}/edits", read, edits.listed, "List the changes of an order"),
        Operation("GET", one, read, edits.read, "Read a change"),
        Operation(
            *("POST", "/orders/{ref}/edits", write, edits.preview, "See what a change of the shop's comes to"),
            takes=commands,
            once=True,
            gives=201,
        ),
        Operation("POST", one + "/confirm", write, edits.confirm, "Have a change made that was previewed"),
        Operation("POST", one + "/accept", write, edits.accept, "Say yes to a request", takes=schema(Note)),
        Operation("POST", one + "/decline", write, edits.decline, "Say no to a request", takes=schema(Note)),
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
