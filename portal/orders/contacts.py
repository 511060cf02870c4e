"""Whose orders they are: the keyed hashes of each order's e-mail and phone, kept in step with the order and
with the installation's key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, or_, select, update

from portal.accounts.contacts import Kind, contact_hashes, key_name, normal
from portal.accounts.people import hash_anew, persons_by_contact, topic_of as person_topic, with_contacts
from portal.context import Context
from portal.kit.db import Tx
from portal.kit.prepared import Query
from portal.kit.secrets import Keys
from portal.orders.models import ORDER, ORDER_CONTACT
from portal.orders.private import ORDER_PRIVATE

KINDS: Final[tuple[Kind, ...]] = ("email", "phone")
_TOGETHER = 500
_PRIVATE = Query(
    select(ORDER_PRIVATE.c.email, ORDER_PRIVATE.c.phone, ORDER_PRIVATE.c.country).where(
        ORDER_PRIVATE.c.order_id == bindparam("order")
    )
)
_FORGET = Query(
    delete(ORDER_CONTACT).where(ORDER_CONTACT.c.order_id == bindparam("order")).returning(ORDER_CONTACT.c.hash)
)
_HASHES = Query(select(ORDER_CONTACT.c.hash).where(ORDER_CONTACT.c.order_id == bindparam("order")))
_MARK = Query(update(ORDER).where(ORDER.c.id == bindparam("order")).values(contacts_key=bindparam("key")))
_BEHIND = Query(
    select(ORDER.c.id)
    .where(or_(ORDER.c.contacts_key.is_(None), ORDER.c.contacts_key != bindparam("key")))
    .order_by(ORDER.c.id)
    .limit(_TOGETHER)
)


async def store_contacts(tx: Tx, keys: Keys, order_ids: Sequence[int]) -> None:
    """Make orders' hashes say what their private rows say; persons who gain an order by that are told."""
    made_with = key_name(keys)
    for order_id in order_ids:
        key = {"order": order_id}
        private = await tx.row(_PRIVATE, key)
        before = {row.hash for row in await tx.rows(_FORGET, key)}
        rows = [] if private is None else _hashed(keys, order_id, private.email, private.phone, private.country)
        await tx.upsert(ORDER_CONTACT, rows, ["order_id", "hash"])
        await tx.run(_MARK, {**key, "key": made_with})
        if added := {row["hash"] for row in rows} - before:
            for person in await with_contacts(tx, added):
                tx.emit(person_topic(person), "order.added", order=order_id)


async def store_new_contacts(tx: Tx, keys: Keys, private: Sequence[Mapping[str, Any]]) -> None:
    """Hash the contacts of orders that are new, from their private rows; whose they are is told."""
    rows = [
        row for one in private for row in _hashed(keys, one["order_id"], one["email"], one["phone"], one["country"])
    ]
    await tx.upsert(ORDER_CONTACT, rows, ["order_id", "hash"])
    persons = await persons_by_contact(tx, {row["hash"] for row in rows}) if rows else {}
    gained = {(persons[row["hash"]], row["order_id"]): None for row in rows if row["hash"] in persons}
    for person, order_id in gained:
        tx.emit(person_topic(person), "order.added", order=order_id)


async def tell_persons(tx: Tx, order_id: int, kind: str) -> None:
    """Say on the lists of those whose order it is that something became of it."""
    hashes = {row.hash for row in await tx.rows(_HASHES, {"order": order_id})}
    for person in await with_contacts(tx, hashes):
        tx.emit(person_topic(person), kind, order=order_id)


async def catch_up(context: Context, _payload: Mapping[str, Any]) -> None:
    """Bring up to date what was stored before there were hashes, or under another key: orders first, under every
    key in use, and then persons, so that with the old key at hand nobody misses an order in between."""
    keys = context.keys
    made_with = key_name(keys)

    async def unit(tx: Tx) -> int:
        behind = [row.id for row in await tx.rows(_BEHIND, {"key": made_with})]
        await store_contacts(tx, keys, behind)
        return len(behind)

    while await context.db.write(unit) == _TOGETHER:
        pass
    await hash_anew(context)


def _hashed(
    keys: Keys, order_id: int, address: str | None, number: str | None, country: str | None
) -> list[dict[str, Any]]:
    given = {"email": address, "phone": number}
    return [
        {"order_id": order_id, "hash": hash_, "kind": kind}
        for kind in KINDS
        if (plain := normal(kind, given[kind], country)) is not None
        for hash_ in contact_hashes(keys, kind, plain)
    ]
