"""A played Saleor shop: read, asked what changed, and changed where Saleor allows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import parse, validate

from carriers.core.auth import TokenCache
from portal.kit.clock import ManualClock
from portal.platforms.changes import (
    Applied,
    Begun,
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
from portal.platforms.live import Account, Editable, Keyed, ShopError, Wire
from portal.platforms.neutral import Address, NeutralOrder
from portal.platforms.saleor import queries, shop as module
from portal.platforms.saleor.shop import LIVE, SaleorShop
from tests.carriers.playing import a_client, answering, reply
from tests.platforms.saleor.played import TOKEN, Shop, played, schema
from tests.platforms.saleor.samples import LINE_ID, ORDER_ID, SAGE, SAND, Json, fulfilment, line, order, unpaid, variant

KEY = "0b7c1e0a-3a44-4a6e-9a0e-6f1d6f1a0001"
WHERE = Address(name="Ada von Ahn", line1="Neue Str. 5", postcode="04103", city="Leipzig", country="DE")
OTHER = "T3JkZXJMaW5lOjEy"
DOCUMENTS = {name: text for name, text in vars(queries).items() if name.isupper() and "{" in text and name[0] != "_"}


@pytest.fixture
async def saleor() -> AsyncIterator[Shop]:
    """The platform's side, with an order that is paid."""
    async with played() as shop:
        yield shop


def connected(url: str, client: object, token: str = TOKEN, clock: ManualClock | None = None) -> SaleorShop:
    """Ours."""
    clock = clock or ManualClock(datetime(2026, 10, 2, tzinfo=UTC))
    wire = Wire(client, TokenCache(), clock)  # type: ignore[arg-type]  # a client
    found = LIVE.open(Account("saleor", {"url": "https://shop.example", "token": token}, url), wire)
    assert isinstance(found, SaleorShop)
    return found


@pytest.fixture
async def shop(saleor: Shop) -> AsyncIterator[SaleorShop]:
    """Ours."""
    async with a_client() as client:
        yield connected(saleor.url, client)


async def seen(shop: SaleorShop) -> NeutralOrder:
    found = await shop.order(ORDER_ID)
    assert found is not None
    return found


def edit(change: Change) -> Edit:
    return Edit(KEY, change)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_saleor_is_asked_is_valid_by_its_schema(name: str) -> None:
    assert validate(schema(), parse(DOCUMENTS[name])) == []


async def test_an_order_is_read_one_by_one_and_by_pages(saleor: Shop, shop: SaleorShop) -> None:
    found = await seen(shop)
    assert found.source.shop == shop.name == saleor.url.split("/")[2]
    assert (await shop.page(None, None)).orders == [found]
    assert await shop.order("T3JkZXI6MA==") is None
    saleor.put(order(id="draft", status="DRAFT"))
    assert await shop.order("draft") is None
    assert isinstance(shop, Editable)
    assert isinstance(shop, Keyed)


