"""Sweeps through a shop's list: they heal what deliveries did not tell, go on after a kill, and never run twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.connecting import reconciling, sweeping as engine
from portal.connecting.connections import note
from portal.connecting.models import CONNECTION, SWEEP
from portal.connecting.private import ORDER_NEWS
from portal.connecting.reconciling import reconcile
from portal.connecting.shops import Shops
from portal.connecting.sweeping import sweeping
from portal.connecting.sweeps import HELD, Taken
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.jobs import JOB
from portal.orders.sync import import_order
from portal.platforms.live import Shop, ShopError
from tests.support.context import NOW, order, rows
from tests.support.shops import deliver_all, stored, work
from tests.support.teashop import Fault, TeashopServer
from tests.support.web import site

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def shop_of(context: Context) -> Shop:
    """The connected shop."""
    (shop,) = Shops(context).all()
    return shop


async def whole(context: Context) -> dict[str, Any]:
    """Sweep all there is; returns the row."""
    async with sweeping(context, shop_of(context), "all") as sweep:
        while await sweep.step():
            pass
    (row,) = await rows(context, select(SWEEP).where(SWEEP.c.kind == "all"))
    return row._asdict()


async def test_a_whole_sweep_takes_in_everything_page_by_page(any_context: Context, teashop: TeashopServer) -> None:
    teashop.page_size = 4
    ids = [teashop.place() for _ in range(10)]
    done = await whole(any_context)
    assert await stored(any_context) == dict.fromkeys(ids, ("1", True))
    assert (done["orders"], done["changed"], done["gone"], done["total"]) == (10, 10, 0, 10)
    assert teashop.count("/orders") == 3
    assert (done["cursor"], done["holder"]) == (None, None)
    again = await whole(any_context)
    assert (again["orders"], again["changed"]) == (10, 0)


async def test_it_goes_on_where_it_stopped(any_context: Context, teashop: TeashopServer, clock: ManualClock) -> None:
    teashop.page_size = 3
    ids = [teashop.place() for _ in range(10)]
    async with sweeping(any_context, shop_of(any_context), "all") as sweep:
        await sweep.step()
        await sweep.step()
    clock.advance(DAY)
    teashop.asked.clear()
    async with sweeping(any_context, shop_of(any_context), "all") as sweep:
        assert (sweep.state.resumed, sweep.state.orders) == (True, 6)
        while await sweep.step():
            pass
        assert (sweep.state.orders, sweep.state.changed) == (10, 10)
    assert teashop.count("/orders") == 2
    assert len(await stored(any_context)) == len(ids)


async def test_it_begins_anew_when_told_to(any_context: Context, teashop: TeashopServer) -> None:
    teashop.page_size = 3
    _ = [teashop.place() for _ in range(7)]
    async with sweeping(any_context, shop_of(any_context), "all") as sweep:
        await sweep.step()
    async with sweeping(any_context, shop_of(any_context), "all", anew=True) as sweep:
        assert not sweep.state.resumed
        while await sweep.step():
            pass
        assert (sweep.state.orders, sweep.state.changed) == (7, 4)


async def test_one_process_sweeps_at_a_time(any_context: Context, teashop: TeashopServer, clock: ManualClock) -> None:
    teashop.page_size = 2
    _ = [teashop.place() for _ in range(7)]
    shop = shop_of(any_context)
    async with sweeping(any_context, shop, "all") as first:
        await first.step()
        with pytest.raises(Taken) as taken:
            async with sweeping(any_context, shop, "all"):
                pass
        assert taken.value.until == clock.now() + HELD
        async with sweeping(any_context, shop, "recent", NOW) as other:  # another kind is another list
            assert await other.step()
        clock.advance(HELD + timedelta(seconds=1))  # the first one is believed to be dead
        async with sweeping(any_context, shop, "all") as second:
            assert second.state.orders == 2
            await second.step()
            with pytest.raises(Taken):
                await first.step()
            while await second.step():
                pass
    assert len(await stored(any_context)) == 7


async def test_what_the_list_has_no_more_is_asked_for_and_goes(
    any_context: Context, teashop: TeashopServer, clock: ManualClock
) -> None:
    kept, deleted, late = [teashop.place() for _ in range(3)]
    await import_order(any_context, order(number="elsewhere"))
    await whole(any_context)
    clock.advance(HOUR)
    teashop.delete(deleted)
    done = await whole(any_context)
    assert (done["gone"], teashop.count(f"/orders/{deleted}")) == (1, 1)
    found = await stored(any_context)
    assert {kept: found[kept][1], deleted: found[deleted][1], late: found[late][1]} == {
        kept: True,
        deleted: False,
        late: True,
    }
    assert found["#1001" if "#1001" in found else "elsewhere"][1]
    asked = len(teashop.asked)
    await whole(any_context)
    assert len(teashop.asked) == asked + 1  # nobody asks for it again


async def test_what_the_platform_lists_as_deleted_goes_at_once(
    any_context: Context, teashop: TeashopServer, clock: ManualClock
) -> None:
    teashop.tells_deleted = True
    order_id = teashop.place()
    await whole(any_context)
    clock.advance(MINUTE)
    teashop.delete(order_id)
    done = await whole(any_context)
    assert (done["gone"], teashop.count(f"/orders/{order_id}")) == (1, 0)


async def test_an_order_that_cannot_be_read_stops_nothing(
    any_context: Context, teashop: TeashopServer, clock: ManualClock
) -> None:
    broken, well = teashop.place(items=None), teashop.place()
    done = await whole(any_context)
    assert (done["orders"], done["changed"], done["unread"]) == (2, 1, 1)
    assert await stored(any_context) == {well: ("1", True)}
    assert [row.order_id for row in await rows(any_context, select(ORDER_NEWS))] == [broken]
    teashop.change(broken, items=[{"id": "a", "name": "Assam", "qty": 1}])
    await work(any_context, clock, MINUTE)
    assert (await stored(any_context))[broken] == ("2", True)


async def test_one_of_ours_that_cannot_be_read_any_more_stays_and_stops_nothing(
    any_context: Context, teashop: TeashopServer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = teashop.place()
    await whole(any_context)
    clock.advance(HOUR)
    hidden = teashop._page
    monkeypatch.setattr(teashop, "_page", lambda query: {**hidden(query), "orders": []})
    teashop.change(order_id, items=None)
    done = await whole(any_context)
    assert done["unread"] == 1
    assert await stored(any_context) == {order_id: ("1", True)}


async def test_the_window_of_a_sweep_overlaps_the_one_before(
    context: Context, teashop: TeashopServer, clock: ManualClock
) -> None:
    first = teashop.place()
    await reconcile(context, {})
    clock.advance(MINUTE)
    lagging = teashop.place()
    teashop.orders[lagging]["changed"] = (NOW - 5 * MINUTE).isoformat()  # the platform's list lags behind
    clock.advance(5 * MINUTE)
    await reconcile(context, {})
    assert await stored(context) == {first: ("1", True), lagging: ("1", True)}


async def test_it_is_done_every_few_minutes_and_a_month_once_a_day(
    context: Context, teashop: TeashopServer, clock: ManualClock
) -> None:
    counts = []
    for _ in range(12):
        await reconcile(context, {})
        counts.append(teashop.count("/orders"))
        clock.advance(MINUTE)
    assert counts == [2, *range(3, 14)]  # a shop that delivers nothing is looked at every minute

    async def subscribed(tx: Any) -> None:
        await note(tx, shop_of(context), clock.now(), asked_for="https://track.example")

    await context.db.write(subscribed)
    teashop.asked.clear()
    for _ in range(12):
        await reconcile(context, {})
        clock.advance(MINUTE)
    assert 2 <= teashop.count("/orders") <= 3
    clock.advance(DAY)
    teashop.asked.clear()
    await reconcile(context, {})
    assert teashop.count("/orders") == 2


async def test_a_run_is_bounded_and_the_next_goes_on(
    any_context: Context, teashop: TeashopServer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "_MOST_PAGES", 2)
    teashop.page_size = 2
    _ = [teashop.place() for _ in range(11)]
    await reconcile(any_context, {})
    assert len(await stored(any_context)) == 4
    assert len(await rows(any_context, select(JOB).where(JOB.c.kind == "reconcile"))) == 1
    await work(any_context, clock, MINUTE)
    assert len(await stored(any_context)) == 11
    assert {row.ended_at is None for row in await rows(any_context, select(SWEEP))} == {False}


async def test_a_shop_that_rests_or_left_is_left_alone(
    context: Context, teashop: TeashopServer, clock: ManualClock
) -> None:
    teashop.place()
    teashop.faults.append(Fault(429, {"Retry-After": "600"}))
    await reconcile(context, {})
    clock.advance(5 * MINUTE)
    await reconcile(context, {})
    assert len(teashop.asked) == 1
    clock.advance(6 * MINUTE)
    await reconcile(context, {})
    assert len(await stored(context)) == 1

    async def left(tx: Any) -> None:
        await note(tx, shop_of(context), clock.now(), disconnected_at=clock.now())

    await context.db.write(left)
    clock.advance(HOUR)
    asked = len(teashop.asked)
    await reconcile(context, {})
    assert len(teashop.asked) == asked


async def test_a_place_in_the_list_that_is_worth_nothing_any_more_is_given_up(
    context: Context, teashop: TeashopServer, clock: ManualClock
) -> None:
    teashop.page_size = 2
    _ = [teashop.place() for _ in range(5)]
    async with sweeping(context, shop_of(context), "all") as sweep:
        await sweep.step()
        teashop.faults += [Fault(400), Fault(400), Fault(400)]
        for _ in range(3):
            with pytest.raises(ShopError):
                await sweep.step()
        while await sweep.step():
            pass
    assert len(await stored(context)) == 5
    (connection,) = await rows(context, select(CONNECTION.c.problem))
    assert connection.problem is None


async def test_news_and_sweeps_bear_each_other(
    any_context: Context, teashop: TeashopServer, clock: ManualClock
) -> None:
    """A delivery read while a page with an older telling is under way stays."""
    order_id = teashop.place()
    await whole(any_context)
    clock.advance(MINUTE)
    teashop.change(order_id, note="newer")
    await deliver_all(site(any_context), teashop.deliveries)
    await work(any_context, clock)
    await whole(any_context)
    assert await stored(any_context) == {order_id: ("2", True)}


@pytest.fixture
async def kept_here(context: Context) -> Context:
    """An installation whose orders are nowhere else."""
    return replace(context, environ={"JALON_PLATFORM_NEUTRAL_SHOP": "native.example"})


async def test_orders_that_are_nowhere_else_are_not_looked_for(
    kept_here: Context, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> None:
        raise AssertionError("a sweep of what is here already")

    monkeypatch.setattr(engine.Sweep, "step", never)
    await reconcile(kept_here, {})
    assert await rows(kept_here, select(SWEEP)) == []
