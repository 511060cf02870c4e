"""One shop's Admin API: an operation and its variables in, the answer out.

Waits its turn when the shop's bucket of points is empty, fetches a new token once when the old one is refused, and
says what is missing in plain words. What is written is never sent twice from here.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from carriers.core.auth import Token
from portal.platforms.asking import Call, Reply, json_of, send, succeeded
from portal.platforms.live import ShopError, Wire
from portal.platforms.shopify.admin.address import API_VERSION, Address
from portal.platforms.shopify.admin.failures import Failure, as_error, failures_of, has_code, of_status
from portal.platforms.shopify.admin.pace import wait_of
from portal.platforms.shopify.shape import Node, part

LONGEST_WAIT: Final = 20.0  # seconds that one question may wait for its turn in all
_TOKEN_LIFE: Final = 86_399.0  # seconds, should the answer not say

_log = logging.getLogger(__name__)

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation gave. `failures` say what could not be given; `version` is that of the API that answered."""

    data: Node
    failures: tuple[Failure, ...] = ()
    version: str | None = None


class TooCostly(ShopError):
    """The question could return more than one may ask for at once: shorter lists may be asked for."""

    def __init__(self) -> None:
        super().__init__("answer", "Shopify finds the question too large.")


@dataclass(frozen=True, slots=True)
class Admin:
    """The Admin API of one shop. Without a `token`, one is fetched with the app's id and secret. `pause` waits."""

    address: Address
    wire: Wire
    token: str | None = field(default=None, repr=False)
    client_id: str | None = field(default=None, repr=False)
    client_secret: str | None = field(default=None, repr=False)
    pause: Pause = asyncio.sleep

    async def ask(self, operation: str, **variables: Any) -> Answer:
        """The answer to one operation. Raises ShopError when there is none, TooCostly among them.

        Errors beside data are no failure of the whole: what is withheld of a customer comes so.
        """
        left = LONGEST_WAIT
        while True:
            wait = await self._turn(operation, variables)
            if isinstance(wait, Answer):
                return wait
            wait *= 1 + random.random() / 4  # noqa: S311 - spreads those who wait, guards nothing
            if wait > left:
                raise ShopError("throttled", "The shop's limit of questions is reached.", wait)
            left -= wait
            await self.pause(wait)

    async def _turn(self, operation: str, variables: Mapping[str, Any]) -> Answer | float:
        """The answer, or the seconds to wait for it."""
        reply = await self._send(json.dumps({"query": operation, "variables": variables}).encode())
        if reply.status == 429 and reply.retry_after is not None:
            return reply.retry_after
        if (wrong := of_status(reply.status)) is not None:
            raise wrong
        body = json_of(succeeded(reply))
        if not isinstance(body, dict):
            raise ShopError("answer", "Shopify answered with something that is no answer.")
        return _answer(body, reply.headers.get("x-shopify-api-version"))

    async def _send(self, content: bytes) -> Reply:
        token = await self._token()
        reply = await self._post(content, token)
        if reply.status != 401 or self.token is not None:
            return reply
        self.wire.tokens.forget(self._key, token)
        return await self._post(content, await self._token())

    async def _post(self, content: bytes, token: str) -> Reply:
        headers = {
            "x-shopify-access-token": token,
            "content-type": "application/json",
            "accept": "application/json",
        }
        return await send(Call("POST", self.address.graphql, headers=headers, content=content), self.wire.client)

    async def _token(self) -> str:
        return self.token if self.token is not None else await self.wire.tokens.get(self._key, self._granted)

    @property
    def _key(self) -> str:
        """Another secret is another grant."""
        named = hashlib.sha256(f"{self.client_id}\x1f{self.client_secret}".encode()).hexdigest()[:16]
        return f"shopify {self.address.base} {named}"

    async def _granted(self) -> Token:
        """A token of 24 hours for the app itself, by the client credentials grant."""
        grant = {
            "grant_type": "client_credentials",
            "client_id": self.client_id or "",
            "client_secret": self.client_secret or "",
        }
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        call = Call("POST", self.address.tokens, headers=headers, content=urlencode(grant).encode())
        reply = await send(call, self.wire.client)
        if reply.status in (400, 401, 403, 404):
            raise ShopError(
                "credentials",
                f"Shopify gives the app no token (status {reply.status}): check its client id and secret, and that it "
                "is installed in this shop.",
            )
        given = json_of(succeeded(reply))
        token = given.get("access_token") if isinstance(given, dict) else None
        if not isinstance(token, str) or not token:
            raise ShopError("answer", "Shopify's answer holds no token.")
        life = given.get("expires_in")
        return Token(token, float(life) if isinstance(life, int | float) else _TOKEN_LIFE)


def _answer(body: Mapping[str, Any], version: str | None) -> Answer | float:
    failures = failures_of(body)
    if has_code(failures, "THROTTLED"):
        return wait_of(body)
    if has_code(failures, "MAX_COST_EXCEEDED"):
        raise TooCostly
    data = part(body, "data")
    if failures and not any(value is not None for value in data.values()):
        raise as_error(failures)
    if not isinstance(body.get("data"), dict):
        raise ShopError("answer", "Shopify's answer holds no data.")
    if version not in (None, API_VERSION):
        _warn_of_version(str(version))
    return Answer(data, failures, version)


@cache
def _warn_of_version(version: str) -> None:
    """Once a process: a version that has expired is answered by a newer one, silently."""
    _log.warning("Shopify answers with version %s of its API, not with %s", version, API_VERSION)
