"""What is held of a person's orders, shown and erased.

After erasure an order's row stays for the shop's counts, without anything that names it. Under its identifier there
is a keyed hash, by which the order is known when the platform tells it again, and is not taken in.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, String, bindparam, cast, delete, func, or_, select, update

from portal.accounts.contacts import contact_hashes, normal
from portal.kit.db import Reader, Tx
from portal.kit.ids import new_ref
from portal.kit.prepared import Query
from portal.kit.secrets import Keys
from portal.orders import looks
from portal.orders.access import orders_of
from portal.orders.contacts import KINDS
from portal.orders.models import DELIVERY, ORDER, ORDER_CONTACT, ORDER_LINE, ORDER_LINK, ORDER_LOOK, PARCEL
from portal.orders.private import ORDER_PRIVATE
from portal.orders.queries import topic_of
from portal.whose import Exported, Whose

PURPOSE: Final = "erased order"
_GONE: Final = "erased:"
_NOT_TOLD: Final = {"order_id", "collect_link_hash", "collect_link_salt"}
_ORDER: Final = (
    ORDER.c.number,
    ORDER.c.ref,
    ORDER.c.placed_at,
    ORDER.c.cancelled_at,
    ORDER.c.payment,
    ORDER.c.fulfilment,
    ORDER.c.currency,
    ORDER.c.total,
    ORDER.c.refunded,
    ORDER.c.outstanding,
    ORDER.c.promise_from,
    ORDER.c.promise_to,
    ORDER.c.locale,
)
_PERSONS = Query(select(ORDER.c.id).where(ORDER.c.id.in_(orders_of(bindparam("person", type_=BigInteger)))))


async def orders_of_person(reader: Reader | Tx, person_id: int) -> tuple[int, ...]:
    """The ids of a person's orders."""
    return tuple(sorted(row.id for row in await reader.rows(_PERSONS, {"person": person_id})))


async def known_of(reader: Reader | Tx, person_id: int | None, orders: Sequence[int]) -> Whose:
    """A person's orders with their parcels, numbers and addresses, as every slice needs to know them."""
    asked = select(ORDER.c.number, ORDER_PRIVATE.c.email).outerjoin(ORDER_PRIVATE).where(ORDER.c.id.in_(orders))
    rows = await reader.rows(asked)
    parcels = await reader.rows(select(PARCEL.c.shipment_id).where(PARCEL.c.order_id.in_(orders)))
    return Whose(
        person_id,
        tuple(orders),
        tuple(sorted({row.shipment_id for row in parcels})),
        frozenset(row.email for row in rows if row.email),
        frozenset(written for row in rows if row.number for written in (row.number, row.number.removeprefix("#"))),
    )


