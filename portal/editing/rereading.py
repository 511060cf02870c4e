"""The order as its platform tells it at this moment, taken in on the way."""

from __future__ import annotations

from portal.connecting.taking import take_gone, take_orders
from portal.context import Context
from portal.kit.errors import NotThere
from portal.orders.documents import Stored, stored
from portal.orders.sync import Outcome
from portal.platforms.live import Shop, ShopError
from portal.platforms.neutral.parts import NeutralOrder


async def reread(context: Context, shop: Shop, known: Stored) -> NeutralOrder | None:
    """The order as it is now; None when the platform has it no more. Raises ShopError, and NotThere for an order whose
    customer had it erased."""
    asked_at = context.clock.now()
    told = await shop.order(known.external_id)
    if told is None:
        await take_gone(context, shop, [known.external_id], asked_at)
        return None
    if told.source.order_id != known.external_id:
        raise ShopError("answer", f"{shop.manifest.label} answered with another order.")
    (outcome,) = await take_orders(context, shop, [told], asked_at)
    match outcome:
        case Outcome.ERASED:
            raise NotThere
        case Outcome.STALE:  # a newer telling came in meanwhile
            return (await kept(context, known.order_id)).document
        case _:
            return told


async def kept(context: Context, order_id: int) -> Stored:
    """The order as it was told last. Raises NotThere."""
    async with context.db.read() as reader:
        found = await stored(reader, order_id)
    if found is None:
        raise NotThere
    return found
