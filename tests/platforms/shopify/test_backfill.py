"""All orders by one bulk operation: begun, waited for, read stretch by stretch, gone on with in another process."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from portal.kit.clock import ManualClock
from portal.platforms.live import Page, ShopError
from portal.platforms.neutral import as_json
from portal.platforms.neutral.parts import NeutralOrder
from portal.platforms.shopify.admin.address import Address
from portal.platforms.shopify.reading import backfill
from portal.platforms.shopify.reading.cursors import InBulk, as_text
from portal.platforms.shopify.reading.results import stretch
from portal.platforms.shopify.shop import ShopifyShop
from tests.platforms.shopify.test_client import answered
from tests.support.shopify.records import Refund
from tests.support.shopify.server import ShopifyServer
from tests.support.shopify.shop import Shop


@pytest.fixture
def many(store: Shop, clock: ManualClock) -> None:
    """Orders of every kind: not shipped, shipped, in two parcels, refunded, without a customer, bought with a code."""
    medium, large = store.shirts("M", "L")
    for number in range(14):
        order = store.place((medium, 2), (large, 1), shipping=(490, 490))
        clock.advance(timedelta(minutes=1))
        match number % 7:
            case 1:
                store.ship(order, number=f"6A{number}")
            case 2:
                store.ship(order, {order.items[0].id: 1}, number=f"6A{number}")
                store.ship(order, {order.items[1].id: 1}, number=f"8L{number}")
            case 3:
                order.refunds.append(Refund(store.id("Refund"), clock.now(), "", (500, 500), []))
            case 4:
                order.customer = order.email = order.address = None
            case 5:
                store.discount(order, 10)
            case 6:
                store.ship(order, {order.items[0].id: 1})
                order.parcels[0].status = "CANCELLED"


@pytest.mark.usefixtures("many")
async def test_every_order_is_as_if_it_were_read_alone(shop: ShopifyShop, store: Shop, played: ShopifyServer) -> None:
    pages = await _all(shop)
    gathered = _by_id(pages)
    assert gathered.keys() == store.orders.keys()
    for own, order in gathered.items():
        alone = await shop.order(own)
        assert alone is not None
        assert _told(order) == _told(alone)
    alone_in_bulk = played.executor.ran[: played.executor.ran.index("Bulk")].count("Order")
    assert alone_in_bulk == 0


@pytest.mark.usefixtures("many")
async def test_only_what_the_file_cannot_tell_is_read_alone(shop: ShopifyShop, played: ShopifyServer) -> None:
    pages = await _all(shop, until="ByPages")
    assert sum(len(page.orders) for page in pages) == 14
    assert played.executor.ran.count("Order") == 4  # two with two parcels, two with a refund


@pytest.mark.usefixtures("many")
async def test_it_goes_on_where_it_stopped(
    shop: ShopifyShop, store: Shop, played: ShopifyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page is asked for by another process, which knows the cursor alone, and reads its own stretch."""
    monkeypatch.setattr(backfill, "_MOST", 4)
    pages = await _all(shop, until="ByPages")
    sizes = [len(page.orders) for page in pages if page.orders]
    assert sizes == [4, 4, 4, 2]
    assert _by_id(pages).keys() == store.orders.keys()
    starts = [int(headers["range"].removeprefix("bytes=").rstrip("-")) for headers in played.file_headers]
    assert starts == sorted(set(starts))
    assert len(starts) == 4
    assert len(store.bulks) == 1


@pytest.mark.usefixtures("many")
async def test_no_token_goes_to_the_file(shop: ShopifyShop, played: ShopifyServer) -> None:
    await _all(shop, until="ByPages")
    assert played.file_headers
    assert all("shpat" not in str(headers) for headers in played.file_headers)
    assert all("x-shopify-access-token" not in headers for headers in played.file_headers)


async def test_while_it_runs_there_is_nothing_yet(shop: ShopifyShop, store: Shop, waited: list[float]) -> None:
    store.place((store.shirts("M")[0], 1))
    store.takes = 20
    first = await shop.page(None, None)
    again = await shop.page(None, first.cursor)
    assert (first.orders, again.orders) == ((), ())
    assert first.cursor == again.cursor
    assert waited
    assert len((await shop.page(None, again.cursor)).orders) == 1


