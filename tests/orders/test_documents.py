"""Whole orders as those get them who change them."""

from __future__ import annotations

from sqlalchemy import select

from portal.context import Context
from portal.orders import rights
from portal.orders.documents import Addressee, addressee, stored, stored_by_ref
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
