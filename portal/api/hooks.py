"""Where news are sent to: addresses of the shop's own programs, made, listed and ended.

What is signed with is worked out from the installation's key, so that the database holds nothing to sign with.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import delete, insert, select

from portal.api.models import OUT_HOOK, OUT_PLACE
from portal.api.news import KINDS
from portal.context import Context
from portal.kit.db import Reader, Tx, one
from portal.kit.hosts import is_here
from portal.kit.secrets import Keys
from portal.kit.tail import newest

MOST: Final = 10
_PURPOSE: Final = "out hook"
_LONGEST: Final = 500


class BadHook(ValueError):
    """An address, or a kind of news, that cannot be taken; the message says why."""


async def make_hook(context: Context, url: str, kinds: Sequence[str]) -> tuple[int, str]:
    """Tell this address of `kinds` from now on; its number, and the secret that shows that it was us. Raises
    BadHook."""
    url, wanted = _usable(url.strip()), sorted(set(kinds) or KINDS)
    if unknown := sorted(set(wanted) - set(KINDS)):
        raise BadHook(f"there are no news called {unknown[0]}; there are {', '.join(KINDS)}")
    salt = secrets.token_hex(16)
    row = {"url": url, "kinds": " ".join(wanted), "salt": salt, "created_at": context.clock.now()}
    begin = await newest(context.db)

    async def unit(tx: Tx) -> int:
        if len(await tx.rows(select(OUT_HOOK.c.id))) >= MOST:
            raise BadHook(f"there are {MOST} addresses already: end one first")
        await tx.upsert(OUT_PLACE, [{"id": 1, "event_id": begin}], ["id"], update=False)
        return int((await one(tx, insert(OUT_HOOK).values(**row).returning(OUT_HOOK.c.id))).id)

    return await context.db.write(unit), shown_secret(context.keys, salt)


async def hooks(reader: Reader) -> list[Any]:
    """All addresses: id, url, kinds, salt, created_at, failing_since, stopped_at."""
    return await reader.rows(select(OUT_HOOK).order_by(OUT_HOOK.c.id))


async def end_hook(context: Context, hook_id: int) -> bool:
    """Tell this address nothing any more; False when there is none of this number."""

    async def unit(tx: Tx) -> bool:
        gone = bool(await tx.run(delete(OUT_HOOK).where(OUT_HOOK.c.id == hook_id)))
        if not await tx.rows(select(OUT_HOOK.c.id)):
            await tx.run(delete(OUT_PLACE))
        return gone

    return await context.db.write(unit)


def signing_secrets(keys: Keys, salt: str) -> list[bytes]:
    """What is signed with: one for each of the installation's keys, the one in use first."""
    return [bytes.fromhex(found) for found in keys.hashes(_PURPOSE, salt)]


def shown_secret(keys: Keys, salt: str) -> str:
    """The secret as the receiver's library takes it (Standard Webhooks)."""
    return f"whsec_{base64.b64encode(signing_secrets(keys, salt)[0]).decode()}"


def _usable(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as wrong:
        raise BadHook("this is no address") from wrong
    if (
        not host
        or len(url) > _LONGEST
        or parts.username
        or parts.fragment
        or not url.isascii()
        or not url.isprintable()
    ):
        raise BadHook("this is no address: https://host/path, without a name and a password")
    if parts.scheme == "https" or (parts.scheme == "http" and is_here(host)):
        return url
    raise BadHook("news go to https:// addresses (and to http:// on this machine)")
