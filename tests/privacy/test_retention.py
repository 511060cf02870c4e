"""Three years on: what was personal is gone by itself, what is counted stays, what lives is untouched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from carriers import Milestone
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.ops.purge import purge
from portal.orders.models import ORDER, ORDER_LINE
from portal.orders.presence import note_gone
from portal.orders.private import ORDER_PRIVATE
from portal.orders.sync import Outcome, import_order
from portal.tracking.merge import merge
from portal.tracking.models import CHECKPOINT, SHIPMENT
from tests.privacy.story import WORDS, adas_order, everything, found, opened
from tests.support.context import order, rows
from tests.support.parcels import report, scan

YEAR = timedelta(days=365)


async def sums(context: Context) -> list[tuple[int, ...]]:
    """What a shop counts."""
    money = select(func.count().label("n"), func.sum(ORDER.c.total).label("total"))
    pieces = select(func.sum(ORDER_LINE.c.ordered).label("n"))
    done = select(func.count().label("n")).where(SHIPMENT.c.milestone == "delivered")
    scans = select(func.count().label("n")).where(CHECKPOINT.c.milestone == "delivered")
    asked: list[Any] = [money, pieces, done, scans]
    return [tuple((await rows(context, one))[0]) for one in asked]


async def test_after_three_years_everything_personal_is_gone_and_counts_are_kept(
    any_context: Context, clock: ManualClock
) -> None:
    await opened(any_context)
    counted = await sums(any_context)
    assert found(await everything(any_context)) == set(WORDS)
    clock.advance(3 * YEAR + timedelta(days=1))
    await import_order(any_context, order(number="#3003", contact={"email": "cleo@example.com"}, total=None))
    fresh = await sums(any_context)
    await purge(any_context, {})
    left = await everything(any_context)
    assert found(left) == set()
    assert "bea.lark" not in left
    assert "cleo@example.com" in left
    assert await sums(any_context) == fresh
    assert counted[2:] == fresh[2:]
    await purge(any_context, {})
    assert await everything(any_context) == left


async def test_nothing_goes_before_its_time(context: Context, clock: ManualClock) -> None:
    await opened(context)
    clock.advance(3 * YEAR - timedelta(days=2))
    await purge(context, {})
    assert found(await everything(context)) >= {"e-mail", "name", "street", "note", "order number", "tracking number"}


async def test_news_of_a_parcel_keeps_its_order(context: Context, clock: ManualClock) -> None:
    await opened(context)
    clock.advance(2 * YEAR)

    async def late(tx: Tx) -> None:
        await merge(tx, clock.now(), 2, "order:2", report("6A20022002200", scan(Milestone.IN_TRANSIT, 9, text="again")))

    await context.db.write(late)
    clock.advance(YEAR + timedelta(days=2))
    await purge(context, {})
    kept = await rows(context, select(ORDER_PRIVATE.c.order_id))
    assert [row.order_id for row in kept] == [2]


async def test_a_shop_may_keep_less_and_what_went_is_not_taken_in_again(context: Context, clock: ManualClock) -> None:
    await opened(context)
    settings = context.settings.model_copy(update={"order_days": 30, "account_days": 30})
    clock.advance(timedelta(days=32))
    await purge(type(context)(**{**{n: getattr(context, n) for n in context.__slots__}, "settings": settings}), {})
    assert await rows(context, select(ORDER_PRIVATE)) == []
    assert await import_order(context, adas_order(updated_at="2026-12-30T09:00:00Z")) is Outcome.ERASED


async def test_what_its_platform_has_no_more_is_erased_after_a_month(any_context: Context, clock: ManualClock) -> None:
    await opened(any_context)
    known = select(ORDER.c.id, ORDER.c.platform, ORDER.c.shop, ORDER.c.external_id).limit(1)
    (mine,) = await rows(any_context, known)

    async def unit(tx: Tx) -> bool:
        return await note_gone(tx, mine.platform, mine.shop, mine.external_id, clock.now())

    assert await any_context.db.write(unit)
    clock.advance(timedelta(days=29))
    await purge(any_context, {})
    assert await rows(any_context, select(ORDER.c.id).where(ORDER.c.erased_at.is_not(None))) == []
    clock.advance(timedelta(days=2))
    await purge(any_context, {})
    erased = await rows(any_context, select(ORDER.c.id, ORDER.c.external_id).where(ORDER.c.erased_at.is_not(None)))
    assert [(row.id, row.external_id.startswith("erased:")) for row in erased] == [(mine.id, True)]
    left = select(ORDER_PRIVATE.c.order_id).where(ORDER_PRIVATE.c.order_id == mine.id)
    assert await rows(any_context, left) == []
