"""What an order's page says after a change: what is off it, what became something else, what it costs now."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from portal.context import Context
from portal.editing.commands import CancelLine, CancelWhole, Command, Quantity, Swap
from portal.orders import queries
from portal.orders.amounts import Money
from portal.orders.view import order_view
from portal.orders.viewmodels import ItemView, OrderState, OrderView, ShopView
from tests.editing.play import STAFF, Play, begun
from tests.support.context import NOW


async def page(playing: Play) -> OrderView:
    """The order's view as it is now."""
    async with playing.context.db.read() as reader:
        found = await queries.load(reader, 1)
    assert found is not None
    shop = ShopView("Atelier Lune", None, None)
    return order_view(found, shop=shop, now=NOW, zone=ZoneInfo("Europe/Paris"), polled=frozenset())


async def changed(playing: Play, *commands: Command) -> OrderView:
    """The page after these edits."""
    for command in commands:
        await playing.pushed(await playing.confirmed(command))
    return await page(playing)


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


async def test_cancelled_units_are_struck_through_and_off_the_total(any_context: Context) -> None:
    view = await changed(await begun(any_context), CancelLine(line="L1", quantity=1))
    assert view.cancelled == (ItemView("T-shirt", "M", 1, cancelled=True),)
    assert view.unshipped == (ItemView("T-shirt", "M", 1), ItemView("T-shirt", "L", 1))
    assert (view.total, view.refunded, view.outstanding) == (euros(4800), euros(2000), None)
    assert view.state is OrderState.CONFIRMED


async def test_another_size_is_no_cancellation(any_context: Context) -> None:
    view = await changed(await begun(any_context), Swap(line="L2", variant="s"))
    assert view.cancelled == ()
    assert view.unshipped == (ItemView("T-shirt", "M", 2), ItemView("T-shirt", "S", 1))
    assert (view.total, view.refunded) == (euros(6500), euros(300))


async def test_what_is_still_to_be_paid_is_said(any_context: Context) -> None:
    view = await changed(await begun(any_context), Quantity(line="L2", quantity=2))
    assert (view.total, view.refunded, view.outstanding) == (euros(9100), None, euros(2300))


async def test_a_swap_and_a_cancellation_of_one_line_are_told_apart(any_context: Context) -> None:
    view = await changed(
        await begun(any_context),
        Swap(line="L1", variant="s"),
        CancelLine(line="L1", quantity=1),
        Quantity(line="L2", quantity=3),
    )
    assert view.cancelled == (ItemView("T-shirt", "M", 1, cancelled=True),)
    assert view.unshipped == (ItemView("T-shirt", "L", 3), ItemView("T-shirt", "S", 1))


@pytest.mark.parametrize("reason", ["sold_in_store", "out_of_stock"])
async def test_a_cancelled_order_says_so_and_why_and_owes_nothing(any_context: Context, reason: str) -> None:
    playing = await begun(any_context)
    await playing.pushed(await playing.confirmed(CancelWhole.model_validate({"reason": reason}), STAFF), wait=0)
    view = await page(playing)
    assert (view.state, view.cancel_reason) == (OrderState.CANCELLED, reason)
    assert {item.options: item.quantity for item in view.cancelled} == {"M": 2, "L": 1}
    assert (view.refunded, view.outstanding, view.unshipped) == (euros(6800), None, ())


async def test_what_left_before_stays_where_it_is(any_context: Context) -> None:
    playing = await begun(any_context)
    playing.platform.ship("1", "L1", 1)
    await playing.take_in()
    view = await changed(playing, CancelLine(line="L1", quantity=1))
    assert view.cancelled == (ItemView("T-shirt", "M", 1, cancelled=True),)
    assert [parcel.items for parcel in view.parcels] == [(ItemView("T-shirt", "M", 1),)]
    assert view.unshipped == (ItemView("T-shirt", "L", 1),)
