"""The portal's way into a real Vendure: who it is there, what it may, what it is told, how it goes through orders."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from graphql import build_client_schema, get_introspection_query, parse, validate

from portal.platforms.changes import Applied, CancelUnits, NotApplied, SetInstructions
from portal.platforms.live import Account, ShopError
from portal.platforms.vendure import sweep
from tests.engines.connected import connected
from tests.engines.sides import edit_of
from tests.engines.vendure_merchant import VendureMerchant
from tests.engines.vendure_schema import documents, pruned
from tests.platforms.test_vendure_operations import WORDS

pytestmark = [pytest.mark.shop_engine, pytest.mark.slow]


def test_every_document_is_valid_here_and_the_kept_schema_is_this_ones(vendure_shop: VendureMerchant) -> None:
    told = vendure_shop.staff.ask(get_introspection_query(input_value_deprecation=True))
    schema = build_client_schema(told)  # type: ignore[arg-type]  # the answer to the question that it wants
    for name, text in documents().items():
        assert validate(schema, parse(text)) == [], name
    assert pruned(schema) == WORDS


async def test_all_is_well_where_the_documentation_was_followed(vendure_shop: VendureMerchant) -> None:
    async with connected(vendure_shop.account) as portal:
        found = await portal.check(vendure_shop.relay.url)
        assert [finding.what for finding in found if not finding.ok] == []
        assert all(finding.ok for finding in await portal.subscribe(vendure_shop.relay.url))
        elsewhere = await portal.check("https://portal.example/hooks/platforms/vendure")
    assert [finding.what for finding in elsewhere if not finding.ok] == ["Deliveries come here"]


async def test_without_the_plugin_it_is_named(bare_shop: VendureMerchant) -> None:
    async with connected(bare_shop.account) as portal:
        found = await portal.check("https://portal.example/hooks/platforms/vendure")
    assert [finding.what for finding in found if not finding.ok] == ["The plugin is there"]


async def test_an_api_key_does_as_well(vendure_shop: VendureMerchant) -> None:
    kept = vendure_shop.without("username", "password").credentials
    identity = vendure_shop.place({"MUG": 2})
    async with connected(Account("vendure", {**kept, "api_key": vendure_shop.engine.stocked.api_key})) as portal:
        order = await portal.order(identity)
        wanted = edit_of(CancelUnits(((order.lines[0].id, 1),)))
        assert isinstance(await portal.apply(order, wanted), Applied)
        assert isinstance(await portal.applied(order, wanted), Applied)
    assert vendure_shop.seen(identity).units == {"MUG": 1}


@pytest.mark.parametrize(
    ("given", "kind"), [({"password": "guessed"}, "credentials"), ({"api_key": "none"}, "scope")], ids=["user", "key"]
)
async def test_who_is_not_let_in_is_told_so(vendure_shop: VendureMerchant, given: dict[str, str], kind: str) -> None:
    async with connected(Account("vendure", {**vendure_shop.account.credentials, **given})) as portal:
        with pytest.raises(ShopError) as told:
            await portal.order("1")
        assert told.value.kind == kind
        (finding,) = await portal.check(None)
        assert finding.grave
        assert not finding.ok


async def test_a_field_that_is_not_there_is_found(vendure_shop: VendureMerchant) -> None:
    account = Account("vendure", {**vendure_shop.account.credentials, "line_fields": "engravings"})
    async with connected(account) as portal:
        found = await portal.check(None)
    assert [finding.what for finding in found if not finding.ok] == ["The custom fields that are named are there"]


async def test_instructions_have_the_shops_own_field(vendure_shop: VendureMerchant) -> None:
    account = Account("vendure", {**vendure_shop.account.credentials, "instructions_field": "deliveryInstructions"})
    identity = vendure_shop.place({"MUG": 1})
    async with connected(account) as portal:
        for words in ("Ring twice", None):
            order = await portal.order(identity)
            wanted = edit_of(SetInstructions(words))
            assert isinstance(await portal.apply(order, wanted), Applied)
            assert isinstance(await portal.applied(order, wanted), Applied)
            assert (await portal.order(identity)).deliveries[0].instructions == words


async def test_pages_have_every_order_once(vendure_shop: VendureMerchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "LOOKED_AT", 3)
    monkeypatch.setattr(sweep, "READ_AT_ONCE", 2)
    placed = {vendure_shop.place({"MUG": 1}) for _ in range(7)}
    async with connected(vendure_shop.account) as portal:
        seen: Counter[str] = Counter()
        cursor, total, pages = None, None, 0
        while pages == 0 or cursor is not None:
            page = await portal.page(None, cursor)
            total, cursor, pages = total or page.total, page.cursor, pages + 1
            seen.update(order.source.order_id for order in page.orders)
            assert len(page.orders) <= 3
    assert placed <= set(seen)
    assert set(seen.values()) == {1}
    assert total == len(seen)


async def test_what_changed_since_is_found_whatever_changed(vendure_shop: VendureMerchant) -> None:
    """Vendure's own date of an order stands still with each of these."""
    orders = [vendure_shop.place({"MUG": 2}) for _ in range(4)]
    async with connected(vendure_shop.account) as portal:
        latest = max([(await portal.order(order)).updated_at for order in orders])
        while datetime.now(UTC) <= latest + timedelta(seconds=1):
            await portal.order(orders[0])  # its dates are whole seconds
        since = latest + timedelta(seconds=1)
        vendure_shop.pack(orders[0], {"MUG": 1})
        vendure_shop.refund(orders[1], 100)
        vendure_shop.begin_edit(orders[2])
        vendure_shop.end_edit(orders[2])
        found = {order.source.order_id for order in (await portal.page(since, None)).orders}
    assert set(orders[:2]) <= found
    assert orders[3] not in found


