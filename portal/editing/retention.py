"""What this slice keeps for a time only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete

from portal.editing.answers import EditState
from portal.editing.models import EDIT
from portal.kit.db import Tx

_DRAFTS: Final = timedelta(days=1)


async def delete_old_drafts(tx: Tx, now: datetime) -> None:
    """Forget previews that nobody confirmed."""
    await tx.run(delete(EDIT).where(EDIT.c.state == EditState.DRAFT, EDIT.c.created_at < now - _DRAFTS))
