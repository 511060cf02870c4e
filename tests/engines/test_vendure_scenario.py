"""One order on a real Vendure, from its placing to its arrival, with everything that is done to it on the way. After
every step what the portal reads is what the engine has."""

from __future__ import annotations

import pytest

from portal.platforms.changes import (
    Applied,
    CancelOrder,
    CancelUnits,
    Change,
    NotApplied,
    Quote,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.neutral.parts import Address, Amount, NeutralOrder
from tests.engines.connected import connected
from tests.engines.sides import edit_of as edit, line_of
from tests.engines.vendure_merchant import VendureMerchant

pytestmark = [pytest.mark.shop_engine, pytest.mark.slow]


def agrees(order: NeutralOrder, shop: VendureMerchant) -> None:
    """What the portal reads is what the engine tells its staff."""
    seen = shop.seen(order.source.order_id)
    units: dict[str, int] = {}
    left: dict[str, int] = {}
    for line in order.lines:
        units[line.sku or ""] = units.get(line.sku or "", 0) + line.quantity.current
        left[line.sku or ""] = left.get(line.sku or "", 0) + line.quantity.fulfilled
    assert {sku: n for sku, n in units.items() if n} == seen.units
    assert {sku: n for sku, n in left.items() if n} == seen.shipped
    numbers = {t.number for p in order.parcels if p.status in ("handed_over", "delivered") for t in p.tracking}
    assert numbers == seen.numbers
    assert sum(parcel.status == "delivered" for parcel in order.parcels) == seen.delivered
    assert order.address.shipping is not None
    assert order.address.shipping.line1 == seen.street
    totals = order.totals
    assert (totals.total.shop, totals.refunded.shop) == (seen.total, seen.refunded)
    assert seen.cancelled or totals.outstanding.shop == seen.outstanding
    assert (order.cancelled_at is not None) == seen.cancelled


async def test_an_order_is_edited_on_its_way(vendure_shop: VendureMerchant) -> None:
    async with connected(vendure_shop.account) as shop:
        identity = vendure_shop.place({"TEE-S-RED": 3, "MUG": 2})

        async def now() -> NeutralOrder:
            found: NeutralOrder | None = await shop.order(identity)
            assert found is not None
            agrees(found, vendure_shop)
            return found

        async def made(change: Change, fee: int = 0) -> NeutralOrder:
            """The edit is quoted, made, and comes to what was quoted."""
            before, wanted = await now(), edit(change, fee)
            quoted = await shop.quote(before, wanted)
            assert isinstance(quoted, Quote), quoted
            assert (await now()).model_dump() == before.model_dump()
            done = await shop.apply(before, wanted)
            assert isinstance(done, Applied), done
            again = await shop.applied(before, wanted)
            assert isinstance(again, Applied), again
            after = await now()
            for name in ("lines", "shipping", "tax", "fees", "total"):
                assert getattr(after.totals, name) == getattr(quoted.after, name), name
            paid = (after.totals.outstanding.shop or 0) - (before.totals.outstanding.shop or 0)
            returned = (after.totals.refunded.shop or 0) - (before.totals.refunded.shop or 0)
            assert quoted.due.shop == paid - returned
            return after

        home = Address(name="Zoé Lambert", line1="2 rue Neuve", postcode="69001", city="Lyon", country="FR")
        order = await made(SetAddress(home))
        assert order.adjustments[-1].type == "address_change"
        order = await made(SetInstructions("Leave it with the neighbour, Ms Özil"))
        assert [delivery.instructions for delivery in order.deliveries] == ["Leave it with the neighbour, Ms Özil"]
        red = line_of(order, "TEE-S-RED")
        vendure_shop.ship(identity, {"TEE-S-RED": 1}, "6A12345678901")
        order = await now()
        order = await made(
            SetAddress(Address(name="Zoé Lambert", line1="9 quai Perrache", postcode="69002", city="Lyon"))
        )

        choices = {choice.title: choice for choice in await shop.variants(order, red)}
        sage = choices["T-shirt Été S Sage"]
        assert sage.options == (("Size", "S"), ("Colour", "Sage"))
        assert sage.price.shop == 2500
        order = await made(SwapVariant(red, sage.id, 1))
        assert {line.sku: line.quantity.current for line in order.lines} == {
            "TEE-S-RED": 2,
            "MUG": 2,
            "TEE-S-SAGE": 1,
        }
        assert next(line for line in order.lines if line.sku == "TEE-S-SAGE").replaces_line_id == red

        order = await made(CancelUnits(((line_of(order, "MUG"), 1),)), fee=300)
        assert order.adjustments[-1].restocking_fee == Amount(shop=300, buyer=300)
        assert order.totals.refunded.shop == 1860  # 18.00 and a fifth of tax, less the fee
        order = await made(SetQuantity(line_of(order, "TEE-S-SAGE"), 2))
        assert order.totals.outstanding.shop == 3000

        late = await shop.apply(order, edit(CancelUnits(((red, 2),))))
        assert late == NotApplied("payment", "a payment for this order is still outstanding")
        vendure_shop.settle(identity)
        order = await now()
        assert await shop.apply(order, edit(CancelUnits(((red, 2),)))) == NotApplied("shipped")
        rest = {"TEE-S-RED": 1, "TEE-S-SAGE": 2, "MUG": 1}
        second = vendure_shop.ship(identity, rest, "6A12345678902")
        order = await now()
        for change in (
            CancelUnits(((red, 1),)),
            CancelOrder(),
            SetQuantity(red, 1),
            SetAddress(home),
            SetInstructions("Too late"),
        ):
            assert await shop.apply(order, edit(change)) == NotApplied("shipped")
        for parcel in (order.parcels[0].id, second):
            vendure_shop.deliver(identity, parcel)
        order = await now()
        assert (order.state.fulfilment, order.state.raw) == ("fulfilled", {"state": "Delivered"})
        assert {line.quantity.editable for line in order.lines} == {0}
