"""Orders that are kept here and nowhere else, for the native shop: read whole, and replaced only as they were read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from portal.context import Context
from portal.kit.prepared import Query
from portal.orders.catalog import store
from portal.orders.models import ORDER
from portal.orders.private import ORDER_PRIVATE
from portal.orders.sync import replace_order
from portal.platforms.changes import Variant
from portal.platforms.neutral import NeutralOrder, restored

_DOCUMENT = Query(
    select(ORDER_PRIVATE.c.document)
    .join(ORDER, ORDER.c.id == ORDER_PRIVATE.c.order_id)
    .where(
        ORDER.c.platform == "neutral",
        ORDER.c.shop == bindparam("shop"),
        ORDER.c.external_id == bindparam("external_id"),
        ORDER.c.erased_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class OrderBook:
    """See `portal.platforms.live.Book`."""

    context: Context

    async def find(self, shop: str, order_id: str) -> NeutralOrder | None:
        """See `Book.find`."""
        async with self.context.db.read() as reader:
            row: Any = await reader.row(_DOCUMENT, {"shop": shop, "external_id": order_id})
        return None if row is None else restored(row.document)

    async def variants(self, shop: str, product_id: str, currency: str | None) -> Sequence[Variant]:
        """See `Book.variants`."""
        async with self.context.db.read() as reader:
            return await store.variants(reader, shop, product_id, currency)

    async def replace(self, seen: NeutralOrder, order: NeutralOrder) -> bool:
        """See `Book.replace`."""
        return await replace_order(self.context, seen, order)
