"""Sets the stage: the demonstration's orders with parcels that the playing carrier knows, and again for
those whose story has come to its end, so that there is always something moving."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from carriers import TERMINAL
from carriers.demo import number_for, number_reaching, seed_between
from carriers.demo.numbers import read_number
from portal.context import Context
from portal.demo.people import CLERK
from portal.demo.shop import MESSAGE, ORDERS, PRODUCTS, DemoOrder, Sent, document
from portal.kit.db import Tx
from portal.kit.errors import NotThere
from portal.notices.document import document as document_of_message
from portal.notices.store import put
from portal.orders.catalog.document import product
from portal.orders.catalog.store import put_product
from portal.orders.links import is_open, make_link, order_id_of
from portal.orders.queries import topic_of
from portal.orders.sync import import_order
from portal.platforms.neutral import neutral_order
from portal.staff import members
from portal.tracking.poller import Poller
from portal.tracking.queries import shipments
from portal.tracking.retention import forget_shipments

_STAYS = timedelta(hours=30)  # longer than anyone looks, short enough for a believable date of arrival
_REST_S = 20.0
_LOOK_EVERY_S = 3.0
_LINK_DAYS = 30


async def set_stage(context: Context, kept: Mapping[str, str]) -> list[dict[str, str]]:
    """Bring every order to its story and its page's address; addresses in `kept` (by number) stay when
    they still open. Returns number, url and story of each."""
    await _tell(context)
    await _open_shop(context)
    pages = []
    for order in ORDERS:
        await _import(context, order)
        order_id = await order_id_of(context, order.number)
        url = kept.get(order.number)
        if url is None or not url.startswith(f"{context.settings.base_url}/") or not await is_open(context, url):
            url = await make_link(context, order_id, days=_LINK_DAYS)
        pages.append({"number": order.number, "url": url, "story": order.story})
    await Poller(context).round("demo")
    return pages


async def keep_moving(context: Context) -> None:
    """Start the story of an order again some time after all its parcels have arrived; runs until cancelled."""
    rested: dict[str, float] = {}
    moving = [order for order in ORDERS if any(parcel.moving for parcel in order.sent)]
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(_LOOK_EVERY_S)
        for order in moving:
            if not await _is_over(context, order):
                rested.pop(order.number, None)
            elif loop.time() - rested.setdefault(order.number, loop.time()) > _REST_S:
                await _import(context, order)


def kept_pages(path: Path) -> dict[str, str]:
    """The addresses of an earlier run, by order number; none when the file is not there or not ours."""
    try:
        pages = json.loads(path.read_text(encoding="utf-8"))["order_pages"]
        return {str(page["number"]): str(page["url"]) for page in pages}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


async def _import(context: Context, order: DemoOrder) -> None:
    await _clear(context, order)
    now = context.clock.now().replace(microsecond=0)
    handed = tuple(_handed(parcel, order.person.city, now) for parcel in order.sent)
    await import_order(context, neutral_order(document(order, now, handed)))


async def _tell(context: Context) -> None:
    """What the shop tells everybody whose parcels fly."""

    async def unit(tx: Tx) -> None:
        await put(tx, context.clock.now(), [document_of_message(MESSAGE, "en").notice()])

    await context.db.write(unit)


async def _open_shop(context: Context) -> None:
    """What there is to sell, and who works there."""

    async def unit(tx: Tx) -> None:
        for found in PRODUCTS:
            await put_product(tx, product(found))
        await members.put(tx, context.clock.now(), CLERK.name, CLERK.email)

    await context.db.write(unit)


async def _clear(context: Context, order: DemoOrder) -> None:
    """The parcels of the last play leave the stage: those of this one do not replace them."""
    try:
        order_id = await order_id_of(context, order.number)
    except NotThere:
        return

    async def unit(tx: Tx) -> None:
        await forget_shipments(tx, topic_of(order_id))

    await context.db.write(unit)


def _handed(parcel: Sent, city: str, now: datetime) -> tuple[str, datetime]:
    """A number whose parcel stands where it should, and since when the carrier has known it. A parcel that
    is to stay rests from its last scan on."""
    first = secrets.randbelow(1000) * 1000 + parcel.seed if parcel.moving else parcel.seed
    seed = seed_between(parcel.story, parcel.origin, city, first)
    number = number_reaching(parcel.story, parcel.code, seed, now)
    found = read_number(number)
    if found is None:
        raise ValueError(f"{number} is no number of the playing carrier")
    if not parcel.moving:
        number = number_for(parcel.story, seed, now + _STAYS, found.lived, found.rested + _STAYS)
    return number, now - found.lived - found.rested


async def _is_over(context: Context, order: DemoOrder) -> bool:
    try:
        order_id = await order_id_of(context, order.number)
    except NotThere:
        return False
    async with context.db.read() as reader:
        rows: Any = (await shipments(reader, f"order:{order_id}"))[0]
    tracked = [row for row in rows if row.carrier == "demo"]
    return bool(tracked) and all(row.milestone in TERMINAL for row in tracked)
