"""Asking with a bearer token: fetched with the client's credentials, renewed once when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from carriers.core.answers import passed_on
from carriers.core.auth import Token
from carriers.core.errors import CarrierError
from carriers.core.http import Call, Reply, send
from carriers.core.reading import Json, an_object, number, read_json, text, unreadable

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache

_LIFE: Final = 1800.0  # seconds, should the carrier not say


@dataclass(frozen=True, slots=True)
class Grant:
    """How to get a token. `key` says whose it is; `refused` reads the carrier's reason out of an answer without one.

    `member` is what the answer calls the token.
    """

    key: str
    call: Call
    refused: Callable[[Json, int], CarrierError]
    member: str = "access_token"


async def ask(build: Callable[[str], Call], grant: Grant, client: httpx2.AsyncClient, tokens: TokenCache) -> Reply:
    """The reply to the call that `build` makes with a token. Raises CarrierError."""

    async def fetch() -> Token:
        return await _token(grant, client)

    token = await tokens.get(grant.key, fetch)
    reply = await send(build(token), client)
    if reply.status != 401:
        return reply
    tokens.forget(grant.key, token)
    return await send(build(await tokens.get(grant.key, fetch)), client)


async def _token(grant: Grant, client: httpx2.AsyncClient) -> Token:
    reply = await send(grant.call, client)
    try:
        data = an_object(read_json(reply.body, http_status=reply.status))
    except CarrierError as error:
        raise passed_on(error, reply) from error
    token = text(data.get(grant.member))
    if token is not None and reply.status in (200, 201):
        return Token(token, float(number(data.get("expires_in")) or _LIFE))
    silent = reply.status < 400
    raise passed_on(unreadable(reply.status) if silent else grant.refused(data, reply.status), reply)
