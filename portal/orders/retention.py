"""What this slice keeps for a time only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from portal.kit.db import Tx
from portal.orders.models import ORDER_LINK


async def delete_dead_links(tx: Tx, before: datetime) -> None:
    """Forget order links that ended before a moment."""
    await tx.run(delete(ORDER_LINK).where(ORDER_LINK.c.expires_at < before))
