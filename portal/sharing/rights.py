"""What sharing holds of a person's orders, shown and erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from portal.kit.db import Reader, Tx
from portal.sharing.models import SHARE_LINK
from portal.sharing.private import SHARE_LINK_PRIVATE
from portal.sharing.public.reads import topic_of
from portal.whose import Exported, Whose


async def export_of(reader: Reader, whose: Whose) -> Exported:
    """Their links for visitors, without the secret, and how often each was opened."""
    asked = (
        select(
            SHARE_LINK.c.order_id.label("order"),
            SHARE_LINK_PRIVATE.c.label,
            SHARE_LINK.c.with_items,
            SHARE_LINK.c.with_towns,
            SHARE_LINK.c.gift,
            SHARE_LINK.c.opens,
            SHARE_LINK.c.last_opened_at,
            SHARE_LINK.c.created_at,
            SHARE_LINK.c.expires_at,
            SHARE_LINK.c.revoked_at,
        )
        .outerjoin(SHARE_LINK_PRIVATE, SHARE_LINK_PRIVATE.c.share_link_id == SHARE_LINK.c.id)
        .where(SHARE_LINK.c.order_id.in_(whose.orders))
        .order_by(SHARE_LINK.c.id)
    )
    return {"share_links": [row._asdict() for row in await reader.rows(asked)]}


async def erase(tx: Tx, _now: datetime, whose: Whose) -> None:
    """Forget the links of their orders; pages that are open with them end."""
    links = delete(SHARE_LINK).where(SHARE_LINK.c.order_id.in_(whose.orders))
    for row in await tx.rows(links.returning(SHARE_LINK.c.id, SHARE_LINK.c.order_id)):
        tx.emit(topic_of(row.order_id), "share.revoked", share=row.id)
