"""Making, showing, ending and opening a person's calendar address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from portal.dashboard.models import CALENDAR_FEED
from portal.kit.db import Reader, Tx
from portal.kit.ids import TOKEN, new_ref, token_hash
from portal.kit.prepared import Query
from portal.kit.secrets import Keys

_OF_PERSON = Query(select(CALENDAR_FEED).where(CALENDAR_FEED.c.person_id == bindparam("person")))
_BY_TOKEN = Query(select(CALENDAR_FEED.c.person_id).where(CALENDAR_FEED.c.token_hash == bindparam("hash")))


async def make(tx: Tx, keys: Keys, person_id: int, now: datetime) -> None:
    """A new address; one that was made before ends."""
    nonce = new_ref()
    row = {"person_id": person_id, "nonce": nonce, "token_hash": token_hash(_token(keys, nonce)), "created_at": now}
    await tx.upsert(CALENDAR_FEED, [row], ["person_id"])


async def end(tx: Tx, person_id: int) -> None:
    """From now on the address gives nothing."""
    await tx.run(delete(CALENDAR_FEED).where(CALENDAR_FEED.c.person_id == person_id))


async def secret_of(reader: Reader, keys: Keys, person_id: int) -> str | None:
    """The secret of the person's address; None when they have none, or it was made with a key that is gone."""
    row: Any = await reader.row(_OF_PERSON, {"person": person_id})
    if row is None:
        return None
    token = _token(keys, row.nonce)
    return token if token_hash(token) == row.token_hash else None


async def person_of(reader: Reader, token: str) -> int | None:
    """Whose address it is; None when nobody's."""
    if not TOKEN.fullmatch(token):
        return None
    row = await reader.row(_BY_TOKEN, {"hash": token_hash(token)})
    return None if row is None else int(row.person_id)


def _token(keys: Keys, nonce: str) -> str:
    return keys.keyed_hash("calendar", nonce)[:27]
