"""Saleor's side of the wire: its schema, executed over orders in memory, and deliveries signed as it signs them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from graphql import DocumentNode, ExecutionResult, GraphQLSchema, build_schema, execute_sync, parse, validate

from tests.carriers.playing import Asked, answering, reply
from tests.platforms.saleor.samples import SAGE, SAND, Json, money, order, variant

TOKEN = "an0invented0app0token"
PERMISSIONS = ("MANAGE_ORDERS",)
PRICES = {SAGE: (23.8, 20.0), SAND: (35.7, 30.0)}


@cache
def schema() -> GraphQLSchema:
    """What of Saleor's schema is used."""
    return build_schema((Path(__file__).parent / "schema.graphql").read_text())


@cache
def document(text: str) -> tuple[DocumentNode, list[str]]:
    """What is asked, and what is wrong with it."""
    found = parse(text)
    return found, [error.message for error in validate(schema(), found)]


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A private key; the same for the same name within a run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(name: str) -> Json:
    """Its public half, as it is published."""
    told = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key(name).public_key()))
    return {**told, "kid": name, "alg": "RS256", "use": "sig", "key_ops": ["verify"]}


def signed(body: bytes, name: str = "k1") -> str:
    """The detached signature over a body."""
    head = {"b64": False, "crit": ["b64"], "kid": name}
    return jwt.api_jws.encode(body, key(name), algorithm="RS256", headers=head, is_payload_detached=True)


