"""Orders come in: once, in any order of delivery, and the newest telling is the one that stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import literal_column, select, text

from portal.context import Context, opened
from portal.kit.clock import ManualClock
from portal.orders import fresh, intake, sync
from portal.orders.models import ORDER, ORDER_LINE, PARCEL
from portal.orders.private import ORDER_PRIVATE
from portal.orders.rows import order_columns
from portal.orders.sync import ImportTally, Outcome, import_batch, import_documents, import_order
from portal.platforms.neutral import NeutralOrder, version_key
from portal.tracking.models import SHIPMENT, TRACKER
from tests.support.context import NOW, kinds, order, parcel, rows, settings_on

Version = str | int | None


def telling(version: Version, note: str = "", **members: Any) -> NeutralOrder:
    """An order as it was told at some version; `note` makes tellings differ."""
    return order(version=version, updated_at=None, note=note or f"told at {version}", **members)


async def note_of(context: Context) -> str:
    """What the stored telling says."""
    (row,) = await rows(context, select(ORDER_PRIVATE.c.document))
    return str(row.document.split('"note":"')[1].split('"')[0])


async def test_a_new_document_is_created_and_the_same_again_changes_nothing(
    any_context: Context, clock: ManualClock
) -> None:
    document = order(parcels=[parcel("p", "6A12345678901", {"mug": 2})])
    assert await import_order(any_context, document) is Outcome.CREATED
    before = [list(await rows(any_context, select(table))) for table in (ORDER, ORDER_LINE, PARCEL, SHIPMENT, TRACKER)]
    clock.advance(timedelta(hours=1))
    assert await import_order(any_context, document) is Outcome.UNCHANGED
    after = [list(await rows(any_context, select(table))) for table in (ORDER, ORDER_LINE, PARCEL, SHIPMENT, TRACKER)]
    assert after == before
    assert await kinds(any_context) == ["order.changed"]


async def test_a_change_updates_and_is_told_on_the_orders_topic(any_context: Context, clock: ManualClock) -> None:
    await import_order(any_context, telling(1))
    clock.advance(timedelta(hours=1))
    assert await import_order(any_context, telling(2)) is Outcome.UPDATED
    (row,) = await rows(any_context, select(ORDER))
    assert (row.version, row.created_at, row.updated_at) == ("2", NOW, NOW + timedelta(hours=1))
    assert await kinds(any_context, f"order:{row.id}") == ["order.changed", "order.changed"]


RULE: list[tuple[Version, Version, Outcome]] = [
    (2, 1, Outcome.STALE),
    (1, 2, Outcome.UPDATED),
    (9, 10, Outcome.UPDATED),
    (10, 9, Outcome.STALE),
    ("12", "11", Outcome.STALE),
    ("9", "10", Outcome.UPDATED),
    ("10", "9", Outcome.STALE),
    ("9", 10, Outcome.UPDATED),
    (10, "9", Outcome.STALE),
    ("-1", "-2", Outcome.STALE),
    ("²", "²", Outcome.UPDATED),
    ("9" * 5000, "9" * 5001, Outcome.UPDATED),
    ("2026-11-19T10:00:00Z", "2026-11-19T10:30:00+01:00", Outcome.STALE),
    ("2026-11-19T10:00:00Z", "2026-11-19T11:30:00+01:00", Outcome.UPDATED),
    ("2026-11-19T10:00:00Z", "2026-11-19T10:00:00.000001Z", Outcome.UPDATED),
    (None, 1, Outcome.UPDATED),
    (1, None, Outcome.STALE),
    (None, None, Outcome.UPDATED),
    (3, 3, Outcome.UPDATED),
]


@pytest.mark.parametrize(("stored", "given_", "outcome"), RULE, ids=[f"{n} {a!r:.9}" for n, (a, *_) in enumerate(RULE)])
async def test_the_version_rule(any_context: Context, stored: Version, given_: Version, outcome: Outcome) -> None:
    await import_order(any_context, telling(stored, "old"))
    before = await kinds(any_context)
    assert await import_order(any_context, telling(given_, "new")) is outcome
    assert await note_of(any_context) == ("old" if outcome is Outcome.STALE else "new")
    assert len(await kinds(any_context)) - len(before) == (outcome is Outcome.UPDATED)


@pytest.mark.parametrize(
    "versions",
    [(1, 2, 10), ("9", "10", "100"), ("2026-11-19T08:00:00Z", "2026-11-19T10:00:00+01:00", "2026-11-20T00:00:00Z")],
    ids=["counters", "counters as text", "moments"],
)
async def test_deliveries_in_any_order_end_in_the_newest(any_context: Context, versions: Sequence[Version]) -> None:
    for number, story in enumerate(permutations(versions)):
        for version in (*story, *story):
            await import_order(any_context, telling(version, number=str(number)))
    kept = await rows(any_context, select(ORDER_PRIVATE.c.document))
    assert len(kept) == 6
    assert all(f'"note":"told at {versions[-1]}"' in row.document for row in kept)


@given(st.lists(st.integers(-50, 10**12), min_size=2, max_size=6))
def test_counters_sort_alike_as_numbers_and_as_text(counters: list[int]) -> None:
    assert sorted(counters, key=version_key) == sorted(counters)
    assert sorted(map(str, counters), key=version_key) == [str(c) for c in sorted(counters)]


async def test_orders_are_told_apart_by_platform_shop_and_id(any_context: Context) -> None:
    sources = [
        {"platform": "neutral", "order_id": "1"},
        {"platform": "neutral", "order_id": "2"},
        {"platform": "neutral", "order_id": "1", "shop": "one.example"},
        {"platform": "shopify", "order_id": "1", "shop": "one.example"},
    ]
    outcomes = [await import_order(any_context, order(source=source)) for source in sources]
    assert outcomes == [Outcome.CREATED] * 4


async def test_many_documents_are_counted_and_reported_on(context: Context) -> None:
    documents = [telling(n, number=str(n)) for n in range(150)]
    seen: list[int] = []
    tally = await import_documents(context, iter(documents), lambda so_far: seen.append(so_far.created))
    assert tally == ImportTally(created=150)
    assert seen == [100, 150]
    mixed = [documents[0], telling(9, "later", number="1"), telling(0, "earlier", number="2"), telling(1, number="new")]
    assert await import_documents(context, mixed) == ImportTally(created=1, updated=1, unchanged=1, stale=1)


async def test_one_order_twice_in_one_file_ends_in_the_newest(any_context: Context) -> None:
    tally = await import_documents(any_context, [telling(2), telling(1), telling(3), telling(3)])
    assert tally == ImportTally(created=1, updated=1, unchanged=1, stale=1)
    assert await note_of(any_context) == "told at 3"


async def test_one_that_cannot_be_stored_stops_none_of_the_others(
    any_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = order_columns

    def broken(document: NeutralOrder) -> dict[str, Any]:
        if document.number == "2":
            raise OverflowError("this one cannot be stored")
        return columns(document)

    monkeypatch.setattr(fresh, "order_columns", broken)
    with pytest.raises(OverflowError):
        await import_batch(any_context, [telling(1, number=str(number)) for number in range(5)])
    stored = await rows(any_context, select(ORDER.c.number).order_by(ORDER.c.number))
    assert [row.number for row in stored] == ["0", "1", "3", "4"]


async def test_a_batch_of_all_kinds_is_told_apart(any_context: Context) -> None:
    await import_batch(any_context, [telling(2, number=str(number)) for number in range(4)])
    mixed = [telling(3, number="0"), telling(2, number="1"), telling(1, number="2"), telling(1, number="new")]
    assert await import_batch(any_context, [*mixed, telling(4, number="0"), telling(2, number="new")]) == [
        Outcome.UPDATED,
        Outcome.UNCHANGED,
        Outcome.STALE,
        Outcome.CREATED,
        Outcome.UPDATED,
        Outcome.UPDATED,
    ]


@asynccontextmanager
async def two_processes(url: str, clock: ManualClock) -> AsyncIterator[tuple[Context, Context]]:
    """Two contexts on one database."""
    settings = settings_on(url)
    async with opened(settings, clock=clock, accounts={}) as one, opened(settings, clock=clock, accounts={}) as other:
        yield one, other


@pytest.mark.postgres
async def test_two_processes_may_create_one_order_at_once(
    tables_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = asyncio.Barrier(2)
    looked: list[object] = []
    store_fresh = fresh.store_fresh

    async def meeting(*args: Any) -> None:
        looked.append(args)
        if len(looked) <= 2:
            async with asyncio.timeout(30):
                await together.wait()  # both have found nothing
        await store_fresh(*args)

    monkeypatch.setattr(sync, "store_fresh", meeting)
    async with two_processes(tables_url, clock) as (one, other):
        outcomes = await asyncio.gather(import_order(one, telling(1)), import_order(other, telling(2)))
        assert Outcome.CREATED in outcomes
        assert await note_of(one) == "told at 2"
        assert len(await rows(one, select(ORDER))) == 1


@pytest.mark.postgres
async def test_an_older_telling_never_overtakes_a_newer_one_that_is_being_stored(
    tables_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    storing, go = asyncio.Event(), asyncio.Event()
    store_parts = intake.store_parts

    async def slow(tx: Any, now: Any, order_id: int, document: NeutralOrder, text_: str) -> None:
        await store_parts(tx, now, order_id, document, text_)
        if document.version == 3:
            storing.set()
            await go.wait()

    monkeypatch.setattr(intake, "store_parts", slow)
    async with two_processes(tables_url, clock) as (one, other):
        await import_order(one, telling(1))
        newer = asyncio.create_task(import_order(one, telling(3)))
        await asyncio.wait_for(storing.wait(), 5)
        older = asyncio.create_task(import_order(other, telling(2)))
        try:
            await asyncio.wait_for(_blocked(tables_url, clock), 5)
        finally:
            go.set()
        assert (await newer, await older) == (Outcome.UPDATED, Outcome.STALE)
        assert await note_of(one) == "told at 3"


async def _blocked(url: str, clock: ManualClock) -> None:
    """Until a session of the database waits for another one's lock."""
    waiting: Any = select(literal_column("count(*)").label("sessions")).select_from(
        text("pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")
    )
    async with opened(settings_on(url), clock=clock, accounts={}) as watcher:
        while not (await rows(watcher, waiting))[0].sessions:  # noqa: ASYNC110 - another program sets no event
            await asyncio.sleep(0.02)
