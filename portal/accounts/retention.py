"""What this slice keeps for a time only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_

from portal.accounts.models import SESSION
from portal.accounts.viewer import IDLE
from portal.kit.db import Tx

_TOLD: Final = timedelta(days=1)  # other processes have long heard that it ended


async def delete_dead_sessions(tx: Tx, now: datetime) -> None:
    """Forget sessions that ended, grew old or were not used any more."""
    dead = or_(SESSION.c.ended_at < now - _TOLD, SESSION.c.expires_at < now, SESSION.c.seen_at < now - IDLE)
    await tx.run(delete(SESSION).where(dead))
