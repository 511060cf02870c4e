"""What the dashboard holds of a person, shown and erased: that their calendar has an address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from portal.dashboard.models import CALENDAR_FEED
from portal.kit.db import Reader, Tx
from portal.whose import Exported, Whose


async def export_of(reader: Reader, whose: Whose) -> Exported:
    """Since when; the address itself is a secret and is shown where it is made."""
    asked = select(CALENDAR_FEED.c.created_at).where(CALENDAR_FEED.c.person_id == whose.person_id)
    return {"calendar": [row._asdict() for row in await reader.rows(asked)]}


async def erase(tx: Tx, _now: datetime, whose: Whose) -> None:
    """Have the address open nothing any more."""
    await tx.run(delete(CALENDAR_FEED).where(CALENDAR_FEED.c.person_id == whose.person_id))
