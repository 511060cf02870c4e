"""Whole orders as those get them who change them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from portal.context import Context
from portal.orders import rights
from portal.orders.documents import (
    Addressee,
    addressee,
    how_many_placed,
    placed_since,
    stored,
    stored_by_ref,
)
from portal.orders.models import ORDER
from portal.orders.sync import import_order
from tests.support.context import NOW, order, rows

EMAIL = "ada@example.com"


async def test_an_order_is_handed_out_as_it_came(any_context: Context) -> None:
    document = order(contact={"email": EMAIL}, source={"platform": "native", "shop": "s", "order_id": "7"}, locale="fr")
    await import_order(any_context, document)
    (row,) = await rows(any_context, select(ORDER.c.id, ORDER.c.ref))
    async with any_context.db.read() as reader:
        found = await stored(reader, row.id)
        assert found == await stored_by_ref(reader, row.ref)
        assert await addressee(reader, row.id) == Addressee(row.ref, "#1001", "fr", EMAIL)
        assert await stored(reader, row.id + 1) is None
        assert await stored_by_ref(reader, "0" * 16) is None
        assert await addressee(reader, row.id + 1) is None
    assert found is not None
    assert (found.platform, found.shop, found.external_id, found.document) == ("native", "s", "7", document)
    assert EMAIL not in repr(found)


async def test_of_an_erased_order_nothing_is_handed_out(any_context: Context) -> None:
    await import_order(any_context, order(contact={"email": EMAIL}))

    async def erase(tx: object) -> None:
        await rights.erase(tx, NOW, await rights.known_of(tx, None, [1]))  # type: ignore[arg-type]  # a transaction

    await any_context.db.write(erase)
    async with any_context.db.read() as reader:
        assert await stored(reader, 1) is None
        assert await addressee(reader, 1) is None


async def test_orders_of_a_time_are_handed_out_some_at_a_time(any_context: Context) -> None:
    for number, day in enumerate((17, 18, 19, 20), 1):
        placed = order(source={"order_id": str(number)}, placed_at=f"2026-11-{day}T09:00:00Z")
        await import_order(any_context, placed)
    since = datetime(2026, 11, 18, 9, tzinfo=UTC)
    async with any_context.db.read() as reader:
        assert await how_many_placed(reader, since) == 3
        first = await placed_since(reader, since, 0, 2)
        rest = await placed_since(reader, since, first[-1].order_id, 2)
        assert await placed_since(reader, since, rest[-1].order_id, 2) == []
    assert [one.external_id for one in (*first, *rest)] == ["2", "3", "4"]
