"""The order page's word on changing an order."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from portal.editing.engine import Engine
from portal.editing.look import look
from portal.editing.shown import changes_view
from portal.kit.errors import NotThere
from portal.orders.changing import ChangesView

log = logging.getLogger("jalon.editing")


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
        except ValueError as wrong:  # whoever looks where an order is sees it, whatever became of its document
            log.error("the document of order %d cannot be read: %s", order_id, type(wrong).__name__)
            return None
        return changes_view(looked, now)

    async def event(self) -> int:
        """See there."""
        return await self.engine.policies.event(self.engine.context.db)
