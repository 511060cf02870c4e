"""What this slice keeps for a time only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from portal.kit.db import Tx
from portal.tracking.private import RAW_ANSWER


async def delete_raw_answers(tx: Tx, before: datetime) -> None:
    """Forget carriers' raw answers from before a moment."""
    await tx.run(delete(RAW_ANSWER).where(RAW_ANSWER.c.at < before))
