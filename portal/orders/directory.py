"""Orders for those who may see every one of them, the shop's programs: found by what names them, and listed by
change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_

from portal.kit.db import Reader
from portal.orders.models import ORDER
from portal.platforms.neutral.parts import Source

_THERE = (ORDER.c.erased_at.is_(None), ORDER.c.gone_at.is_(None))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders. `after`: those behind this change of this order."""

    changed_since: datetime | None = None
    number: str | None = None
    external_id: str | None = None
    after: tuple[datetime, int] | None = None


async def listed(reader: Reader, wanted: Wanted, most: int) -> Sequence[Any]:
    """Orders (id, ref, number, platform, shop, external_id, updated_at), the one that changed first first."""
    asked = (
        select(*(ORDER.c[n] for n in ("id", "ref", "number", "platform", "shop", "external_id", "updated_at")))
        .where(*_THERE)
        .order_by(ORDER.c.updated_at, ORDER.c.id)
        .limit(most)
    )
    if wanted.changed_since is not None:
        asked = asked.where(ORDER.c.updated_at >= wanted.changed_since)
    if wanted.number is not None:
        plain = wanted.number.strip().removeprefix("#")
        asked = asked.where(ORDER.c.number.in_([plain, f"#{plain}"]))
    if wanted.external_id is not None:
        asked = asked.where(ORDER.c.external_id == wanted.external_id)
    if wanted.after is not None:
        moment, order_id = wanted.after
        asked = asked.where(tuple_(ORDER.c.updated_at, ORDER.c.id) > tuple_(moment, order_id))
    return await reader.rows(asked)


async def ref_at(reader: Reader, source: Source) -> str | None:
    """The name in addresses of the order with this source; None when it is not there."""
    key = (ORDER.c.platform == source.platform, ORDER.c.shop == (source.shop or ""))
    row = await reader.row(select(ORDER.c.ref).where(*key, ORDER.c.external_id == source.order_id, *_THERE))
    return None if row is None else str(row.ref)


async def ref_of(reader: Reader, order_id: int) -> str | None:
    """The name in addresses of an order; None for one that was erased."""
    row = await reader.row(select(ORDER.c.ref).where(ORDER.c.id == order_id, ORDER.c.erased_at.is_(None)))
    return None if row is None else str(row.ref)
