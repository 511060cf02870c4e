"""Which orders wait for somebody at the shop."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from portal.context import Context
from portal.kit.db import Tx
from portal.orders.models import ORDER
from portal.orders.sync import import_order
from portal.orders.waiting import Work, work_of
from portal.orders.worklists import AT_ONCE, catch_up, counted, found, named, newest, waiting
from tests.support.context import order, parcel, rows

READY = {"ready_at": "2026-11-19T09:00:00Z", "code": "7KQM-3XWP"}
BACK = {"id": "a", "type": "cancel", "status": "pending", "amount": {"shop": -500}}
CASES: list[tuple[dict[str, Any], Work]] = [
    ({}, Work.TO_SHIP),
    ({"state": {"payment": "pending"}}, Work(0)),
    ({"cancelled_at": "2026-11-19T09:00:00Z"}, Work(0)),
    ({"cancelled_at": "2026-11-19T09:00:00Z", "adjustments": [BACK]}, Work.TO_SETTLE),
    ({"parcels": [parcel("p", "6A1", {"mug": 2, "bowl": 1})]}, Work(0)),
    ({"parcels": [parcel("p", "6A1", {"mug": 2})]}, Work.TO_SHIP),
    ({"deliveries": [{"method": "pickup"}]}, Work.TO_PREPARE),
    ({"deliveries": [{"method": "pickup", "pickup": READY}]}, Work.TO_COLLECT),
    ({"deliveries": [{"method": "pickup", "state": "closed", "pickup": READY}]}, Work.TO_SHIP),
    (
        {"deliveries": [{"method": "pickup", "lines": [{"line_id": "bowl", "quantity": 1}]}], "adjustments": [BACK]},
        Work.TO_PREPARE | Work.TO_SHIP | Work.TO_SETTLE,
    ),
    ({"lines": [{"title": "Song", "requires_shipping": False}]}, Work(0)),
]


@pytest.mark.parametrize(("members", "work"), CASES, ids=map(str, range(len(CASES))))
def test_what_an_order_waits_for(members: dict[str, Any], work: Work) -> None:
    assert work_of(order(**members)) == work


async def test_who_has_waited_longest_comes_first(any_context: Context) -> None:
    for number, day in (("1", 18), ("2", 16), ("3", 17)):
        await import_order(any_context, order(number=number, placed_at=f"2026-11-{day}T09:00:00Z"))
    await import_order(any_context, order(number="4", deliveries=[{"method": "pickup", "pickup": READY}]))
    async with any_context.db.read() as reader:
        assert await waiting(reader, Work.TO_SHIP) == [2, 3, 1]
        assert await waiting(reader, Work.TO_SHIP, page=2) == []
        assert await waiting(reader, Work.TO_COLLECT) == [4]
        assert await newest(reader) == [4, 1, 3, 2]
        assert await counted(reader) == {Work.TO_SHIP: 3, Work.TO_PREPARE: 0, Work.TO_COLLECT: 1, Work.TO_SETTLE: 0}


async def test_lists_have_pages(context: Context) -> None:
    for number in range(AT_ONCE + 2):
        await import_order(context, order(number=str(number)))
    async with context.db.read() as reader:
        pages = [await waiting(reader, Work.TO_SHIP, page) for page in (1, 2)]
    assert [len(page) for page in pages] == [AT_ONCE, 2]
    assert len({*pages[0], *pages[1]}) == AT_ONCE + 2


async def test_orders_are_found_by_what_somebody_says(any_context: Context) -> None:
    contact = {"email": "ines@mail.example", "phone": "+33199001122"}
    pickup = {"method": "pickup", "pickup": READY}
    await import_order(any_context, order(contact=contact, deliveries=[pickup]))
    await import_order(any_context, order(number="#1002", parcels=[parcel("p", "6A98765432100", {"mug": 2})]))
    async with any_context.db.read() as reader:
        for words in ("1001", "#1001", " Ines@Mail.example", "+33 1 99 00 11 22", "7kqm-3xwp"):
            assert await found(reader, any_context.keys, words) == [1], words
        assert await found(reader, any_context.keys, "6A98 7654 32100") == [2]
        for words in ("", "1", "lou@mail.example", "ines", "' OR 1=1 --", "%"):
            assert await found(reader, any_context.keys, words) == [], words


async def test_what_is_gone_or_erased_is_in_no_list(context: Context) -> None:
    await import_order(context, order())

    async def unit(tx: Tx) -> None:
        await tx.run(update(ORDER).values(gone_at=context.clock.now()))

    await context.db.write(unit)
    async with context.db.read() as reader:
        assert await waiting(reader, Work.TO_SHIP) == []
        assert (await counted(reader))[Work.TO_SHIP] == 0
        assert await newest(reader) == []
        assert await found(reader, context.keys, "1001") == []
        assert await named(reader, "1001") == []


async def test_orders_from_before_are_looked_at_once(any_context: Context) -> None:
    await import_order(any_context, order())
    await import_order(any_context, order(number="#1002", deliveries=[{"method": "pickup"}]))

    async def unit(tx: Tx) -> None:
        await tx.run(update(ORDER).values(work=None))

    await any_context.db.write(unit)
    await catch_up(any_context, {})
    works = [row.work for row in await rows(any_context, select(ORDER.c.work).order_by(ORDER.c.id))]
    assert works == [int(Work.TO_SHIP), int(Work.TO_PREPARE)]
