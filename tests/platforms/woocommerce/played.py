"""WooCommerce over the wire: a local HTTP server before a `Store`, with its way of checking keys, of paging, and of
delivering webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal.kit.clock import Clock
from tests.carriers.playing import running
from tests.platforms.woocommerce.store import Json, No, Store

KEY, SECRET = "ck_an_invented_key", "cs_an_invented_secret"
HOOK_SECRET = "an invented secret of some length"
ROOT = "/wp-json/wc/v3/"


@dataclass(frozen=True, slots=True)
class Fault:
    """What becomes of a request of this method: the answer is lost before or after it was worked on."""

    method: str
    path: str
    after: bool = False
    status: int = 502


@dataclass(slots=True)
class Played:
    """The running shop. `asked` are the methods and paths that came; `faults` what the next ones meet."""

    store: Store
    url: str = ""
    reads_only: bool = False
    fulfilments: bool = True
    hooks: list[Json] = field(default_factory=list)
    pings: list[bytes] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    before_write: Callable[[], None] | None = None
    statuses: list[str] = field(default_factory=lambda: ["pending", "processing", "on-hold", "completed", "cancelled"])

    def writes(self) -> list[tuple[str, str]]:
        """The requests that would change something."""
        return [(method, path) for method, path in self.asked if method != "GET"]

    def deliveries(self) -> list[tuple[dict[str, str], bytes]]:
        """What WooCommerce would deliver since the last time: each order once under each topic, as it is by now."""
        told = list(dict.fromkeys(self.store.events))
        self.store.events.clear()
        return [_delivery(topic, self._said(topic, order_id), self._signing(topic)) for topic, order_id in told]

    def fail(self, times: int) -> None:
        """Deliveries are answered wrongly so many times; after more than five in a row they stop for good."""
        for hook in self.hooks:
            hook["failures"] = hook.get("failures", 0) + times
            hook["status"] = "disabled" if hook["failures"] > 5 else hook["status"]

    def _signing(self, topic: str) -> str:
        return next((hook["secret"] for hook in self.hooks if hook["topic"] == topic), HOOK_SECRET)

    def _said(self, topic: str, order_id: int) -> bytes:
        body = {"id": order_id} if topic == "order.deleted" else self.store.orders.get(order_id, {"id": order_id})
        return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()


@asynccontextmanager
async def played(clock: Clock) -> AsyncIterator[Played]:
    """A shop that answers for as long as the block lasts."""
    shop = Played(Store(clock))

    async def answer(request: Request) -> Response:
        path = request.url.path.removeprefix(ROOT)
        shop.asked.append((request.method, path))
        fault = shop.faults[0] if shop.faults else None
        meets = fault is not None and fault.method == request.method and re.fullmatch(fault.path, path) is not None
        if fault is not None and meets:
            shop.faults.popleft()
            if not fault.after:
                return Response("<h1>Bad Gateway</h1>", fault.status)
        try:
            _known(request, shop)
            body = json.loads(await request.body() or b"{}")
            reply = _routed(shop, request, path, body)
        except No as no:
            return JSONResponse(no.body, no.status)
        return Response("", fault.status) if fault is not None and meets else reply

    every = Route("/{path:path}", answer, methods=["GET", "POST", "PUT", "DELETE"])
    async with running(Starlette(routes=[every])) as url:
        shop.url = url
        yield shop


def _known(request: Request, shop: Played) -> None:
    """Over plain http, the signature of OAuth 1.0a, as WooCommerce works it out."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "oauth_signature"]
    address = f"{shop.url}{request.url.path}"
    listed = "&".join(f"{_enc(name)}={_enc(value)}" for name, value in sorted(pairs))
    text = f"{request.method}&{_enc(address)}&{_enc(listed)}"
    mine = base64.b64encode(hmac.digest(f"{SECRET}&".encode(), text.encode(), hashlib.sha256)).decode()
    if dict(pairs).get("oauth_consumer_key") != KEY or request.query_params.get("oauth_signature") != mine:
        raise No(401, "woocommerce_rest_authentication_error", "Invalid signature - provided signature does not match.")
    if shop.reads_only and request.method != "GET":
        message = "The API key provided does not have write permissions."
        raise No(401, "woocommerce_rest_authentication_error", message)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request that is let in."""

    shop: Played
    params: Mapping[str, str]
    body: Json

    @property
    def store(self) -> Store:
        """What the shop has."""
        return self.shop.store

    def some(self, found: list[Json]) -> list[Json]:
        """The page that is asked for."""
        size, page = int(self.params.get("per_page", 10)), int(self.params.get("page", 1))
        return found[size * (page - 1) : size * page]


def _routed(shop: Played, request: Request, path: str, body: Json) -> Response:
    if request.method != "GET" and shop.before_write is not None and path.startswith("orders/"):
        act, shop.before_write = shop.before_write, None
        act()
    ask = Ask(shop, request.query_params, body)
    for method, pattern, work in _ROUTES:
        found = re.fullmatch(pattern, path)
        if found and method == request.method:
            reply = work(ask, *found.groups())
            return reply if isinstance(reply, Response) else JSONResponse(reply)
    raise No(404, "rest_no_route", "No route was found matching the URL and request method.")


def _orders(ask: Ask) -> Response:
    store, wanted = ask.store, ask.params.get("status", "any").split(",")
    found = [store.read(order_id) for order_id in store.orders]
    hidden = {"trash", "auto-draft"} if "any" in wanted else set()
    found = [one for one in found if one["status"] not in hidden and ("any" in wanted or one["status"] in wanted)]
    after, before, made = (ask.params.get(name, "") for name in ("modified_after", "modified_before", "after"))
    found = [one for one in found if one["date_modified_gmt"] > after and one["date_created_gmt"] > made]
    found = [one for one in found if not before or one["date_modified_gmt"] < before]
    by = "date_modified_gmt" if ask.params.get("orderby") == "modified" else "id"
    found.sort(key=lambda one: (one[by], one["id"]), reverse=ask.params.get("order", "desc") == "desc")
    return JSONResponse(ask.some(found), headers={"X-WP-Total": str(len(found))})


def _fulfilments(ask: Ask, order_id: int) -> list[Json]:
    if not ask.shop.fulfilments:
        raise No(404, "rest_no_route", "No route was found matching the URL and request method.")
    return ask.store.fulfilments[order_id]


def _products(ask: Ask) -> list[Json]:
    ids = [int(one) for one in ask.params.get("include", "").split(",") if one]
    products = ask.store.products
    return [products[one] for one in ids if one in products] if ids else list(products.values())


def _gateway(store: Store, name: str) -> Json:
    if name not in store.gateways:
        raise No(404, "woocommerce_rest_payment_gateway_invalid", "Resource does not exist.")
    return {"id": name, "method_supports": store.gateways[name]}


def _add_hook(shop: Played, body: Json) -> Json:
    if not re.fullmatch(r"(order|customer|product|coupon)\.(created|updated|deleted|restored)", body["topic"]):
        raise No(400, "woocommerce_rest_shop_webhook_invalid_topic", "Webhook topic is required and must be valid.")
    hook = {"id": len(shop.hooks) + 1 + len(shop.pings), **body}
    shop.hooks.append(hook)
    shop.pings.append(f"webhook_id={hook['id']}".encode())
    return _shown(hook)


def _put_hook(shop: Played, hook_id: int, body: Json) -> Json:
    hook = next(one for one in shop.hooks if one["id"] == hook_id)
    hook.update(body | {"failures": 0})
    return _shown(hook)


def _drop_hook(shop: Played, hook_id: int) -> Json:
    shop.hooks = [one for one in shop.hooks if one["id"] != hook_id]
    return {}


def _shown(hook: Json) -> Json:
    return {name: value for name, value in hook.items() if name not in ("secret", "failures")}


def _note(ask: Ask, order_id: int) -> Json:
    ask.store.notes[order_id].append(ask.body)
    return ask.body


_ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("GET", "orders", _orders),
    ("GET", r"orders/(\d+)", lambda ask, key: ask.store.read(int(key))),
    ("PUT", r"orders/(\d+)", lambda ask, key: ask.store.change(int(key), ask.body)),
    ("GET", r"orders/(\d+)/refunds", lambda ask, key: ask.some(ask.store.refunds[int(key)])),
    ("POST", r"orders/(\d+)/refunds", lambda ask, key: ask.store.refund(int(key), ask.body)),
    ("GET", r"orders/(\d+)/fulfillments", lambda ask, key: _fulfilments(ask, int(key))),
    ("POST", r"orders/(\d+)/notes", lambda ask, key: _note(ask, int(key))),
    ("GET", "orders/statuses", lambda ask: [{"slug": one, "name": one} for one in ask.shop.statuses]),
    ("GET", "products", _products),
    ("GET", r"products/(\d+)/variations", lambda ask, key: ask.some(ask.store.variations.get(int(key), []))),
    ("GET", r"payment_gateways/(\w+)", lambda ask, key: _gateway(ask.store, key)),
    ("GET", "webhooks", lambda ask: ask.some([_shown(one) for one in ask.shop.hooks])),
    ("POST", "webhooks", lambda ask: _add_hook(ask.shop, ask.body)),
    ("PUT", r"webhooks/(\d+)", lambda ask, key: _put_hook(ask.shop, int(key), ask.body)),
    ("DELETE", r"webhooks/(\d+)", lambda ask, key: _drop_hook(ask.shop, int(key))),
]


def _delivery(topic: str, body: bytes, secret: str) -> tuple[dict[str, str], bytes]:
    proof = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
    number = hashlib.sha256(body + topic.encode()).hexdigest()[:32]
    return {
        "content-type": "application/json",
        "x-wc-webhook-topic": topic,
        "x-wc-webhook-signature": proof,
        "x-wc-webhook-delivery-id": number,
    }, body


def _enc(text: str) -> str:
    return quote(text, safe="~")
