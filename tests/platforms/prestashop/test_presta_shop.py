"""A played PrestaShop shop: read, asked what changed, and changed where that is safe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from carriers.core.auth import TokenCache
from portal.kit.clock import ManualClock
from portal.platforms.changes import (
    Applied,
    CancelOrder,
    CancelUnits,
    Change,
    Edit,
    NotApplied,
    Quote,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.live import Account, Editable, Hooked, ShopError, Wire
from portal.platforms.neutral import Address, NeutralOrder
from portal.platforms.prestashop import gathering, paging
from portal.platforms.prestashop.shop import LIVE, PrestaShop
from tests.carriers.playing import a_client, answering
from tests.platforms.prestashop.played import KEY, Shop, played, recorded
from tests.platforms.prestashop.samples import order, state
from tests.platforms.prestashop.test_presta_orders import ABSENT, HOME

KEY_OF_EDIT = "0b7c1e0a-3a44-4a6e-9a0e-6f1d6f1a0001"
WHERE = Address(name="Inès Ferrand", line1="9 quai Neuf", line2="Bât. B", postcode="69002", city="Lyon", country="FR")
UNPAID = {"orders": [order(current_state="10", total_paid_real="0.000000")], "order_states": [state(10, "Virement")]}


@pytest.fixture
async def presta() -> AsyncIterator[Shop]:
    """The platform's side."""
    async with played() as shop:
        yield shop


def connected(url: str, client: object, **more: str) -> PrestaShop:
    """Ours."""
    wire = Wire(client, TokenCache(), ManualClock(datetime(2026, 10, 2, tzinfo=UTC)))  # type: ignore[arg-type]  # a client
    found = LIVE.open(Account("prestashop", {"url": "https://shop.example", "key": KEY, **more}, url), wire)
    assert isinstance(found, PrestaShop)
    return found


@pytest.fixture
async def shop(presta: Shop) -> AsyncIterator[PrestaShop]:
    """Ours."""
    async with a_client() as client:
        yield connected(presta.url, client)


async def seen(shop: PrestaShop) -> NeutralOrder:
    found = await shop.order("5")
    assert found is not None
    return found


def edit(change: Change) -> Edit:
    return Edit(KEY_OF_EDIT, change)


async def test_an_order_is_read_with_all_that_belongs_to_it(presta: Shop, shop: PrestaShop) -> None:
    found = await seen(shop)
    assert found.source.shop == shop.name
    assert found.version == "2026-10-02T08:30:00Z", "the shop's clock is in Paris, as its settings say"
    assert (found.contact.email, found.totals.total.shop, found.locale) == ("ines@example.test", 5300, "fr-FR")
    assert await shop.order("99") is None
    assert (await shop.page(None, None)).orders == [found], "one by one or by pages, it is the same"
    assert isinstance(shop, Editable)
    assert not isinstance(shop, Hooked)


async def test_a_narrow_key_reads_what_it_may(presta: Shop, shop: PrestaShop) -> None:
    presta.closed |= {"customers", "order_states", "configurations", "languages", "order_slip"}
    found = await seen(shop)
    assert (found.contact.email, found.state.fulfilment, found.placed_at) == (None, "unfulfilled", None)
    wrong = {one.what: one.fix for one in await shop.check(None) if not one.ok}
    assert "customers" in wrong["Read what belongs to orders"]
    assert "timezone" in wrong["The shop's clock"]
    presta.closed.add("order_histories")
    wrong = {one.what: one.fix for one in await shop.check(None) if not one.ok}
    assert "POST order_histories" in wrong["Change orders"]


async def test_a_shop_in_order_has_nothing_to_find_but_its_silence(shop: PrestaShop) -> None:
    assert [one.what for one in await shop.check(None) if not one.ok] == ["Webhooks"]


async def test_a_wrong_key_is_named(presta: Shop) -> None:
    async with a_client() as client:
        other = connected(presta.url, client, key="another")
        (found,) = await other.check(None)
        assert (found.ok, found.grave) == (False, True)
        with pytest.raises(ShopError) as error:
            await other.order("5")
    assert error.value.kind == "credentials"


@pytest.mark.parametrize("url", ["", "http://shop.example", "https://a:b@c.example", "http://["])
def test_addresses_that_cannot_be_called_are_refused_at_once(url: str) -> None:
    with pytest.raises(ShopError):
        connected(url or "x", a_client())


@pytest.mark.parametrize("wrong", [{"timezone": "Europe/Nowhere"}, {"states": "x=y"}], ids=["zone", "states"])
def test_settings_that_cannot_be_right_are_refused_at_once(wrong: dict[str, str]) -> None:
    with pytest.raises(ShopError):
        connected("https://shop.example", a_client(), **wrong)


async def test_pages_hold_every_order_and_what_changed_since(
    presta: Shop, shop: PrestaShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "PER_PAGE", 3)
    monkeypatch.setattr(paging, "PER_PAGE", 3)
    presta.rows["orders"] = [
        order(id=str(n), date_upd=f"2026-10-02 10:{n // 4:02}:00", reference=f"R{n}") for n in range(1, 12)
    ]

    async def everything(since: datetime | None) -> list[str]:
        page, ids = await shop.page(since, None), []
        while True:
            ids += [found.source.order_id for found in page.orders]
            if page.cursor is None:
                return ids
            page = await shop.page(since, page.cursor)
            assert len(ids) < 60, "it goes on for ever"

    assert await everything(None) == [str(n) for n in range(1, 12)]
    since = datetime(2026, 10, 2, 8, 7, tzinfo=UTC)  # 10:07 in the shop, less the overlap
    assert set(await everything(since)) == {"8", "9", "10", "11"}
    assert set(await everything(since - timedelta(hours=1))) == {str(n) for n in range(1, 12)}
    with pytest.raises(ValueError, match=r".*"):
        await shop.page(None, "x")