async def test_parcels_and_pickups_are_reported_from_here(vendure_shop: VendureMerchant) -> None:
    identity = vendure_shop.place({"TEE-S-RED": 2, "MUG": 1})
    async with connected(vendure_shop.account) as portal:
        order = await portal.order(identity)
        shirt = order.lines[0].id
        for _ in range(2):
            assert isinstance(await portal.ship(order, "key-1", [(shirt, 1)], "Colissimo", "6A1"), Applied)
        assert isinstance(await portal.ship(order, "key-2", [(shirt, 1)], "Colissimo", "6A1"), Applied)
        refused = await portal.ship(order, "key-3", [(shirt, 1)], "Colissimo", "6A2")
        assert isinstance(refused, NotApplied)
        assert refused.why == "shipped"
        seen = vendure_shop.seen(identity)
        assert (seen.shipped, seen.delivered) == ({"TEE-S-RED": 2}, 0)
        parcel = (await portal.order(identity)).parcels[0].id
        for _ in range(2):
            assert isinstance(await portal.delivered(order, "key-4", parcel), Applied)
        assert vendure_shop.seen(identity).delivered == 1

        counter = vendure_shop.order_in("gross", {"MUG": 1}, ship="pickup")
        order = await portal.order(counter)
        delivery = order.deliveries[0].id
        for _ in range(2):
            assert isinstance(await portal.ready(order, "key-5", delivery), Applied)
        assert (await portal.order(counter)).deliveries[0].pickup.ready_at is not None
        assert (await portal.apply(order, edit_of(CancelUnits(((order.lines[0].id, 1),))))).why == "shipped"
        for _ in range(2):
            assert isinstance(await portal.collected(order, "key-6", delivery), Applied)
        assert (await portal.order(counter)).deliveries[0].pickup.collected_at is not None
    assert vendure_shop.told(counter)["state"] == "Delivered"


async def test_carts_are_no_orders(vendure_shop: VendureMerchant) -> None:
    cart = vendure_shop.cart({"MUG": 1})
    async with connected(vendure_shop.account) as portal:
        assert await portal.order(cart) is None
        assert await portal.order("999999") is None
