"""Looking at connections: what is right, what is missing, and whether deliveries are still made.

Deliveries are asked for when somebody says so (`jalon connect`), and kept up from then on, every day: platforms drop a
subscription whose address did not answer for a while.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from portal.connecting import connections
from portal.connecting.shops import Shops
from portal.context import Context
from portal.kit.db import Tx
from portal.platforms.live import Finding, Hooked, Shop, ShopError

log = logging.getLogger("jalon.shops")
DAILY: Final = "look_at_shops"
EVERY: Final = timedelta(days=1)


async def look_at_shop(context: Context, payload: Mapping[str, Any]) -> None:
    """The job: look at one connection, because its platform said that it is over."""
    shops = Shops(context)
    if (shop := shops.at(str(payload["platform"]))) is not None:
        await look(context, shops, shop)


async def look_at_shops(context: Context, _payload: Mapping[str, Any]) -> None:
    """The job: look at every connection, and have deliveries made where they were asked for."""
    shops = Shops(context)
    for shop in shops.all():
        found = list(await look(context, shops, shop))
        found += await keep_subscribed(context, shops, shop)
        await keep(context, shop, found)
        for finding in found:
            if not finding.ok:
                log.warning("%s: %s: no. %s", shop.manifest.slug, finding.what, finding.fix)


async def look(context: Context, shops: Shops, shop: Shop) -> Sequence[Finding]:
    """What is right and what is not; a shop that lets us in is connected, whatever was said before."""
    asked_at = context.clock.now()
    found = await shop.check(shops.hooks_at(shop.manifest.slug))

    async def unit(tx: Tx) -> None:
        await connections.note_read(tx, shop, context.clock.now(), asked_at)

    if lets_us_in(found):
        await context.db.write(unit)
    await keep(context, shop, found)
    return found


async def subscribe(context: Context, shops: Shops, shop: Shop) -> Sequence[Finding]:
    """Have deliveries made, and kept up from now on."""
    address = shops.hooks_at(shop.manifest.slug)
    if not isinstance(shop, Hooked) or address is None:
        return ()
    try:
        found = await shop.subscribe(address)
    except ShopError as problem:
        return [Finding("Deliveries can be asked for", ok=False, fix=problem.message)]

    async def unit(tx: Tx) -> None:
        await connections.note(tx, shop, context.clock.now(), asked_for=address)

    if all(finding.ok for finding in found):
        await context.db.write(unit)
    return found


async def keep_subscribed(context: Context, shops: Shops, shop: Shop) -> Sequence[Finding]:
    """Have deliveries made again where somebody once asked for them, at the address that we have now."""
    async with context.db.read() as reader:
        row = await connections.connection(reader, shop)
    if row is None or row.asked_for is None:
        return ()
    address, slug = shops.hooks_at(shop.manifest.slug), shop.manifest.slug
    if address == row.asked_for:
        return await subscribe(context, shops, shop)
    moved = f"They go to {row.asked_for}: run `jalon connect {slug}` to have them sent to the address of now."
    return [Finding("Deliveries come to our address", ok=False, fix=moved)]


async def keep(context: Context, shop: Shop, found: Sequence[Finding]) -> None:
    """Remember what was not right."""
    now = context.clock.now()
    wrong = [{"what": f.what, "fix": f.fix, "grave": f.grave} for f in found if not f.ok]

    async def unit(tx: Tx) -> None:
        await connections.note(tx, shop, now, looked_at=now, findings=json.dumps(wrong))

    await context.db.write(unit)


def lets_us_in(found: Sequence[Finding]) -> bool:
    """Whether orders can be read."""
    return all(finding.ok for finding in found if finding.grave)