async def test_what_changed_meanwhile_is_read_afterwards(shop: ShopifyShop, store: Shop, clock: ManualClock) -> None:
    order = store.place((store.shirts("M")[0], 2))
    page = await shop.page(None, None)
    gathered = await shop.page(None, page.cursor)
    clock.advance(timedelta(minutes=20))
    store.ship(order, {order.items[0].id: 1})
    later = await shop.page(None, gathered.cursor)
    assert [len(found.parcels) for found in (*gathered.orders, *later.orders)] == [0, 1]
    assert later.cursor is None


async def test_an_empty_shop_has_an_end(shop: ShopifyShop) -> None:
    pages = await _all(shop)
    assert [list(page.orders) for page in pages] == [[]] * len(pages)


async def test_where_it_is_refused_orders_come_by_pages(
    shop: ShopifyShop, store: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    order = store.place((store.shirts("M")[0], 1))
    store.takes_bulk = False
    with caplog.at_level(logging.WARNING):
        pages = await _all(shop)
    assert _by_id(pages).keys() == {order.id}
    assert "already in progress" in caplog.text


async def test_where_the_token_may_not_orders_come_by_pages(
    shop: ShopifyShop, store: Shop, played: ShopifyServer
) -> None:
    order = store.place((store.shirts("M")[0], 1))
    denied = {"message": "no", "extensions": {"code": "ACCESS_DENIED"}}
    played.faults.append(answered({"data": {"bulkOperationRunQuery": None}, "errors": [denied]}))
    assert _by_id(await _all(shop)).keys() == {order.id}


async def test_where_it_fails_orders_come_by_pages(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 1))
    page = await shop.page(None, None)
    next(iter(store.bulks.values())).fails = "TIMEOUT"
    pages = [page]
    while pages[-1].cursor is not None:
        pages.append(await shop.page(None, pages[-1].cursor))
    assert _by_id(pages).keys() == {order.id}


async def test_an_operation_that_is_no_more_is_begun_anew_by_pages(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 1))
    page = await shop.page(None, as_text(InBulk("gid://shopify/BulkOperation/404", 0)))
    assert _by_id([await shop.page(None, page.cursor)]).keys() == {order.id}


@pytest.mark.parametrize("url", ["http://storage.example/x.jsonl", "ftp://127.0.0.1/x", "file:///etc/passwd"])
async def test_a_file_is_fetched_from_safe_addresses_only(url: str, shop: ShopifyShop) -> None:
    with pytest.raises(ShopError):
        await stretch(shop.admin.wire.client, url, Address("a.myshopify.com", "https://a.myshopify.com"), 0, 1)


async def test_a_file_that_is_not_there_or_broken_is_an_error(
    shop: ShopifyShop, store: Shop, played: ShopifyServer
) -> None:
    store.place((store.shirts("M")[0], 1))
    page = await shop.page(None, None)
    bulk = next(iter(store.bulks.values()))
    await shop.page(None, page.cursor)
    bulk.lines = b'{"id": "gid://shopify/Order/1"}\n{"id": \n'
    with pytest.raises(ShopError, match="not JSON"):
        await shop.page(None, page.cursor)
    bulk.lines = b"[]\n"
    with pytest.raises(ShopError, match="no object"):
        await shop.page(None, page.cursor)


async def _all(shop: ShopifyShop, until: str | None = None) -> list[Page]:
    pages = [await shop.page(None, None)]
    while (cursor := pages[-1].cursor) is not None and not (until and until in cursor):
        pages.append(await shop.page(None, cursor))
    return pages


def _told(order: NeutralOrder) -> dict[str, Any]:
    """The document; what was in a parcel that was cancelled, only an order that is read alone can tell."""
    document = as_json(order)
    for parcel in document["parcels"]:
        if parcel["state"] == "cancelled":
            parcel |= {"delivery_id": None, "lines": [], "allocation": "unknown"}
    return document


def _by_id(pages: list[Page]) -> dict[str, NeutralOrder]:
    return {order.source.order_id: order for page in pages for order in page.orders}