@dataclass(slots=True)
class Shop:
    """One shop. `refuses` is what a mutation answers instead of being made, by its name; the answers to `lost`
    mutations never arrive, though they are made; `made` are the mutations that were, with what they were told."""

    orders: dict[str, Json] = field(default_factory=dict)
    permissions: tuple[str, ...] = PERMISSIONS
    webhooks: list[Json] = field(default_factory=list)
    keys: list[str] = field(default_factory=lambda: ["k1"])
    url: str = ""
    made: list[tuple[str, Json]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    asked_for_keys: int = 0
    now: datetime = field(default_factory=lambda: datetime.fromisoformat("2026-10-02T11:00:00+00:00"))

    def put(self, body: Json) -> Json:
        """Have an order."""
        self.orders[body["id"]] = body
        return body

    def answer(self, asked: Asked) -> bytes:
        """What the server answers."""
        if asked.path == "/.well-known/jwks.json":
            self.asked_for_keys += 1
            return reply(200, {"keys": [public(name) for name in self.keys]})
        told = json.loads(asked.body)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return reply(200, _error("Invalid token", "InvalidTokenError"))
        if "app {" not in told["query"] and not self.permissions:
            return reply(200, _error("To access this path, you need: MANAGE_ORDERS", "PermissionDenied"))
        asked_for, wrong = document(told["query"])
        if wrong:
            return reply(400, {"errors": [{"message": message} for message in wrong]})
        before = len(self.made)
        found = execute_sync(schema(), asked_for, self._root(), variable_values=told["variables"])
        assert isinstance(found, ExecutionResult)
        if self.lost & {name for name, _ in self.made[before:]}:
            return reply(502, "")
        errors = {"errors": [error.formatted for error in found.errors]} if found.errors else {}
        return reply(200, {"data": found.data, **errors, "extensions": {"cost": {"requestedQueryCost": 1}}})

    def _root(self) -> Json:
        root: dict[str, Any] = {
            "order": lambda _, id: self.orders.get(id),
            "orders": self._page,
            "productVariant": lambda _, id, channel: self._product(id, channel),
            "shop": {"name": "Linen", "domain": {"url": "https://shop.example/"}},
            "app": {
                "id": "QXBwOjE=",
                "name": "Jalon",
                "permissions": [{"code": code} for code in self.permissions],
                "webhooks": self.webhooks,
            },
        }
        ways: dict[str, Callable[..., Any]] = {
            "orderUpdate": self._update, "updatePrivateMetadata": self._mark, "orderCancel": self._cancel,
            "orderLineUpdate": self._set_line, "orderLineDelete": self._drop_line, "orderLinesCreate": self._add_line,
            "webhookCreate": self._add_hook, "webhookUpdate": self._set_hook, "webhookDelete": self._drop_hook,
        }  # fmt: skip
        return root | {name: self._mutation(name, way) for name, way in ways.items()}

    def _mutation(self, name: str, way: Callable[..., Any]) -> Callable[..., Json]:
        def made(_: Any, **told: Any) -> Json:
            code = self.refuses.get(name) or way(**told)
            if code:
                return {"errors": [{"field": None, "message": f"It is {code}.", "code": code}]}
            self.made.append((name, told))
            return {"errors": [], "order": None, "webhook": None}

        return made

    def _page(self, _: Any, first: int, filter: Json | None = None, after: str | None = None, **__: Any) -> Json:
        since = (filter or {}).get("updatedAt", {}).get("gte", "")
        held = sorted(self.orders.values(), key=lambda body: (body["updatedAt"], body["id"]))
        held = [body for body in held if not since or _moment(body["updatedAt"]) >= _moment(since)]
        begun = int(after) if after else 0
        info = {"hasNextPage": begun + first < len(held), "endCursor": str(begun + first)}
        return {
            "totalCount": len(held), "pageInfo": info,
            "edges": [{"node": body} for body in held[begun : begun + first]],
        }  # fmt: skip

    def _product(self, variant_id: str, channel: str | None) -> Json | None:
        if variant_id not in PRICES:
            return None
        held = [
            variant(one, quantityAvailable=5, pricing={"price": money(*price)} if channel == "eu" else None)
            for one, price in PRICES.items()
        ]
        return {**held[0], "product": {**held[0]["product"], "variants": held}}

    def _update(self, id: str, input: Json) -> str | None:
        body = self.orders[id]
        if new := input.get("shippingAddress"):
            country = {"country": {"code": new["country"]}} if "country" in new else {}
            body["shippingAddress"] = {**(body["shippingAddress"] or {}), **new, **country}
        for name in ("metadata", "privateMetadata"):
            body[name] = _merged(body[name], input.get(name, []))
        self._touched(body)
        return None

    def _mark(self, id: str, input: list[Json]) -> None:
        self.orders[id]["privateMetadata"] = _merged(self.orders[id]["privateMetadata"], input)

    def _cancel(self, id: str) -> str | None:
        body = self.orders[id]
        gone = body["status"] in ("CANCELED", "DRAFT")
        if gone or any(item["status"] == "FULFILLED" for item in body["fulfillments"]):
            return "CANNOT_CANCEL_ORDER"
        body["status"] = "CANCELED"
        self._touched(body)
        return None

    def _set_line(self, id: str, input: Json) -> str | None:
        body, line = self._line(id)
        if body["status"] != "UNCONFIRMED":
            return "NOT_EDITABLE"
        if input["quantity"] < 1:
            return "ZERO_QUANTITY"
        line["quantity"] = input["quantity"]
        self._touched(body)
        return None

    def _drop_line(self, id: str) -> str | None:
        body, line = self._line(id)
        if body["status"] != "UNCONFIRMED":
            return "NOT_EDITABLE"
        body["lines"].remove(line)
        self._touched(body)
        return None

    def _add_line(self, id: str, input: list[Json]) -> str | None:
        body = self.orders[id]
        if body["status"] != "UNCONFIRMED":
            return "NOT_EDITABLE"
        for new in input:
            held = next((line for line in body["lines"] if line["variant"]["id"] == new["variantId"]), None)
            if held:
                held["quantity"] += new["quantity"]
                continue
            price = money(*PRICES[new["variantId"]])
            found = variant(new["variantId"])
            body["lines"].append({
                **body["lines"][0], "id": f"T3JkZXJMaW5lOjk{len(body['lines'])}", "variantName": found["name"],
                "productSku": found["sku"], "unitPrice": price, "undiscountedUnitPrice": price, "variant": found,
                "quantity": new["quantity"],
            })  # fmt: skip
        self._touched(body)
        return None

    def _line(self, line_id: str) -> tuple[Json, Json]:
        return next((body, line) for body in self.orders.values() for line in body["lines"] if line["id"] == line_id)

    def _touched(self, body: Json) -> None:
        """Saleor reckons an order anew; shipping stays what it was."""
        goods = [0.0, 0.0]
        for line in body["lines"]:
            sides = (line["unitPrice"]["gross"]["amount"], line["unitPrice"]["net"]["amount"])
            both = [round(unit * line["quantity"], 2) for unit in sides]
            line["totalPrice"] = money(both[0], both[1])
            goods = [round(one + more, 2) for one, more in zip(goods, both, strict=True)]
        away = [body["shippingPrice"][side]["amount"] for side in ("gross", "net")]
        body["subtotal"] = money(goods[0], goods[1])
        body["total"] = money(round(goods[0] + away[0], 2), round(goods[1] + away[1], 2))
        self.now += timedelta(minutes=1)
        body["updatedAt"] = self.now.isoformat()

    def _add_hook(self, input: Json) -> None:
        self.webhooks.append({"id": f"V2ViaG9vazo{len(self.webhooks)}"} | _hook(input))

    def _set_hook(self, id: str, input: Json) -> None:
        next(hook for hook in self.webhooks if hook["id"] == id).update(_hook(input))

    def _drop_hook(self, id: str) -> None:
        self.webhooks[:] = [hook for hook in self.webhooks if hook["id"] != id]


@asynccontextmanager
async def played(*bodies: Json) -> AsyncIterator[Shop]:
    """A shop with these orders; with the usual one, if none is told."""
    shop = Shop()
    for body in bodies or (order(),):
        shop.put(body)
    async with answering(shop.answer) as server:
        shop.url = f"{server.url}/graphql/"
        yield shop


def _hook(told: Json) -> Json:
    return {
        "name": told.get("name"), "targetUrl": told["targetUrl"], "isActive": told["isActive"],
        "asyncEvents": [{"eventType": event} for event in told["asyncEvents"]], "subscriptionQuery": told["query"],
    }  # fmt: skip


def _merged(held: list[Json], told: list[Json]) -> list[Json]:
    pairs = {pair["key"]: pair["value"] for pair in [*held, *told]}
    return [{"key": name, "value": value} for name, value in pairs.items()]


def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told)


def _error(message: str, code: str) -> Json:
    return {"errors": [{"message": message, "extensions": {"exception": {"code": code}}}], "data": None}
