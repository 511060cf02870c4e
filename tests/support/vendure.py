"""A played Vendure: one shop in memory behind real HTTP, whose documents are executed against Vendure's own schema.

It knows as much of Vendure as edits need: states, modifications with a trial, refunds, notes, fulfilments. Prices have
20 % of tax in them. `faults` are answers that a root field gives instead of doing anything.
"""

from __future__ import annotations

import copy
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any, Final

from graphql import DocumentNode, GraphQLError, GraphQLSchema, build_schema, execute_sync, parse, validate

from tests.support.vendure_goods import VARIANTS, Json, add_up, ids_in, offered, shipping, shown

_WORDS: Final = (Path(__file__).resolve().parents[1] / "platforms" / "vendure.graphql").read_text()
SCHEMA: Final = build_schema(_WORDS)
BARE: Final = build_schema("\n".join(line for line in _WORDS.splitlines() if not line.startswith("  jalon")))
TOKEN: Final = "an invented session"
PASSWORD: Final = "an invented password"
_TO: Final = {
    "PaymentSettled": ("Modifying", "Cancelled", "PartiallyShipped", "Shipped", "ArrangingAdditionalPayment"),
    "PaymentAuthorized": ("Modifying", "Cancelled", "PaymentSettled"),
    "PartiallyShipped": ("Modifying", "Shipped", "Cancelled"),
    "Modifying": ("PaymentSettled", "PaymentAuthorized", "PartiallyShipped", "Shipped", "ArrangingAdditionalPayment"),
    "ArrangingAdditionalPayment": ("PaymentSettled", "PartiallyShipped", "Cancelled"),
}


