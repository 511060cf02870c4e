"""What the shop's people did with a customer's orders, shown and erased.

Who of them it was is theirs, and not shown; what was done stays as a record, and leads to no order any more once the
order is erased, since the order's row then names nobody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.kit.db import Reader, Tx
from portal.staff.models import STAFF_ACT
from portal.whose import Exported, Whose


async def export_of(reader: Reader, whose: Whose) -> Exported:
    """What was done with their orders, and when somebody of the shop looked at them."""
    asked = select(STAFF_ACT.c.order_id.label("order"), STAFF_ACT.c.at, STAFF_ACT.c.act, STAFF_ACT.c.step)
    asked = asked.where(STAFF_ACT.c.order_id.in_(whose.orders)).order_by(STAFF_ACT.c.id)
    return {"shop_acts": [row._asdict() for row in await reader.rows(asked)]}


async def erase(_tx: Tx, _now: datetime, _whose: Whose) -> None:
    """Nothing here names a customer: acts are numbers and codes."""
