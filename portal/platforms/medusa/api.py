"""Medusa's Admin API: who is asking, how an answer is read, and which members of an order are asked for.

What Medusa refuses is `Refused` in here: whoever asked for a change says what that means for it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from carriers.core.auth import Token
from portal.platforms.asking import Call, Reply, json_of, send, succeeded
from portal.platforms.changes import NotApplied, Why
from portal.platforms.live import ShopError, Wire
from portal.platforms.medusa.shape import Node, part, text
from portal.platforms.strictjson import BadJson, first_value

Params = Sequence[tuple[str, str]]

_DAY: Final = 24 * 3600.0  # what a sign-in is good for, unless the shop says otherwise
_ORDER: Final = (
    "id,display_id,custom_display_id,status,version,currency_code,email,locale,metadata,region_id,customer_id,"
    "created_at,updated_at,canceled_at,total,tax_total,discount_total,discount_tax_total,item_total,item_tax_total,"
    "shipping_total,shipping_tax_total,credit_line_total,payment_status,fulfillment_status,summary"
)
_PARTS: Final = (
    "*items,*items.tax_lines,*items.adjustments,*items.detail,*items.variant.options,items.variant.options.option.title,"
    "items.variant.product.categories.name,items.variant.product.tags.value,"
    "*shipping_address,*billing_address,*customer,sales_channel.name,"
    "*shipping_methods,shipping_methods.detail.return_id,"
    "shipping_methods.shipping_option.service_zone.fulfillment_set.type,"
    "shipping_methods.shipping_option.service_zone.fulfillment_set.location.name,"
    "*shipping_methods.shipping_option.service_zone.fulfillment_set.location.address,"
    "promotions.code,promotions.status,promotions.campaign.starts_at,promotions.campaign.ends_at,"
    "*credit_lines,*payment_collections,*payment_collections.payments,*payment_collections.payments.captures,"
    "*payment_collections.payments.refunds,payment_collections.payments.refunds.refund_reason.code,"
    "*fulfillments,*fulfillments.items,*fulfillments.labels,fulfillments.shipping_option.name,"
    "fulfillments.shipping_option.service_zone.fulfillment_set.type,"
    "*returns,*returns.items,returns.exchange.id,returns.claim.id"
)
FIELDS: Final = f"{_ORDER},{_PARTS}"

# What Medusa's sentences mean, by words in them; the first that fits.
_MEANINGS: Final[tuple[tuple[str, Why], ...]] = (
    ("existing active order change", "busy"),
    ("active order change is required", "busy"),  # somebody took back what was begun
    ("already been fulfilled", "shipped"),
    ("fulfillments must be canceled", "shipped"),
    ("completed order", "closed"),
    ("been canceled", "cancelled"),
    ("is canceled", "cancelled"),
    ("required inventory", "unavailable"),
    ("not enough stock", "unavailable"),
    ("product that is not published", "unavailable"),
    ("country code cannot be changed", "unsupported"),
    ("captured amount", "payment"),
)


class Refused(Exception):
    """Medusa did nothing, and said why."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said

    def outcome(self) -> NotApplied:
        """What that means for an edit."""
        words = self.said.lower()
        return NotApplied(next((why for sign, why in _MEANINGS if sign in words), "refused"), self.said)


@dataclass(frozen=True, slots=True)
class Api:
    """One shop's API. `key` is a secret key; without one `user` signs in."""

    base: str
    wire: Wire
    key: str | None = field(default=None, repr=False)
    user: tuple[str, str] | None = field(default=None, repr=False)

    async def get(self, path: str, params: Params = ()) -> Node:
        """Read. Raises ShopError, and Refused with status 404 for what is not there."""
        return _object(await self._ask("GET", path, params))

    async def post(self, path: str, body: Node | None = None) -> Node:
        """Change something. Raises ShopError, after which nobody knows, and Refused."""
        return _object(await self._ask("POST", path, (), body or {}))

    async def delete(self, path: str) -> None:
        """Take something back. Raises ShopError, and Refused."""
        await self._ask("DELETE", path)

    async def _ask(self, method: str, path: str, params: Params = (), body: Node | None = None) -> Reply:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        call = Call(method, f"{self.base}{path}", params, {"content-type": "application/json"}, content)
        reply = await self._send(call)
        if reply.status in (400, 404, 409, 422):
            raise Refused(reply.status, _said(reply))
        return succeeded(reply)

    async def _send(self, call: Call) -> Reply:
        if self.key is not None:
            return await send(
                _with(call, "Basic " + base64.b64encode(f"{self.key}:".encode()).decode()), self.wire.client
            )
        cached = f"medusa {self.base}"
        for again in (False, True):
            token = await self.wire.tokens.get(cached, self._sign_in)
            reply = await send(_with(call, f"Bearer {token}"), self.wire.client)
            if reply.status != 401 or again:
                break
            self.wire.tokens.forget(cached, token)  # the shop may let sign-ins end sooner than it says
        return reply

    async def _sign_in(self) -> Token:
        email, password = self.user or ("", "")
        body = json.dumps({"email": email, "password": password}).encode()
        headers = {"content-type": "application/json"}
        reply = await send(Call("POST", f"{self.base}/auth/user/emailpass", (), headers, body), self.wire.client)
        token = text(_object(succeeded(reply)), "token")
        if token is None:
            raise ShopError("credentials", "Medusa asks for more than an e-mail and a password: use a secret key.")
        return Token(token, _DAY)


def escaped(identity: str) -> str:
    """An id as a part of a path."""
    return quote(identity, safe="")


def _with(call: Call, authorization: str) -> Call:
    headers = {**call.headers, "authorization": authorization}
    return Call(call.method, call.url, call.params, headers, call.content)


def _said(reply: Reply) -> str:
    """Medusa's own words; whatever stands before it may answer as well."""
    try:
        value, _ = first_value(reply.body.decode("utf-8", "replace"))
    except BadJson:
        return f"HTTP {reply.status}"
    return (text(value, "message") if isinstance(value, dict) else None) or f"HTTP {reply.status}"


def _object(reply: Reply) -> dict[str, Any]:
    value = json_of(reply)
    if not isinstance(value, dict):
        raise ShopError("answer", "The answer is not one of Medusa's: is this the address of the Medusa server?")
    return value


def order_in(answer: Node) -> Node:
    """The order in an answer. Raises ShopError where there is none."""
    found = part(answer, "order")
    if not found:
        raise ShopError("answer", "Medusa's answer has no order in it.")
    return found
