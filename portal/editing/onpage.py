"""The order page's word on changing an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.editing.engine import Engine
from portal.editing.look import look
from portal.editing.shown import changes_view
from portal.kit.errors import NotThere
from portal.orders.changing import ChangesView


@dataclass(frozen=True, slots=True)
class OnOrderPage:
    """`orders.changing.Changing` by the engine."""

    engine: Engine

    async def of_order(self, order_id: int, now: datetime) -> ChangesView | None:
        """See there."""
        try:
            looked = await look(self.engine, order_id)
        except NotThere:
            return None
        return changes_view(looked, now)
