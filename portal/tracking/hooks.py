"""POST /hooks/carriers/{slug}: where carriers push what happens to parcels.

Knows no carrier: whether bytes are genuine is the adapter's to say, what they mean is read later. Answers 200 once
they are stored for good, and every failure of proof alike.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

import carriers
from carriers.core.contract import Account, Genuine, SignedPushes
from carriers.core.pushing import is_set_up
from portal.context import Context
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.tracking.models import SUBSCRIPTION
from portal.tracking.private import PUSH_INBOX
from portal.tracking.pushes import LARGEST, packed, store

log = logging.getLogger("jalon.hooks")
_PUSHED = select(
    PUSH_INBOX.c.carrier,
    func.count().label("pushes"),
    func.count().filter(PUSH_INBOX.c.merged_at.is_(None)).label("waiting"),
    func.count(PUSH_INBOX.c.problem).label("unreadable"),
    func.max(PUSH_INBOX.c.at).label("newest"),
).group_by(PUSH_INBOX.c.carrier)
_TOLD = select(
    SUBSCRIPTION.c.carrier,
    func.count(SUBSCRIPTION.c.until).label("subscribed"),
    func.count(SUBSCRIPTION.c.problem).label("refused"),
).group_by(SUBSCRIPTION.c.carrier)
ROUTE: Final = "/hooks/carriers/{slug}"
PATH: Final = re.compile(r"/hooks/carriers/[a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True)
class Receiver:
    """An account that takes pushes."""

    adapter: SignedPushes
    account: Account


def receivers(context: Context) -> dict[str, Receiver]:
    """The accounts of this installation that take pushes, by carrier."""
    able = {slug: carriers.get(slug) for slug in context.accounts}
    return {
        slug: Receiver(adapter, context.accounts[slug])
        for slug, adapter in able.items()
        if isinstance(adapter, SignedPushes) and is_set_up(adapter.manifest, context.accounts[slug])
    }


def address(base_url: str, slug: str) -> str:
    """Where a carrier is to push to."""
    return f"{base_url}{ROUTE.format(slug=slug)}"


async def heard(context: Context) -> dict[str, dict[str, Any]]:
    """What came from each carrier while pushes are remembered, and how many parcels it was told to push."""
    async with context.db.read() as reader:
        pushed, told = await reader.rows(_PUSHED), await reader.rows(_TOLD)
    counts: dict[str, dict[str, Any]] = {}
    for row in [*pushed, *told]:
        values = row._asdict()
        counts.setdefault(values.pop("carrier"), {}).update(values)
    return counts


class CarrierHook:
    """The hook of every account that takes pushes; there is none for the others."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._receivers = receivers(context)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one push."""
        slug = scope["path_params"]["slug"]
        receiver = self._receivers.get(slug)
        if receiver is None:
            raise NotThere(slug)
        request = Request(scope, receive)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return
        await Response(status_code=await self._take(slug, receiver, request, body))(scope, receive, send)

    async def _take(self, slug: str, receiver: Receiver, request: Request, body: bytes | None) -> int:
        if body is None:
            return 413
        now = self._context.clock.now()
        genuine = receiver.adapter.verify_push(dict(request.headers), body, receiver.account, now)
        if genuine is None:
            log.info("%s: a push without proof", slug)
            return 401
        await self._store(slug, genuine, body)
        return 200

    async def _store(self, slug: str, genuine: Genuine, body: bytes) -> None:
        now, small = self._context.clock.now(), packed(body)

        async def unit(tx: Tx) -> bool:
            return await store(tx, now, slug, genuine.event, small)

        if not await self._context.db.write(unit):
            log.info("%s: a push that came before", slug)


async def _body(request: Request) -> bytes | None:
    """The bytes as they came; None for too many."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)
