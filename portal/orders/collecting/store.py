"""Who may collect an order, as its customer says: kept, shown to them again, and found by the link they handed on.

The link's address is not kept: only a hash to find it by, and a salt from which the installation's key makes it again.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, update

from portal.context import Context
from portal.kit.db import Reader, Tx
from portal.kit.ids import TOKEN, token_hash
from portal.kit.prepared import Query
from portal.kit.secrets import Keys
from portal.orders.collecting.values import Arranged, Bearing
from portal.orders.models import DELIVERY, ORDER
from portal.orders.private import ORDER_PRIVATE
from portal.orders.queries import topic_of
from portal.progress.state import Collect

LINK_DAYS: Final = 60
_PURPOSE: Final = "collect link"
_AT_SHOP: Final = ORDER.join(ORDER_PRIVATE, ORDER_PRIVATE.c.order_id == ORDER.c.id).join(
    DELIVERY, (DELIVERY.c.order_id == ORDER.c.id) & (DELIVERY.c.method == "pickup")
)
_PLACES: Final = (
    select(
        ORDER.c.cancelled_at,
        ORDER_PRIVATE.c.collect_code,
        ORDER_PRIVATE.c.collector,
        ORDER_PRIVATE.c.collect_link_hash,
        ORDER_PRIVATE.c.collect_link_salt,
        ORDER_PRIVATE.c.collect_link_until,
        DELIVERY.c.label,
        DELIVERY.c.state,
        DELIVERY.c.location,
        DELIVERY.c.address,
        DELIVERY.c.opening_hours,
        DELIVERY.c.ready_at,
        DELIVERY.c.collected_at,
    )
    .select_from(_AT_SHOP)
    .where(ORDER.c.gone_at.is_(None), ORDER.c.erased_at.is_(None))
    .order_by(DELIVERY.c.id)
    .limit(1)
)
_OF_ORDER = Query(_PLACES.where(ORDER.c.id == bindparam("order")))
_BY_LINK = Query(_PLACES.where(ORDER_PRIVATE.c.collect_link_hash == bindparam("hash")))


async def arranged(reader: Reader, keys: Keys, order_id: int, now: datetime) -> Arranged | None:
    """What the customer arranged; None for an order of which nothing is to be collected at the shop any more."""
    row = await reader.row(_OF_ORDER, {"order": order_id})
    state = None if row is None or row.cancelled_at else _collect(row).state
    if row is None or state is None or state == "collected":
        return None
    open_ = row.collect_link_until is not None and row.collect_link_until > now
    token = _token(keys, row.collect_link_salt, row.collect_link_hash) if open_ else None
    return Arranged(state, row.collector, f"/c/{token}" if token else None, row.collect_link_until if open_ else None)


async def bearing(reader: Reader, token: str, now: datetime, zone: ZoneInfo, keep_days: int) -> Bearing | None:
    """What the link with this secret shows; None for one that never was, or has ended."""
    row = await reader.row(_BY_LINK, {"hash": token_hash(token)}) if TOKEN.fullmatch(token) else None
    if row is None or row.collect_link_until is None or row.collect_link_until <= now:
        return None
    collect = _collect(row)
    state = "over" if row.cancelled_at or collect.state == "collected" else collect.state
    return Bearing(
        state,
        row.location or row.label,
        tuple((row.address or "").splitlines()),
        row.opening_hours,
        collect.kept_until(zone, keep_days),
        row.collect_code if state == "ready" else None,
    )


async def name_collector(context: Context, order_id: int, name: str | None) -> None:
    """Say who may collect it besides the customer; None: nobody."""
    await _arrange(context, order_id, {"collector": name})


async def make_link(context: Context, order_id: int) -> None:
    """A new link to hand on. The one before opens nothing any more."""
    salt = secrets.token_urlsafe(16)
    until = context.clock.now() + timedelta(days=LINK_DAYS)
    made = {"collect_link_hash": token_hash(context.keys.tokens(_PURPOSE, salt)[0]), "collect_link_salt": salt}
    await _arrange(context, order_id, {**made, "collect_link_until": until})


async def end_link(context: Context, order_id: int) -> None:
    """Have the link open nothing any more."""
    await _arrange(context, order_id, dict.fromkeys(("collect_link_hash", "collect_link_salt", "collect_link_until")))


async def _arrange(context: Context, order_id: int, values: Mapping[str, Any]) -> None:
    async def unit(tx: Tx) -> None:
        if await tx.run(update(ORDER_PRIVATE).where(ORDER_PRIVATE.c.order_id == order_id).values(**values)):
            tx.emit(topic_of(order_id), "collecting.arranged")

    await context.db.write(unit)


def _collect(row: Any) -> Collect:
    return Collect(row.ready_at, row.collected_at, row.state == "closed")


def _token(keys: Keys, salt: str | None, hash_: str | None) -> str | None:
    return next((token for token in keys.tokens(_PURPOSE, salt) if token_hash(token) == hash_), None) if salt else None
