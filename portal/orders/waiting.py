"""What an order waits for from its shop's people, from what its document says. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import IntFlag
from typing import Final

from portal.platforms.neutral import Delivery, NeutralOrder

_OVER: Final = frozenset({"closed", "cancelled"})
_NOT_PAID: Final = frozenset({"pending", "unpaid", "voided", "expired"})


class Work(IntFlag):
    """Kinds of work; an order may wait for several."""

    TO_SHIP = 1  # something of it is still to be sent
    TO_PREPARE = 2  # something is to be collected, and not ready
    TO_COLLECT = 4  # it is ready, and nobody came for it
    TO_SETTLE = 8  # money is to go back


def work_of(order: NeutralOrder) -> Work:
    """All that the order waits for. What is not paid is not sent."""
    found = Work(0)
    for kind in _kinds(order):
        found |= kind
    return found


def _kinds(order: NeutralOrder) -> Iterator[Work]:
    if any(part.status == "pending" and (part.amount.shop or part.amount.buyer or 0) < 0 for part in order.adjustments):
        yield Work.TO_SETTLE
    if order.cancelled_at is not None or order.closed_at is not None or order.state.payment in _NOT_PAID:
        return
    fetched = [each for each in order.deliveries if each.method == "pickup" and not _is_over(each)]
    if any(delivery.pickup.ready_at is None for delivery in fetched):
        yield Work.TO_PREPARE
    if any(delivery.pickup.ready_at is not None for delivery in fetched):
        yield Work.TO_COLLECT
    if _is_to_be_sent(order, fetched):
        yield Work.TO_SHIP


def _is_to_be_sent(order: NeutralOrder, fetched: list[Delivery]) -> bool:
    if any(not delivery.lines for delivery in fetched):
        return False  # all of it is fetched
    there = Counter[str]()
    for part in (part for delivery in fetched for part in delivery.lines):
        there[part.line_id] += part.quantity if part.remaining is None else part.remaining
    return any(
        line.requires_shipping and line.quantity.current - line.quantity.fulfilled > there[line.id]
        for line in order.lines
    )


def _is_over(delivery: Delivery) -> bool:
    return delivery.state in _OVER or delivery.pickup.collected_at is not None
