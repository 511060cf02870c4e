"""What this slice keeps for a time only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete

from portal.kit.db import Tx
from portal.orders.models import ORDER_LINK, ORDER_LINK_USE

_UNSEEN: Final = timedelta(days=1)


async def delete_dead_links(tx: Tx, before: datetime) -> None:
    """Forget order links that ended before a moment."""
    await tx.run(delete(ORDER_LINK).where(ORDER_LINK.c.expires_at < before))


async def delete_unseen_uses(tx: Tx, now: datetime) -> None:
    """Forget openings of links whose cookie never came back: they were programs trying out links."""
    unseen = ORDER_LINK_USE.c.seen_at.is_(None) & (ORDER_LINK_USE.c.opened_at < now - _UNSEEN)
    await tx.run(delete(ORDER_LINK_USE).where(unseen))
