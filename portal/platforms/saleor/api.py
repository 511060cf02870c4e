"""Calls to one Saleor's GraphQL API, with an app's token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from portal.platforms.asking import Call, json_of, send, succeeded
from portal.platforms.live import ShopError
from portal.platforms.saleor.shape import Node, nodes, part, text

if TYPE_CHECKING:
    import httpx2

_TOKEN: Final = ("ExpiredSignatureError", "InvalidSignatureError", "InvalidTokenError", "DecodeError")


class Refused(Exception):
    """Saleor understood a mutation and says no, in its own words, for staff."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class Api:
    """One shop's API. `url` is that of its GraphQL endpoint."""

    url: str
    token: str = field(repr=False)
    client: httpx2.AsyncClient = field(repr=False)

    @property
    def home(self) -> str:
        """The address before any path."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    async def ask(self, query: str, **variables: Any) -> Node:
        """The data of an answer, errors of single members aside. Raises ShopError."""
        body = json.dumps({"query": query, "variables": variables}, ensure_ascii=False).encode()
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        reply = await send(Call("POST", self.url, (), headers, body), self.client)
        if reply.status not in (200, 400):
            succeeded(reply)
        answer = json_of(reply)
        data = part(answer, "data") if isinstance(answer, dict) else {}
        errors = nodes(answer, "errors") if isinstance(answer, dict) else []
        if errors and not any(value is not None for value in data.values()):
            raise _error(errors[0])
        if not data:
            raise ShopError("answer", "The shop's answer is not what Saleor answers.")
        return data  # an order that is not there is null, and no error

    async def change(self, mutation: str, **variables: Any) -> Node:
        """What a mutation brought. Raises ShopError and Refused."""
        data = await self.ask(mutation, **variables)
        done = next((value for value in data.values() if isinstance(value, dict)), {})
        for error in nodes(done, "errors"):
            raise Refused(text(error, "code") or "", (text(error, "message") or text(error, "code") or "")[:300])
        return done

    async def keys(self) -> Mapping[str, Any]:
        """The public keys that deliveries are signed with. Raises ShopError."""
        reply = succeeded(await send(Call("GET", f"{self.home}/.well-known/jwks.json"), self.client, largest=100_000))
        found = json_of(reply)
        if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
            raise ShopError("answer", "The shop's public keys cannot be read.")
        return found


def _error(error: Node) -> ShopError:
    code = text(part(part(error, "extensions"), "exception"), "code") or ""
    said = (text(error, "message") or "")[:200]
    if code == "PermissionDenied":
        return ShopError("scope", f"The app may not do this: {said}")
    if code in _TOKEN:
        return ShopError("credentials", "The app's token is not accepted.")
    return ShopError("answer", f"Saleor did not understand the question: {said}")
