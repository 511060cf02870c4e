"""A hold on an order that is kept here: nobody sends anything of it while its customer may be changing it. Pure.

It is noted in the document's `raw`, and ends by itself, so that an order is never stuck.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from portal.platforms.neutral.bumping import following
from portal.platforms.neutral.fields import in_utc, instant
from portal.platforms.neutral.parts import NeutralOrder

LASTS: Final = timedelta(hours=1)
_NAME: Final = "jalon_hold"


def is_held(order: NeutralOrder, at: datetime) -> bool:
    """Whether somebody holds it."""
    hold = _hold(order)
    return hold is not None and at < instant(hold["at"]) + LASTS


def held(order: NeutralOrder, key: str, at: datetime) -> NeutralOrder | None:
    """The order under the hold `key`; None while it is under another one, or is over."""
    if order.cancelled_at is not None or order.closed_at is not None:
        return None
    hold = _hold(order)
    if hold is not None and hold["key"] == key:
        return order
    if is_held(order, at):
        return None
    return following(order, at, raw={**order.raw, _NAME: {"key": key, "at": in_utc(at)}})


def released(order: NeutralOrder, key: str, at: datetime) -> NeutralOrder:
    """The order without the hold `key`; as it is where it has none of that name."""
    hold = _hold(order)
    if hold is None or hold["key"] != key:
        return order
    return following(order, at, raw={name: value for name, value in order.raw.items() if name != _NAME})


def _hold(order: NeutralOrder) -> dict[str, Any] | None:
    hold = order.raw.get(_NAME)
    good = isinstance(hold, dict) and isinstance(hold.get("key"), str) and isinstance(hold.get("at"), str)
    return hold if good else None
