"""Secret addresses: who has one sees one order, until it ends."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.kit.clock import ManualClock
from portal.kit.errors import NotThere
from portal.kit.events import EVENT
from portal.kit.ids import TOKEN, token_hash
from portal.orders.links import is_open, make_link, order_id_of, revoke_links
from portal.orders.models import ORDER_LINK
from portal.orders.queries import LinkAccess, access_by_token, load, version
from portal.orders.sync import import_order
from tests.support.context import NOW, kinds, order, rows

DAY = timedelta(days=1)


@pytest.fixture
async def stored(any_context: Context) -> Context:
    """A context with one order, number 1."""
    await import_order(any_context, order())
    return any_context


async def access(context: Context, url: str) -> LinkAccess | None:
    """What an address opens now."""
    async with context.db.read() as reader:
        return await access_by_token(reader, url.rpartition("/")[2], context.clock.now())


async def test_a_link_opens_its_order(stored: Context) -> None:
    url = await make_link(stored, 1)
    base, _, token = url.rpartition("/")
    assert base == "https://track.atelier-lune.example/o"
    assert TOKEN.fullmatch(token)
    found = await access(stored, url)
    assert found is not None
    assert (found.order_id, found.live, found.expires_at, found.locale) == (1, True, NOW + 21 * DAY, None)
    async with stored.db.read() as reader:
        assert found.version == await version(reader, 1)


async def test_each_link_is_another_secret(stored: Context) -> None:
    urls = {await make_link(stored, 1) for _ in range(10)}
    assert len(urls) == 10


@pytest.mark.parametrize(("days", "lives"), [(None, 21), (1, 1), (90, 90)])
async def test_a_link_ends_to_the_moment(stored: Context, clock: ManualClock, days: int | None, lives: int) -> None:
    url = await make_link(stored, 1, days=days)
    clock.advance(lives * DAY - timedelta(seconds=1))
    assert await is_open(stored, url)
    clock.advance(timedelta(seconds=1))
    assert not await is_open(stored, url)
    ended = await access(stored, url)
    assert ended is not None
    assert not ended.live


async def test_a_secret_that_was_never_given_out_opens_nothing(stored: Context) -> None:
    url = await make_link(stored, 1)
    assert await access(stored, url[:-1] + ("A" if url[-1] != "A" else "B")) is None
    assert await access(stored, token_hash(url.rpartition("/")[2])) is None
    assert not await is_open(stored, "")


async def test_revoking_ends_every_link_and_is_told_for_each(stored: Context, clock: ManualClock) -> None:
    await import_order(stored, order(number="#1002"))
    expired = await make_link(stored, 1, days=1)
    clock.advance(2 * DAY)
    mine = [await make_link(stored, 1) for _ in range(2)]
    other = await make_link(stored, 2)
    assert await revoke_links(stored, 1) == 2
    assert [await is_open(stored, url) for url in (*mine, other, expired)] == [False, False, True, False]
    told = await rows(stored, select(EVENT.c.topic, EVENT.c.data).where(EVENT.c.kind == "link.revoked"))
    ids = [row.id for row in await rows(stored, select(ORDER_LINK.c.id).where(ORDER_LINK.c.order_id == 1))]
    assert {(row.topic, row.data) for row in told} == {("order:1", f'{{"link":{id_}}}') for id_ in ids}
    assert await revoke_links(stored, 1) == 0
    assert len(await rows(stored, select(EVENT.c.id).where(EVENT.c.kind == "link.revoked"))) == len(told)


@pytest.mark.parametrize("number", ["#1001", "1001", " 1001 "])
async def test_an_order_is_found_by_its_number_with_or_without_the_hash(stored: Context, number: str) -> None:
    assert await order_id_of(stored, number) == 1


@pytest.mark.parametrize("number", ["1002", "", "%", "100_", "' or 1=1 --"])
async def test_other_numbers_are_not_there(stored: Context, number: str) -> None:
    with pytest.raises(NotThere):
        await order_id_of(stored, number)


async def test_of_two_orders_with_one_number_the_newer_is_meant(stored: Context) -> None:
    await import_order(stored, order(source={"platform": "neutral", "order_id": "again"}))
    assert await order_id_of(stored, "1001") == 2


async def test_making_a_link_is_nobodys_news(stored: Context) -> None:
    await make_link(stored, 1)
    assert await kinds(stored) == ["order.changed"]


async def test_an_order_that_is_not_there_loads_as_nothing(stored: Context) -> None:
    async with stored.db.read() as reader:
        assert await load(reader, 99) is None
        assert (await version(reader, 99)).event == 0


async def test_the_database_holds_no_usable_token(context: Context, sqlite_url: str) -> None:
    await import_order(context, order())
    urls = [await make_link(context, 1) for _ in range(3)]
    await revoke_links(context, 1)
    dump = _dump(Path(sqlite_url.removeprefix("sqlite:///")))
    for url in urls:
        token = url.rpartition("/")[2]
        assert token not in dump
        assert token_hash(token) in dump


def _dump(path: Path) -> str:
    """Everything in a database file, as text."""
    connection = sqlite3.connect(path)
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()
