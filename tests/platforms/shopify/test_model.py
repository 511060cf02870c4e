"""Whatever customers and the warehouse do, and in which order: units that have shipped never change, no more is paid
back than was paid, and every edit that is accepted was made exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from carriers.core.auth import TokenCache
from portal.kit.clock import ManualClock
from portal.platforms.changes import (
    Applied,
    CancelOrder,
    CancelUnits,
    Change,
    NotApplied,
    Quote,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.live import Wire
from portal.platforms.shopify.shop import Shopify, ShopifyShop
from portal.platforms.units import editable_units
from tests.platforms.shopify.test_crashes import broke_off, gone_on
from tests.platforms.shopify.wishes import edit
from tests.support.shopify.records import Order
from tests.support.shopify.server import Fault, ShopifyServer, playing_shopify

Step = tuple[str, int, int]

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["swap", "quantity", "cancel units", "cancel", "ship", "warehouse", "break off"]),
        st.integers(0, 1),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=7,
)


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.sampled_from([0, 10, 33.3]), st.booleans(), st.sampled_from([0, 300]))
def test_units_and_money_add_up_whatever_happens(steps: Sequence[Step], percent: float, paid: bool, fee: int) -> None:
    assert asyncio.run(_play(steps, percent, paid, fee)) == []


async def _play(steps: Sequence[Step], percent: float, paid: bool, fee: int) -> list[str]:
    """Gives what the shop was asked that its schema does not have."""
    clock = ManualClock(datetime(2026, 11, 12, 10, tzinfo=UTC))

    async def pause(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))

    with playing_shopify(clock) as played:
        async with httpx2.AsyncClient(trust_env=False, verify=False) as client:
            shop = Shopify(pause=pause).open(played.account(), Wire(client, TokenCache(), clock))
            assert isinstance(shop, ShopifyShop)
            product = played.shop.id("Product")
            sizes = [
                played.shop.variant(product, ("Size", size), price=(price, price), stock=50)
                for size, price in (("M", 2500), ("L", 2900), ("S", 2100))
            ]
            order = played.shop.place((sizes[0], 3), (sizes[1], 2), shipping=(490, 490), paid=paid)
            if percent and paid:
                played.shop.discount(order, percent)
            for step in steps:
                await _step(step, shop, played, order, fee)
                _adds_up(order)
        return played.wrong


async def _step(step: Step, shop: ShopifyShop, played: ShopifyServer, order: Order, fee: int) -> None:
    kind, which, quantity = step
    item = order.items[which]
    match kind:
        case "ship":
            played.shop.ship(order, {item.id: quantity})
            return
        case "warehouse":
            order.works[-1].status = "IN_PROGRESS" if order.works[-1].status == "OPEN" else order.works[-1].status
            return
    breaks = 3 + quantity if kind == "break off" else None
    await _edit(_change(kind, played, order, which, quantity), shop, played, order, fee, breaks)


def _change(kind: str, played: ShopifyServer, order: Order, which: int, quantity: int) -> Change:
    item = order.items[which]
    match kind:
        case "cancel":
            return CancelOrder()
        case "cancel units":
            return CancelUnits(((item.id, quantity),))
        case "quantity":
            return SetQuantity(item.id, quantity)
        case _:
            others = [variant for variant in played.shop.variants.values() if variant is not item.variant]
            return SwapVariant(item.id, others[quantity % len(others)].id, quantity)


async def _edit(
    change: Change, shop: ShopifyShop, played: ShopifyServer, order: Order, fee: int, breaks: int | None
) -> None:
    """An edit, whose answer is lost after so many calls."""
    before = await _now(shop, order)
    wish = edit(change, fee)
    open_units, left = editable_units(before), _left(order)
    quote = await shop.quote(before, wish)
    paid = order.received[1]
    played.faults.extend([] if breaks is None else [*[None] * breaks, Fault(None, after=True)])
    with suppress(AssertionError):  # it was refused
        await broke_off(shop, before, wish)
    played.faults.clear()
    outcome = await gone_on(shop, before, wish)
    assert _left(order) == left  # what has shipped is as it was
    if isinstance(outcome, NotApplied):
        return
    again = await shop.applied(before, wish)
    assert isinstance(again, Applied)
    if isinstance(quote, Quote):
        back = -(quote.due.buyer or 0) if (quote.due.buyer or 0) < 0 else 0
        assert paid - order.received[1] == back
    for line in before.lines:
        taken = line.quantity.current - order.item(line.id).current
        assert taken <= open_units[line.id]


async def _now(shop: ShopifyShop, order: Order) -> Any:
    document = await shop.order(order.id)
    assert document is not None
    return document


def _left(order: Order) -> list[tuple[str, int]]:
    return [(item, quantity) for parcel in order.parcels for _, item, quantity in parcel.lines]


def _adds_up(order: Order) -> None:
    """Units are in a parcel, waiting, or gone; money is with the shop or back."""
    for item in order.items:
        sent = sum(quantity for parcel in order.parcels for _, own, quantity in parcel.lines if own == item.id)
        if order.cancelled is None:
            assert item.current == sent + order.waiting(item.id)
        assert 0 <= item.current <= item.quantity
    assert 0 <= order.refunded[1] <= sum(payment.amount[1] for payment in order.payments)
    notes = [refund.note for refund in order.refunds if refund.note]
    assert len(notes) == len(set(notes))
    if order.payments and order.cancelled is None:
        assert order.outstanding[1] >= 0
