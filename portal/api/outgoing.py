"""Telling programs what happened: planned from the event log, once for each address, and sent until it gets through.

The log is read by a place that is kept in the database, so that nothing is left out, whoever was away. An address that
does not answer is tried for days, ever more slowly, and then told no more.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import ipaddress
import json
import logging
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import bindparam, delete, select, update

from portal.api.hooks import signing_secrets
from portal.api.models import OUT_HOOK, OUT_NEWS, OUT_PLACE
from portal.api.news import KINDS, body, codes_of, order_of
from portal.context import Context
from portal.kit import jobs
from portal.kit.db import Tx
from portal.kit.egress import deliver
from portal.kit.errors import Unavailable
from portal.kit.events import AFTER, Happened, happened
from portal.kit.prepared import Query
from portal.kit.tail import Tail
from portal.orders.directory import ref_of

log = logging.getLogger("jalon.news")
JOB: Final = "tell_news"
KEPT: Final = timedelta(days=7)
WAITS: Final = tuple(timedelta(minutes=m) for m in (0.1, 1, 5, 30, 120, 300, 600, 1200, 1440))
STOPPED_AFTER: Final = timedelta(days=5)
_AT_ONCE: Final = 500
_TIMEOUT_S: Final = 10.0
_LOOK_EVERY_S: Final = 30.0
_HOOKS = Query(select(OUT_HOOK.c.id, OUT_HOOK.c.kinds).where(OUT_HOOK.c.stopped_at.is_(None)))
_PLACE = Query(select(OUT_PLACE.c.event_id).where(OUT_PLACE.c.id == 1).with_for_update())
_NEWS = Query(
    select(
        OUT_NEWS.c.id,
        OUT_NEWS.c.event_id,
        OUT_NEWS.c.kind,
        OUT_NEWS.c.data,
        OUT_NEWS.c.at,
        OUT_NEWS.c.tries,
        OUT_HOOK.c.id.label("hook_id"),
        OUT_HOOK.c.url,
        OUT_HOOK.c.salt,
        OUT_HOOK.c.failing_since,
        OUT_NEWS.c.order_id,
    )
    .join(OUT_HOOK, OUT_HOOK.c.id == OUT_NEWS.c.hook_id)
    .where(OUT_NEWS.c.id == bindparam("news"), OUT_NEWS.c.told_at.is_(None), OUT_HOOK.c.stopped_at.is_(None))
)


async def follow(context: Context) -> None:
    """Plan news as they happen, until cancelled; where no address is told anything, only look whether one is by now."""
    while True:
        with contextlib.suppress(Unavailable):
            if await _is_anybody_told(context):
                await _follow(context)
        await asyncio.sleep(_LOOK_EVERY_S)


async def plan(context: Context) -> int:
    """Have what happened since the last time told; returns how many events were read."""

    async def unit(tx: Tx) -> int:
        place = await tx.row(_PLACE)
        if place is None:
            return 0
        events = [happened(row) for row in await tx.rows(AFTER, {"last": place.event_id, "most": _AT_ONCE})]
        if events:
            await _plan(tx, context.clock.now(), events)
            await tx.run(update(OUT_PLACE).where(OUT_PLACE.c.id == 1).values(event_id=events[-1].id))
        return len(events)

    return await context.db.write(unit)


async def tell(context: Context, payload: Mapping[str, Any]) -> None:
    """The job: send one piece of news to one address."""
    async with context.db.read() as reader:
        news: Any = await reader.row(_NEWS, {"news": int(payload["news"])})
        ref = None if news is None else await ref_of(reader, news.order_id)
    if ref is None:
        return
    problem = await _send(context, news, ref)
    now = context.clock.now()

    async def unit(tx: Tx) -> None:
        if problem is None:
            await _told(tx, now, news)
        else:
            await _not_told(tx, now, news, problem)

    await context.db.write(unit)


async def forget(tx: Tx, now: datetime) -> None:
    """Delete what is long past: for the purge."""
    await tx.run(delete(OUT_NEWS).where(OUT_NEWS.c.at < now - KEPT))


async def _is_anybody_told(context: Context) -> bool:
    async with context.db.read() as reader:
        return bool(await reader.rows(_HOOKS))


async def _follow(context: Context) -> None:
    """While an address is told something, each event makes us look."""
    wake = asyncio.Event()
    wake.set()

    def tell_us(events: Sequence[Happened]) -> None:
        if any(event.kind in KINDS for event in events):
            wake.set()

    tail = Tail(context.db, tell_us)
    await tail.begin()
    following = asyncio.create_task(tail.run())
    try:
        while await _is_anybody_told(context):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), _LOOK_EVERY_S)
            wake.clear()
            while await plan(context) == _AT_ONCE:
                pass
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following


async def _plan(tx: Tx, now: datetime, events: Sequence[Happened]) -> None:
    rows = [
        {
            "hook_id": hook.id,
            "event_id": event.id,
            "kind": event.kind,
            "order_id": order,
            "data": json.dumps(codes_of(event.data)),
            "at": now,
            "tries": 0,
        }
        for hook in await tx.rows(_HOOKS)
        for event in events
        if event.kind in hook.kinds.split() and (order := order_of(event.topic)) is not None
    ]
    if not rows:
        return
    await tx.upsert(OUT_NEWS, rows, ["hook_id", "event_id"], update=False)
    wanted = select(OUT_NEWS.c.id).where(OUT_NEWS.c.event_id.in_({row["event_id"] for row in rows}))
    for news in await tx.rows(wanted.where(OUT_NEWS.c.told_at.is_(None))):
        await jobs.enqueue(tx, JOB, now, unique=f"news:{news.id}:0", news=news.id)
    jobs.hurry(tx)


async def _send(context: Context, news: Any, ref: str) -> str | None:
    """Send it; why it did not get through, or None."""
    if not context.settings.api_hooks_private and not await _is_public(news.url):
        return "private_address"
    now = context.clock.now()
    content = body(news.kind, news.at, news.event_id, ref, json.loads(news.data))
    name, stamp = f"msg_{news.hook_id}_{news.event_id}", str(int(now.timestamp()))
    headers = {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(signing_secrets(context.keys, news.salt), name, stamp, content),
    }
    return await deliver(context.clients.get(f"hook {news.hook_id}"), news.url, content, headers, _TIMEOUT_S)


def signature(secrets: Sequence[bytes], name: str, stamp: str, content: bytes) -> str:
    """The header that proves a piece of news (Standard Webhooks), one signature for each secret."""
    signed = f"{name}.{stamp}.".encode() + content
    return " ".join(f"v1,{base64.b64encode(hmac.digest(s, signed, hashlib.sha256)).decode()}" for s in secrets)


async def _is_public(url: str) -> bool:
    """Whether every address that the host has is one of the open internet: a key that got lost must not let anybody
    reach what only this machine can."""
    parts = urlsplit(url)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        return True  # it has none: sending will say so
    return all(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in found)


async def _told(tx: Tx, now: datetime, news: Any) -> None:
    await tx.run(update(OUT_NEWS).where(OUT_NEWS.c.id == news.id).values(told_at=now, problem=None))
    if news.failing_since is not None:
        await tx.run(update(OUT_HOOK).where(OUT_HOOK.c.id == news.hook_id).values(failing_since=None))


async def _not_told(tx: Tx, now: datetime, news: Any, problem: str) -> None:
    tries = news.tries + 1
    await tx.run(update(OUT_NEWS).where(OUT_NEWS.c.id == news.id).values(tries=tries, problem=problem))
    since = news.failing_since or now
    stopped = now if now - since > STOPPED_AFTER else None
    values = {"failing_since": since, "stopped_at": stopped}
    await tx.run(update(OUT_HOOK).where(OUT_HOOK.c.id == news.hook_id).values(**values))
    if stopped:
        log.warning("address %d of the API's news has not answered for days and is told no more", news.hook_id)
    elif tries <= len(WAITS):
        due = now + WAITS[tries - 1]
        await jobs.enqueue(tx, JOB, now, due=due, unique=f"news:{news.id}:{tries}", news=news.id)
