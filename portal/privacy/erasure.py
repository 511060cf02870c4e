"""Erasing: a person with their orders, or orders that have grown old. One transaction asks every slice.

What was erased is remembered by keyed hashes, so that it can be erased again after a backup was brought back
(`jalon erasures`), and so that an order which the platform tells anew is not taken in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select

from portal.accounts import own
from portal.accounts.retention import unused
from portal.context import Context
from portal.kit.db import Reader, Tx
from portal.kit.secrets import Keys
from portal.mail import outbox
from portal.orders import rights as orders
from portal.privacy.models import ERASURE
from portal.privacy.slices import SLICES
from portal.signin.rights import used_since
from portal.tracking.rights import spoken_of
from portal.whose import Whose

MESSAGE: Final = "account_erased"
_CONTACT: Final = "erased contact"
_TOGETHER: Final = 100


async def whose_is(reader: Reader | Tx, person_id: int) -> Whose:
    """Everything that is a person's."""
    theirs = await orders.known_of(reader, person_id, await orders.orders_of_person(reader, person_id))
    contacts = {contact.value for contact in await own.contacts(reader, person_id)}
    return replace(theirs, addresses=theirs.addresses | contacts)


async def erase_person(context: Context, person_id: int, locale: str) -> None:
    """Erase a person and their orders' personal data, and write to each of their addresses that it is done."""
    now, keys = context.clock.now(), context.keys

    async def unit(tx: Tx) -> None:
        told = await own.emails(tx, person_id)
        await _erase(tx, now, keys, await whose_is(tx, person_id))
        for address in told:
            await outbox.send(tx, now, to=address, message=MESSAGE, locale=locale, values={})

    await context.db.write(unit)


async def erase_old(context: Context, before: datetime) -> int:
    """Erase orders of which nobody has heard anything since a moment; returns how many."""
    now, keys, last, erased = context.clock.now(), context.keys, 0, 0
    while True:
        async with context.db.read() as reader:
            some = await orders.quiet(reader, before, last, _TOGETHER)
            pairs = await orders.shipments_by_order(reader, some)
            busy = await spoken_of(reader, [shipment for _, shipment in pairs], before)
        if not some:
            return erased
        last = some[-1]
        spoken = {order for order, shipment in pairs if shipment in busy}
        erased += await _erase_orders(context, now, keys, [order for order in some if order not in spoken])


async def erase_gone(context: Context, before: datetime) -> int:
    """Erase orders that their platform has had no more since before a moment; returns how many."""
    now, keys, erased = context.clock.now(), context.keys, 0
    while True:
        async with context.db.read() as reader:
            some = await orders.gone(reader, before, _TOGETHER)
        if not some:
            return erased
        erased += await _erase_orders(context, now, keys, some)


async def erase_unused(context: Context, before: datetime) -> None:
    """Erase accounts that nobody has used since a moment, where no order is left that they would open."""
    now, keys = context.clock.now(), context.keys

    async def unit(tx: Tx) -> None:
        persons = await unused(tx, before)
        lately = await used_since(tx, persons, before)
        for person_id in persons:
            whose = await whose_is(tx, person_id)
            if person_id not in lately and not whose.orders:
                await _erase(tx, now, keys, whose)

    await context.db.write(unit)


async def erase_orders(context: Context, some: list[int]) -> int:
    """Erase these orders, and nothing else of whoever ordered; returns how many."""
    return await _erase_orders(context, context.clock.now(), context.keys, some)


async def erased(reader: Reader) -> list[str]:
    """The hashes of everything that was erased."""
    return [row.hash for row in await reader.rows(select(ERASURE.c.hash).order_by(ERASURE.c.hash))]


async def erase_again(context: Context, hashes: Collection[str]) -> tuple[int, int]:
    """Erase what a backup has brought back; returns how many orders and persons that were."""
    wanted, now, keys = frozenset(hashes), context.clock.now(), context.keys
    persons = await _persons_among(context, wanted)

    async def unit(tx: Tx) -> None:
        for person_id in persons:
            await _erase(tx, now, keys, await _person_alone(tx, person_id))

    await context.db.write(unit)
    last, again = 0, 0
    while True:
        async with context.db.read() as reader:
            some = await orders.numbered(reader, last, _TOGETHER)
            known = await orders.hashes_of(reader, keys, some)
        if not some:
            return again, len(persons)
        last = some[-1]
        meant = [order for order, names in known.items() if wanted.intersection(names)]
        again += await _erase_orders(context, now, keys, meant)


async def forget(tx: Tx, before: datetime) -> None:
    """Forget what was erased before a moment: no backup is that old."""
    await tx.run(delete(ERASURE).where(ERASURE.c.at < before))


async def _erase_orders(context: Context, now: datetime, keys: Keys, some: list[int]) -> int:
    async def unit(tx: Tx) -> None:
        whose = await orders.known_of(tx, None, some)
        await _erase(tx, now, keys, replace(whose, addresses=frozenset(), numbers=frozenset()))

    if some:
        await context.db.write(unit)
    return len(some)


async def _erase(tx: Tx, now: datetime, keys: Keys, whose: Whose) -> None:
    names = await orders.hashes_of(tx, keys, whose.orders)
    contacts = [] if whose.person_id is None else await own.contacts(tx, whose.person_id)
    for slice_ in SLICES.values():
        await slice_.erase(tx, now, whose)
    await orders.name_erased(tx, names)
    kept = [made for made, *_ in names.values()]
    kept += [keys.keyed_hash(_CONTACT, contact.value) for contact in contacts]
    await tx.upsert(ERASURE, [{"hash": made, "at": now} for made in kept], ["hash"], update=False)


async def _persons_among(context: Context, wanted: Collection[str]) -> list[int]:
    """Persons all of whose contacts were erased: whoever has proven another one since is not meant."""
    async with context.db.read() as reader:
        everybody = await own.everybody(reader)
    return [
        person_id
        for person_id, values in everybody.items()
        if all(_is_among(wanted, context.keys.hashes(_CONTACT, value)) for value in values)
    ]


async def _person_alone(tx: Tx, person_id: int) -> Whose:
    contacts = await own.contacts(tx, person_id)
    return Whose(person_id, addresses=frozenset(contact.value for contact in contacts))


def _is_among(wanted: Collection[str], names: Iterable[str]) -> bool:
    return any(name in wanted for name in names)