async def test_another_address_is_a_new_one_of_this_order_alone(presta: Shop, shop: PrestaShop) -> None:
    before = await seen(shop)
    quote = await shop.quote(before, edit(SetAddress(WHERE)))
    assert isinstance(quote, Quote)
    assert quote.due.shop == 0
    assert isinstance(await shop.apply(before, edit(SetAddress(WHERE))), Applied)
    after = await seen(shop)
    assert after.address.shipping == WHERE
    assert after.address.billing == before.address.billing, "the bill's is another"
    assert (after.totals, after.state.raw["current_state"]) == (before.totals, "2")
    new = presta.row("addresses", presta.row("orders", "5")["id_address_delivery"])
    assert (new["firstname"], new["lastname"], new["deleted"], new["id_country"]) == ("Inès", "Ferrand", "1", "8")
    assert isinstance(await shop.apply(before, edit(SetAddress(WHERE))), Applied), "once more changes nothing"
    assert [way for way, _ in presta.writes()] == ["POST", "PUT"]
    told = presta.asked[[one.method for one in presta.asked].index("PUT")].body
    assert "current_state" not in told, "it would be set, and mailed, anew"


@pytest.mark.parametrize("lost", ["POST addresses", "PUT orders"])
async def test_an_address_that_was_cut_off_is_gone_on_with(presta: Shop, shop: PrestaShop, lost: str) -> None:
    before = await seen(shop)
    presta.down.add(lost)
    with pytest.raises(ShopError):
        await shop.apply(before, edit(SetAddress(WHERE)))
    presta.down.clear()
    if await shop.applied(before, edit(SetAddress(WHERE))) is None:
        assert isinstance(await shop.apply(before, edit(SetAddress(WHERE))), Applied)
    assert len(presta.rows["addresses"]) == 2
    assert (await seen(shop)).address.shipping == WHERE


async def test_an_order_that_nobody_paid_is_called_off() -> None:
    async with played(**UNPAID) as presta, a_client() as client:
        shop = connected(presta.url, client)
        before = await seen(shop)
        assert isinstance(await shop.quote(before, edit(CancelOrder())), Quote)
        assert isinstance(await shop.apply(before, edit(CancelOrder())), Applied)
        assert (await seen(shop)).cancelled_at is not None
        assert isinstance(await shop.apply(before, edit(CancelOrder())), Applied)
        assert presta.writes() == [("POST", "order_histories")]


async def test_what_cannot_be_made_safely_is_not_made(presta: Shop, shop: PrestaShop) -> None:
    before = await seen(shop)
    changes: list[tuple[Change, str]] = [
        (CancelOrder(), "payment"),
        (CancelUnits((("11", 1),)), "unsupported"),
        (SetQuantity("11", 1), "unsupported"),
        (SwapVariant("11", "4", 1), "unsupported"),
        (SetInstructions("x"), "unsupported"),
    ]
    for change, why in changes:
        for answer in (await shop.quote(before, edit(change)), await shop.apply(before, edit(change))):
            assert isinstance(answer, NotApplied)
            assert answer.why == why
    assert await shop.variants(before, "11") == ()
    assert presta.writes() == []


async def test_shipped_or_changed_orders_are_refused_before_any_write(presta: Shop, shop: PrestaShop) -> None:
    before = await seen(shop)
    presta.row("addresses", "4")["city"] = "Paris"
    assert await shop.apply(before, edit(SetAddress(WHERE))) == NotApplied("changed")
    presta.row("order_carriers", "8")["tracking_number"] = "6A1"
    answer = await shop.apply(before, edit(SetAddress(WHERE)))
    assert isinstance(answer, NotApplied)
    assert answer.why == "shipped"
    assert presta.writes() == []


@pytest.mark.skipif(not HOME.exists(), reason=ABSENT)
async def test_recorded_answers_make_an_order() -> None:
    """Of that session nobody recorded the customer, the currency and the states."""
    shop = recorded(HOME, "test_import_sale_record_5_*.xml")
    shop.rows["currencies"] = [{"id": "1", "iso_code": "EUR"}]
    async with answering(shop.answer) as server, a_client() as client:
        found = await seen(connected(server.url, client))
    assert (found.number, found.totals.total.shop, found.totals.outstanding.shop) == ("KHWLILZLL", 7151, 7151)
    assert [(line.title, line.price.unit.shop) for line in found.lines] == [
        ("Faded Short Sleeve T-shirts", 1651), ("Blouse", 2700), ("Printed Dress", 2600),
    ]  # fmt: skip
    assert sum(line.price.total_after_discounts.shop or 0 for line in found.lines) == found.totals.lines.shop
    assert found.address.shipping is not None
    assert (found.address.shipping.name, found.address.shipping.city) == ("John DOE", "Miami")
    assert (found.state.payment, found.state.fulfilment, found.contact.email) == ("pending", "unfulfilled", None)


@pytest.mark.skipif(not HOME.exists(), reason=ABSENT)
async def test_recorded_tracking_numbers_are_parcels() -> None:
    rows = recorded(HOME, "test_export_tracking_number_01*.xml").rows
    rows["orders"] = [order(id="2", current_state="4")]
    async with answering(Shop(rows).answer) as server, a_client() as client:
        found = await connected(server.url, client).order("2")
    assert found is not None
    assert [(parcel.id, parcel.tracking[0].number) for parcel in found.parcels] == [("2", "ABCD")]
