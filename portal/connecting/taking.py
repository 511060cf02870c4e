"""What a shop answered, taken in: the orders that it has, and those that it has no more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime

from portal.context import Context
from portal.kit.db import Tx
from portal.orders.presence import note_gone
from portal.orders.sync import Outcome, import_order
from portal.platforms.live import Shop, ShopError
from portal.platforms.neutral import NeutralOrder


async def take_orders(
    context: Context, shop: Shop, orders: Sequence[NeutralOrder], asked_at: datetime
) -> Sequence[Outcome]:
    """Store orders that the shop had when it was asked at `asked_at`. Raises ShopError (`answer`) for one that says
    that it is of another shop."""
    for order in orders:
        source = order.source
        if (source.platform, source.shop or "") != (shop.manifest.slug, shop.name):
            raise ShopError("answer", f"{shop.manifest.label} answered with an order of another shop.")
    return await asyncio.gather(*(import_order(context, order, asked_at) for order in orders))


async def take_gone(context: Context, shop: Shop, order_ids: Iterable[str], asked_at: datetime) -> int:
    """Note that the shop had these no more when it was asked; returns how many were there until now."""
    ids = list(order_ids)

    async def unit(tx: Tx) -> int:
        return sum([await note_gone(tx, shop.manifest.slug, shop.name, one, asked_at) for one in ids])

    return await context.db.write(unit) if ids else 0
