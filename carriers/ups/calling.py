"""Calls to UPS with a token, and why UPS refuses one. Knows nothing of what is asked."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from carriers.core.answers import passed_on
from carriers.core.auth import Token
from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.http import Call, Reply, send
from carriers.core.reading import (
    Json,
    an_object,
    first_text,
    kind_of_status,
    number,
    objects,
    read_json,
    text,
    unreadable,
)
from carriers.ups.codes import ERROR_PREFIXES, ERRORS, EXPIRED
from carriers.ups.package import SLUG

if TYPE_CHECKING:
    import httpx2

    from carriers.core.auth import TokenCache
    from carriers.core.contract import Account

API: Final = "https://onlinetools.ups.com/api"
_TOKEN_LIFE: Final = 3600.0  # seconds, should UPS not say; it says 14399


async def authorised(
    build: Callable[[str, dict[str, str]], Call], account: Account, client: httpx2.AsyncClient, tokens: TokenCache
) -> Reply:
    """The reply to the call that `build` makes of the base URL and the headers; a token that UPS refuses is renewed
    once. Raises CarrierError.
    """
    api = account.api or API
    key = f"{SLUG} {api} {account.credentials.get('client_id', '')}"

    async def fetch() -> Token:
        return await _token(api, account, client)

    token = await tokens.get(key, fetch)
    reply = await send(build(api, _headers(token)), client)
    if reply.status != 401:
        return reply
    tokens.forget(key, token)
    return await send(build(api, _headers(await tokens.get(key, fetch))), client)


def refused(data: Json, http_status: int, answer: str = "trackResponse") -> CarrierError | None:
    """The error in an answer; UPS and the gateway before it wrap it differently. None for one that has `answer`."""
    found = next(iter(objects(an_object(data.get("response")).get("errors")) or objects(data.get("errors"))), None)
    if found is None and answer in data:
        return None
    fault = an_object(data.get("fault"))
    code = text(an_object(found).get("code")) or text(an_object(fault.get("detail")).get("errorcode"))
    message = first_text(an_object(found).get("message"), fault.get("faultstring"))
    if code is None and message is None:
        return unreadable(http_status)
    said = message or f"UPS refuses ({code})."
    expired = True if code in EXPIRED else None
    return CarrierError(kind_of(code, http_status), said, code=code, http_status=http_status, retryable=expired)


def kind_of(code: str | None, http_status: int) -> ErrorKind:
    """What a code of UPS's is about."""
    if code in ERRORS:
        return ERRORS[code]
    by_prefix = next((kind for prefix, kind in ERROR_PREFIXES if code is not None and code.startswith(prefix)), None)
    return by_prefix if by_prefix is not None else kind_of_status(http_status)


def _headers(token: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Accept": "application/json",
        "transId": secrets.token_hex(16),
        "transactionSrc": "jalon",
    }


async def _token(api: str, account: Account, client: httpx2.AsyncClient) -> Token:
    """A new token. The token's address lies beside the API, not below it. Raises CarrierError."""
    secret = (account.credentials.get("client_id", ""), account.credentials.get("client_secret", ""))
    url = f"{api.removesuffix('/api')}/security/v1/oauth/token"
    reply = await send(Call(url, data={"grant_type": "client_credentials"}, auth=secret), client)
    try:
        data = an_object(read_json(reply.body, http_status=reply.status))
    except CarrierError as error:
        raise passed_on(error, reply) from error
    token = text(data.get("access_token"))
    if reply.status != 200 or token is None:
        raise passed_on(refused(data, reply.status) or unreadable(reply.status), reply)
    return Token(token, float(number(data.get("expires_in")) or _TOKEN_LIFE))
