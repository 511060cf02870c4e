"""Calls to one shop's REST API: where it is, how a call proves itself, and what its errors mean."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from portal.platforms.asking import Call, Reply, json_of, send, succeeded
from portal.platforms.live import ShopError
from portal.platforms.woocommerce.shape import Node, part
from portal.platforms.woocommerce.signing import signed

if TYPE_CHECKING:
    import httpx2

    from portal.kit.clock import Clock

Pairs = Sequence[tuple[str, str]]

ROOT: Final = "/wp-json/wc/v3/"
_UNPAID: Final = "woocommerce_rest_cannot_create_order_refund"  # with status 500, when the way of payment fails


class Refused(Exception):
    """WooCommerce understood a call and says no. `code` is its own word, `message` its sentence, for staff."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True, slots=True)
class Api:
    """One shop's API. `home` is the shop's address without a slash at its end."""

    home: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    client: httpx2.AsyncClient = field(repr=False)
    clock: Clock

    async def get(self, path: str, *params: tuple[str, str]) -> Reply:
        """A successful answer. Raises ShopError, and Refused where WooCommerce itself says no."""
        return await self.ask("GET", path, params)

    async def ask(self, method: str, path: str, params: Pairs = (), body: Mapping[str, Any] | None = None) -> Reply:
        """A successful answer. Raises ShopError, and Refused where WooCommerce itself says no."""
        url = f"{self.home}{ROOT}{path}"
        headers = {"accept": "application/json"}
        content = None
        if body is not None:
            headers["content-type"] = "application/json"
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        if url.startswith("https:"):
            call = Call(method, url, params, headers, content, (self.key, self.secret))
        else:
            now, nonce = self.clock.now(), secrets.token_hex(16)
            proven = signed(method, url, params, self.key, self.secret, now=now, nonce=nonce)
            call = Call(method, url, proven, headers, content)
        return _understood(await send(call, self.client))


def _understood(reply: Reply) -> Reply:
    """The answer, if it is a good one."""
    if 200 <= reply.status < 300:
        return reply
    told = _told(reply)
    code, message = str(told.get("code") or ""), str(told.get("message") or "")[:300]
    if code == "woocommerce_rest_authentication_error" and "permission" in message.lower():
        raise ShopError("scope", "The key may only read: make one with the permission Read/Write.")
    if code.startswith("woocommerce_rest_cannot_") and reply.status in (401, 403):
        raise ShopError("scope", f"The key's user may not do this ({code}): it has to be a shop manager's.")
    if code == _UNPAID or (code and 400 <= reply.status < 500 and reply.status not in (401, 403, 429)):
        raise Refused(reply.status, code, message)
    return succeeded(reply)


def _told(reply: Reply) -> Node:
    try:
        body = json_of(reply)
    except ShopError:
        return {}
    return body if isinstance(body, dict) else part({"body": body}, "body")