class PlayedVendure:
    """The shop. `plugin`: whether ours is there; `asked` are the names of all operations so far."""

    def __init__(self, *, plugin: bool = False) -> None:
        self.plugin, self.orders, self.asked = plugin, {}, []  # type: ignore[var-annotated]  # said by their use
        self.faults: dict[str, list[Any]] = {}
        self.before: Callable[[str], None] = lambda _: None
        self.permissions = {"read", "update"}
        self.broken: list[str] = []
        self._ids, self._seconds = count(100), count()

    def place(self, lines: dict[str, int], *, paid: str = "Settled", method: str = "Colissimo") -> str:
        """An order of shirts by variant; returns its id."""
        identity = str(next(self._ids))
        order: Json = {
            "__typename": "Order",
            "id": identity,
            "code": f"QX{identity}",
            "state": f"Payment{paid}",
            "type": "Regular",
            "active": False,
            "currencyCode": "EUR",
            "channels": [{"code": "__default_channel__", "pricesIncludeTax": True}],
            "customer": None,
            "shippingAddress": {"streetLine1": "4 quai Perrache", "city": "Lyon", "countryCode": "FR"},
            "shippingLines": [shipping(method)],
            "discounts": [],
            "surcharges": [],
            "lines": [],
            "fulfillments": [],
            "payments": [],
            "modifications": [],
            "entries": [],
        }
        order |= dict.fromkeys(("orderPlacedAt", "createdAt", "updatedAt"), self._now())
        order["lines"] = [self._line(variant, quantity, quantity) for variant, quantity in lines.items()]
        add_up(order)
        payment = {"id": self._id(), "amount": order["totalWithTax"], "state": paid, "refunds": [], "method": "card"}
        order["payments"] = [{**payment, "createdAt": self._now(), "updatedAt": self._now()}]
        self.orders[identity] = order
        return identity

    def pack(self, identity: str, units: dict[str, int], state: str = "Pending") -> str:
        """The warehouse prepares units of lines, by position."""
        order = self.orders[identity]
        parts = [{"orderLineId": line, "quantity": n} for line, n in units.items()]
        made = {"id": self._id(), "state": state, "method": "Colissimo", "trackingCode": "6A1", "lines": parts}
        order["fulfillments"].append({**made, "createdAt": self._now(), "updatedAt": self._now()})
        if state == "Shipped" and order["state"] in ("PaymentSettled", "Modifying"):
            order["state"] = "PartiallyShipped"
        return str(made["id"])

    def answer(self, body: Json) -> Json:
        """The answer to one request."""
        name = body["query"].split("(")[0].split("{")[0].split()[-1]
        self.asked.append(name)
        self.before(name)
        roots = {field: self._root(field) for field in _ROOTS}
        schema = SCHEMA if self.plugin else BARE
        document, problems = _checked(schema, body["query"])
        if problems:
            return {"errors": [self._said(problem) for problem in problems]}
        done = execute_sync(schema, document, root_value=roots, variable_values=body["variables"])
        told: Json = {"data": done.data}
        if done.errors:
            told["errors"] = [self._said(problem) for problem in done.errors]
        return told

    def _said(self, problem: GraphQLError) -> Json:
        """What is wrong with a document, or was meant to go wrong; anything else is a fault of this play."""
        meant = problem.extensions or ({} if problem.path else {"code": "GRAPHQL_VALIDATION_FAILED"})
        if not meant:
            self.broken.append(repr(problem))
        return {"message": problem.message, "extensions": meant}

    def _root(self, field: str) -> Callable[..., Any]:
        def resolve(_info: Any, **given: Any) -> Any:
            waiting = self.faults.get(field)
            if waiting:
                fault = waiting.pop(0)
                if isinstance(fault, Exception):
                    raise fault
                return fault
            needs = "read" if field in _QUERIES else "update"
            if needs not in self.permissions and field not in ("login", "globalSettings", "activeChannel"):
                raise GraphQLError("no", extensions={"code": "FORBIDDEN"})
            return getattr(self, f"_{snake(field)}")(**given)

        return resolve

    def _login(self, password: str, **_: str) -> Json:
        right = password == PASSWORD
        wrong = {"__typename": "InvalidCredentialsError", "errorCode": "INVALID_CREDENTIALS_ERROR", "message": "no"}
        return {"__typename": "CurrentUser", "id": "1"} if right else wrong

    def _global_settings(self) -> Json:
        config = {"moneyStrategyPrecision": 2, "orderProcess": []}
        return {"serverConfig": config, "trackInventory": True, "outOfStockThreshold": 0}

    def _active_channel(self) -> Json:
        return {"code": "__default_channel__", "pricesIncludeTax": True, "defaultCurrencyCode": "EUR"}

    def _jalon(self) -> Json:
        return {"version": "1", "url": "https://portal.example/hook", "signed": True, "guard": True}

    def _order(self, id: str) -> Json | None:
        return shown(self.orders[id]) if id in self.orders else None

    def _orders(self, options: Json | None = None) -> Json:
        ids = ids_in(options or {})
        found = [shown(order) for key, order in self.orders.items() if ids is None or key in ids]
        return {"totalItems": len(found), "items": found}

    def _products(self, **_: Any) -> Json:
        return {"totalItems": 1}

    def _product(self, **_: Any) -> Json:
        return {"enabled": True, "variants": [offered(key) for key in VARIANTS]}

    def _transition_order_to_state(self, id: str, state: str) -> Json:
        order = self.orders[id]
        before = order["state"]
        if state not in _TO.get(before, ()) or (state == "Modifying" and before == "Modifying"):
            return error(
                "OrderStateTransitionError", transitionError=f"{before}->{state}", fromState=before, toState=state
            )
        if before == "Modifying" and any(not m["isSettled"] for m in order["modifications"]) != state.startswith("Arr"):
            return error("OrderStateTransitionError", transitionError="payments", fromState=before, toState=state)
        order["state"] = state
        self._note(order, "ORDER_STATE_TRANSITION", {"from": before, "to": state})
        return shown(order)

    def _add_note_to_order(self, input: Json) -> Json:
        order = self.orders[input["id"]]
        self._note(order, "ORDER_NOTE", {"note": input["note"]})
        return shown(order)

    def _modify_order(self, input: Json) -> Json:
        if input["orderId"] not in self.orders:
            raise GraphQLError("none", extensions={"code": "ENTITY_NOT_FOUND"})
        order = self.orders[input["orderId"]]
        if order["state"] != "Modifying":
            return error("OrderModificationStateError")
        tried = copy.deepcopy(order)
        refused = self._modified(tried, input)
        if refused is not None:
            return refused
        if not input["dryRun"]:
            self.orders[input["orderId"]] = tried
        return shown(tried)

    def _jalon_preview(self, input: Json) -> Json:
        order = copy.deepcopy(self.orders[input["orderId"]])
        if "Modifying" not in _TO.get(order["state"], ()) or order["state"] == "Modifying":
            return {"error": error("OrderStateTransitionError", fromState=order["state"])}
        refused = self._modified(order, input)
        return {"error": refused} if refused else {"order": shown(order)}

    def _modified(self, order: Json, input: Json) -> Json | None:
        before, moved, fees = order["totalWithTax"], [], []
        for item in input.get("addItems", ()):
            if VARIANTS[item["productVariantId"]][2] < item["quantity"]:
                return error("InsufficientStockError", quantityAvailable=1, order=shown(order))
            order["lines"].append(self._line(item["productVariantId"], item["quantity"], 0))
            moved.append({"orderLineId": order["lines"][-1]["id"], "quantity": item["quantity"]})
        for wanted in input.get("adjustOrderLines", ()):
            line = next(line for line in order["lines"] if line["id"] == wanted["orderLineId"])
            moved.append({"orderLineId": line["id"], "quantity": wanted["quantity"] - line["quantity"]})
            line["quantity"] = wanted["quantity"]
        for fee in input.get("surcharges", ()):
            fees += [{**fee, "id": self._id(), "priceWithTax": fee["price"]}]
        order["surcharges"] += fees
        order["shippingAddress"] |= input.get("updateShippingAddress", {})
        add_up(order)
        difference = order["totalWithTax"] - before
        if input["dryRun"]:
            return None
        if difference < 0 and not input.get("refunds"):
            return error("RefundPaymentIdMissingError")
        refund = self._refunded(order, input["refunds"][0]) if difference < 0 else None
        made = {"id": self._id(), "priceChange": difference, "note": input["note"], "lines": moved, "surcharges": fees}
        settled = {"isSettled": difference <= 0, "refund": refund, "createdAt": self._now(), "updatedAt": self._now()}
        order["modifications"].append({**made, **settled})
        self._note(order, "ORDER_MODIFIED", {"modificationId": made["id"]})
        return None

    def _refunded(self, order: Json, input: Json) -> Json:
        payment = next(payment for payment in order["payments"] if payment["id"] == input["paymentId"])
        made = {"id": self._id(), "total": input["amount"], "state": "Settled", "reason": input["reason"], "lines": []}
        payment["refunds"].append({**made, "createdAt": self._now(), "updatedAt": self._now()})
        return made

    def _cancel_order(self, input: Json) -> Json:
        order = self.orders[input["orderId"]]
        if order["state"] == "Modifying":
            raise AssertionError("Vendure would cancel the lines and leave the order where it is")
        units = [{"orderLineId": line["id"], "quantity": line["quantity"]} for line in order["lines"]]
        for line in order["lines"]:
            line["quantity"] = 0
        order["shippingLines"] = []
        order["state"] = "Cancelled"
        add_up(order)
        self._note(order, "ORDER_CANCELLATION", {"lines": units, "reason": input["reason"]})
        return shown(order)

    def _refund_order(self, input: Json) -> Json:
        assert {"lines", "shipping", "adjustment"} <= input.keys(), "Vendure's tables have no default for them"
        order = next(o for o in self.orders.values() if any(p["id"] == input["paymentId"] for p in o["payments"]))
        return {"__typename": "Refund", **self._refunded(order, input)}

    def _cancel_payment(self, id: str) -> Json:
        payment: Json = next(p for o in self.orders.values() for p in o["payments"] if p["id"] == id)
        payment["state"] = "Cancelled"
        return {"__typename": "Payment", **payment}

    def _add_fulfillment_to_order(self, input: Json) -> Json:
        order = self._owner(input["lines"][0]["orderLineId"])
        held = [part for f in order["fulfillments"] if f["state"] != "Cancelled" for part in f["lines"]]
        for wanted in input["lines"]:
            line = next(line for line in order["lines"] if line["id"] == wanted["orderLineId"])
            if (
                line["quantity"] - sum(p["quantity"] for p in held if p["orderLineId"] == line["id"])
                < wanted["quantity"]
            ):
                return error("ItemsAlreadyFulfilledError")
        said = {argument["name"]: argument["value"] for argument in input["handler"]["arguments"]}
        made = {"id": self._id(), "state": "Pending", "method": said["method"], "trackingCode": said["trackingCode"]}
        order["fulfillments"].append(
            {**made, "lines": input["lines"], "createdAt": self._now(), "updatedAt": self._now()}
        )
        return {"__typename": "Fulfillment", **order["fulfillments"][-1]}

    def _transition_fulfillment_to_state(self, id: str, state: str) -> Json:
        parcel: Json = next(f for o in self.orders.values() for f in o["fulfillments"] if f["id"] == id)
        if parcel["state"] in ("Cancelled", state):
            return error(
                "FulfillmentStateTransitionError", transitionError="no", fromState=parcel["state"], toState=state
            )
        parcel["state"] = state
        return {"__typename": "Fulfillment", **parcel}

    def _owner(self, line: str) -> Json:
        return next(order for order in self.orders.values() if any(one["id"] == line for one in order["lines"]))

    def _line(self, variant: str, quantity: int, placed: int) -> Json:
        size, price, _ = VARIANTS[variant]
        told = {"id": self._id(), "updatedAt": self._now(), "quantity": quantity, "orderPlacedQuantity": placed}
        options = [{"name": size, "code": variant, "group": {"name": "Size", "code": "size"}}]
        product = {"id": "p1", "name": "Linen shirt", "facetValues": []}
        what = {
            "id": variant,
            "sku": f"TEE-{size}",
            "name": f"Linen shirt {size}",
            "options": options,
            "product": product,
        }
        return {**told, "price": price, "discounts": [], "productVariant": {**what, "facetValues": []}}

    def _note(self, order: Json, kind: str, data: Json) -> None:
        entry = {"id": self._id(), "type": kind, "createdAt": self._now(), "isPublic": False, "data": data}
        order["entries"].append(entry)

    def _id(self) -> str:
        return str(next(self._ids))

    def _now(self) -> str:
        seconds = next(self._seconds)
        return f"2026-11-20T{9 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.000Z"


