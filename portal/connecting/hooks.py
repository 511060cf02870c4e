"""POST /hooks/platforms/{slug}: where shops' platforms say what changed.

Knows no platform: whether bytes are genuine is the shop's adapter's to say. Answers 200 once what they cause is stored
for good, and every failure of proof alike.
"""

from __future__ import annotations

import logging
import re
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from portal.connecting.inbox import store
from portal.connecting.shops import HOOKS, Shops
from portal.context import Context
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.platforms.live import Hint, Hooked, Keyed, ShopError

log = logging.getLogger("jalon.hooks")
ROUTE: Final = HOOKS + "{slug}"
PATH: Final = re.compile(HOOKS + r"[a-z0-9_]{1,40}")
LARGEST: Final = 2 * 1024 * 1024  # bytes: an order of 500 lines is more than one million in some platforms' words


class PlatformHook:
    """The hook of every connected shop whose platform sends deliveries; there is none for the others."""

    def __init__(self, context: Context, shops: Shops) -> None:
        self._context, self._shops = context, shops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one delivery."""
        shop = self._shops.at(scope["path_params"]["slug"])
        if not isinstance(shop, Hooked):
            raise NotThere
        request = Request(scope, receive)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return
        await Response(status_code=await self._take(shop, request, body))(scope, receive, send)

    async def _take(self, shop: Hooked, request: Request, body: bytes | None) -> int:
        if body is None:
            return 413
        headers, now = dict(request.headers), self._context.clock.now()
        hint = shop.verify(headers, body, now)
        if hint is None and isinstance(shop, Keyed) and await _learns(shop):
            hint = shop.verify(headers, body, now)
        if hint is None:
            log.info("%s: a delivery without proof", shop.manifest.slug)
            return 401
        if hint.purpose != "ping":
            await self._store(shop, hint)
        return 200

    async def _store(self, shop: Hooked, hint: Hint) -> None:
        now = self._context.clock.now()

        async def unit(tx: Tx) -> bool:
            return await store(tx, now, shop, hint)

        if not await self._context.db.write(unit):
            log.info("%s: a delivery that came before", shop.manifest.slug)


async def _learns(shop: Keyed) -> bool:
    """Whether there are new keys to verify with."""
    try:
        return await shop.learn()
    except ShopError as problem:
        log.warning("%s: its keys could not be read: %s", shop.manifest.slug, problem.message)
        return False


async def _body(request: Request) -> bytes | None:
    """The bytes as they came; None for too many."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)
