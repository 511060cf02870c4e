"""Everything that is held of a person, in one document: for them to read, and to take away."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from portal.context import Context
from portal.kit.db import Reader
from portal.orders.rights import known_of
from portal.privacy.erasure import whose_is
from portal.privacy.slices import SLICES
from portal.whose import Exported, Whose


async def export_of(context: Context, reader: Reader, person_id: int) -> Exported:
    """All slices' answers together, under plain names."""
    return await _export(context, reader, await whose_is(reader, person_id))


async def export_of_orders(context: Context, reader: Reader, orders: list[int]) -> Exported:
    """What all slices hold of some orders, for whoever answers for the shop."""
    return await _export(context, reader, await known_of(reader, None, orders))


async def _export(context: Context, reader: Reader, whose: Whose) -> Exported:
    found: Exported = {}
    for slice_ in SLICES.values():
        found |= await slice_.export_of(reader, whose)
    return {"shop": context.settings.shop_name, "made_at": context.clock.now(), **found}


def as_json(document: Exported) -> str:
    """The document as a file."""
    return json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not exported")
