"""A whole order on real shop software, changed by the portal's adapter: after each step both sides tell the same."""

from __future__ import annotations

import pytest

from portal.platforms.changes import Applied, CancelUnits, NotApplied, Quote, SetAddress, SetQuantity, SwapVariant
from portal.platforms.neutral.parts import Address, NeutralOrder
from tests.engines.merchant import Street
from tests.engines.sides import Sides, edit_of, line_of

pytestmark = [pytest.mark.shop_engine, pytest.mark.slow]

NUMBER = "6A12345678901"


async def variant_of(sides: Sides, order: NeutralOrder, sku: str, *options: str) -> str:
    """The variant with these options that the line could be instead."""
    found = await sides.editable.variants(order, line_of(order, sku))
    return next(one.id for one in found if {value for _, value in one.options} == set(options))


async def test_an_order_is_changed_on_its_way(sides: Sides) -> None:
    merchant, shop = sides.merchant, sides.editable
    order_id = merchant.place({"TEE-S-RED": 3, "MUG": 1}, Street("3 rue du Port"))
    parcel = merchant.ship(order_id, {"TEE-S-RED": 1}, NUMBER)
    order = await sides.order(order_id)

    large = SwapVariant(line_of(order, "TEE-S-RED"), await variant_of(sides, order, "TEE-S-RED", "L", "Red"), 1)
    quote = await shop.quote(order, edit_of(large))
    assert isinstance(quote, Quote)
    assert (quote.due.buyer, quote.exact) == (300, True)  # 2.50 dearer, and 20 % tax
    assert isinstance(await sides.edit(order_id, large), Applied)
    order = await sides.order(order_id)
    assert merchant.seen(order_id).units == {"TEE-S-RED": 2, "TEE-L-RED": 1, "MUG": 1}
    assert merchant.seen(order_id).outstanding == 300
    (fresh,) = [line for line in order.lines if line.sku == "TEE-L-RED"]
    assert fresh.replaces_line_id == line_of(order, "TEE-S-RED")

    merchant.settle(order_id)
    await sides.order(order_id)
    home = Address(name="Zoé Lambert", line1="9 quai Perrache", postcode="69002", city="Lyon", country="FR")
    assert isinstance(await sides.edit(order_id, SetAddress(home)), Applied)
    await sides.order(order_id)
    assert merchant.seen(order_id).street == "9 quai Perrache"

    mug = CancelUnits(((line_of(order, "MUG"), 1),))
    order = await sides.order(order_id)
    quote = await shop.quote(order, edit_of(mug, fee=500))
    assert isinstance(quote, Quote)
    assert quote.fee.buyer == 500
    before, after = quote.before.total.buyer, quote.after.total.buyer
    assert before is not None
    assert after == before - 2160 + 500
    assert isinstance(await sides.edit(order_id, mug, fee=500), Applied)
    order = await sides.order(order_id)
    seen = merchant.seen(order_id)
    assert seen.units == {"TEE-S-RED": 2, "TEE-L-RED": 1}
    assert (seen.total, seen.refunded, seen.outstanding) == (12048 - 1660, 1660, 0)

    merchant.ship(order_id, {"TEE-L-RED": 1, "TEE-S-RED": 1}, "6A12345678902")
    order = await sides.order(order_id)
    shirt = line_of(order, "TEE-S-RED")
    for late in (CancelUnits(((shirt, 1),)), SetQuantity(shirt, 1), SetAddress(home)):
        assert await sides.edit(order_id, late) == NotApplied("shipped")
    await sides.order(order_id)

    merchant.deliver(order_id, parcel)
    order = await sides.order(order_id)
    assert {parcel.status for parcel in order.parcels} == {"delivered", "handed_over"}
