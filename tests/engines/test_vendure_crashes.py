"""The portal dies at every point of an edit: when each of its requests has been carried out, before the answer comes.
To the engine, dying before the next request leaves is the same. Whoever finds the edit afterwards brings it to its end,
and the engine has it once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, get_args

import pytest

from portal.platforms.changes import (
    Applied,
    Begun,
    CancelOrder,
    CancelUnits,
    Change,
    Edit,
    SetAddress,
    SetInstructions,
    SetQuantity,
    SwapVariant,
)
from portal.platforms.live import ShopError
from portal.platforms.marks import mark_of
from portal.platforms.neutral.parts import Address, NeutralOrder
from tests.engines.connected import Scissors, When, connected
from tests.engines.merchant import Seen
from tests.engines.sides import edit_of as edit, line_of
from tests.engines.vendure_api import Json
from tests.engines.vendure_merchant import VendureMerchant

pytestmark = [pytest.mark.shop_engine, pytest.mark.slow]

_TRACES = """
query($id: ID!) { order(id: $id) {
  state modifications { note } payments { refunds { reason total } }
  history(options: { take: 100 }) { items { type data } }
} }
"""
WANTED = {"TEE-S-RED": 3, "MUG": 1}
ELSEWHERE = Address(name="Zoé Lambert", line1="9 rue Neuve", postcode="69001", city="Lyon", country="FR")


def change_of(name: str, order: NeutralOrder, shop: VendureMerchant) -> Change:
    red = line_of(order, "TEE-S-RED")
    changes: dict[str, Change] = {
        "swap": SwapVariant(red, shop.engine.stocked.variants["TEE-M-RED"], 1),
        "fewer": CancelUnits(((red, 1),)),
        "more": SetQuantity(red, 4),
        "address": SetAddress(ELSEWHERE),
        "instructions": SetInstructions("Ring twice"),
        "whole": CancelOrder(),
    }
    return changes[name]


EXPECTED: dict[str, dict[str, Any]] = {
    "swap": {"units": {"TEE-S-RED": 2, "TEE-M-RED": 1, "MUG": 1}, "refunded": 0, "outstanding": 0},
    "fewer": {"units": {"TEE-S-RED": 2, "MUG": 1}, "refunded": 2700, "outstanding": 0},
    "more": {"units": {"TEE-S-RED": 4, "MUG": 1}, "refunded": 0, "outstanding": 3000},
    "address": {"units": WANTED, "refunded": 0, "street": "9 rue Neuve"},
    "instructions": {"units": WANTED, "refunded": 0},
    "whole": {"units": {}, "refunded": 11448, "cancelled": True},
}
STATES = {"more": "ArrangingAdditionalPayment", "whole": "Cancelled"}


async def begun(shop: VendureMerchant, name: str) -> tuple[NeutralOrder, Edit]:
    """A fresh order and the edit that is wanted of it."""
    identity = shop.place(WANTED)
    async with connected(shop.account) as portal:
        order = await portal.order(identity)
    return order, edit(change_of(name, order, shop), fee=300)


async def killed(shop: VendureMerchant, order: NeutralOrder, wanted: Edit, scissors: Scissors) -> bool:
    """Whether the portal died while it made the edit."""
    async with connected(shop.account, scissors) as portal:
        with suppress(ShopError):
            await portal.apply(order, wanted)
            return False
    assert scissors.has_cut()
    return True


async def recovered(shop: VendureMerchant, order: NeutralOrder, wanted: Edit) -> None:
    """As whoever finds the edit goes on with it."""
    async with connected(shop.account) as portal:
        found = await portal.applied(order, wanted)
        if found is None:
            state = shop.told(order.source.order_id)["state"]
            assert state == "PaymentSettled", "an order that was not changed is back where it was"
        if not isinstance(found, Applied):
            before = order if isinstance(found, Begun) else await portal.order(order.source.order_id)
            assert isinstance(await portal.apply(before, wanted), Applied)
        for _ in range(2):
            assert isinstance(await portal.applied(order, wanted), Applied)
            assert isinstance(await portal.apply(order, wanted), Applied)


def made_once(shop: VendureMerchant, order: NeutralOrder, wanted: Edit, name: str) -> None:
    """The engine has the edit, all of it, and once."""
    identity, mark = order.source.order_id, mark_of(wanted.key)
    seen: Seen = shop.seen(identity)
    for member, value in EXPECTED[name].items():
        assert getattr(seen, member) == value, member
    told: Json = shop.staff.ask(_TRACES, id=identity)["order"]
    assert told["state"] == STATES.get(name, "PaymentSettled")
    notes = [modification["note"] for modification in told["modifications"]]
    for entry in told["history"]["items"]:
        member = {"ORDER_NOTE": "note", "ORDER_CANCELLATION": "reason"}.get(entry["type"], "")
        notes.append(str(entry["data"].get(member) or ""))
    assert sum(mark in note for note in notes) == 1
    refunds = [refund["reason"] for payment in told["payments"] for refund in payment["refunds"]]
    assert len(refunds) == (1 if EXPECTED[name]["refunded"] else 0)


@pytest.mark.parametrize("name", EXPECTED)
async def test_an_edit_survives_the_portal(vendure_shop: VendureMerchant, name: str) -> None:
    at, died = 2, True  # the first request signs in
    while died:
        order, wanted = await begun(vendure_shop, name)
        died = await killed(vendure_shop, order, wanted, Scissors(at, "after"))
        await recovered(vendure_shop, order, wanted)
        made_once(vendure_shop, order, wanted, name)
        at += 1
    assert at > 4


@pytest.mark.parametrize("name", ["swap", "whole"])
async def test_it_survives_without_the_plugin(bare_shop: VendureMerchant, name: str) -> None:
    at, died = 2, True
    while died:
        order, wanted = await begun(bare_shop, name)
        died = await killed(bare_shop, order, wanted, Scissors(at, "after"))
        await recovered(bare_shop, order, wanted)
        made_once(bare_shop, order, wanted, name)
        at += 1
    assert at > 4


@pytest.mark.parametrize("when", get_args(When))
async def test_a_preview_that_dies_leaves_nothing(bare_shop: VendureMerchant, when: When) -> None:
    """Without the plugin, too: going in and coming back is one request."""
    for at in range(2, 6):
        order, wanted = await begun(bare_shop, "fewer")
        async with connected(bare_shop.account, Scissors(at, when)) as portal:
            with suppress(ShopError):
                await portal.quote(order, wanted)
        async with connected(bare_shop.account) as portal:
            assert (await portal.order(order.source.order_id)).model_dump() == order.model_dump()
        assert bare_shop.told(order.source.order_id)["state"] == "PaymentSettled"
