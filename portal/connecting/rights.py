"""What is held here of a person's orders on their way through, shown and erased."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from portal.connecting import requests
from portal.connecting.private import ORDER_NEWS, SHOP_REQUEST
from portal.kit.db import Reader, Tx
from portal.orders.presence import sources_of
from portal.whose import Exported, Whose


async def export_of(reader: Reader, whose: Whose) -> Exported:
    """What was asked for in their name."""
    found = await _about(reader, whose)
    return {"requests": [{"kind": one.purpose, "at": one.at} for one in found]} if found else {}


async def erase(tx: Tx, now: datetime, whose: Whose) -> None:
    """Forget what was to be read of these orders, and whom requests were about. One that is still to be done for the
    person's other orders keeps what it needs for those."""
    for request in await _about(tx, whose):
        if request.purpose == "data_request" and whose.person_id is not None:
            await requests.close(tx, now, request.id)
    for platform, shop, order_id in await sources_of(tx, whose.orders):
        this = (ORDER_NEWS.c.platform == platform, ORDER_NEWS.c.shop == shop, ORDER_NEWS.c.order_id == order_id)
        await tx.run(delete(ORDER_NEWS).where(*this))
        await _leave_out(tx, platform, shop, order_id)


async def _about(reader: Reader | Tx, whose: Whose) -> Sequence[requests.Request]:
    """The requests about these orders or this person that are not done."""
    sources = set(await sources_of(reader, whose.orders))
    waiting = await reader.rows(select(SHOP_REQUEST.c.id).where(SHOP_REQUEST.c.done_at.is_(None)))
    found = [request for row in waiting if (request := await requests.request(reader, row.id)) is not None]
    return [one for one in found if _is_about(one, sources, whose)]


def _is_about(one: requests.Request, sources: set[tuple[str, str, str]], whose: Whose) -> bool:
    if any((one.platform, one.shop, order_id) in sources for order_id in one.orders):
        return True
    return any(value in whose.addresses for _, value in one.person)


async def _leave_out(tx: Tx, platform: str, shop: str, order_id: str) -> None:
    """No request names this order any more."""
    naming = select(SHOP_REQUEST.c.id, SHOP_REQUEST.c.orders).where(
        SHOP_REQUEST.c.platform == platform,
        SHOP_REQUEST.c.shop == shop,
        SHOP_REQUEST.c.orders.contains(json.dumps(order_id), autoescape=True),
    )
    for row in await tx.rows(naming):
        left = [one for one in json.loads(row.orders) if one != order_id]
        await tx.run(update(SHOP_REQUEST).where(SHOP_REQUEST.c.id == row.id).values(orders=json.dumps(left)))
