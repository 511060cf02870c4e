"""What this slice keeps for a time only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, or_, select

from portal.accounts.models import CONTACT, PERSON, SESSION
from portal.accounts.viewer import IDLE
from portal.kit.db import Reader, Tx

_TOGETHER: Final = 200
_TOLD: Final = timedelta(days=1)  # other processes have long heard that it ended


async def delete_dead_sessions(tx: Tx, now: datetime) -> None:
    """Forget sessions that ended, grew old or were not used any more."""
    dead = or_(SESSION.c.ended_at < now - _TOLD, SESSION.c.expires_at < now, SESSION.c.seen_at < now - IDLE)
    await tx.run(delete(SESSION).where(dead))


async def unused(reader: Reader | Tx, before: datetime) -> list[int]:
    """Persons who have no browser any more and have proven nothing since a moment."""
    lives = exists().where(SESSION.c.person_id == PERSON.c.id)
    proven = exists().where(CONTACT.c.person_id == PERSON.c.id, CONTACT.c.verified_at >= before)
    asked = select(PERSON.c.id).where(PERSON.c.created_at < before, ~lives, ~proven)
    return [row.id for row in await reader.rows(asked.order_by(PERSON.c.id).limit(_TOGETHER))]
