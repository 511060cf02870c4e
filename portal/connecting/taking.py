"""What a shop answered, taken in: the orders that it has, and those that it has no more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from portal.connecting.echoes import has_echoes, without_echoes
from portal.connecting.telling import listens, told_of
from portal.context import Context
from portal.kit.db import Reader, Tx
from portal.orders.documents import stored_by_source
from portal.orders.parcels import shipment_source
from portal.orders.presence import note_gone
from portal.orders.sync import Outcome, import_batch
from portal.platforms.live import Shop, ShopError
from portal.platforms.neutral import NeutralOrder
from portal.tracking.standing import ids_by_source


async def take_orders(
    context: Context, shop: Shop, orders: Sequence[NeutralOrder], asked_at: datetime
) -> Sequence[Outcome]:
    """Store orders that the shop had when it was asked at `asked_at`. Raises ShopError (`answer`) for one that says
    that it is of another shop."""
    for order in orders:
        source = order.source
        if (source.platform, source.shop or "") != (shop.manifest.slug, shop.name):
            raise ShopError("answer", f"{shop.manifest.label} answered with an order of another shop.")
    if listens(shop):
        orders = await _without_echoes(context, orders)
    return await import_batch(context, orders, asked_at)


async def _without_echoes(context: Context, orders: Sequence[NeutralOrder]) -> Sequence[NeutralOrder]:
    """The orders without what we told the shop ourselves."""
    async with context.db.read() as reader:
        told = await _told(reader, orders)
        return [await _without(reader, order, told.get(order.source.order_id, {})) for order in orders]


async def _without(reader: Reader, order: NeutralOrder, told: Mapping[str, Collection[str]]) -> NeutralOrder:
    if not has_echoes(order, told):
        return order
    source = order.source
    before = await stored_by_source(reader, source.platform, source.shop or "", source.order_id)
    return without_echoes(order, told, before.document if before is not None else None)


async def _told(reader: Reader, orders: Sequence[NeutralOrder]) -> Mapping[str, Mapping[str, Collection[str]]]:
    """The standings that the shop was told, by order and parcel."""
    names = {
        source: (order.source.order_id, parcel.id)
        for order in orders
        for parcel in order.parcels
        for source in _sources(order, parcel.id)
    }
    ids = await ids_by_source(reader, list(names)) if names else {}
    told = await told_of(reader, list(ids.values())) if ids else {}
    found: dict[str, dict[str, set[str]]] = {}
    for source, shipment_id in ids.items():
        if statuses := told.get(shipment_id):
            order_id, parcel_id = names[source]
            found.setdefault(order_id, {}).setdefault(parcel_id, set()).update(statuses)
    return found


def _sources(order: NeutralOrder, parcel_id: str) -> tuple[str, str]:
    """What names a parcel's shipment: one with several numbers is told of by the first."""
    return shipment_source(order, parcel_id), shipment_source(order, f"{parcel_id}#0")


async def take_gone(context: Context, shop: Shop, order_ids: Iterable[str], asked_at: datetime) -> int:
    """Note that the shop had these no more when it was asked; returns how many were there until now."""
    ids = list(order_ids)

    async def unit(tx: Tx) -> int:
        return sum([await note_gone(tx, shop.manifest.slug, shop.name, one, asked_at) for one in ids])

    return await context.db.write(unit) if ids else 0
