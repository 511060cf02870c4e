"""Discounts during an edit.

Left alone, Medusa keeps an order's whole discount on whatever lines stay, and gives none to a line that comes: units
that are cancelled would be paid back without their discount. Told to carry its promotions over, it reckons them anew,
but only those that still run; one that has ended would be lost altogether. And a fixed sum off the whole order cannot
be carried over: it stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from portal.platforms.changes import NotApplied
from portal.platforms.medusa.api import Api, Refused, escaped
from portal.platforms.medusa.shape import Node, nodes, part, text, when

ENDED: Final = NotApplied(
    "unsupported", "A promotion of this order has ended: Medusa would reckon the edit without it."
)


def have_ended(order: Node, now: datetime) -> bool:
    """Whether any discount of the order's lines comes from a promotion that does not run any more."""
    running = {text(one, "code") for one in nodes(order, "promotions") if _runs(one, now)}
    return not set(_codes(order)) <= running


async def carry_over(api: Api, order: Node, change: str) -> None:
    """Have the order's promotions reckoned anew in the open session whose change this is. Raises ShopError."""
    if not set(_codes(order)):
        return
    try:
        await api.post(f"/admin/order-changes/{escaped(change)}", {"carry_over_promotions": True})
    except Refused as refused:
        if "allocation" not in refused.said:
            raise


def _codes(order: Node) -> Iterator[str]:
    for item in nodes(order, "items"):
        yield from (code for one in nodes(item, "adjustments") if (code := text(one, "code")))


def _runs(promotion: Node, now: datetime) -> bool:
    campaign = part(promotion, "campaign")
    begins, ends = when(campaign, "starts_at"), when(campaign, "ends_at")
    within = (begins is None or begins <= now) and (ends is None or now < ends)
    return within and promotion.get("status") in (None, "active")
