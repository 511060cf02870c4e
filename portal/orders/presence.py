"""Whether orders are still there where they came from. One that its platform has no more is shown to nobody, and its
parcels are not asked about; it comes back when the platform has it again (`sync`).

Answers may come in any order: what was asked for earlier says nothing against what was asked for later.
Runs in the caller's transaction and may run again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select, update

from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query
from portal.orders.contacts import tell_persons
from portal.orders.models import ORDER, PARCEL
from portal.orders.queries import topic_of
from portal.tracking.intake import let_go

_THIS = (
    ORDER.c.platform == bindparam("of_platform"),
    ORDER.c.shop == bindparam("of_shop"),
    ORDER.c.external_id == bindparam("of_order"),
)
_STORED = Query(select(ORDER.c.id, ORDER.c.seen_at, ORDER.c.gone_at).where(*_THIS).with_for_update())
_GO = Query(update(ORDER).where(ORDER.c.id == bindparam("order")), columns=("gone_at",))
_SEE = Query(update(ORDER).where(*_THIS), columns=("seen_at",))
_SHIPMENTS = Query(select(PARCEL.c.shipment_id).where(PARCEL.c.order_id == bindparam("order")))


async def note_gone(tx: Tx, platform: str, shop: str, order_id: str, asked_at: datetime) -> bool:
    """The platform was asked for an order and had it no more; True when it was there until now."""
    stored = await tx.row(_STORED, {"of_platform": platform, "of_shop": shop, "of_order": order_id})
    if stored is None or (stored.seen_at is not None and stored.seen_at > asked_at):
        return False
    if stored.gone_at is None or stored.gone_at < asked_at:
        await tx.run(_GO, {"order": stored.id, "gone_at": asked_at})
    if stored.gone_at is not None:
        return False
    await let_go(tx, [row.shipment_id for row in await tx.rows(_SHIPMENTS, {"order": stored.id})])
    tx.emit(topic_of(stored.id), "order.gone", order=stored.id)
    await tell_persons(tx, stored.id, "order.gone")
    return True


async def note_seen(tx: Tx, platform: str, shop: str, order_id: str, asked_at: datetime) -> None:
    """The platform was asked for an order and has it, though what it is now could not be read."""
    await tx.run(_SEE, {"of_platform": platform, "of_shop": shop, "of_order": order_id, "seen_at": asked_at})


async def sources_of(reader: Reader | Tx, orders: Sequence[int]) -> Sequence[tuple[str, str, str]]:
    """Platform, shop and the platform's own id of each of these orders that was not erased."""
    asked = select(ORDER.c.platform, ORDER.c.shop, ORDER.c.external_id)
    return [tuple(row) for row in await reader.rows(asked.where(ORDER.c.id.in_(orders), ORDER.c.erased_at.is_(None)))]


async def unseen(
    reader: Reader, platform: str, shop: str, since: datetime | None, before: datetime, most: int
) -> Sequence[str]:
    """Orders (by the platform's ids) that changed between two moments and that the platform has not shown since the
    second one, though it was asked for all of them: at most so many."""
    asked = select(ORDER.c.external_id).where(
        ORDER.c.platform == platform,
        ORDER.c.shop == shop,
        ORDER.c.erased_at.is_(None),
        ORDER.c.gone_at.is_(None),
        or_(ORDER.c.seen_at.is_(None), ORDER.c.seen_at < before),
        or_(ORDER.c.changed_at.is_(None), ORDER.c.changed_at < before),
    )
    asked = asked if since is None else asked.where(ORDER.c.changed_at >= since)
    return [row.external_id for row in await reader.rows(asked.order_by(ORDER.c.changed_at.desc()).limit(most))]
