"""Orders read from the Admin API: whole, whatever their size; what is withheld is no failure; lists page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.kit.clock import ManualClock
from portal.platforms.live import Page, ShopError
from portal.platforms.shopify.reading import listing
from portal.platforms.shopify.shop import ShopifyShop
from portal.platforms.units import editable_units
from tests.platforms.shopify.test_client import THROTTLED, answered
from tests.support.shopify.records import Order, Work, WorkLine
from tests.support.shopify.server import ShopifyServer
from tests.support.shopify.shop import LILLE, Shop


async def test_an_order_is_read_as_it_is(shop: ShopifyShop, store: Shop) -> None:
    medium, large = store.shirts("M", "L")
    order = store.place((medium, 3), (large, 1), shipping=(490, 490))
    store.ship(order, {order.items[0].id: 1}, number="6A12345678901")
    document = await shop.order(order.id)
    assert document is not None
    assert (document.source.order_id, document.source.shop, document.source.api_version) == (
        order.id, "atelier-lune.myshopify.com", "2026-10",
    )  # fmt: skip
    first, second = document.lines
    assert (first.quantity.ordered, first.quantity.fulfilled, first.quantity.editable) == (3, 1, 2)
    assert (second.quantity.fulfilled, second.quantity.editable) == (0, 1)
    assert [(parcel.allocation, parcel.tracking[0].number) for parcel in document.parcels] == [
        ("exact", "6A12345678901")
    ]
    assert document.totals.total.shop == 4 * 2500 + 490
    assert document.contact.email == "zoe@mail.example"
    assert document.raw.keys().isdisjoint({"editMark", "shipMark", "readyMark", "cancellation"})


async def test_an_order_that_is_no_more_is_none(shop: ShopifyShop) -> None:
    assert await shop.order("gid://shopify/Order/404") is None
    assert await shop.order("gid://shopify/FulfillmentOrder/404") is None
    assert await shop.order("gid://shopify/Return/404") is None


async def test_a_fulfilment_order_leads_to_its_order(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 1))
    document = await shop.order(order.works[0].id)
    assert document is not None
    assert document.source.order_id == order.id


async def test_what_does_not_fit_is_asked_for(shop: ShopifyShop, store: Shop, played: ShopifyServer) -> None:
    """More of everything than one question brings: lines, work and its lines, parcels and their lines, refunds."""
    order = store.place(*[(variant, 9) for variant in store.shirts(*map(str, range(60)))])
    for number in range(6):
        line = WorkLine(store.id("FulfillmentOrderLineItem"), order.items[number].id, 1, 1)
        order.works.append(Work(store.id("FulfillmentOrder"), LILLE, [line]))
    for number in range(6):
        store.ship(order, {item.id: 1 for item in order.items[number : number + 40]}, number=f"6A{number}")
    before = await shop.order(order.id)
    assert before is not None
    assert len(before.lines) == 60
    assert len(before.deliveries) == 7
    assert len(before.deliveries[0].lines) == 60
    assert [len(parcel.lines) for parcel in before.parcels] == [40] * 6
    assert all(parcel.allocation == "exact" for parcel in before.parcels)
    assert sum(line.quantity.fulfilled for line in before.lines) == 240
    assert {"MoreLines", "MoreWorks", "MoreWorkLines", "Listed", "OneParcel", "MoreParcelLines"} <= set(
        played.executor.ran
    )


async def test_an_order_that_changes_while_it_is_read_is_read_again(
    shop: ShopifyShop, store: Shop, played: ShopifyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = store.place(*[(variant, 1) for variant in store.shirts(*map(str, range(20)))])
    _changes_during(played, order, store, "MoreLines", times=1)
    document = await shop.order(order.id)
    assert document is not None
    assert document.updated_at == order.updated
    assert played.executor.ran.count("Order") == 2
    _changes_during(played, order, store, "MoreLines", times=99)
    assert await shop.order(order.id) is not None  # one that never rests is read all the same


async def test_withheld_data_are_a_partial_success(shop: ShopifyShop, store: Shop) -> None:
    order = store.place((store.shirts("M")[0], 2))
    store.sees_customers = False
    document = await shop.order(order.id)
    assert document is not None
    assert document.contact.email is None
    assert document.customer is None or document.customer.first_name is None
    assert document.address.shipping is None or document.address.shipping.line1 is None
    assert document.lines[0].quantity.editable == 2
    findings = await shop.check(None)
    (withheld,) = [finding for finding in findings if "withholds" in finding.what]
    assert not withheld.ok
    assert not withheld.grave


@pytest.mark.parametrize(
    ("status", "request_", "editable", "handed"),
    [
        ("OPEN", "UNSUBMITTED", 2, False),
        ("SCHEDULED", "UNSUBMITTED", 2, False),
        ("ON_HOLD", "REJECTED", 2, False),
        ("OPEN", "CANCELLATION_ACCEPTED", 2, False),
        ("OPEN", "SUBMITTED", 0, True),
        ("IN_PROGRESS", "ACCEPTED", 0, True),
        ("IN_PROGRESS", "UNSUBMITTED", 0, True),
        ("OPEN", "CANCELLATION_REQUESTED", 0, True),
        ("IN_PROGRESS", "CANCELLATION_REJECTED", 0, True),
        ("INCOMPLETE", "CLOSED", 0, False),
        ("CLOSED", "CLOSED", 0, False),
    ],
)
async def test_what_the_warehouse_has_is_not_editable(
    status: str, request_: str, editable: int, handed: bool, shop: ShopifyShop, store: Shop
) -> None:
    order = store.place((store.shirts("M")[0], 2))
    order.works[0].status, order.works[0].request = status, request_
    document = await shop.order(order.id)
    assert document is not None
    assert document.lines[0].quantity.editable == editable
    assert editable_units(document) == {order.items[0].id: editable}
    assert document.deliveries[0].handed_to_warehouse == handed


async def test_changed_orders_come_page_by_page(shop: ShopifyShop, store: Shop, clock: ManualClock) -> None:
    shirt = store.shirts("M")[0]
    start = clock.now()
    for _ in range(28):
        store.place((shirt, 1))
        clock.advance(timedelta(minutes=10))
    every = await _walk(shop, await shop.page(start, None))
    assert [len(page.orders) for page in every] == [25, 3]
    assert [page.total for page in every] == [28] * 2
    numbers = [order.number for page in every for order in page.orders]
    assert numbers == [f"#{1001 + number}" for number in range(28)]
    late = await _walk(shop, await shop.page(clock.now() - timedelta(hours=1), None))
    assert [order.number for page in late for order in page.orders] == [f"#{1001 + number}" for number in range(22, 28)]


async def test_the_window_overlaps_what_was_read(shop: ShopifyShop, store: Shop, clock: ManualClock) -> None:
    order = store.place((store.shirts("M")[0], 1))
    clock.advance(listing.OVERLAP)
    assert [found.source.order_id for found in (await shop.page(clock.now(), None)).orders] == [order.id]
    clock.advance(timedelta(seconds=1))
    assert (await shop.page(clock.now(), None)).orders == []


async def test_orders_that_were_read_before_a_pause_are_not_lost(
    shop: ShopifyShop, store: Shop, played: ShopifyServer, clock: ManualClock
) -> None:
    for _ in range(5):
        store.place((store.shirts("M")[0], 1))
    long = answered({"errors": "wait"}, 429, retry_after="600")
    played.faults.extend([None, None, None, None, None, long])  # token apart: count, list, three orders
    page = await shop.page(clock.now(), None)
    assert len(page.orders) == 3
    rest = await shop.page(None, page.cursor)
    assert [order.number for order in (*page.orders, *rest.orders)] == ["#1001", "#1002", "#1003", "#1004", "#1005"]


async def test_a_pause_before_the_first_order_is_raised(
    shop: ShopifyShop, store: Shop, played: ShopifyServer, clock: ManualClock
) -> None:
    store.place((store.shirts("M")[0], 1))
    played.faults.extend([None, None, *[answered(THROTTLED)] * 9])
    with pytest.raises(ShopError) as stopped:
        await shop.page(clock.now(), None)
    assert stopped.value.kind == "throttled"


async def test_what_cannot_be_read_and_what_is_gone_are_told(
    shop: ShopifyShop, store: Shop, played: ShopifyServer, clock: ManualClock
) -> None:
    shirt = store.shirts("M")[0]
    whole, nameless, deleted = (store.place((shirt, 1)) for _ in range(3))
    nameless.name = ""
    answer = played.executor.answer

    def deleting(document: str, variables: dict[str, object]) -> dict[str, object]:
        if variables.get("id") == deleted.id:
            store.orders.pop(deleted.id, None)
        return answer(document, variables)

    played.executor.answer = deleting  # type: ignore[method-assign] # the shop deletes one while the page is read
    page = await shop.page(clock.now(), None)
    assert [order.source.order_id for order in page.orders] == [whole.id]
    assert [own for own, _ in page.unread] == [nameless.id]
    assert list(page.gone) == [deleted.id]


async def test_far_into_a_list_it_is_begun_anew(
    shop: ShopifyShop, store: Shop, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shopify ends a list after so many; from the last one's moment on it goes on, and repeats what is as old."""
    monkeypatch.setattr(listing, "_FAR", 10)
    monkeypatch.setattr(listing, "_FIRST", 5)
    start = clock.now()
    for _ in range(25):
        store.place((store.shirts("M")[0], 1))
        clock.advance(timedelta(minutes=1))
    every = await _walk(shop, await shop.page(start, None))
    numbers = [order.number for page in every for order in page.orders]
    assert list(dict.fromkeys(numbers)) == [f"#{1001 + number}" for number in range(25)]
    assert 25 < len(numbers) <= 28


@pytest.mark.parametrize("cursor", ["", "{}", "nonsense", '{"by":"ByPages","x":1}', "[]"])
async def test_a_cursor_of_nobody_is_refused(cursor: str, shop: ShopifyShop) -> None:
    with pytest.raises(ShopError):
        await shop.page(None, cursor)


async def _walk(shop: ShopifyShop, page: Page) -> list[Page]:
    pages = [page]
    while pages[-1].cursor is not None:
        pages.append(await shop.page(None, pages[-1].cursor))
    return pages


def _changes_during(played: ShopifyServer, order: Order, store: Shop, operation: str, times: int) -> None:
    """The order changes each time that the operation is asked for, so many times."""
    answer = type(played.executor).answer.__get__(played.executor)
    left = [times]

    def changing(document: str, variables: dict[str, object]) -> dict[str, object]:
        if f" {operation}(" in document and left[0]:
            left[0] -= 1
            store.touch(order)
        result: dict[str, object] = answer(document, variables)
        return result

    played.executor.answer = changing  # type: ignore[method-assign] # what happens meanwhile
