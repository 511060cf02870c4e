"""Keys of programs: made and shown once, looked up by their hash, ended at once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update

from portal.api.models import API_KEY
from portal.api.scopes import Scope, scopes_from
from portal.context import Context
from portal.kit.db import Reader, Tx
from portal.kit.ids import token_hash
from portal.kit.prepared import Query

_PREFIX: Final = "jalon_"  # so that programs that look for leaked secrets know it
_TOKEN: Final = re.compile(rf"{_PREFIX}[A-Za-z0-9_-]{{40}}")
_OFTEN: Final = timedelta(hours=1)
_FIND: Final = Query(
    select(API_KEY.c.id, API_KEY.c.name, API_KEY.c.scopes, API_KEY.c.last_used_at).where(
        API_KEY.c.token_hash == bindparam("hash"), API_KEY.c.revoked_at.is_(None)
    )
)


@dataclass(frozen=True, slots=True)
class Program:
    """Who calls: a key, by its number and name, and what it may do."""

    id: int
    name: str
    scopes: frozenset[Scope]


async def make_key(context: Context, name: str, scopes: frozenset[Scope]) -> str:
    """A new key; it is in nobody's hands but the caller's afterwards."""
    token = _PREFIX + secrets.token_urlsafe(30)
    row = {
        "name": name,
        "token_hash": token_hash(token),
        "scopes": " ".join(sorted(scopes)),
        "created_at": context.clock.now(),
    }

    async def unit(tx: Tx) -> None:
        await tx.run(insert(API_KEY).values(**row))

    await context.db.write(unit)
    return token


async def program_of(context: Context, authorization: str) -> Program | None:
    """The program that sent this Authorization header; None for a key that is not, or not any more."""
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token.strip()):
        return None
    async with context.db.read() as reader:
        row: Any = await reader.row(_FIND, {"hash": token_hash(token.strip())})
    if row is None:
        return None
    await _note_use(context, row)
    return Program(row.id, row.name, scopes_from(row.scopes))


async def keys(reader: Reader) -> Sequence[Any]:
    """All keys (id, name, scopes, created_at, last_used_at, revoked_at), the oldest first."""
    shown = (API_KEY.c.id, API_KEY.c.name, API_KEY.c.scopes, API_KEY.c.created_at, API_KEY.c.last_used_at)
    return await reader.rows(select(*shown, API_KEY.c.revoked_at).order_by(API_KEY.c.id))


async def revoke_key(context: Context, key_id: int) -> bool:
    """End a key; False when there is no such key that works."""

    async def unit(tx: Tx) -> bool:
        alive = (API_KEY.c.id == key_id, API_KEY.c.revoked_at.is_(None))
        return bool(await tx.run(update(API_KEY).where(*alive).values(revoked_at=context.clock.now())))

    return await context.db.write(unit)


async def _note_use(context: Context, row: Any) -> None:
    now: datetime = context.clock.now()
    if row.last_used_at is not None and now - row.last_used_at < _OFTEN:
        return

    async def unit(tx: Tx) -> None:
        await tx.run(update(API_KEY).where(API_KEY.c.id == row.id).values(last_used_at=now))

    await context.db.write(unit)
