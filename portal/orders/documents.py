"""Whole orders, for those who change them: the document as the platform told it, and to whom news of it go.

What is read here is personal. It is handed upwards to slices that act on an order, and to no page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from portal.kit.db import Reader, Tx
from portal.kit.prepared import Query
from portal.orders.models import ORDER
from portal.orders.private import ORDER_PRIVATE
from portal.platforms.neutral import NeutralOrder, restored

_STORED = (
    select(
        ORDER.c.id,
        ORDER.c.ref,
        ORDER.c.platform,
        ORDER.c.shop,
        ORDER.c.external_id,
        ORDER.c.digest,
        ORDER_PRIVATE.c.document,
    )
    .join(ORDER_PRIVATE, ORDER_PRIVATE.c.order_id == ORDER.c.id)
    .where(ORDER.c.erased_at.is_(None), ORDER.c.gone_at.is_(None))
)
_BY_ID = Query(_STORED.where(ORDER.c.id == bindparam("order")))
_BY_REF = Query(_STORED.where(ORDER.c.ref == bindparam("ref")))
_IN_TIME = (ORDER.c.placed_at >= bindparam("since"), ORDER.c.id > bindparam("after"))
_PLACED = Query(_STORED.where(*_IN_TIME).order_by(ORDER.c.id).limit(bindparam("most")))
_PLACED_COUNT = Query(
    select(func.count(ORDER.c.id).label("count"))
    .join(ORDER_PRIVATE, ORDER_PRIVATE.c.order_id == ORDER.c.id)
    .where(ORDER.c.placed_at >= bindparam("since"), ORDER.c.erased_at.is_(None))
)
_BY_SOURCE = Query(
    _STORED.where(
        ORDER.c.platform == bindparam("platform"),
        ORDER.c.shop == bindparam("shop"),
        ORDER.c.external_id == bindparam("external_id"),
    )
)
_ADDRESSEE = Query(
    select(ORDER.c.ref, ORDER.c.number, ORDER.c.locale, ORDER_PRIVATE.c.email)
    .join(ORDER_PRIVATE, ORDER_PRIVATE.c.order_id == ORDER.c.id)
    .where(ORDER.c.id == bindparam("order"), ORDER.c.erased_at.is_(None), ORDER.c.gone_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class Stored:
    """An order as it is known here. `platform`, `shop` and `external_id` are where it lives; `digest` tells whether
    it has changed."""

    order_id: int
    ref: str
    platform: str
    shop: str
    external_id: str
    digest: str
    document: NeutralOrder = field(repr=False)


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom news of an order go. `email` is None where the shop has none; `locale` is the order's own."""

    ref: str
    number: str
    locale: str | None
    email: str | None = field(repr=False)


async def stored(reader: Reader | Tx, order_id: int) -> Stored | None:
    """The order with this id; None when there is none, or it is gone or erased."""
    return _read(await reader.row(_BY_ID, {"order": order_id}))


async def stored_by_ref(reader: Reader | Tx, ref: str) -> Stored | None:
    """The order of this name in addresses, for callers who may see every order."""
    return _read(await reader.row(_BY_REF, {"ref": ref}))


async def stored_by_source(reader: Reader | Tx, platform: str, shop: str, order_id: str) -> Stored | None:
    """The order that its platform names so; None when there is none, or it is gone or erased."""
    return _read(await reader.row(_BY_SOURCE, {"platform": platform, "shop": shop, "external_id": order_id}))


async def addressee(reader: Reader | Tx, order_id: int) -> Addressee | None:
    """Whom to write to about an order; None when it is not there, is gone, or was erased."""
    row = await reader.row(_ADDRESSEE, {"order": order_id})
    return None if row is None else Addressee(row.ref, row.number, row.locale, row.email)


def _read(row: Any | None) -> Stored | None:
    if row is None:
        return None
    document = restored(row.document)
    return Stored(row.id, row.ref, row.platform, row.shop, row.external_id, row.digest, document)


async def how_many_placed(reader: Reader, since: datetime) -> int:
    """How many orders were placed from a moment on."""
    row = await reader.row(_PLACED_COUNT, {"since": since})
    return int(row.count) if row else 0


async def placed_since(reader: Reader, since: datetime, after_id: int, most: int) -> list[Stored]:
    """Orders that were placed from a moment on, by rising id, some at a time."""
    rows = await reader.rows(_PLACED, {"since": since, "after": after_id, "most": most})
    return [found for row in rows if (found := _read(row))]
