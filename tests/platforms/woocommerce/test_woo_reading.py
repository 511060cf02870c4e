"""Reading a played shop: single orders, pages of them, and what a poll finds that no webhook told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal.kit.clock import ManualClock
from portal.platforms.live import Page, ShopError
from portal.platforms.neutral import NeutralOrder
from portal.platforms.woocommerce import gathering, paging
from portal.platforms.woocommerce.shop import WooShop
from tests.platforms.woocommerce.played import Fault, Played
from tests.platforms.woocommerce.samples import tracked, tracking


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three orders."""
    monkeypatch.setattr(gathering, "PER_PAGE", 3)
    monkeypatch.setattr(paging, "PER_PAGE", 3)


async def everything(shop: WooShop, since: datetime | None = None) -> list[Page]:
    """All pages."""
    pages, cursor = [await shop.page(since, None)], None
    while (cursor := pages[-1].cursor) is not None:
        pages.append(await shop.page(since, cursor))
        assert len(pages) < 50, "it goes on for ever"
    return pages


def found(pages: list[Page]) -> dict[str, NeutralOrder]:
    """The orders by their ids, as the last page has them."""
    return {order.source.order_id: order for page in pages for order in page.orders}


async def test_an_order_is_read_with_all_that_belongs_to_it(woo: Played, shop: WooShop) -> None:
    woo.store.products[70] |= {"categories": [{"id": 1, "name": "Aprons"}], "tags": [{"id": 2, "name": "linen"}]}
    order_id = woo.store.place()
    line = woo.store.orders[order_id]["line_items"][0]["id"]
    woo.store.fulfil(order_id, (str(line), 1))
    woo.store.refund(
        order_id, {"amount": "40.00", "line_items": [{"id": line, "quantity": 1, "refund_total": "40.00"}]}
    )
    order = await shop.order(str(order_id))
    assert order is not None
    assert order.source.shop == shop.name
    quantity = order.lines[0].quantity
    assert (quantity.current, quantity.fulfilled, quantity.refunded) == (1, 1, 1)
    assert (order.lines[0].categories, order.lines[0].tags) == (("Aprons",), ("linen",))
    assert order.parcels[0].tracking[0].number == "6A00000000001"
    (page,) = await everything(shop)
    assert list(page.orders) == [order], "one by one or by pages, it is the same"


async def test_a_shop_without_fulfilments_has_its_plugins(woo: Played, shop: WooShop) -> None:
    woo.fulfilments = False
    order_id = woo.store.place(status="completed", meta_data=[tracked(tracking())])
    order = await shop.order(str(order_id))
    assert order is not None
    assert [parcel.allocation for parcel in order.parcels] == ["whole_order"]


async def test_what_is_deleted_or_in_the_bin_is_there_no_more(woo: Played, shop: WooShop) -> None:
    kept, binned, gone, cart = (woo.store.place() for _ in range(4))
    woo.store.bin(binned)
    woo.store.delete(gone)
    woo.store.orders[cart]["status"] = "checkout-draft"
    assert await shop.order(str(kept)) is not None
    for order_id in (binned, gone, cart, 999_999):
        assert await shop.order(str(order_id)) is None
    assert list(found(await everything(shop))) == [str(kept)]
    woo.store.restore(binned)
    assert await shop.order(str(binned)) is not None


async def test_pages_hold_every_order_once_in_the_order_of_change(
    woo: Played, shop: WooShop, clock: ManualClock, small_pages: None
) -> None:
    ids = []
    for number in range(10):
        clock.advance(timedelta(seconds=number % 2))  # two at a time, in one second
        ids.append(woo.store.place())
    pages = await everything(shop)
    assert len(pages[0].orders) == 3
    assert pages[0].total == 10
    assert set(found(pages)) == {str(one) for one in ids}
    versions = [order.version for page in pages for order in page.orders]
    assert versions == sorted(versions, key=str), "and none comes before its time"


async def test_more_orders_of_one_second_than_a_page_holds(woo: Played, shop: WooShop, small_pages: None) -> None:
    ids = {str(woo.store.place()) for _ in range(8)}
    assert set(found(await everything(shop))) == ids


async def test_reading_goes_on_after_a_day_whatever_changed_meanwhile(
    woo: Played, shop: WooShop, clock: ManualClock, small_pages: None
) -> None:
    ids = []
    for _ in range(7):
        clock.advance(timedelta(seconds=5))
        ids.append(woo.store.place())
    first = await shop.page(None, None)
    clock.advance(timedelta(days=1))
    woo.store.delete(ids[0])
    woo.store.set_status(ids[1], "completed")
    pages = [first]
    while pages[-1].cursor is not None:
        pages.append(await shop.page(None, pages[-1].cursor))
    orders = found(pages)
    assert set(orders) == {str(one) for one in ids}
    assert orders[str(ids[1])].state.raw["status"] == "completed", "what changed comes again"


async def test_what_changed_since_is_what_a_poll_reads(woo: Played, shop: WooShop, clock: ManualClock) -> None:
    old = woo.store.place(status="completed")
    clock.advance(timedelta(hours=3))
    since = clock.now()
    clock.advance(timedelta(minutes=1))
    new = woo.store.place(status="completed")
    assert list(found(await everything(shop, since))) == [str(new)]
    woo.store.set_status(old, "refunded")
    assert set(found(await everything(shop, since))) == {str(new), str(old)}
    early = since - timedelta(hours=4)
    assert set(found(await everything(shop, early))) == {str(new), str(old)}


async def test_a_poll_finds_what_moved_no_date(woo: Played, shop: WooShop, clock: ManualClock) -> None:
    order_id = woo.store.place()
    clock.advance(timedelta(hours=3))
    since = clock.now()
    woo.store.change(order_id, {"shipping": {"city": "Paris"}})
    woo.store.fulfil(order_id, (str(woo.store.orders[order_id]["line_items"][0]["id"]), 1))
    (order,) = found(await everything(shop, since)).values()
    assert order.address.shipping is not None
    assert (order.address.shipping.city, len(order.parcels)) == ("Paris", 1)


async def test_a_poll_names_what_went_into_the_bin(woo: Played, shop: WooShop, clock: ManualClock) -> None:
    binned, kept = woo.store.place(status="completed"), woo.store.place(status="completed")
    clock.advance(timedelta(hours=3))
    since = clock.now()
    woo.store.bin(binned)
    pages = await everything(shop, since)
    assert [gone for page in pages for gone in page.gone] == [str(binned)]
    assert str(kept) not in found(pages)


async def test_a_key_that_may_not_read_products_reads_orders(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place()
    woo.store.products.clear()
    order = await shop.order(str(order_id))
    assert order is not None
    assert order.lines[0].categories == ()


async def test_a_shop_that_is_down_is_no_empty_shop(woo: Played, shop: WooShop) -> None:
    order_id = woo.store.place()
    for path in ("orders", rf"orders/{order_id}", rf"orders/{order_id}/fulfillments", "products"):
        woo.faults.append(Fault("GET", path))
        with pytest.raises(ShopError) as error:
            await (shop.page(None, None) if path == "orders" else shop.order(str(order_id)))
        assert error.value.kind == "unreachable"
        woo.faults.clear()


@pytest.mark.parametrize("cursor", ["", "x", "changed|2026|1|", "other|2026-10-02T08:30:00|1|"])
async def test_a_cursor_of_somebody_else_is_refused(shop: WooShop, cursor: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        await shop.page(None, cursor)