async def hashes_of(reader: Reader | Tx, keys: Keys, orders: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """By which hashes these orders will be known once they are erased, the one in use first."""
    asked = select(ORDER.c.id, ORDER.c.platform, ORDER.c.shop, ORDER.c.external_id)
    found = await reader.rows(asked.where(ORDER.c.id.in_(orders), ORDER.c.erased_at.is_(None)))
    return {row.id: keys.hashes(PURPOSE, _identity(row.platform, row.shop, row.external_id)) for row in found}


def erased_names(keys: Keys, platform: str, shop: str, external_id: str) -> tuple[str, ...]:
    """What an order's row is called after erasure, under every key."""
    identity = _identity(platform, shop, external_id)
    return tuple(_GONE + made for made in keys.hashes(PURPOSE, identity))


async def export_of(reader: Reader, whose: Whose) -> Exported:
    """Each order: what we show of it, the document as the shop told it, its links, and who looked at it."""
    return {"orders": [await _exported(reader, order_id) for order_id in whose.orders]}


async def erase(tx: Tx, now: datetime, whose: Whose) -> None:
    """Forget what names these orders and whoever made them. Open pages end."""
    orders = whose.orders
    links = delete(ORDER_LINK).where(ORDER_LINK.c.order_id.in_(orders))
    for row in await tx.rows(links.returning(ORDER_LINK.c.id, ORDER_LINK.c.order_id)):
        tx.emit(topic_of(row.order_id), "link.revoked", link=row.id)
    for table in (ORDER_PRIVATE, ORDER_CONTACT, ORDER_LOOK):
        await tx.run(delete(table).where(table.c.order_id.in_(orders)))
    for table in (ORDER_LINE, DELIVERY, PARCEL):
        await tx.run(
            update(table).where(table.c.order_id.in_(orders)).values(external_id=_GONE + cast(table.c.id, String))
        )
    await tx.run(update(ORDER_LINE).where(ORDER_LINE.c.order_id.in_(orders)).values(options=""))
    place = {"label": None, "location": None, "address": None, "opening_hours": None}
    await tx.run(update(DELIVERY).where(DELIVERY.c.order_id.in_(orders)).values(**place))
    nothing = {"number": "", "digest": "", "cancel_reason": None, "locale": None, "work": 0, "erased_at": now}
    for order_id in orders:
        row = {**nothing, "ref": new_ref(), "external_id": f"{_GONE}{order_id}"}
        await tx.run(update(ORDER).where(ORDER.c.id == order_id, ORDER.c.erased_at.is_(None)).values(**row))


async def name_erased(tx: Tx, hashes: dict[int, tuple[str, ...]]) -> None:
    """Have erased orders known again by these hashes."""
    for order_id, (first, *_) in hashes.items():
        await tx.run(update(ORDER).where(ORDER.c.id == order_id).values(external_id=_GONE + first))


async def quiet(reader: Reader | Tx, before: datetime, after_id: int, most: int) -> list[int]:
    """Orders of which the shop has said nothing since a moment, by rising id."""
    last = func.coalesce(ORDER.c.placed_at, ORDER.c.created_at)
    asked = select(ORDER.c.id).where(
        ORDER.c.id > after_id, ORDER.c.erased_at.is_(None), ORDER.c.updated_at < before, last < before
    )
    return [row.id for row in await reader.rows(asked.order_by(ORDER.c.id).limit(most))]


async def gone(reader: Reader | Tx, before: datetime, most: int) -> list[int]:
    """Orders that their platform has had no more since before a moment."""
    asked = select(ORDER.c.id).where(ORDER.c.gone_at < before, ORDER.c.erased_at.is_(None))
    return [row.id for row in await reader.rows(asked.order_by(ORDER.c.id).limit(most))]


async def of_shop(
    reader: Reader | Tx,
    keys: Keys,
    platform: str,
    shop: str,
    most: int,
    *,
    person: Sequence[tuple[str, str]] | None = None,
    named: Sequence[str] = (),
) -> list[int]:
    """Orders of one shop that are not erased: those of a person (pairs of email, phone or customer_id and its value) or
    named by the platform's ids; all of them when `person` is None."""
    asked = (
        select(ORDER.c.id)
        .outerjoin(ORDER_PRIVATE)
        .where(ORDER.c.platform == platform, ORDER.c.shop == shop, ORDER.c.erased_at.is_(None))
    )
    if person is not None:
        hashes = [hash_ for kind, value in person for hash_ in _hashes(keys, kind, value)]
        theirs = select(ORDER_CONTACT.c.order_id).where(ORDER_CONTACT.c.hash.in_(hashes))
        numbers = [_customer(value) for kind, value in person if kind == "customer_id" and value]
        by_number = [ORDER_PRIVATE.c.document.contains(text, autoescape=True) for text in numbers]
        asked = asked.where(or_(ORDER.c.external_id.in_(named), ORDER.c.id.in_(theirs), *by_number))
    return [row.id for row in await reader.rows(asked.order_by(ORDER.c.id).limit(most))]


async def shipments_by_order(reader: Reader | Tx, orders: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of an order and one of its shipments."""
    asked = select(PARCEL.c.order_id, PARCEL.c.shipment_id).where(PARCEL.c.order_id.in_(orders))
    return [(row.order_id, row.shipment_id) for row in await reader.rows(asked)]


async def have_orders(reader: Reader | Tx, hashes: Sequence[str]) -> set[str]:
    """Which of these contacts an order is under."""
    asked = select(ORDER_CONTACT.c.hash).where(ORDER_CONTACT.c.hash.in_(hashes)).distinct()
    return {row.hash for row in await reader.rows(asked)}


async def numbered(reader: Reader | Tx, after_id: int, most: int) -> list[int]:
    """Orders that are not erased, by rising id."""
    asked = select(ORDER.c.id).where(ORDER.c.id > after_id, ORDER.c.erased_at.is_(None))
    return [row.id for row in await reader.rows(asked.order_by(ORDER.c.id).limit(most))]


async def _exported(reader: Reader, order_id: int) -> dict[str, Any]:
    this = ORDER.c.id == order_id
    private = [column for column in ORDER_PRIVATE.c if column.name not in _NOT_TOLD]
    row = await reader.row(select(*_ORDER, *private).outerjoin(ORDER_PRIVATE).where(this))
    if row is None:
        return {}
    found = row._asdict()
    document = json.loads(found.pop("document") or "null")
    links = select(ORDER_LINK.c.created_at, ORDER_LINK.c.expires_at, ORDER_LINK.c.revoked_at)
    links = links.where(ORDER_LINK.c.order_id == order_id).order_by(ORDER_LINK.c.id)
    lines = select(ORDER_LINE.c.title, ORDER_LINE.c.options, ORDER_LINE.c.current.label("quantity"))
    lines = lines.where(ORDER_LINE.c.order_id == order_id).order_by(ORDER_LINE.c.position)
    parcels = select(PARCEL.c.shipment_id.label("shipment")).where(PARCEL.c.order_id == order_id).order_by(PARCEL.c.id)
    return {
        "order": order_id,
        **{name: value for name, value in found.items() if value is not None},
        "lines": [line._asdict() for line in await reader.rows(lines)],
        "shipments": [parcel.shipment for parcel in await reader.rows(parcels)],
        "order_links": [link._asdict() for link in await reader.rows(links)],
        "looks": [vars_of(look) for look in await looks.of_orders(reader, [order_id])],
        "document": document,
    }


def vars_of(look: looks.Look) -> dict[str, Any]:
    """A look as plain values."""
    return {"who": look.kind, "link": look.via or None, "day": look.day, "count": look.count, "last_at": look.last_at}


def _hashes(keys: Keys, kind: str, value: str) -> tuple[str, ...]:
    """By which hashes an order is under this contact; a customer's number is none."""
    known = next((known for known in KINDS if known == kind), None)
    plain = normal(known, value) if known is not None else None
    return () if known is None or plain is None else contact_hashes(keys, known, plain)


def _customer(number: str) -> str:
    """How a stored document names its customer."""
    return f'"customer":{{"external_id":{json.dumps(number, ensure_ascii=False)}'


def _identity(platform: str, shop: str, external_id: str) -> str:
    return f"{platform}\x1f{shop}\x1f{external_id}"
