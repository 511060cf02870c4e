"""The warehouse is as quick as the customer: a parcel is made or sent at each moment of an edit. Vendure itself would
take the units off all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.platforms.changes import Applied, CancelOrder, CancelUnits, Change, NotApplied, SetAddress, SwapVariant
from portal.platforms.live import ShopError
from portal.platforms.neutral.parts import Address, NeutralOrder
from tests.engines.connected import connected
from tests.engines.sides import edit_of as edit, line_of
from tests.engines.vendure_merchant import VendureMerchant

pytestmark = [pytest.mark.shop_engine, pytest.mark.slow]

ELSEWHERE = Address(name="Zoé Lambert", line1="9 rue Neuve", postcode="69001", city="Lyon", country="FR")
Making = Callable[[NeutralOrder, VendureMerchant], Change]


def swap(order: NeutralOrder, shop: VendureMerchant) -> Change:
    return SwapVariant(line_of(order, "TEE-S-RED"), shop.engine.stocked.variants["TEE-M-RED"], 2)


def fewer(order: NeutralOrder, _: VendureMerchant) -> Change:
    return CancelUnits(((line_of(order, "TEE-S-RED"), 2),))


def elsewhere(*_: object) -> Change:
    return SetAddress(ELSEWHERE)


def nothing(*_: object) -> Change:
    return CancelOrder()


class Warehouse:
    """Acts just before the request whose document has this name, and once."""

    def __init__(self, shop: VendureMerchant, order_id: str, moment: str, *, sends: bool) -> None:
        self.shop, self.order_id, self.moment, self.sends, self.done = shop, order_id, moment, sends, False

    def __call__(self, _: int, body: bytes) -> None:
        """Look at what is about to be asked."""
        if not self.done and f"mutation {self.moment}(".encode() in body:
            self.done = True
            units = {"TEE-S-RED": 2, "MUG": 1}
            if self.sends:
                self.shop.ship(self.order_id, units, "6A00000000077")
            else:
                self.shop.pack(self.order_id, units)


async def raced(shop: VendureMerchant, making: Making, moment: str, *, sends: bool) -> tuple[Any, str]:
    """What the edit comes to, and the order."""
    identity = shop.place({"TEE-S-RED": 2, "MUG": 1})
    warehouse = Warehouse(shop, identity, moment, sends=sends)
    async with connected(shop.account, between=warehouse) as portal:
        order = await portal.order(identity)
        wanted = edit(making(order, shop))
        try:
            done = await portal.apply(order, wanted)
        except ShopError as problem:
            return problem, identity
        assert warehouse.done
        if isinstance(done, NotApplied):
            assert await portal.applied(order, wanted) is None
        return done, identity


def as_it_was(shop: VendureMerchant, identity: str, *, sent: bool) -> None:
    """The whole order is in the parcel, and nothing else has happened to it."""
    seen = shop.seen(identity)
    assert seen.units == {"TEE-S-RED": 2, "MUG": 1}
    assert (seen.refunded, seen.outstanding, seen.cancelled, seen.street) == (0, 0, False, "3 rue du Port")
    assert seen.shipped == (seen.units if sent else {})
    assert shop.told(identity)["state"] == ("Shipped" if sent else "PaymentSettled")


MOMENTS = [(swap, "Enter"), (swap, "DryRun"), (swap, "Modify"), (fewer, "Enter"), (fewer, "DryRun"), (fewer, "Modify")]


@pytest.mark.parametrize("sends", [True, False], ids=["sent", "prepared"])
@pytest.mark.parametrize(("making", "moment"), [*MOMENTS, (elsewhere, "Enter"), (nothing, "Cancel")])
async def test_with_the_plugin_a_parcel_is_never_overtaken(
    vendure_shop: VendureMerchant, making: Making, moment: str, sends: bool
) -> None:
    done, identity = await raced(vendure_shop, making, moment, sends=sends)
    assert isinstance(done, NotApplied), done
    assert done.why == "shipped"
    as_it_was(vendure_shop, identity, sent=sends)


@pytest.mark.parametrize(("making", "moment"), [*MOMENTS, (elsewhere, "Modify")])
async def test_without_it_vendure_refuses_what_has_been_sent(
    bare_shop: VendureMerchant, making: Making, moment: str
) -> None:
    """A parcel that is sent takes the order out of Modifying."""
    done, identity = await raced(bare_shop, making, moment, sends=True)
    assert isinstance(done, NotApplied), done
    assert done.why == "shipped"
    as_it_was(bare_shop, identity, sent=True)


@pytest.mark.parametrize(("making", "moment"), [(swap, "Enter"), (swap, "DryRun"), (fewer, "DryRun")])
async def test_without_it_a_parcel_that_is_prepared_is_seen_in_the_answers(
    bare_shop: VendureMerchant, making: Making, moment: str
) -> None:
    done, identity = await raced(bare_shop, making, moment, sends=False)
    assert isinstance(done, NotApplied), done
    assert done.why == "shipped"
    as_it_was(bare_shop, identity, sent=False)


@pytest.mark.parametrize("making", [swap, elsewhere])
async def test_without_it_an_edit_that_moved_no_money_is_taken_back(bare_shop: VendureMerchant, making: Making) -> None:
    done, identity = await raced(bare_shop, making, "Modify", sends=False)
    assert isinstance(done, NotApplied), done
    assert done.why == "shipped"
    as_it_was(bare_shop, identity, sent=False)


@pytest.mark.parametrize(("making", "moment"), [(fewer, "Modify"), (nothing, "Cancel")])
async def test_without_it_one_that_moved_money_is_shown_to_staff(
    bare_shop: VendureMerchant, making: Making, moment: str
) -> None:
    """And never taken for made: whoever asks again is told the same."""
    done, identity = await raced(bare_shop, making, moment, sends=False)
    assert isinstance(done, ShopError), done
    assert "look at" in done.message
    assert bare_shop.seen(identity).refunded == (6000 if making is fewer else 0)


async def test_staff_may_still_take_units_off_that_have_shipped(vendure_shop: VendureMerchant) -> None:
    """The plugin judges the portal's edits alone."""
    identity = vendure_shop.place({"TEE-S-RED": 2})
    vendure_shop.ship(identity, {"TEE-S-RED": 2}, "6A00000000078")
    vendure_shop.modify(identity, {"TEE-S-RED": 1}, refund=3000)
    assert vendure_shop.seen(identity).units == {"TEE-S-RED": 1}


async def test_two_edits_of_one_order_do_not_interleave(vendure_shop: VendureMerchant) -> None:
    """While staff modify an order it is left alone, by previews too."""
    identity = vendure_shop.place({"TEE-S-RED": 2})
    async with connected(vendure_shop.account) as portal:
        order = await portal.order(identity)
        vendure_shop.begin_edit(identity)
        wanted = edit(fewer(order, vendure_shop))
        for ask in (portal.quote, portal.apply):
            assert await ask(order, edit(SwapVariant(line_of(order, "TEE-S-RED"), "4", 1))) == NotApplied("busy")
            assert await ask(order, wanted) == NotApplied("busy")
        assert await portal.applied(order, wanted) is None
        assert vendure_shop.told(identity)["state"] == "Modifying"
        vendure_shop.end_edit(identity)
        assert isinstance(await portal.apply(order, edit(CancelUnits(((order.lines[0].id, 1),)))), Applied)
