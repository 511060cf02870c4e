"""Vendure's Admin API over HTTP: who we are there, a document in, its data out. Knows no order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from carriers.core.auth import Token
from portal.platforms.addresses import name_of, server_address
from portal.platforms.asking import Call, Reply, json_of, send, succeeded
from portal.platforms.live import Account, ShopError, Wire
from portal.platforms.vendure import operations
from portal.platforms.vendure.shape import Node, nodes, part, text

_SESSION: Final = "vendure-auth-token"
_API_KEY: Final = "vendure-api-key"
_CHANNEL: Final = "vendure-token"
_SESSION_LIVES_S: Final = 3600.0  # the server's own are longer; one that it has forgotten is fetched anew at once


class Refused(Exception):
    """Vendure carried nothing of a mutation out, and said why in an error and not in a result. `code` is the
    error's; `words` are for staff."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class Api:
    """One account at one Vendure."""

    url: str
    account: Account
    wire: Wire = field(repr=False)

    async def ask(self, document: str, *, currency: str | None = None, **variables: Any) -> Node:
        """The data of a query. Raises ShopError for any error beside it."""
        try:
            return await self.do(document, currency=currency, **variables)
        except Refused as refused:
            raise ShopError("answer", f"Vendure could not answer ({refused.code}).") from refused

    async def do(self, document: str, *, currency: str | None = None, **variables: Any) -> Node:
        """The data of a mutation. Raises ShopError, and Refused for what was understood and not carried out."""
        body = json.dumps({"query": document, "variables": variables}).encode()
        params = (("currencyCode", currency),) if currency else ()
        token = await self._token()
        answer = _body(await self._call(body, params, token))
        if token and _is_forbidden(answer):  # maybe only the session is over
            self.wire.tokens.forget(self._key, token)
            answer = _body(await self._call(body, params, await self._token()))
        return _data(answer)

    @property
    def _key(self) -> str:
        return f"vendure {self.url} {self.account.credentials.get('username', '')}"

    async def _token(self) -> str | None:
        """A session's, unless an API key says who we are."""
        if self.account.credentials.get("api_key"):
            return None
        return await self.wire.tokens.get(self._key, self._login)

    async def _login(self) -> Token:
        given = self.account.credentials
        who = {"username": given.get("username", ""), "password": given.get("password", "")}
        body = json.dumps({"query": operations.LOGIN, "variables": who}).encode()
        reply = await self._call(body, (), None)
        told = part(_data(_body(reply)), "login")
        token = reply.headers.get(_SESSION)
        if text(told, "errorCode"):
            raise ShopError("credentials", "Vendure does not accept the user name and password.")
        if not token:
            raise ShopError("credentials", "Vendure gives out no bearer token: add “bearer” to its tokenMethod.")
        return Token(token, _SESSION_LIVES_S)

    async def _call(self, body: bytes, params: tuple[tuple[str, str], ...], token: str | None) -> Reply:
        given = self.account.credentials
        headers = {
            "content-type": "application/json",
            "accept": "application/json",
            "authorization": f"Bearer {token}" if token else "",
            _API_KEY: given.get("api_key", ""),
            _CHANNEL: given.get("channel", ""),
            "jalon-guard": "on",  # edits of ours are guarded by the plugin; what staff do is theirs
        }
        stated = {name: value for name, value in headers.items() if value}
        return await send(Call("POST", self.url, params, stated, body), self.wire.client)


def admin_url(address: str | None) -> tuple[str, str]:
    """The Admin API's address and the shop's name, from the address that was set up: the server's, or the API's own
    where that has another path. Raises ShopError."""
    base = server_address(address or "")
    return base if urlsplit(base).path else f"{base}/admin-api", name_of(base)


def _body(reply: Reply) -> Node:
    """GraphQL's own errors come with 200 and with 400."""
    if reply.status == 400:
        try:
            told = json_of(reply)
        except ShopError:
            told = None
        if isinstance(told, dict) and nodes(told, "errors"):
            return told
    found = json_of(succeeded(reply))
    if not isinstance(found, dict):
        raise ShopError("answer", "What answers is not an Admin API of Vendure.")
    return found


def _code(error: Node) -> str:
    return text(part(error, "extensions"), "code") or "INTERNAL_SERVER_ERROR"


def _is_forbidden(answer: Node) -> bool:
    return any(_code(error) == "FORBIDDEN" for error in nodes(answer, "errors"))


def _data(answer: Node) -> Node:
    """The data, when there is nothing but it."""
    errors = nodes(answer, "errors")
    if not errors and isinstance(answer.get("data"), dict):
        return part(answer, "data")
    codes: Mapping[str, str] = {_code(error): text(error, "message") or "" for error in errors}
    if "FORBIDDEN" in codes:
        raise ShopError("scope", "Vendure refuses: the credentials are wrong, or their role lacks a permission.")
    if "INTERNAL_SERVER_ERROR" in codes or not codes:
        raise ShopError("answer", "Vendure failed at this (INTERNAL_SERVER_ERROR): its log says why.")
    code, words = next(iter(codes.items()))
    raise Refused(code, words)
