"""Retention: what has outlived its purpose goes, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from portal import tables
from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.db import Tx
from portal.kit.events import EVENT
from portal.ops.purge import purge
from portal.orders.links import make_link, revoke_links
from portal.orders.models import ORDER_LINK
from portal.orders.sync import import_order
from portal.tracking.private import PUSH_INBOX, RAW_ANSWER
from portal.tracking.raw import Raw, keep
from tests.support.context import order, parcel, rows

DAY = timedelta(days=1)
_DECLARED = tables


async def lived(context: Context, clock: ManualClock) -> None:
    """A shop's history of 100 days: an order, and every five days an event, a raw answer and a link."""
    await import_order(context, order(parcels=[parcel("p", "6A12345678901", {"mug": 2})]))
    for day in range(0, 100, 5):

        async def unit(tx: Tx, day: int = day) -> None:
            await keep(tx, clock.now(), 1, "6A12345678901", [Raw("x", 200, b"%d" % day)])
            tx.emit("order:1", "changed", day=day)

        await context.db.write(unit)
        await make_link(context, 1, days=10)
        clock.advance(5 * DAY)


async def counts(context: Context) -> dict[str, int]:
    """How many rows every table has."""
    return {
        name: (await rows(context, select(func.count().label("rows")).select_from(table)))[0].rows
        for name, table in SQLModel.metadata.tables.items()
    }


async def test_each_kind_is_kept_as_long_as_it_was_decided(any_context: Context, clock: ManualClock) -> None:
    await lived(any_context, clock)
    before = await counts(any_context)
    await purge(any_context, {})
    after = await counts(any_context)
    gone = {name: before[name] - after[name] for name in before if before[name] != after[name]}
    assert gone == {"event": 15, "raw_answer": 2, "raw_answer_parcel": 2, "order_link": 14}
    now = clock.now()
    for column, days in ((EVENT.c.at, 30), (RAW_ANSWER.c.at, 90), (ORDER_LINK.c.expires_at, 21)):
        ((oldest,),) = await rows(any_context, select(func.min(column).label("oldest")))
        assert now - days * DAY <= oldest < now - (days - 5) * DAY
    await purge(any_context, {})
    assert await counts(any_context) == after


async def test_a_revoked_link_is_kept_as_long_as_it_would_have_lived(any_context: Context, clock: ManualClock) -> None:
    await import_order(any_context, order())
    await make_link(any_context, 1, days=10)
    await revoke_links(any_context, 1)
    clock.advance(31 * DAY)
    await purge(any_context, {})
    assert (await counts(any_context))["order_link"] == 1
    clock.advance(DAY)
    await purge(any_context, {})
    assert (await counts(any_context))["order_link"] == 0


@pytest.mark.parametrize(("setting", "table", "days"), [("raw_days", "raw_answer", 0), ("event_days", "event", 6)])
async def test_a_shop_may_keep_less(context: Context, clock: ManualClock, setting: str, table: str, days: int) -> None:
    await lived(context, clock)
    strict: dict[str, Any] = {setting: days}
    await purge(replace(context, settings=context.settings.model_copy(update=strict)), {})
    assert (await counts(context))[table] == days // 5


@pytest.mark.parametrize("raw_days", [0, 90])
async def test_pushes_are_remembered_for_three_days_and_unmerged_ones_as_long_as_answers(
    any_context: Context, clock: ManualClock, raw_days: int
) -> None:
    settings = any_context.settings.model_copy(update={"raw_days": raw_days})
    kept = replace(any_context, settings=settings)
    for event, merged in (("merged", True), ("not merged", False)):

        async def unit(tx: Tx, event: str = event, merged: bool = merged) -> None:
            row = {"carrier": "ups", "event": event, "body": b"", "at": clock.now()}
            await tx.run(PUSH_INBOX.insert().values(**row, merged_at=clock.now() if merged else None))

        await any_context.db.write(unit)
    left = []
    for days in (3, 1, 90):
        await purge(kept, {})
        left.append((await counts(any_context))["push_inbox"])
        clock.advance(DAY * days)
    await purge(kept, {})
    assert [*left, (await counts(any_context))["push_inbox"]] == ([2, 2, 0, 0] if raw_days == 0 else [2, 2, 1, 0])