_QUERIES: Final = ("order", "orders", "product", "products", "jalon", "globalSettings", "activeChannel")
_ROOTS: Final = (
    *_QUERIES, "login", "transitionOrderToState", "addNoteToOrder", "modifyOrder", "cancelOrder", "refundOrder",
    "cancelPayment", "addFulfillmentToOrder", "transitionFulfillmentToState", "jalonPreview",
)  # fmt: skip


@lru_cache(100)
def _checked(schema: GraphQLSchema, text: str) -> tuple[DocumentNode, list[GraphQLError]]:
    document = parse(text)
    return document, validate(schema, document)


def snake(name: str) -> str:
    """modifyOrder: modify_order."""
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()


def error(kind: str, **more: Any) -> Json:
    return {"__typename": kind, "errorCode": snake(kind).upper(), "message": kind, **more}


@contextmanager
def playing_vendure(*, plugin: bool = False) -> Iterator[tuple[PlayedVendure, str]]:
    """The shop and its address, for as long as the block lasts."""
    shop = PlayedVendure(plugin=plugin)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each answer waits 40 ms for the one who asked to say that the head came
        wbufsize = -1  # an answer leaves in one piece

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            signing_in = "mutation Login" in body["query"]
            known = signing_in or self.headers.get("authorization") == f"Bearer {TOKEN}"
            told = shop.answer(body) if known else {"errors": [{"message": "", "extensions": {"code": "FORBIDDEN"}}]}
            sent = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(sent)))
            if signing_in:
                self.send_header("vendure-auth-token", TOKEN)
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.05), daemon=True)
    thread.start()
    try:
        yield shop, f"http://127.0.0.1:{server.server_port}"
        assert shop.broken == []
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
