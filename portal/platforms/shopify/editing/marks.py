"""Our mark on an order, in a place that only this app can write: which edit or shipment was begun, and how the order
was then. Written before the first step that lasts, so that it can be told after a crash what was made.

Shopify compares the place with what was read of it: of two who begin at once, one is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from portal.platforms.changes import NotApplied
from portal.platforms.neutral.parts import Amount, NeutralOrder
from portal.platforms.shopify.admin.client import Admin
from portal.platforms.shopify.editing.refusals import said_in
from portal.platforms.shopify.operations import editing
from portal.platforms.shopify.shape import part, text

Place = Literal["edit", "ship"]

_MEMBER: Final[Mapping[Place, str]] = {"edit": "editMark", "ship": "shipMark"}


@dataclass(frozen=True, slots=True)
class Mark:
    """`mark` names the edit or shipment; `lines` are the current units of every line when it was begun, `outstanding`
    what was to be paid then, `parcels` the ids of the parcels that there were."""

    mark: str
    lines: Mapping[str, int]
    outstanding: Amount
    parcels: frozenset[str]


def mark_on(body: Mapping[str, Any], place: Place) -> Mark | None:
    """What stands in a place of the order; None for nothing, and for what is not ours."""
    try:
        held = json.loads(text(part(body, _MEMBER[place]), "value") or "null")
        lines = {str(line): int(units) for line, units in held["lines"].items()}
        outstanding = Amount(shop=held["outstanding"][0], buyer=held["outstanding"][1])
        return Mark(str(held["mark"]), lines, outstanding, frozenset(map(str, held["parcels"])))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None


def value_for(mark: str, order: NeutralOrder) -> str:
    """What is written."""
    held = {
        "mark": mark,
        "lines": {line.id: line.quantity.current for line in order.lines},
        "outstanding": [order.totals.outstanding.shop, order.totals.outstanding.buyer],
        "parcels": [parcel.id for parcel in order.parcels],
    }
    return json.dumps(held, separators=(",", ":"))


async def write_mark(
    admin: Admin, body: Mapping[str, Any], order: NeutralOrder, place: Place, mark: str
) -> NotApplied | None:
    """Write it, unless somebody wrote another one since `body` was read. Raises ShopError."""
    digest = text(part(body, _MEMBER[place]), "compareDigest")
    answer = await admin.ask(
        editing.MARK, order=order.source.order_id, key=place, value=value_for(mark, order), digest=digest
    )
    said = said_in(part(answer.data, "metafieldsSet"))
    if not said:
        return None
    return NotApplied("busy" if "STALE_OBJECT" in said or "INVALID_COMPARE_DIGEST" in said else "refused", said)
