"""What shops' platforms ask for in somebody's name, answered: a customer's orders erased, or shown to whoever answers
for the shop; all orders of a shop that left erased. Of one shop only: what the person has elsewhere stays.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from portal.connecting import requests
from portal.connecting.requests import JOB, Request
from portal.connecting.shops import Shops
from portal.context import Context
from portal.kit import jobs
from portal.kit.db import Reader, Tx
from portal.orders import rights as orders
from portal.privacy.erasure import erase_orders
from portal.privacy.export import export_of_orders
from portal.whose import Exported

log = logging.getLogger("jalon.privacy")
_TOGETHER: Final = 100
_ONE_RUN: Final = timedelta(seconds=60)
_ALL: Final = 10_000  # orders of one person


async def answer_request(context: Context, payload: Mapping[str, Any]) -> None:
    """The job: erase what a request asks to have erased, some at a time. A shop that still lets us in has not left:
    then somebody at the shop decides."""
    async with context.db.read() as reader:
        asked = await requests.request(reader, int(payload["request"]))
    if asked is None or asked.done_at is not None or asked.purpose == "data_request":
        return
    if asked.purpose == "erase_shop" and await _is_connected(context, asked):
        log.warning("%s asks to have all of %s erased, and still lets us in: not done", asked.platform, asked.shop)
        return
    await erase(context, asked)


async def erase(context: Context, asked: Request) -> None:
    """Erase what a request asks for; what is not done within a minute is done by a job."""
    until = context.clock.now() + _ONE_RUN
    while some := await _some(context, asked, _TOGETHER):
        await _note(context, asked, await erase_orders(context, some))
        if context.clock.now() > until:
            await _go_on(context, asked, some[-1])
            return
    await close(context, asked.id)
    log.warning("%s: what was asked to be erased is erased", asked.platform)


async def close(context: Context, request_id: int) -> bool:
    """It is done; False when it was done before."""
    now = context.clock.now()

    async def unit(tx: Tx) -> bool:
        return await requests.close(tx, now, request_id)

    return await context.db.write(unit)


async def shown(context: Context, reader: Reader, asked: Request) -> Exported:
    """All that is held of the orders that a request is about."""
    found = await _found(context, reader, asked, _ALL)
    return await export_of_orders(context, reader, found)


async def _is_connected(context: Context, asked: Request) -> bool:
    shop = Shops(context).of(asked.platform, asked.shop)
    return shop is not None and all(finding.ok for finding in await shop.check(None) if finding.grave)


async def _some(context: Context, asked: Request, most: int) -> list[int]:
    async with context.db.read() as reader:
        return await _found(context, reader, asked, most)


async def _found(context: Context, reader: Reader, asked: Request, most: int) -> list[int]:
    person = None if asked.purpose == "erase_shop" else asked.person
    return await orders.of_shop(
        reader, context.keys, asked.platform, asked.shop, most, person=person, named=asked.orders
    )


async def _note(context: Context, asked: Request, count: int) -> None:
    async def unit(tx: Tx) -> None:
        await requests.note_erased(tx, asked.id, count)

    await context.db.write(unit)


async def _go_on(context: Context, asked: Request, last: int) -> None:
    now = context.clock.now()

    async def unit(tx: Tx) -> None:
        await jobs.enqueue(tx, JOB, now, unique=f"{JOB}:{asked.id}:{last}", request=asked.id)

    await context.db.write(unit)