async def test_pages_hold_every_order_and_what_changed_since(
    saleor: Shop, shop: SaleorShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PER_PAGE", 3)
    saleor.orders.clear()
    for n in range(10):
        saleor.put(order(id=f"id{n}", number=str(n), updatedAt=f"2026-10-02T10:{10 * (n // 2):02}:00+00:00"))
    saleor.put(order(id="broken", number="", updatedAt="2026-10-02T10:15:00+00:00"))

    async def everything(since: datetime | None) -> tuple[list[str], list[str]]:
        page, ids, unread = await shop.page(since, None), [], []
        while True:
            ids += [found.source.order_id or "" for found in page.orders]
            unread += [one for one, _ in page.unread]
            if page.cursor is None:
                return ids, unread
            page = await shop.page(since, page.cursor)

    assert await everything(None) == ([f"id{n}" for n in range(10)], ["broken"])
    since = datetime(2026, 10, 2, 10, 24, tzinfo=UTC)
    assert await everything(since) == ([f"id{n}" for n in range(4, 10)], []), "with some minutes before it"
    assert (await shop.page(None, None)).total == 11


@pytest.mark.parametrize("url", ["", "http://shop.example", "https://a:b@c.example", "http://[", "ftp://x.example"])
def test_addresses_that_cannot_be_called_are_refused_at_once(url: str) -> None:
    with pytest.raises(ShopError):
        connected(url or "x", a_client())


@pytest.mark.parametrize("url", ["https://s.example", "https://s.example/graphql", "https://s.example/graphql/?x=1"])
def test_the_address_is_taken_with_and_without_its_path(url: str) -> None:
    assert connected(url, a_client()).name == "s.example"


async def test_a_wrong_token_and_a_narrow_one_are_named(saleor: Shop, shop: SaleorShop) -> None:
    async with a_client() as client:
        other = connected(saleor.url, client, token="another")
        with pytest.raises(ShopError) as error:
            await other.order(ORDER_ID)
        assert error.value.kind == "credentials"
        assert [(one.ok, one.grave) for one in await other.check(None)] == [(False, True)]
    saleor.permissions = ()
    with pytest.raises(ShopError) as error:
        await shop.order(ORDER_ID)
    assert error.value.kind == "scope"
    (found,) = await shop.check(None)
    assert (found.grave, "MANAGE_ORDERS" in found.fix) == (True, True)


@pytest.mark.parametrize("answer", [reply(200, "x"), reply(200, {}), reply(200, []), reply(200, {"data": 5}),
                                    reply(500, ""), reply(429, "")])  # fmt: skip
async def test_an_answer_that_is_none_is_a_shops_error(answer: bytes) -> None:
    async with answering(answer) as server, a_client() as client:
        shop = connected(f"{server.url}/graphql/", client)
        with pytest.raises(ShopError):
            await shop.order(ORDER_ID)
        with pytest.raises(ShopError):
            await shop.page(None, None)
        with pytest.raises(ShopError):
            await shop.learn()
        assert not any(one.ok for one in await shop.check("https://jalon.example/hooks"))


async def test_another_address(saleor: Shop, shop: SaleorShop) -> None:
    before = await seen(shop)
    quote = await shop.quote(before, edit(SetAddress(WHERE)))
    assert isinstance(quote, Quote)
    assert (quote.due.shop, saleor.made) == (0, [])
    assert await shop.apply(before, edit(SetAddress(WHERE))) == Applied()
    after = await seen(shop)
    assert after.address.shipping == WHERE
    assert after.address.billing == before.address.billing
    assert saleor.orders[ORDER_ID]["shippingAddress"]["lastName"] == "von Ahn", "nobody takes a name apart anew"
    assert await shop.applied(before, edit(SetAddress(WHERE))) == Applied()
    assert await shop.apply(before, edit(SetAddress(WHERE))) == Applied()
    assert len(saleor.made) == 1, "once more changes nothing"


async def test_another_address_after_the_area_of_a_city(saleor: Shop, shop: SaleorShop) -> None:
    saleor.orders[ORDER_ID]["shippingAddress"]["cityArea"] = "Zentrum"
    before = await seen(shop)
    assert before.address.shipping is not None
    assert before.address.shipping.city == "Leipzig, Zentrum"
    assert isinstance(await shop.apply(before, edit(SetAddress(WHERE))), Applied)
    assert (await seen(shop)).address.shipping == WHERE


async def test_instructions_are_kept_in_the_metadata(saleor: Shop, shop: SaleorShop) -> None:
    saleor.orders[ORDER_ID]["metadata"] = [{"key": "mine", "value": "stays"}]
    assert isinstance(await shop.apply(await seen(shop), edit(SetInstructions("At the back door"))), Applied)
    assert (await seen(shop)).deliveries[0].instructions == "At the back door"
    assert {"key": "mine", "value": "stays"} in saleor.orders[ORDER_ID]["metadata"]
    assert isinstance(await shop.apply(await seen(shop), Edit("another", SetInstructions(None))), Applied)
    assert (await seen(shop)).deliveries[0].instructions is None


LINES: dict[str, Change] = {
    "quantity": SetQuantity(LINE_ID, 2),
    "more": SetQuantity(LINE_ID, 5),
    "units": CancelUnits(((LINE_ID, 1),)),
    "some of a line": SwapVariant(LINE_ID, SAND, 1),
    "all of a line": SwapVariant(LINE_ID, SAND, 3),
}


@pytest.mark.parametrize("change", LINES.values(), ids=LINES)
async def test_lines_change_until_the_order_is_confirmed(change: Change) -> None:
    async with played(unpaid()) as saleor, a_client() as client:
        shop = connected(saleor.url, client)
        before = await seen(shop)
        quote = await shop.quote(before, edit(change))
        assert isinstance(quote, Quote)
        assert isinstance(await shop.apply(before, edit(change)), Applied)
        after = await seen(shop)
        assert after.totals.total.shop == quote.after.total.shop
        units = {one.variant_id: one.quantity.current for one in after.lines}
        if isinstance(change, SwapVariant):
            assert units == {key: n for key, n in {SAGE: 3 - change.quantity, SAND: change.quantity}.items() if n}
        else:
            assert units == {SAGE: change.quantity if isinstance(change, SetQuantity) else 2}
        made = len(saleor.made)
        assert await shop.apply(before, edit(change)) == Applied()
        assert (await shop.applied(before, edit(change)), len(saleor.made)) == (Applied(), made)


@pytest.mark.parametrize("change", LINES.values(), ids=LINES)
async def test_lines_of_a_confirmed_order_are_asked_of_the_shop(saleor: Shop, shop: SaleorShop, change: Change) -> None:
    none = {"amount": 0.0, "currency": "EUR"}
    saleor.put(unpaid(status="UNFULFILLED", totalCharged=none))
    for answer in (await shop.quote(await seen(shop), edit(change)), await shop.apply(await seen(shop), edit(change))):
        assert isinstance(answer, NotApplied)
        assert answer.why == "unsupported"
    saleor.put(order(status="UNCONFIRMED"))
    answer = await shop.apply(await seen(shop), edit(change))
    assert isinstance(answer, NotApplied)
    assert answer.why == "payment", "it is paid, and nobody would pay back or more"
    assert saleor.made == []


async def test_an_order_that_nobody_paid_is_called_off_whole() -> None:
    for change in (CancelOrder(), CancelUnits(((LINE_ID, 3),))):
        async with played(unpaid(status="UNFULFILLED")) as saleor, a_client() as client:
            shop = connected(saleor.url, client)
            before = await seen(shop)
            assert isinstance(await shop.apply(before, edit(change)), Applied)
            assert (await seen(shop)).cancelled_at is not None
            assert isinstance(await shop.apply(before, edit(change)), Applied)
            assert [name for name, _ in saleor.made].count("orderCancel") == 1


async def test_what_was_shipped_is_refused_before_anything_is_written(saleor: Shop, shop: SaleorShop) -> None:
    saleor.put(unpaid(fulfillments=[fulfilment(2)]))
    changes: list[tuple[Change, str]] = [
        (CancelUnits(((LINE_ID, 2),)), "shipped"),
        (SwapVariant(LINE_ID, SAND, 2), "shipped"),
        (SetQuantity(LINE_ID, 1), "shipped"),
        (CancelOrder(), "shipped"),
    ]
    for change, why in changes:
        answer = await shop.apply(await seen(shop), edit(change))
        assert isinstance(answer, NotApplied), change
        assert answer.why == why
    assert saleor.made == []


async def test_an_order_that_changed_meanwhile_is_looked_at_again(saleor: Shop, shop: SaleorShop) -> None:
    before = await seen(shop)
    saleor.orders[ORDER_ID]["shippingAddress"]["city"] = "Halle"
    answer = await shop.apply(before, edit(SetAddress(WHERE)))
    assert isinstance(answer, NotApplied)
    assert (answer.why, saleor.made) == ("changed", [])
    del saleor.orders[ORDER_ID]
    answer = await shop.apply(before, edit(SetAddress(WHERE)))
    assert isinstance(answer, NotApplied)
    assert (answer.why, await shop.applied(before, edit(SetAddress(WHERE)))) == ("cancelled", None)


@pytest.mark.parametrize(
    ("mutation", "code", "change", "why"),
    [
        ("orderUpdate", "INVALID", SetAddress(WHERE), "refused"),
        ("orderLineUpdate", "NOT_EDITABLE", SetQuantity(LINE_ID, 1), "shipped"),
        ("orderLinesCreate", "INSUFFICIENT_STOCK", SwapVariant(LINE_ID, SAND, 1), "unavailable"),
        ("orderCancel", "CANNOT_CANCEL_ORDER", CancelOrder(), "shipped"),
    ],
)
async def test_what_saleor_refuses_was_not_made_and_can_be_asked_again(
    mutation: str, code: str, change: Change, why: str
) -> None:
    async with played(unpaid()) as saleor, a_client() as client:
        shop = connected(saleor.url, client)
        saleor.refuses[mutation] = code
        before = await seen(shop)
        answer = await shop.apply(before, edit(change))
        assert isinstance(answer, NotApplied)
        assert answer.why == why
        assert await shop.applied(before, edit(change)) is None
        saleor.refuses.clear()
        assert isinstance(await shop.apply(await seen(shop), edit(change)), Applied)


async def test_a_variant_is_added_to_the_line_that_has_it() -> None:
    lines = [line(), line(OTHER, 1, variantName="M / Sand", variant=variant(SAND), unitPrice=_price(35.7, 30.0),
                          undiscountedUnitPrice=_price(35.7, 30.0), totalPrice=_price(35.7, 30.0))]  # fmt: skip
    async with played(unpaid(lines=lines)) as saleor, a_client() as client:
        shop = connected(saleor.url, client)
        assert isinstance(await shop.apply(await seen(shop), edit(SwapVariant(LINE_ID, SAND, 2))), Applied)
        assert {one.variant_id: one.quantity.current for one in (await seen(shop)).lines} == {SAGE: 1, SAND: 3}


STEPS = [
    "updatePrivateMetadata",
    "orderLinesCreate",
    "orderLineUpdate",
    "orderLineDelete",
    "orderCancel",
    "orderUpdate",
]


@pytest.mark.parametrize("lost", STEPS)
@pytest.mark.parametrize("change", [*LINES.values(), CancelOrder(), SetAddress(WHERE)])
async def test_an_edit_that_was_cut_off_anywhere_is_made_once(lost: str, change: Change) -> None:
    async with played(unpaid()) as whole, a_client() as client:
        shop = connected(whole.url, client)
        assert isinstance(await shop.apply(await seen(shop), edit(change)), Applied)
    async with played(unpaid()) as saleor, a_client() as client:
        shop = connected(saleor.url, client)
        before = await seen(shop)
        saleor.lost.add(lost)
        for _ in range(5):
            try:
                assert isinstance(await shop.apply(before, edit(change)), Applied)
            except ShopError:
                saleor.lost.clear()
                stands = await shop.applied(before, edit(change))
                if isinstance(stands, Applied):
                    break
                if stands is None:
                    assert not [name for name, _ in saleor.made if name != "updatePrivateMetadata"]
                    before = await seen(shop)
        assert isinstance(await shop.applied(before, edit(change)), Applied)
        for body in (whole.orders[ORDER_ID], saleor.orders[ORDER_ID]):
            body.pop("updatedAt")
        assert saleor.orders[ORDER_ID] == whole.orders[ORDER_ID]


async def test_what_is_refused_in_the_middle_is_begun_and_told() -> None:
    async with played(unpaid()) as saleor, a_client() as client:
        shop = connected(saleor.url, client)
        before = await seen(shop)
        change = SwapVariant(LINE_ID, SAND, 1)
        saleor.refuses["orderLineUpdate"] = "NOT_EDITABLE"
        with pytest.raises(ShopError, match="a part of this edit"):
            await shop.apply(before, edit(change))
        assert isinstance(await shop.applied(before, edit(change)), Begun)
        saleor.refuses.clear()
        assert isinstance(await shop.apply(before, edit(change)), Applied)
        assert {one.variant_id: one.quantity.current for one in (await seen(shop)).lines} == {SAGE: 2, SAND: 1}


async def test_what_a_line_could_be_instead(shop: SaleorShop) -> None:
    found = await seen(shop)
    (sand,) = await shop.variants(found, LINE_ID)
    assert (sand.id, sand.title, sand.price.shop, sand.available) == (SAND, "M / Sand", 3570, 5)
    assert sand.options == (("Size", "M"), ("Colour", "Sand"))
    assert await shop.variants(found, "none") == ()


async def test_variants_that_the_channel_does_not_sell_are_none(saleor: Shop, shop: SaleorShop) -> None:
    saleor.put(order(channel={"slug": "us", "currencyCode": "EUR"}))
    assert await shop.variants(await seen(shop), LINE_ID) == ()


async def test_the_keys_are_asked_for_seldom(saleor: Shop) -> None:
    clock = ManualClock(datetime(2026, 10, 2, tzinfo=UTC))
    async with a_client() as client:
        shop = connected(saleor.url, client, clock=clock)
        assert [await shop.learn() for _ in range(5)] == [True, False, False, False, False]
        assert saleor.asked_for_keys == 1
        clock.advance(timedelta(seconds=31))
        assert (await shop.learn(), saleor.asked_for_keys) == (False, 2)
        saleor.keys = ["k2"]
        clock.advance(timedelta(seconds=31))
        assert await shop.learn()


def _price(gross: float, net: float) -> Json:
    amounts: dict[str, Any] = {"gross": gross, "net": net, "tax": round(gross - net, 2)}
    return {name: {"amount": value, "currency": "EUR"} for name, value in amounts.items()}
